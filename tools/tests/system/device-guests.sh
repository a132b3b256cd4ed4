# SPDX-License-Identifier: LGPL-2.1-only
#
# boots: none
#
# Tiny guests with a disk and a vif, for the scripts that read stand-ins.sh and
# this file: their hotplug scripts end at once, but for those of real_guest.

# Makes dom0 ready for these guests.
set_up_dom0() {
    mkdir -p /disks
    for _disk in a b c quick; do
        dd if=/dev/zero of="/disks/$_disk.img" bs=1M count=0 seek=4 2>/dev/null
    done
    /usr/bin/losetup /dev/loop7 /disks/quick.img
    add_bridge br0 10.9.0.1
    script block-quick <<'END'
[ "$1" != add ] || xenstore-write \
    "$XENBUS_PATH/physical-device" 7:7 \
    "$XENBUS_PATH/physical-device-path" /dev/loop7 \
    "$XENBUS_PATH/hotplug-status" connected
END
    script vif-quick <<'END'
[ "$1" != online ] || xenstore-write "$XENBUS_PATH/hotplug-status" connected
END
    warm_up
    # What only the first devices of all bring with them.
    debian xl create -p "$(real_guest warm)"
    debian xl destroy warm
}

# disk VDEV [SCRIPT]: as block-attach takes it.
disk() {
    echo "vdev=$1,format=raw,access=rw,script=${2:-block-quick},target=/disks/quick.img"
}

# quick_guest NAME [LINE]...
quick_guest() {
    _guest=$1
    shift
    tiny_guest "$_guest" memory=16 "disk=[\"$(disk xvda)\"]" \
        'vif=["script=vif-quick"]' "$@"
}

# real_guest NAME [LINE]...: with a raw file of its own and an interface on a
# bridge.
real_guest() {
    _guest=$1
    shift
    dd if=/dev/zero of="/disks/$_guest.img" bs=1M count=0 seek=4 2>/dev/null
    tiny_guest "$_guest" memory=16 "disk=[\"/disks/$_guest.img,raw,xvda,rw\"]" \
        'vif=["bridge=br0"]' "$@"
}

# run_for SECONDS COMMAND...: its exit code is then in $code, what it printed in
# /tmp/printed, and the seconds that it took in $took.  A code of 124 and more
# says that it crashed, or had to be killed after so many seconds.
run_for() {
    _most=$1
    shift
    read -r _begin _ </proc/uptime
    LD_LIBRARY_PATH=/opt/ours/lib timeout -s KILL "$_most" "$@" \
        >/tmp/printed 2>&1
    code=$?
    read -r _end _ </proc/uptime
    took=$(awk -v a="$_begin" -v b="$_end" 'BEGIN { printf "%.1f", b - a }')
    echo "'$*' ended with $code after $took s:"
    cat /tmp/printed
}

# nodes_of DOMID: all of the domain and its devices, with permissions.
nodes_of() {
    state nodes | grep -E \
        "^/(local/domain|libxl)/$1/|^/local/domain/0/backend/[a-z_]*/$1/"
}
