# SPDX-License-Identifier: LGPL-2.1-only
#
# boots: none
#
# The job of a Linux guest with a disk xvda and a vif on the bridge of dom0: it
# reads and writes the disk, pings dom0, and reports what comes and goes.
. /functions

# Frontends connect in their own time.
await() {
    _tries=100
    until "$@" 2>/dev/null; do
        _tries=$((_tries - 1))
        [ $_tries -gt 0 ] || return 1
        usleep 100000
    done
}

# The 4 MiB after the first one are the guest's own.
sum_of_data() {
    dd if=/dev/xvda bs=1M skip=1 count=4 2>/dev/null | sha256sum |
        cut -d ' ' -f 1
}

if await test -b /dev/xvda; then
    say "reads $(head -n 1 /dev/xvda)"
    say "found $(sum_of_data)"
    dd if=/dev/urandom of=/dev/xvda bs=1M seek=1 count=4 conv=fsync 2>/dev/null
    say "wrote $(sum_of_data)"
fi
if await test -e /sys/class/net/eth0; then
    ip addr add 10.9.0.2/24 dev eth0
    ip link set eth0 up
    await ping -c 1 -W 1 10.9.0.1 >/dev/null &&
        say "pings $(cat /sys/class/net/eth0/address)"
fi
say "ready"

while :; do
    now=$(cd /sys/class && echo block/xvd* net/eth*)
    [ "$now" = "$before" ] || say "devices $now"
    before=$now
    usleep 200000
done
