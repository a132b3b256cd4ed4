#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-only
#
# boots: none
#
# The first program of a driver domain, in a copy of dom0's own root: a bridge, a
# file for a disk, and 'xl devd' that runs the hotplug scripts.  It reports what
# its backends use, by lines 'test: KEY WORDS' on the console.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin:/rig/busybox HOME=/root

mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mount -t tmpfs tmpfs /run
mount -t tmpfs tmpfs /tmp
mkdir -p /run/lock /run/xen /var/log/xen /var/lib/xen /disks /rig/busybox
ln -s ../run /var/run
ln -s ../run/lock /var/lock
busybox --install -s /rig/busybox
for link in fd:fd stdin:fd/0 stdout:fd/1 stderr:fd/2; do
    ln -sf "/proc/self/${link#*:}" "/dev/${link%%:*}"
done
while read -r module; do
    insmod "/modules/$module.ko" 2>/dev/null
done </modules/order
mkdir -p /proc/xen
mount -t xenfs xenfs /proc/xen
. /functions

echo "the driver's disk" >/disks/a.img
cp /disks/a.img /disks/b.img
dd if=/dev/zero of=/disks/a.img bs=1M count=0 seek=8 2>/dev/null
dd if=/dev/zero of=/disks/b.img bs=1M count=0 seek=8 2>/dev/null
ip link add name br0 type bridge
ip addr add 10.9.0.1/24 dev br0
ip link set br0 up
say "reg $(in_hex /proc/device-tree/hypervisor/reg)"

[ ! -e /ours ] || export LD_LIBRARY_PATH=/opt/ours/lib
xl devd -F >/tmp/devd.log 2>&1 &
devd=$!
say "ready"

# What xl devd logs goes to the console as it comes.
tail -n +1 -f /tmp/devd.log | while read -r line; do
    echo "devd: $line" >/dev/console
done &
while :; do
    now="loops $(/usr/bin/losetup -l -n -O BACK-FILE | tr '\n' ' ')"
    now="$now ports $(ls /sys/class/net/br0/brif | tr '\n' ' ')"
    now="$now scratch $(awk '/Xen scratch/ { print $1 }' /proc/iomem)"
    now="$now devd $(kill -0 $devd 2>/dev/null && echo runs || echo ended)"
    [ "$now" = "$before" ] || say "uses $now free $(free_memory)"
    before=$now
    usleep 200000
done
