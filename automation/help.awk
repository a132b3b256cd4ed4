# SPDX-License-Identifier: LGPL-2.1-only
#
# Prints the lines of `make help` in groups: build, fast, slow, rig.

BEGIN {
    groups = split("build fast slow rig", name, " ")
    title["build"] = "Build"
    title["fast"] = "Fast checks, without Xen: `make check` runs them all"
    title["slow"] = "Slow, or to look at figures"
    title["rig"] = "In the rig: boot Xen in an emulated machine"
    mark(build, "build")
    mark(fast, "fast")
    mark(rig, "rig")
}

function mark(targets, group,    word, n, i) {
    n = split(targets, word, " ")
    for (i = 1; i <= n; i++)
        group_of[word[i]] = group
}

{
    group = $2 in group_of ? group_of[$2] : "slow"
    if ($0 ~ /^make   /)
        group = "build"
    target = $0 ~ /^make   / ? "make" : "make " $2
    text = $0
    sub(/^make +/, "", text)
    if (target != "make")
        sub(/^[^ ]+ */, "", text)
    lines[group] = lines[group] sprintf("  %-27s %s\n", target, text)
}

END {
    for (i = 1; i <= groups; i++)
        if (lines[name[i]])
            printf "%s%s\n%s", (i > 1 ? "\n" : ""), title[name[i]],
                lines[name[i]]
}
