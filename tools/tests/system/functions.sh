# SPDX-License-Identifier: LGPL-2.1-only
#
# boots: none
#
# What the scripts of this folder may use in dom0, besides what the rig gives.
# A script prints 'ok NAME' or 'not ok NAME: reason' for each thing it tested;
# one that prints neither has failed.

tests=/tests
tiny=/guests/tiny

ok() {
    echo "ok $*"
}

not_ok() {
    _name=$1
    shift
    echo "not ok $_name: $*"
}

# What was measured; it is told with the results.
note() {
    echo "# $*"
}

# expect NAME COMMAND...: the command is to succeed; else its last words are
# the reason.
expect() {
    _name=$1
    shift
    if "$@" >/tmp/expect.out 2>&1; then
        ok "$_name"
    else
        not_ok "$_name" "'$*' ended with $?: $(tail -n 1 /tmp/expect.out)"
    fi
}

domains() {
    probe domains | sed 's/domain //' | tr '\n' ' '
}

# The number of the newest domain that is not in the list of $1.
new_domain() {
    for _domain in $(domains); do
        case " $1" in
        *" $_domain "*) ;;
        *) echo "$_domain" ;;
        esac
    done | tail -n 1
}

# tiny_guest NAME [LINE]...: the configuration file of a guest that sleeps.
tiny_guest() {
    _file=/tmp/$1.cfg
    printf '%s\n' "name=\"$1\"" "kernel=\"$tiny\"" >"$_file"
    shift
    [ $# -eq 0 ] || printf '%s\n' "$@" >>"$_file"
    echo "$_file"
}

# obedient_initrd FILE: the Linux guest's, with what its kernel calls when the
# toolstack asks it to end: a power off or reboot at once, since the guest's
# init is a mere script.
obedient_initrd() {
    mkdir -p /tmp/calls/usr/sbin
    for _call in poweroff reboot; do
        printf '#!/bin/sh\nexec busybox %s -f\n' $_call \
            >/tmp/calls/usr/sbin/$_call
        chmod +x /tmp/calls/usr/sbin/$_call
    done
    (cd /tmp/calls && find usr -type f | cpio -o -H newc) |
        cat /guests/initrd - >"$1"
}

# What goes a moment after a destroy has returned: Xen frees the memory, xl's
# monitor of the domain ends, and dom0 gives up loop devices and interfaces.
quick_state() {
    probe state >"$1/now"
    {
        echo "monitors $(pidof xl | wc -w)"
        grep . /sys/block/loop*/loop/backing_file
        echo /sys/class/net/* /sys/class/net/*/brport
    } >>"$1/now" 2>/dev/null
    grep -v '^free ' "$1/now" >"$1/machine"
    grep '^free ' "$1/now" >"$1/free"
}

# Xen itself keeps a page now and then, and up to three each time that a guest
# of 128 vCPUs goes, whichever library made it.  A guest that does not go
# altogether keeps more.
FREE_PAGES_MAY_DIFFER=8

same_free_pages() {
    cat "$1/free" "$2/free" | awk -v most=$FREE_PAGES_MAY_DIFFER '
        { pages[NR] = $2 }
        END {
            lost = pages[1] - pages[2]
            exit !(lost <= most && lost >= -most)
        }'
}

quick_state_is() {
    quick_state "$2"
    cmp -s "$1/machine" "$2/machine" && same_free_pages "$1" "$2"
}

# quiet [MS]: waits until free memory, the domains and the monitors have not
# changed for so long: a state that is taken while memory still comes back
# differs from every later one.
quiet() {
    _same=0 _rest=$((${1:-500} / 100)) _tries=0
    mkdir -p /tmp/quiet
    while [ $_same -lt $_rest ] && [ $_tries -lt 300 ]; do
        _last=$(cat /tmp/quiet/now 2>/dev/null)
        quick_state /tmp/quiet
        _same=$((_same + 1)) _tries=$((_tries + 1))
        [ "$_last" = "$(cat /tmp/quiet/now)" ] || _same=0
        usleep 100000
    done
}

# take_state TO: for later comparisons, once all is quiet.
take_state() {
    quiet
    record_state "$1"
}

record_state() {
    mkdir -p "$1"
    quick_state "$1"
    xenstore-ls -f -p >"$1/store"
    # Services, and programs whose parent has ended.
    awk '$1 == "Name:" { name = $2 } $1 == "PPid:" && $2 == 1 { print name }' \
        /proc/[0-9]*/status 2>/dev/null | sort >"$1/processes"
    ls -A -l /var/lib/xen | awk 'NF > 2 { print $1, $3, $4, $5, $NF }' >"$1/files"
}

# settle BEFORE NOW: waits until that is as before, or nothing moves any more.
settle() {
    _still=0 _tries=0
    while [ $_still -lt 12 ] && [ $_tries -lt 100 ]; do
        _tries=$((_tries + 1))
        _last=$(cat "$2/now" 2>/dev/null)
        ! quick_state_is "$1" "$2" || return 0
        _still=$((_still + 1))
        [ "$_last" = "$(cat "$2/now")" ] || _still=0
        usleep 100000
    done
}

# Creates and destroys one large guest, so that what only the first guests of
# all bring with them, in the store and in Xen's memory, is there already.
warm_up() {
    # A GICv2 has eight vCPUs at most.
    for _vcpus in 128 8; do
        ! debian xl create -p "$(tiny_guest warm memory=256 vcpus=$_vcpus \
            'vuart="sbsa_uart"')" || break
    done
    debian xl destroy warm
    quiet 1000
}

# left_since BEFORE AFTER: prints what is there now and was not when the state
# in BEFORE was taken, or the other way round; fails if there is anything.
left_since() {
    mkdir -p "$2"
    settle "$1" "$2"
    record_state "$2"
    _left=0
    if ! same_free_pages "$1" "$2"; then
        echo "memory: $(cat "$1/free") pages -> $(cat "$2/free")"
        _left=1
    fi
    for _kind in machine store files processes; do
        if ! cmp -s "$1/$_kind" "$2/$_kind"; then
            diff -U 0 "$1/$_kind" "$2/$_kind" |
                sed -n "3,\$ s/^[-+]/$_kind: & /p"
            _left=1
        fi
    done
    return $_left
}
