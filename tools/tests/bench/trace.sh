# SPDX-License-Identifier: LGPL-2.1-only
#
# Has dom0's Linux note which process has its only processor while a guest is
# created, with Debian's library and with ours; what ours logs stands between.
tracing=/sys/kernel/tracing
mount -t tracefs none $tracing
echo 16384 >$tracing/buffer_size_kb
echo mono >$tracing/trace_clock
printf '%s\n' 'name="traced"' 'kernel="/guests/tiny"' memory=16 >/tmp/traced.cfg

set_events() {
    for event in sched_switch sched_process_fork sched_process_exec; do
        echo "$1" >$tracing/events/sched/$event/enable
    done
    for event in sys_enter sys_exit; do
        echo 'id == 29' >$tracing/events/raw_syscalls/$event/filter # ioctl
        echo "$1" >$tracing/events/raw_syscalls/$event/enable
    done
}

for who in debian ours; do
    step "tracing $who"
    [ $who = ours ] && verbose=-vvv || verbose=-v
    # The first ones read the programs in.
    for run in 1 2 3; do
        [ $run = 3 ] && set_events 1 && echo >$tracing/trace
        $who xl $verbose create -p -q /tmp/traced.cfg 2>$tracing/trace_marker ||
            exit 1
        [ $run = 3 ] && set_events 0
        xl destroy traced
        usleep 500000
    done
    cat $tracing/trace >/out/$who
done
