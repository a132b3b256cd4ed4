# SPDX-License-Identifier: LGPL-2.1-only
#
# boots: gicv2
# limit: 900
#
# xl creates and destroys a guest 100 times: nothing is left, and Xen's memory
# does not grow.  device-cycles.sh does so within one process.
cycles=100

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

expect "xl creates and destroys a guest $cycles times" by_xl
left_nothing "after $cycles times nothing is left"
