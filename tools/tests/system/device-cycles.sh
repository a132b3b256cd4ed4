# SPDX-License-Identifier: LGPL-2.1-only
#
# boots: devices
# limit: 2400
#
# Creates and destroys a guest with a disk and a vif 200 times in one process,
# which attaches and detaches a second disk now and then, and 20 times by xl
# with Debian's hotplug scripts: nothing is to be left, and neither Xen's memory
# nor the process is to grow.
. /tests/stand-ins.sh
. /tests/device-guests.sh

set_up_dom0
take_state "$out/before"

GLIBC_TUNABLES=glibc.malloc.tcache_count=0 ours cycles "$tiny" 200 \
    /disks/quick.img block-quick vif-quick
left_nothing "after 200 cycles with devices in one process nothing is left"

by_xl() {
    _cycle=0
    while [ $_cycle -lt 20 ]; do
        ours xl create -p "$guest" && ours xl destroy again || return 1
        _cycle=$((_cycle + 1))
    done
}

guest=$(real_guest again)
expect "xl creates and destroys a guest with Debian's scripts 20 times" by_xl
left_nothing "after 20 cycles with Debian's scripts nothing is left"
