# SPDX-License-Identifier: LGPL-2.1-only
#
# How far libFuzzer was at certain times, and at the end, so that one sees
# whether it has levelled off.  Reads what it says, by tools/tests/fuzz/timed.

function state(name,    i) {
    for (i = 3; i < NF; i++)
        if ($i == name ":")
            return $(i + 1) + 0
}

BEGIN {
    nr = split("1 10 60 120 300 600 1200 2400 4800", times)
    next_time = 1
    row_format = "%7s %11s %7s %9s %7s\n"
    printf row_format, "seconds", "inputs", "edges", "features", "corpus"
}

# Only what is new is told: at a time in between, the last state holds.
$2 ~ /^#[0-9]+$/ && / cov: / {
    for (; next_time <= nr && $1 > times[next_time]; next_time++)
        if (edges)
            printf row_format, times[next_time], inputs, edges, features, \
                corpus
    seconds = $1
    inputs = substr($2, 2)
    edges = state("cov")
    features = state("ft")
    corpus = state("corp")
}

END {
    printf row_format, seconds, inputs, edges, features, corpus
}
