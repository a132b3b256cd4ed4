# SPDX-License-Identifier: LGPL-2.1-only
#
# boots: n1
# limit: 600
#
# `xl create` and `xl destroy` are killed before each of their requests to
# xenstored and before each of their hypercalls: whatever there is of a domain
# then, one `xl destroy` takes all of it away.

# The names only: no node of a domain that has ended may be there.
names() {
    state nodes
    ls -A /var/lib/xen
    domains
}

is_as_before() {
    names >"$out/now"
    cmp -s "$out/before" "$out/now"
}

# killed WHAT N COMMAND...: its exit code is 137 if it was killed.
killed() {
    _at=$1 _n=$2
    shift 2
    env LD_PRELOAD=/tests/killer.so "KILL_AT_$_at=$_n" \
        LD_LIBRARY_PATH=/opt/ours/lib "$@" >"$out/output" 2>&1
}

# For a domain that was never finished, by its number; also where the
# hypervisor has it no more.
destroy_number() {
    ours xl destroy "$1" >>"$out/output" 2>&1
}

# look NAME N: what is left at the N-th point is named, and taken away.
look() {
    wait_for 5 is_as_before && return
    _lost=$((_lost + 1))
    diff -U 0 "$out/before" "$out/now" | sed -n "3,\$ s/^[-+]/$1 $2: & /p"
    for _node in $(diff "$out/before" "$out/now" |
        sed -n 's/^> \(\/[^ ]*\) =.*/\1/p'); do
        xenstore-rm "$_node" 2>/dev/null
    done
    names >"$out/before"
}

# The number that the next domain gets is one more than that of the last.
create_is_killed() {
    _n=1 _lost=0
    while :; do
        _old=$(domains)
        killed "$1" $_n xl create -e -p -q "$config"
        _code=$?
        _domid=$(new_domain "$_old")
        [ -z "$_domid" ] || destroy_number "$_domid"
        look "create killed at $1" $_n
        [ $_code -eq 137 ] || break
        _n=$((_n + 1))
    done
    points=$((_n - 1)) lost=$_lost code=$_code
}

destroy_is_killed() {
    _n=1 _lost=0
    while :; do
        _old=$(domains)
        ours xl create -e -p -q "$config" || return
        _domid=$(new_domain "$_old")
        killed "$1" $_n xl destroy "$_domid"
        _code=$?
        [ $_code -ne 137 ] || destroy_number "$_domid"
        look "destroy killed at $1" $_n
        [ $_code -eq 137 ] || break
        _n=$((_n + 1))
    done
    points=$((_n - 1)) lost=$_lost code=$_code
}

# all_points NAME COMMAND...
all_points() {
    _name=$1
    shift
    points=0 lost=0 code=1
    step "$_name"
    "$@"
    if [ "$code" -ne 0 ]; then
        not_ok "$_name" "the last, which nobody killed, ended with $code"
    elif [ "$points" -lt 5 ]; then
        not_ok "$_name" "only $points points were found"
    elif [ "$lost" -ne 0 ]; then
        not_ok "$_name" "something was left at $lost of $points points"
    else
        ok "$_name: nothing is left after $points deaths"
    fi
}

warm_up
take_state "$out/start"
names >"$out/before"

# A guest with a vPL011 makes every request of a plain one, and more.
config=$(tiny_guest killed memory=16 'vuart="sbsa_uart"')
for what in REQUEST HYPERCALL; do
    all_points "create killed at each $what" create_is_killed $what
    all_points "destroy killed at each $what" destroy_is_killed $what
done

if left=$(left_since "$out/start" "$out/end"); then
    ok "nothing is left of all the killed, memory neither"
else
    not_ok "nothing is left of all the killed, memory neither" "$left"
fi
