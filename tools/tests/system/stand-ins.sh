# SPDX-License-Identifier: LGPL-2.1-only
#
# boots: none
#
# Sets up dom0 for guests with devices: a bridge, disks, the stand-ins for what
# the rig does not have, and a log of each hotplug script that runs.

# The kinds of backends that Linux in dom0 does not have.
absent_kinds="virtio_disk virtio vdispl vsnd vtpm vusb qusb vinput vkbd vfb
    pvcalls 9pfs xen_9pfs qdisk"

# Answers for the backends in the background; kill $backends_pid ends it.
start_backends() {
    # shellcheck disable=SC2086
    perl "$tests/backends.pl" $absent_kinds >/tmp/backends.log 2>&1 &
    backends_pid=$!
    wait_for 5 grep -q ready /tmp/backends.log
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

# Each script of /etc/xen/scripts from here on leaves a record in /tmp/hotplug:
# when it started and ended, its arguments, environment and exit code.
log_scripts() {
    for _script in block vif-bridge vif-route vif-nat vif-openvswitch; do
        _path=/etc/xen/scripts/$_script
        [ ! -e "$_path.real" ] || continue
        mv "$_path" "$_path.real"
        cat >"$_path" <<'END'
#!/bin/sh
{
    read -r begin _ </proc/uptime
    echo "== $0 $* (parent: $(tr '\0' ' ' </proc/$PPID/cmdline))"
    env | sort | sed 's/^/   /'
} >>/tmp/hotplug
"$0.real" "$@"
code=$?
read -r end _ </proc/uptime
echo "-- $0 $*: exit $code, from $begin to $end" >>/tmp/hotplug
exit $code
END
        chmod +x "$_path"
    done
}
