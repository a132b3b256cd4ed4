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

# same NAME FOUND WANTED
same() {
    if [ "$2" = "$3" ]; then
        ok "$1"
    else
        not_ok "$1" "'$2' instead of '$3'"
    fi
}

# at_once COMMAND...: runs each, a line of shell; their exit codes are then in
# $codes, what they printed in /tmp/at-once.NUMBER.
at_once() {
    rm -f /tmp/at-once.*
    _number=0 _jobs=
    for _command; do
        _number=$((_number + 1))
        (
            code=0
            eval "$_command" >/tmp/at-once.$_number 2>&1 || code=$?
            echo $code >/tmp/at-once.$_number.code
        ) &
        _jobs="$_jobs $!"
    done
    for _job in $_jobs; do
        wait "$_job"
    done
    codes=$(cat /tmp/at-once.*.code | xargs)
}

# How many of them succeeded.
successes() {
    echo "$codes" | tr ' ' '\n' | grep -c '^0$'
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

# has_come_back NAME LIBRARY: a guest of the name has another number than $domid,
# and a console.  The one before may be there under another name.
has_come_back() {
    _now=$("$2" xl domid "$1") && [ "$_now" != "$domid" ] &&
        xenstore-exists "/local/domain/$_now/console/tty"
}

# tiny_guest NAME [LINE]...: the configuration file of a guest that sleeps.
tiny_guest() {
    _file=/tmp/$1.cfg
    printf '%s\n' "name=\"$1\"" "kernel=\"$tiny\"" >"$_file"
    shift
    [ $# -eq 0 ] || printf '%s\n' "$@" >>"$_file"
    echo "$_file"
}

# create_ending HOW LIBRARY FILE: creates a paused guest, which ends by itself
# once it runs: HOW is off, reset or crash.  One that comes in its place sleeps, as
# the kernel file is another by then.  Its number is in $domid.
create_ending() {
    cp "$tests/guest-$1" /tmp/ending
    sed -i 's,^kernel=.*,kernel="/tmp/ending",' "$3"
    "$2" xl create -p -q "$3" || return
    cp "$tiny" /tmp/ending
    domid=$("$2" xl domid "$(sed -n 's/^name="\(.*\)"/\1/p' "$3")")
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

# quiet [MS]: waits until free memory, the domains and the services have not
# changed for so long: a state that is taken while memory still comes back
# differs from every later one.
quiet() {
    state quiet "${1:-500}"
}

# take_state TO: for later comparisons, once all is quiet.
take_state() {
    quiet
    state record "$1"
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
    state left "$1" "$2"
}

# left_nothing NAME: since $out/before was taken.
left_nothing() {
    if left=$(left_since "$out/before" "$out/after"); then
        ok "$1"
    else
        not_ok "$1" "$left"
        take_state "$out/before"
    fi
}
