# SPDX-License-Identifier: LGPL-2.1-only
#
# Measures in dom0 how many hypercalls and how long a large guest takes to come,
# and one that many pages are passed through to, with Debian's library and with
# ours.  Prints lines of figures for table.py.
#
#   large.sh RUNS GIB      GIB: of the largest guest
runs=$1 gib=$2
PATH=/bench:$PATH
chmod +x /bench/*
tracing=/sys/kernel/tracing
mount -t tracefs none $tracing
echo 65536 >$tracing/buffer_size_kb
echo 'id == 29' >$tracing/events/raw_syscalls/sys_enter/filter # ioctl

# Pages below the RAM of this machine, which are nobody's: each alone.
pages() {
    seq "$1" | awk '{ printf "\"%x,1@%x\",", 65536 + 2 * $1, 2097152 + 2 * $1 }'
}

# guest NAME MIB PAGES
guest() {
    printf '%s\n' "name=\"$1\"" 'kernel="/guests/tiny"' "memory=$2" \
        "iomem=[$(pages "$3")]" >"/tmp/$1.cfg"
}

# hypercalls COMMAND...: how many it makes is then in $count.
# IOCTL_PRIVCMD_HYPERCALL is 305000, as the kernel prints it.
hypercalls() {
    echo >$tracing/trace
    echo 1 >$tracing/events/raw_syscalls/sys_enter/enable
    "$@" || exit 1
    echo 0 >$tracing/events/raw_syscalls/sys_enter/enable
    count=$(grep -c '(.*, 305000, ' $tracing/trace)
}

# Xen scrubs what a guest leaves while nothing else runs.  A guest that gets
# memory that is not scrubbed yet waits for it.
let_scrub() {
    case $1 in
    gigabytes) sleep $((1 + gib / 2)) ;;
    *) usleep 400000 ;;
    esac
}

guest tiny 16 0
guest gigabyte 1024 0
guest gigabytes $((gib * 1024)) 0
guest thousand 16 1000
guest thousands 16 10000
for name in tiny gigabyte gigabytes thousand thousands; do
    for who in debian ours; do
        hypercalls $who xl create -p -q "/tmp/$name.cfg"
        echo "requests $who-hypercalls $name $count"
        xl destroy $name
        let_scrub $name
    done
    run=0
    while [ $run -lt "$runs" ]; do
        step "timing the guest '$name', run $run"
        for who in debian ours; do
            $who timed "$who-large $name" xl create -p "/tmp/$name.cfg" ||
                exit 1
            $who timed "$who-large-destroy $name" xl destroy "$name" || exit 1
            let_scrub "$name"
        done >/tmp/times
        sed 's/^/time /' /tmp/times
        run=$((run + 1))
    done
done
