# SPDX-License-Identifier: LGPL-2.1-only
#
# boots: gicv2
# limit: 400
#
# A Linux guest with a raw file for a disk and a vif on a bridge: it reads and
# writes, pings and is pinged, and finds its data again after a reboot.  A second
# disk and a second vif come and go while it runs.
. /tests/guests.sh
. /tests/stand-ins.sh
. /tests/plug.sh

guest=devices
mac=00:16:3e:00:00:01

sum_in_file() {
    dd if=/disks/a.img bs=1M skip=1 count=4 2>/dev/null | sha256sum |
        cut -d ' ' -f 1
}

mkdir -p /disks
raw_disk /disks/a.img "the first disk"
raw_disk /disks/b.img "the second disk"
add_bridge br0 10.9.0.1
obedient_initrd /tmp/initrd
# shellcheck disable=SC2034
initrd=/tmp/initrd
pack_job devices "$tests/linux-devices-job.sh"
config=$(linux_config $guest /tmp/devices-initrd memory=256 \
    'disk=["/disks/a.img,raw,xvda,rw"]' "vif=[\"bridge=br0,mac=$mac\"]")

expect "xl creates a guest with a disk and a vif" ours xl create "$config"
expect "it starts" wait_for 60 is_ready 1
same "it reads its disk" "$(heard reads)" "the first disk"
same "dom0 finds in the file what it wrote" "$(sum_in_file)" "$(heard wrote)"
same "it pings dom0 over the bridge" "$(heard pings)" $mac
expect "dom0 pings it" wait_for 5 ping -c 1 -W 1 10.9.0.2
plug ours /disks/b.img br0
expect "xl destroys it" ours xl destroy $guest
same "no loop device and no port of the bridge is left" "$(in_use br0)" ""

# The first Linux guest of all makes Xen keep some pages.
take_state "$out/before"
expect "xl creates it again" ours xl create "$config"
expect "it starts again" wait_for 60 is_ready 2
expect "xl reboot asks it to reboot" ours xl reboot $guest
expect "it starts after the reboot" wait_for 60 is_ready 3
same "it finds each time what it wrote before" \
    "$(heard found | tail -n 2 | xargs)" "$(heard wrote | head -n 2 | xargs)"
same "it pings dom0 each time" "$(heard pings | xargs)" "$mac $mac $mac"
expect "xl destroys it after the reboot" ours xl destroy $guest
same "no loop device and no port is left after that" "$(in_use br0)" ""
left_nothing "nothing is left"
cp "$(guest_console $guest)" "$out/console"
