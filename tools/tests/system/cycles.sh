# SPDX-License-Identifier: LGPL-2.1-only
#
# boots: gicv2
# limit: 900
#
# Creates and destroys a guest 200 times, by xl and within one process: nothing
# is to be left, and neither Xen's memory nor the process is to grow.
cycles=200

guest=$(tiny_guest again memory=16)
warm_up
take_state "$out/before"

by_xl() {
    cycle=0
    while [ $cycle -lt $cycles ]; do
        ours xl create -p "$guest" >/tmp/cycle.out 2>&1 &&
            ours xl destroy again >>/tmp/cycle.out 2>&1 ||
            { echo "cycle $cycle: $(tail -n 1 /tmp/cycle.out)"; return 1; }
        cycle=$((cycle + 1))
    done
}

nothing_left() {
    if left=$(left_since "$out/before" "$out/after"); then
        ok "after $cycles times $1 nothing is left"
    else
        not_ok "after $cycles times $1 nothing is left" "$left"
        take_state "$out/before"
    fi
}

expect "xl creates and destroys a guest $cycles times" by_xl
nothing_left "by xl"
# What malloc keeps at hand for a thread would count as in use.
GLIBC_TUNABLES=glibc.malloc.tcache_count=0 ours cycles "$tiny" $cycles
nothing_left "in one process"
