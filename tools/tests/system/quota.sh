# SPDX-License-Identifier: LGPL-2.1-only
#
# boots: a53
# limit: 600
#
# The quotas of xenstored while a guest with a disk and a vif is created, gets
# and loses a disk, and is destroyed.  Those of a domain's nodes, watches and
# requests are not for dom0.  On Xen 4.17 dom0 has that of the length of a path,
# and makes no node for a guest whose memory in xenstored is used up.  Wherever
# one of them is reached, an error names the path.  A domain
# that stays, as its nodes could not be removed, goes by one `xl destroy` when
# the quota is back.
. /tests/stand-ins.sh
. /tests/device-guests.sh

quota() {
    xenstore-control quota set "$1" "$2" >/dev/null
}

limit_of() {
    xenstore-control quota | awk -v name="$1" '$1 == name { print $3 }'
}

# With the library $library; stops at the first error.
life() {
    $library xl create -p -q "$guest" &&
        $library xl block-attach quota "$(disk xvdb)" &&
        $library xl block-detach --force quota xvdb
}

is_as_before() {
    state nodes >"$out/now"
    cmp -s "$out/nodes" "$out/now"
}

# What is wrong after the life of a guest with this quota; nothing if it is all
# right.
try() {
    quota "$1" "$2"
    life >"$out/printed" 2>&1 || {
        refused=$((refused + 1))
        grep -q 'error: .*/' "$out/printed" || tail -n 1 "$out/printed"
    }
    quota "$1" "$limit"
    for domid in $(ours xl list | awk 'NR > 2 { print $2 }'); do
        ours xl destroy "$domid" || echo "cannot destroy it"
    done
    wait_for 5 is_as_before ||
        diff -U 0 "$out/nodes" "$out/now" | sed -n '4 p'
}

# reach QUOTA FROM STEP TO LEAST: tries each value; on Xen 4.17 at least LEAST of
# them are too low.
reach() {
    limit=$(limit_of "$1")
    refused=0
    : >"$out/faults"
    for most in $(seq "$2" "$3" "$4"); do
        try "$1" "$most" >>"$out/faults" 2>&1
    done
    echo "$1: $refused of those from $2 to $4 were too low"
    if [ -s "$out/faults" ]; then
        not_ok "the quota $1" "$(sort "$out/faults" | uniq -c | head -n 5)"
    else
        ok "wherever the quota $1 is reached: an error, and nothing is left"
    fi
    case $(xl info xen_version) in
    4.17*) expect "the quota $1 is reached at many requests" \
        [ $refused -ge "$5" ] ;;
    *) expect "the quota $1 is not for dom0" [ $refused -eq 0 ] ;;
    esac
    left_nothing "the quota $1: nothing is left, memory neither"
}

set_up_dom0
guest=$(quick_guest quota)
for library in debian ours; do
    $library xl create -p -q "$guest"
    $library xl destroy quota
done
state nodes >"$out/nodes"
take_state "$out/before"

step "quotas that are not for dom0"
for name in nodes watches transactions outstanding; do
    limit=$(limit_of $name)
    quota $name 1
    for library in debian ours; do
        expect "$library: the quota $name does not stop dom0" life
        expect "$library: nor that it destroys the guest" \
            $library xl destroy quota
    done
    quota $name "$limit"
done
left_nothing "quotas that are not for dom0: nothing is left"

step "the length of a path"
reach path-max 20 1 60 20
step "the memory of a guest's nodes"
reach memory 1 200 3001 5
