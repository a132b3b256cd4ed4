# SPDX-License-Identifier: LGPL-2.1-only
#
# Measures in dom0 how long guests with disks and vifs take to come and to go,
# with Debian's library and with ours, how much of that the hotplug scripts run,
# and the xenstore requests of it.  Prints lines of figures for table.py.
runs=${1:-5}
PATH=/bench:$PATH
chmod +x /bench/*

ip link add name xenbr0 type bridge
ip link set xenbr0 up
mkdir -p /disks
tracing=/sys/kernel/tracing
mount -t tracefs none $tracing
echo 'filename ~ "/etc/xen/scripts/*"' \
    >$tracing/events/sched/sched_process_exec/filter
for event in sched_process_exec sched_process_exit; do
    echo 1 >$tracing/events/sched/$event/enable
done

# guest N: with N disks and N vifs.
guest() {
    disks='' vifs=''
    for i in $(seq "$1"); do
        [ -e "/disks/$i" ] || dd if=/dev/zero of="/disks/$i" bs=1M count=0 \
            seek=16 2>/dev/null
        letter=$(printf '\\%03o' $((96 + i)))
        disks="$disks\"/disks/$i,raw,xvd$(printf "%b" "$letter"),rw\","
        vifs="$vifs\"mac=00:16:3e:00:00:0$i\","
    done
    printf '%s\n' "name=\"devices$1\"" 'kernel="/guests/tiny"' memory=16 \
        "disk=[$disks]" "vif=[$vifs]" >"/tmp/devices$1.cfg"
    echo "/tmp/devices$1.cfg"
}

# requests COMMAND...: all that go to xenstored until the command has ended,
# those of the scripts and of the kernel as well.
requests() {
    rm -f /tmp/trace
    xenstore-control logfile /tmp/trace >/dev/null
    xenstore-control log on >/dev/null
    "$@" >/dev/null
    xenstore-control log off >/dev/null
    awk '/IN 0x/ && !/ CONTROL / { count++ } END { print count + 0 }' /tmp/trace
}

# measure NAME COUNT COMMAND...: how long the command takes, and its scripts,
# from the start of the first to the end of the last, in microseconds.
measure() {
    name=$1 count=$2
    shift 2
    echo >$tracing/trace
    $who timed "$name $count" "$@" || exit 1
    awk -v "name=$name $count" '
        { event = time = $0
          sub(/.* sched_process_/, "", event)
          sub(/: sched_process_.*/, "", time)
          sub(/.* /, "", time)
          pid = event
          sub(/.* pid=/, "", pid)
          sub(/ .*/, "", pid) }
        event ~ /^exec:/ { script[pid] = 1; first = first ? first : time }
        event ~ /^exit:/ && script[pid] { last = time }
        END { printf "scripts %s %d\n", name, (last - first) * 1e6 }' \
        $tracing/trace
}

for count in 0 1 4; do
    config=$(guest $count)
    for who in debian ours; do
        echo "requests $who-plug $count" \
            "$(requests $who xl create -p -q "$config")"
        echo "requests $who-unplug $count" \
            "$(requests $who xl destroy "devices$count")"
    done
    run=0
    while [ $run -le "$runs" ]; do
        step "timing $count disks and vifs, run $run"
        for who in debian ours; do
            measure "$who-plug" $count xl create -p "$config"
            measure "$who-unplug" $count xl destroy "devices$count"
            usleep 400000
        done >/tmp/times
        [ $run -eq 0 ] || sed '/^scripts /!s/^/time /' /tmp/times
        run=$((run + 1))
    done
done
