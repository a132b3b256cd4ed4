# SPDX-License-Identifier: LGPL-2.1-only
#
# boots: devices
# limit: 600
#
# vTPMs, displays, sound cards and keyboards come to a running guest and go, with Debian's
# library and with ours: exit codes, nodes with permissions, lists, what is
# stored, and what is left are the same.  They are there after a reboot.
. /tests/stand-ins.sh

uuid=11111111-2222-3333-4444-555555555555

# Masks the guest's number, and each UUID but that above.
mask() {
    sed -E -e "s,(/local/domain/|/libxl/|backend/[a-z]+/)$1(/| |\$),\\1N\\2,g" \
        -e "s/\\b([nr])$1\\b/\\1N/g" -e "s/(handle: |frontend-id = \")$1\\b/\\1N/" \
        -e "s/$uuid/KNOWN/g" \
        -e 's/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/UUID/g'
}

# The nodes of the guest's devices, sorted.
nodes() {
    state nodes | grep -E \
        "^/(local/domain|libxl)/$domid/device/|^/local/domain/[0-9]+/backend/[a-z]+/${domid}[/ ]" |
        mask "$domid" | sort
}

# x COMMAND...: the exit code of `xl COMMAND`.
x() {
    "$library" xl "$@" >/tmp/printed 2>&1
    echo "$?: xl $*"
}

# shown LIST: the same, and what it prints.
shown() {
    x "$@"
    mask "$domid" </tmp/printed
}

attach() {
    x vtpm-attach g backend=0 uuid=$uuid
    x vtpm-attach g backend=other
    x vtpm-attach g
    x vtpm-attach g backend=nosuch
    x vtpm-attach nosuch backend=0
    x vdispl-attach g backend=other be-alloc=1 \
        'connectors=id0:1920x1080;id1:800x600'
    x vdispl-attach g connectors=id2:1x1
    x vdispl-attach g
    x vsnd-attach g 'CARD, short-name=Main, sample-formats=s16_le;s8' \
        'PCM, name=Main' 'STREAM, unique-id=0, type=p' \
        'STREAM, unique-id=1, type=c, channels-max=2'
    x vsnd-attach g 'CARD, backend=other, long-name=x'
    x vsnd-attach g FOO
    x vkb-attach g backend-type=linux unique-id=keys feature-abs-pointer=1 \
        width=1920 height=1080
    x vkb-attach g backend-type=qemu
    x vkb-attach g unique-id=none
    nodes
}

lists() {
    for _kind in vtpm vdispl vsnd vkb; do
        shown $_kind-list g
    done
}

# What a frontend says once it is there.
connect() {
    _front=/local/domain/$domid/device
    for _kind in vtpm vdispl vsnd vkbd; do
        xenstore-write "$_front/$_kind/0/state" 4
    done
    xenstore-write "$_front/vtpm/0/ring-ref" 7 \
        "$_front/vtpm/0/event-channel" 8 \
        "$_front/vdispl/0/1/req-ring-ref" 9 \
        "$_front/vdispl/0/1/req-event-channel" 10 \
        "$_front/vdispl/0/0/evt-ring-ref" 11 \
        "$_front/vdispl/0/0/evt-event-channel" 12 \
        "$_front/vsnd/0/0/1/ring-ref" 13 \
        "$_front/vsnd/0/0/1/event-channel" 14 \
        "$_front/vkbd/0/page-gref" 15 "$_front/vkbd/0/event-channel" 16 \
        "$_front/vkbd/0/page-ref" 17 "$_front/vkbd/0/ring-ref" 18
    lists
}

stored() {
    "$library" xl list -l g | sed -n '/"vtpms"/,$p' | mask "$domid"
}

# Backends of another domain remove their devices a moment later.
detach() {
    x vtpm-detach g $uuid
    x vtpm-detach g 1
    x vtpm-detach g 7
    x vtpm-detach g xyz
    x vtpm-detach g 99999999-2222-3333-4444-555555555555
    x vdispl-detach g 0
    x vdispl-detach g 7
    x vsnd-detach g 0
    x vsnd-detach g 7
    x vkb-detach g 0
    x vkb-detach g 1
    x vkb-detach g 7
    nodes
    lists
}

session() {
    library=$1
    mkdir -p "$out/$library"
    "$library" xl create -p "$(tiny_guest g memory=16)" >/dev/null 2>&1
    domid=$(xl domid g)
    lists >"$out/$library/empty"
    attach >"$out/$library/attach"
    lists >"$out/$library/list"
    connect >"$out/$library/connected"
    stored >"$out/$library/stored"
    detach >"$out/$library/detach"
    x vtpm-attach g >"$out/$library/again"
    nodes >>"$out/$library/again"
    x destroy g >"$out/$library/destroy"
    nodes >>"$out/$library/destroy"
}

# part_as_debian PART: as both libraries have it.
part_as_debian() {
    if diff -u "$out/debian/$1" "$out/ours/$1" >/tmp/difference; then
        ok "tables: $1 is as with Debian's library," \
            "$(wc -l <"$out/ours/$1") lines"
    else
        not_ok "tables: $1" "$(sed -n '3,12p' /tmp/difference)"
    fi
}

# refused WORDS COMMAND...: by ours alone, which leaves nothing.
refused() {
    _words=$1
    shift
    nodes >"$out/nodes"
    if ours xl "$@" >/tmp/printed 2>&1; then
        not_ok "tables: $*" "it was done"
    elif ! grep -q -- "$_words" /tmp/printed; then
        not_ok "tables: $*" "$(tail -n 2 /tmp/printed)"
    elif ! nodes | cmp -s - "$out/nodes"; then
        not_ok "tables: $*" "it left nodes"
    else
        ok "tables: '$*' is refused, and leaves nothing"
    fi
}

# What the guest 'life' has, with the UUID that its vTPM got.
life() {
    ours xl vtpm-list life | awk 'NR > 1 { print $3 }'
    for _kind in vdispl vsnd; do
        ours xl $_kind-list life | mask "$domid"
    done
}

reboot() {
    _file=$(tiny_guest life memory=16 'vtpm=["backend=0"]' \
        'vdispl=["connectors=id0:1x2"]' \
        'vsnd=[["CARD", "PCM, name=P", "STREAM, unique-id=0, type=p"]]')
    create_ending reset ours "$_file" >/tmp/printed 2>&1 </dev/null
    life >"$out/before"
    ours xl unpause life
    wait_for 30 has_come_back life ours
    domid=$(ours xl domid life)
    life >"$out/after"
    if [ "$(wc -l <"$out/after")" -lt 5 ]; then
        not_ok "tables: a guest that resets" "it has only $(cat "$out/after")"
    else
        expect "tables: a guest that resets comes back with the same devices" \
            cmp "$out/before" "$out/after"
    fi
    ours xl destroy life
}

start_backends 0 vtpm vdispl vsnd vinput vkbd
own_backends=$backends_pid
debian xl create -p "$(tiny_guest other memory=16 driver_domain=1)"
start_backends "$(xl domid other)" vtpm vdispl vsnd
session debian
session ours
for part in empty attach list connected stored detach again destroy; do
    part_as_debian $part
done

reboot
ours xl create -p "$(tiny_guest g memory=16)"
domid=$(xl domid g)
refused "connector 'id0' of 0x0" vdispl-attach g connectors=id0:0x0
refused "unique id 'id0'" vdispl-attach g 'connectors=id0:1x1;id0:2x2'
expect "tables: a vTPM is attached" ours xl vtpm-attach g backend=0 uuid=$uuid
refused "unique id '$uuid'" vtpm-attach g backend=0 uuid=$uuid
kill "$backends_pid"
refused "no backend has answered" vtpm-attach g backend=other
kill "$own_backends"
