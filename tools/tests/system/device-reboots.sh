# SPDX-License-Identifier: LGPL-2.1-only
#
# boots: a53
# limit: 600
#
# A guest with a disk and a vif is changed while it runs, and reboots: exit
# codes, what is stored and what is listed before and after are as with
# Debian's library.
. /tests/stand-ins.sh
. /tests/device-guests.sh

library=ours
uuid=03882dcf-223d-4ef4-be3b-87bef9327b14
mac=00:16:3e:16:87

# A guest that has just come back is stored a moment later.
is_stored() {
    $library xl list -l "$name" 2>/dev/null | grep -q '"nics"\|"disks"'
}

# What counts of the guest.
facts() {
    $library xl list -l "$name" 2>&1 | sed 's/"domid": [0-9]*/"domid": N/'
    $library xl block-list "$name" 2>&1 |
        awk 'NR > 1 { print "disk", $1, $2, $4 }'
    $library xl network-list "$name" 2>&1 |
        awk 'NR > 1 { print "vif", $1, $2, $3, $5 }'
    $library xl sched-credit2 -d "$name" 2>&1 | awk 'END { print $1, $3, $4 }'
    $library xl vcpu-list "$name" 2>&1 |
        awk 'NR > 1 { print "vcpu", $3, $(NF - 2), $(NF - 1), $NF }'
}

# life CHANGE...: what is seen of a guest that is changed and then reboots.
life() {
    name=life
    _file=$(quick_guest life vcpus=2 maxvcpus=4 "uuid=\"$uuid\"" \
        "vif=[\"script=vif-quick,mac=$mac:50\"]")
    create_ending reset "$library" "$_file" || return
    sed 's/^vcpus=.*/vcpus=1/' "$_file" >/tmp/new.cfg
    for _change; do
        _change=$(echo "$_change" | sed "s/NAME/$name/")
        # shellcheck disable=SC2086
        $library xl $_change >/dev/null 2>&1
        echo "xl $_change: $?"
        case $_change in
        rename*) name=${_change##* } ;;
        esac
    done
    facts
    $library xl unpause "$domid"
    wait_for 30 has_come_back "$name" "$library" && wait_for 10 is_stored
    echo "after the reboot:"
    facts
    for _domain in $(domains); do
        [ "$_domain" = 0 ] || xl destroy "$_domain"
    done
}

# as_debian CHANGE...: the test is named by the commands alone.
as_debian() {
    library=debian
    life "$@" >/tmp/debian
    library=ours
    life "$@" >/tmp/ours
    _commands=$(for _change; do echo "${_change%% *}"; done | xargs)
    if ! grep -q '^disk\|^vif' /tmp/debian; then
        not_ok "reboot after '$_commands'" "Debian's library: $(tail -n 1 /tmp/debian)"
    elif diff -U 0 /tmp/debian /tmp/ours >/tmp/difference; then
        ok "reboot after '$_commands' as with Debian's library"
    else
        not_ok "reboot after '$_commands'" "$(sed '1,2d' /tmp/difference | head -n 8)"
    fi
}

set_up_dom0
take_state "$out/before"
as_debian
as_debian "block-attach NAME $(disk xvdb)" \
    "network-attach NAME script=vif-quick mac=$mac:51 rate=1MB/s"
as_debian 'block-detach NAME xvda' "block-attach NAME $(disk xvda)" \
    'network-detach NAME 0' \
    "network-attach NAME script=vif-quick mac=$mac:52"
as_debian 'config-update NAME /tmp/new.cfg' "block-attach NAME $(disk xvdb)"
as_debian 'vcpu-set NAME 1' 'sched-credit2 -d NAME -w 77' 'rename NAME other' \
    "block-attach NAME devtype=cdrom,$(disk xvdd)"
left_nothing "after all reboots nothing is left"
