# SPDX-License-Identifier: LGPL-2.1-only
#
# boots: pools
#
# CPUs that move between pools, with the distribution's library and with ours.
#
# By name only (--boot pools).  Xen 4.17 in the emulator stops now and then when
# a CPU leaves a pool or a pool goes, whichever library asks for it: one
# processor then waits for a lock inside Xen for ever, with interrupts off.
. $tests/host-functions.sh

create_guests
pool_file good 'sched="credit"' 'cpus=["1"]'
with_domids $tests/host-credit.txt >credit.txt

step "the life of a pool"
# From and to the same state.
effect "true
    xl cpupool-cpu-remove Pool-0 1 && $pools
    xl cpupool-create good && $pools
    xl cpupool-rename p q && $pools
    xl cpupool-migrate one q && $pools && xl list -c
    xl sched-credit -d one -w 100 -c 10 && xl sched-credit
    xl sched-credit -d one -w 256 -c 0
    xl sched-credit -d one -c 1000
    xl sched-credit -s -p q -t 20 -r 2000 && xl sched-credit -s
    xl sched-credit -s -p q -t 2000
    $tests/host-calls <credit.txt
    xl cpupool-destroy q
    xl cpupool-migrate one Pool-0
    xl cpupool-destroy q && $pools
    xl cpupool-cpu-add Pool-0 node:0" -- "$pools"

step "calls"
calls host-pools.txt
