# SPDX-License-Identifier: LGPL-2.1-only
#
# boots: devices
#
# The QEMU of a guest dies, and a disk is attached that needs one: the new one
# is called as the first was, with the guest's display and channels.
. /tests/stand-ins.sh

# session LIBRARY: the arguments of both are in $out, and the exit code of the
# attach is its own.
session() {
    "$1" xl create -p -q "$(tiny_guest g memory=16 \
        'vfb=["vnc=1,vncpasswd=secret,keymap=de"]' \
        'channel=["connection=pty,name=one","connection=pty,name=two"]')" \
        >"$out/create-$1" 2>&1
    domid=$(xl domid g)
    mv "/tmp/qemu/$domid.args" "$out/first-$1"
    pid=$(xenstore-read "/local/domain/$domid/image/device-model-pid")
    kill -KILL "$pid"
    wait_for 5 test ! -e "/proc/$pid"
    "$1" xl block-attach g \
        format=qcow2,vdev=xvdb,access=rw,target=/disks/later.qcow2 \
        >"$out/attach-$1" 2>&1
    code=$?
    mv "/tmp/qemu/$domid.args" "$out/second-$1"
    xl destroy g
    return $code
}

mkdir -p /disks
raw_disk /disks/later.qcow2 "disk later"
install_qemu
start_backends 0 qdisk vfb vkbd
session debian
[ -e "$out/second-debian" ] || note "Debian's library starts no second QEMU"
expect "qemu: a disk is attached to a guest whose QEMU has died" session ours
expect "qemu: the first QEMU has a display" \
    grep -q 'password=on' "$out/first-ours"
expect "qemu: the first QEMU has channels" \
    grep -q 'libxl-channel2' "$out/first-ours"
expect "qemu: the second is called as the first" \
    cmp "$out/first-ours" "$out/second-ours"
kill "$backends_pid"
