# SPDX-License-Identifier: LGPL-2.1-only
#
# boots: none
#
# A Linux guest whose job reports its devices, and a second disk and a second vif
# that come and go while it runs.  For scripts that read guests.sh and
# stand-ins.sh, and set $guest.

# The guest's words of KEY, one line each time it said so.
heard() {
    tr -d '\r' <"$(guest_console "$guest")" | sed -n "s/^test: $1 //p"
}

sees() {
    case " $(heard devices | tail -n 1) " in
    *" $1 "*) return 0 ;;
    esac
    return 1
}

loses() {
    ! sees "$1"
}

# is_ready N: it has started N times.
is_ready() {
    [ "$(tr -d '\r' <"$(guest_console "$guest")" |
        grep -cx 'test: ready')" -ge "$1" ]
}

# numbers_of LIBRARY LIST: those of the guest's disks or vifs.
numbers_of() {
    "$1" xl "$2" "$guest" | awk 'NR > 1 { print $1 }' | xargs
}

# plug LIBRARY FILE BRIDGE: the disk xvdb and the vif 1 come and go, beside xvda
# and the vif 0.
plug() {
    expect "$1: a disk is attached" "$1" xl block-attach "$guest" \
        "$2,raw,xvdb,w"
    expect "$1: the guest sees it" wait_for 10 sees block/xvdb
    expect "$1: a vif is attached" "$1" xl network-attach "$guest" "bridge=$3"
    expect "$1: the guest sees it" wait_for 10 sees net/eth1
    same "$1: block-list names both disks" \
        "$(numbers_of "$1" block-list)" "51712 51728"
    same "$1: network-list names both vifs" "$(numbers_of "$1" network-list)" "0 1"
    expect "$1: the disk is detached" "$1" xl block-detach "$guest" xvdb
    expect "$1: the guest loses it" wait_for 10 loses block/xvdb
    expect "$1: the vif is detached" "$1" xl network-detach "$guest" 1
    expect "$1: the guest loses it" wait_for 10 loses net/eth1
    same "$1: block-list names what is left" "$(numbers_of "$1" block-list)" 51712
    same "$1: network-list names what is left" "$(numbers_of "$1" network-list)" 0
}

# in_use BRIDGE: prints the files of loop devices and the ports of the bridge.
in_use() {
    /usr/bin/losetup -l -n -O BACK-FILE
    ls "/sys/class/net/$1/brif"
}
