# SPDX-License-Identifier: LGPL-2.1-only
#
# boots: gicv2
#
# Two guests whose configurations give the same UUID: they share /vm/UUID, which
# the end of one must leave for the other.

uuid=03882dcf-223d-4ef4-be3b-87bef9327b14

# twin NAME: its configuration.
twin() {
    tiny_guest "$1" memory=16 "uuid=\"$uuid\""
}

# What the guest $1 still has: its nodes, its uptime, its stored memory.
has() {
    [ "$(xenstore-read /vm/$uuid/uuid)" = $uuid ] || echo "no /vm/UUID"
    $library xl uptime "$1" | grep -q "^$1 .*[0-9]:[0-9]" || echo "no uptime"
    $library xl list -l "$1" | grep -q '"max_memkb": 16384' ||
        echo "no stored configuration"
}

warm_up
take_state "$out/before"
for library in debian ours; do
    create_ending reset $library "$(twin first)"
    $library xl create -p -q "$(twin second)"
    $library xl destroy second
    lost=$(has first | xargs)
    if [ $library = debian ]; then
        note "Debian's library: a guest whose twin was destroyed has ${lost:-all}"
    else
        same "a guest whose twin was destroyed has all that it had" "$lost" ""
    fi
    $library xl unpause first
    expect "$library: it comes back from its reboot" \
        wait_for 15 has_come_back first $library
    $library xl create -p -q "$(twin second)"
    $library xl destroy first
    [ $library = debian ] ||
        same "the younger twin has all, too" "$(has second | xargs)" ""
    $library xl destroy second
    [ $library = debian ] || left_nothing "nothing is left"
done
