# SPDX-License-Identifier: LGPL-2.1-only
#
# boots: failing
# limit: 2400
#
# A guest with a disk and a vif is created, gets and loses a disk, and is
# destroyed, while each hypercall in turn fails, then each request to xenstored,
# each opening of a file or connection, each fork and each new thread.  What
# fails says why and leaves nothing, or nothing that a second try does not take
# away.
. /tests/stand-ins.sh
. /tests/device-guests.sh

# What there is, by its names.
names() {
    state nodes
    ls -A /var/lib/xen
    domains
    /usr/bin/losetup -l -n -O BACK-FILE
    ls /sys/class/net /sys/class/net/br0/brif
}

is_as_before() {
    names >"$out/now"
    cmp -s "$out/$before" "$out/now"
}

fault() {
    faults=$((faults + 1))
    echo "$operation, $kind $n: $1"
    tail -n 3 "$out/output"
}

# As it was in $before, in a moment.
expect_names() {
    wait_for 5 is_as_before && return
    fault "$1"
    diff -U 0 "$out/$before" "$out/now" | sed -n '3,$ p'
    names >"$out/$before"
}

# fail COMMAND...: its n-th step of the kind fails.  $reached: there is one.
fail() {
    rm -f /tmp/failed
    env LD_PRELOAD=/tests/killer.so "FAIL_AT_$kind=$n" FAILED=/tmp/failed \
        LD_LIBRARY_PATH=/opt/ours/lib "$@" >"$out/output" 2>&1
    code=$?
    [ -e /tmp/failed ] && reached=yes || reached=no
    [ $code -lt 124 ] || fault "it crashed with $code"
    [ $code -eq 0 ] || grep -q -i -E 'error|fail|cannot|could not|unable' \
        "$out/output" || fault "exit code $code without an error"
    [ $code -eq 0 ] || [ $reached = yes ] || fault "it fails by itself"
}

again() {
    ours xl "$@" >>"$out/output" 2>&1
}

# Without its connection to xenstored, a creation cannot take itself back: it
# says so, and its domain is destroyed by its number.
creation() {
    old=$(domains)
    fail xl create -e -p -q "$config"
    domid=$(new_domain "$old")
    [ -z "$domid" ] || [ $code -eq 0 ] || [ $kind = REQUEST ] ||
        fault "domain $domid stays"
    [ -z "$domid" ] || again destroy "$domid"
    expect_names "creation leaves"
}

# No frontend of the tiny guest lets its disk go.  Without its connection to
# xenstored, an attach cannot take the disk back.
attaching() {
    fail xl block-attach guest "$(disk xvdb)"
    [ $code -ne 0 ] && [ $kind != REQUEST ] ||
        again block-detach --force guest xvdb
    expect_names "attaching leaves"
}

detaching() {
    again block-attach guest "$(disk xvdb)"
    fail xl block-detach --force guest xvdb
    [ $code -eq 0 ] || again block-detach --force guest xvdb
    expect_names "detaching leaves"
}

destroying() {
    old=$(domains)
    again create -e -p -q "$config"
    domid=$(new_domain "$old")
    fail xl destroy failing
    [ $code -eq 0 ] || again destroy "$domid"
    expect_names "destroying leaves"
}

# all_steps OPERATION BEFORE
all_steps() {
    operation=$1 before=$2
    for kind in HYPERCALL REQUEST OPEN FORK THREAD; do
        step "$operation, each $kind fails"
        n=1 faults=0
        while :; do
            $operation
            [ $reached = yes ] || break
            n=$((n + 1))
        done
        if [ $faults -eq 0 ]; then
            ok "$operation: each of $((n - 1)) times a $kind fails"
        else
            not_ok "$operation: each of $((n - 1)) times a $kind fails" \
                "$faults faults"
        fi
    done
}

set_up_dom0
config=$(quick_guest failing)
names >"$out/without"
all_steps creation without
all_steps destroying without

ours xl create -p -q "$(quick_guest guest)"
names >"$out/with"
all_steps attaching with
all_steps detaching with
ours xl destroy guest
