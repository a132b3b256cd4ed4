# SPDX-License-Identifier: LGPL-2.1-only
#
# boots: driver
# limit: 600
#
# A driver domain: a Linux guest whose 'xl devd' serves a disk and a vif of
# another guest, with our library and with Debian's, in dom0 and in the driver.
. /tests/guests.sh
. /tests/stand-ins.sh
. /tests/plug.sh

mac=00:16:3e:00:00:01

# pack_driver LIBRARY: the driver's initrd, which is dom0's own root without what
# belongs to this run.
pack_driver() {
    _root=/tmp/driver
    rm -rf $_root
    mkdir -p $_root/dev $_root/proc $_root/sys $_root/run $_root/tmp \
        $_root/root
    cp "$tests/driver-init.sh" $_root/init
    cp "$tests/in-guest.sh" $_root/functions
    chmod +x $_root/init
    [ "$1" = debian ] || touch $_root/ours
    {
        (cd / && find usr bin sbin lib etc modules opt |
            cpio -o -H newc 2>/dev/null)
        (cd $_root && find . | cpio -o -H newc 2>/dev/null)
    } >/tmp/driver-initrd
}

# driver_said KEY: its last words of that.
driver_said() {
    tr -d '\r' <"$(guest_console "$driver")" | sed -n "s/^test: $1 //p" |
        tail -n 1
}

uses() {
    driver_said uses
}

# uses_all WORDS...: each of them
uses_all() {
    _words=" $(uses) "
    for _word; do
        case $_words in
        *" $_word "*) ;;
        *) return 1 ;;
        esac
    done
}

uses_none() {
    uses | grep -q '^loops *ports *scratch'
}

is_driver_ready() {
    guest_says "$driver" ready
}

# shot NAME
shot() {
    state nodes >"$out/$library-$1.store"
}

# with LIBRARY DRIVERS: that of dom0, and that of the driver domain.
with() {
    library=$1 driver=driver-$1 guest=guest-$1
    take_state "$out/before"
    pack_driver "$2"
    config=$(linux_config "$driver" /tmp/driver-initrd memory=512 \
        driver_domain=1)
    expect "$1: xl creates a driver domain" "$1" xl create "$config"
    rm /tmp/driver-initrd
    expect "$1: it runs xl devd" wait_for 60 is_driver_ready
    quiet
    shot 1-driver

    config=$(linux_config "$guest" /tmp/devices-initrd memory=256 \
        "disk=[\"/disks/a.img,raw,xvda,rw,backend=$driver\"]" \
        "vif=[\"bridge=br0,mac=$mac,backend=$driver\"]")
    expect "$1: xl creates a guest with its disk and vif" \
        "$1" xl create "$config"
    expect "$1: it starts" wait_for 60 is_ready 1
    domid=$(xl domid "$guest")
    same "$1: it reads the driver's disk" "$(heard reads)" "the driver's disk"
    same "$1: it pings the driver" "$(heard pings)" $mac
    expect "$1: the driver serves both" \
        wait_for 5 uses_all /disks/a.img "vif$domid.0"
    scratch=$(uses | grep -o 'scratch [^ ]*' | cut -d ' ' -f 2)
    # shellcheck disable=SC2046
    expect "$1: it maps pages of the guest in an extended region" \
        lies_in "$scratch" $(entries "$(driver_said reg)")
    note "$1: the driver $(uses)"
    shot 2-guest

    expect "$1: a disk is attached" "$1" xl block-attach "$guest" \
        "/disks/b.img,raw,xvdb,w,backend=$driver"
    expect "$1: the guest sees it" wait_for 10 sees block/xvdb
    expect "$1: a vif is attached" "$1" xl network-attach "$guest" \
        bridge=br0 "backend=$driver"
    expect "$1: the guest sees it" wait_for 10 sees net/eth1
    shot 3-attached
    expect "$1: the disk is detached" "$1" xl block-detach "$guest" xvdb
    expect "$1: the guest loses it" wait_for 10 loses block/xvdb
    expect "$1: the vif is detached" "$1" xl network-detach "$guest" 1
    expect "$1: the guest loses it" wait_for 10 loses net/eth1
    shot 4-detached

    expect "$1: xl destroys the guest" "$1" xl destroy "$guest"
    expect "$1: the driver uses nothing" wait_for 10 uses_none
    same "$1: xl devd still runs" "$(uses | grep -o 'devd [a-z]*')" "devd runs"
    note "$1: the driver $(uses)"
    shot 5-destroyed
    expect "$1: xl destroys the driver" "$1" xl destroy "$driver"
    if left=$(left_since "$out/before" "$out/after-$1"); then
        ok "$1: nothing is left"
    elif [ "$1" = debian ]; then
        # The first Linux guests of all make Xen keep some pages.
        note "debian: left: $left"
    else
        not_ok "$1: nothing is left" "$left"
    fi
    for _name in "$driver" "$guest"; do
        cp "$(guest_console "$_name")" "$out/$_name"
    done
}

pack_job devices "$tests/linux-devices-job.sh"
[ ! -e /tests/trace ] || xenstore-control logfile /out/trace
[ ! -e /tests/trace ] || xenstore-control log on
with debian debian
with ours ours
