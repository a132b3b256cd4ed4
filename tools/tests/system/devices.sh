# SPDX-License-Identifier: LGPL-2.1-only
#
# boots: none
#
# Makes dom0 of the machine 'devices' ready for the guests of devices.txt: the
# disks, bridges, scripts and domains that they name.  collect.sh then keeps
# what can be seen of their devices, too.

. "$tests/stand-ins.sh"

# What scripts of one's own may do.
make_scripts() {
    # Says which device that is, as a disk script has to.
    script block-own <<'END'
[ "$1" != add ] || xenstore-write \
    "$XENBUS_PATH/physical-device" 7:7 \
    "$XENBUS_PATH/physical-device-path" /dev/loop7 \
    "$XENBUS_PATH/hotplug-status" connected
END
    script vif-own <<'END'
[ "$1" != online ] || xenstore-write "$XENBUS_PATH/hotplug-status" connected
END
    script block-fails <<'END'
echo "words on stdout"
echo "words on stderr" >&2
exit 3
END
    script vif-fails <<'END'
exit 3
END
    script block-error <<'END'
[ "$1" = add ] || exit 0
xenstore-write "$XENBUS_PATH/hotplug-error" "the disk is broken" \
    "$XENBUS_PATH/hotplug-status" error
exit 1
END
}

# backend_domain NAME: one that may serve others.
backend_domain() {
    debian xl create -p "$(tiny_guest "$1" memory=16 driver_domain=1)"
}

set_up_devices() {
    mkdir -p /disks
    for _disk in a b c d "with space"; do
        add_disk "/disks/$_disk.img" 4
    done
    cp /disks/a.img /disks/phy.img
    cp /disks/a.img /disks/a.qcow2
    /usr/bin/losetup /dev/loop7 /disks/phy.img
    add_bridge xenbr0 10.9.0.1
    add_bridge br1 10.9.1.1
    install_qemu
    make_scripts
    add_usb_bus
    log_scripts block block-own block-fails block-error \
        vif-bridge vif-route vif-nat vif-openvswitch vif-own vif-fails
    # shellcheck disable=SC2086
    start_backends 0 $absent_kinds
    backend_domain other
    backend_domain silent
    start_backends "$(debian xl domid other)" vbd vif virtio_disk virtio vtpm vinput \
        vdispl vsnd pvcalls
    # What only the first devices of all bring with them.
    debian xl create -p "$(tiny_guest warm memory=16 \
        'disk=["/disks/a.img,raw,xvda,rw"]' 'vif=["bridge=br1"]')"
    debian xl destroy warm
    mkdir -p /srv/share
    # Its daemon, which Xen 4.17 does not have, outlives the guest.
    ! debian xl create -p "$(tiny_guest warm9 memory=16 \
        'p9=["type=xen_9pfsd,path=/srv/share,security_model=none"]')" ||
        debian xl destroy warm9
    rm -f /tmp/hotplug/*
}

# What the guest's devices are to dom0: interfaces with their bridges, and the
# files of loop devices.
dom0_side() {
    for _interface in /sys/class/net/*; do
        echo "${_interface##*/}:" \
            "bridge $(basename "$(readlink "$_interface/brport/bridge")")" \
            "mtu $(cat "$_interface/mtu") flags $(cat "$_interface/flags")"
    done
    grep -s . /sys/bus/usb/drivers/*/*bind
    ip route | grep vif | sed 's/^/route /'
    for _file in /sys/block/loop*/loop/backing_file; do
        _loop=${_file#/sys/block/}
        echo "file $(cat "$_file"): /dev/${_loop%%/*}"
    done
}

# keep_scripts TO: what ran since the last time.
keep_scripts() {
    mkdir -p "$1"
    mv /tmp/hotplug/* "$1" 2>/dev/null
}

# collect_devices TO NAME LIBRARY...: while the guest is there.
collect_devices() {
    _to=$1 _guest=$2
    shift 2
    "$@" xl block-list "$_guest" >"$_to/block-list" 2>&1
    "$@" xl network-list "$_guest" >"$_to/network-list" 2>&1
    for _kind in vtpm vdispl vsnd; do
        ! grep -q "^$_kind=" "$_config" ||
            "$@" xl $_kind-list "$_guest" >"$_to/$_kind-list" 2>&1
    done
    ! grep -q "^usb" "$_config" ||
        "$@" xl usb-list "$_guest" >"$_to/usb-list" 2>&1
    dom0_side >"$_to/dom0" 2>/dev/null
    cp "/tmp/qemu/$(cat "$_to/domid").args" "$_to/qemu" 2>/dev/null
    cp "/tmp/qemu/$(cat "$_to/domid").qmp" "$_to/qmp" 2>/dev/null
    keep_scripts "$_to/scripts"
}
