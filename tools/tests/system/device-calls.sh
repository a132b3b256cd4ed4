# SPDX-License-Identifier: LGPL-2.1-only
#
# boots: devices
# limit: 600
#
# Each public function about devices, with good and bad arguments, on the
# distribution's library and on ours.
. /tests/host-functions.sh
. /tests/stand-ins.sh

create_guests
mkdir -p /disks
raw_disk /disks/calls.img "disk calls"
[ -d /sys/class/net/xenbr0 ] || add_bridge xenbr0 10.9.0.1
# For shares.
install_qemu
# shellcheck disable=SC2086
start_backends 0 $absent_kinds
calls device-calls.txt device-calls
# What Xen 4.17 does not have.
[ "$(xl info xen_version | cut -d . -f 2)" -lt 20 ] ||
    calls device-calls-4.20.txt device-calls
kill "$backends_pid"
