# SPDX-License-Identifier: LGPL-2.1-only
#
# boots: none
#
# Sets up dom0 for guests with devices: a bridge, disks, the stand-ins for what
# the rig does not have, and a log of each hotplug script that runs.

# The kinds of backends that Linux in dom0 does not have.
absent_kinds="virtio_disk virtio vdispl vsnd vtpm vusb qusb vinput vkbd vfb
    pvcalls 9pfs qdisk"

# start_backends DOMID KIND...: answers for the backends of that domain in the
# background; kill $backends_pid ends it.
start_backends() {
    perl "$tests/backends.pl" "$@" >"/tmp/backends-$1.log" 2>&1 &
    backends_pid=$!
    wait_for 5 grep -q ready "/tmp/backends-$1.log"
}

install_qemu() {
    mkdir -p /usr/libexec
    cp "$tests/qemu.pl" /usr/libexec/xen-qemu-system-i386
    chmod +x /usr/libexec/xen-qemu-system-i386
}

# A bridge of dom0 with the address $2/24.
add_bridge() {
    ip link add name "$1" type bridge
    ip addr add "$2/24" dev "$1"
    ip link set "$1" up
}

# add_disk FILE MIB: an empty file, and an ext2 in it.
add_disk() {
    dd if=/dev/zero of="$1" bs=1M count=0 seek="$2" 2>/dev/null
    mke2fs "$1" >/dev/null 2>&1
}

# raw_disk FILE WORDS: 8 MiB that begin with a line.
raw_disk() {
    echo "$2" >"$1"
    dd if=/dev/zero of="$1" bs=1M count=0 seek=8 2>/dev/null
}

# add_usb_device NAME BUS ADDRESS CLASS [DRIVER INTERFACE...]
add_usb_device() {
    _device=/sys/bus/usb/devices/$1 _driver=$5
    mkdir -p "$_device"
    echo "$2" >"$_device/busnum"
    echo "$3" >"$_device/devnum"
    echo "$4" >"$_device/bDeviceClass"
    [ $# -gt 4 ] || return 0
    shift 5
    for _interface; do
        mkdir -p "$_device:$_interface"
        ln -s "../../drivers/$_driver" "$_device:$_interface/driver"
    done
}

# A USB bus, which neither the machine nor its kernel has, with a driver
# 'usbback': plain files, so that nothing is moved to another driver.
add_usb_bus() {
    mkdir -p /tmp/bus
    xenstore-write /libxl/usbback ""
    mount --bind /sys/bus /tmp/bus
    mount -t tmpfs tmpfs /sys/bus
    ln -s /tmp/bus/* /sys/bus
    for _driver in usbhid uas usbback; do
        mkdir -p "/sys/bus/usb/drivers/$_driver"
        : >"/sys/bus/usb/drivers/$_driver/bind"
        : >"/sys/bus/usb/drivers/$_driver/unbind"
    done
    add_usb_device usb1 1 1 09
    add_usb_device 1-1 1 2 00 usbhid 1.0 1.1
    add_usb_device 1-2 1 3 00 uas 1.0
    add_usb_device 2-1.4 2 5 00
}

# script NAME: one of one's own in /etc/xen/scripts, from stdin.
script() {
    {
        echo '#!/bin/sh'
        cat
    } >"/etc/xen/scripts/$1"
    chmod +x "/etc/xen/scripts/$1"
}

# log_scripts NAME...: each run of these scripts of /etc/xen/scripts leaves a
# file in /tmp/hotplug from here on: its arguments, its environment, its exit
# code and the time that it took.  One file each, as many may run at once.
log_scripts() {
    mkdir -p /tmp/hotplug
    for _script; do
        _path=/etc/xen/scripts/$_script
        [ ! -e "$_path.real" ] || continue
        mv "$_path" "$_path.real"
        script "$_script" <<'END'
file=/tmp/hotplug/$$
read -r begin _ </proc/uptime
{
    echo "run: $0 $*"
    env | sort
} >"$file"
"$0.real" "$@"
code=$?
read -r end _ </proc/uptime
{
    echo "exit: $code"
    echo "time: $begin to $end"
} >>"$file"
exit $code
END
    done
}
