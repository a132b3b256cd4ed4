# SPDX-License-Identifier: LGPL-2.1-only
#
# boots: gicv2
# limit: 600
#
# A disk of dom0 that is full, under each folder that the library writes to.
# Only what needs the disk is refused, and says why; a guest that runs is not
# lost, also if it reboots meanwhile.
. /tests/stand-ins.sh
. /tests/device-guests.sh

# small_disk FOLDER: one of its own for the folder, with what is there.
small_disk() {
    cp -a "$1" /tmp/kept
    mount -t tmpfs -o size=64k none "$1"
    cp -a /tmp/kept/. "$1"
    rm -rf /tmp/kept
}

# To the last byte of the last page.
fill() {
    dd if=/dev/zero of="$folder/filler" bs=4k 2>/dev/null
    ! echo x >"$folder/filler-2" 2>/dev/null
}

empty() {
    rm -f "$folder/filler" "$folder/filler-2"
}

disks() {
    ours xl block-list "$domid" | awk 'END { print NR - 1 }'
}

# needs_disk NAME COMMAND...: is refused where the library stores what it must
# not forget, and else succeeds.
needs_disk() {
    _name=$1
    shift
    if [ "$folder" != /var/lib/xen ]; then
        expect "$folder is full: $_name" "$@"
        return
    fi
    if "$@" >/tmp/printed 2>&1; then
        not_ok "$folder is full: $_name is refused" "it is not"
    elif grep -q "cannot write '$folder/.*No space left" /tmp/printed; then
        ok "$folder is full: $_name is refused, and the error names the file"
    else
        not_ok "$folder is full: the error of $_name" "$(cat /tmp/printed)"
    fi
}

set_up_dom0
take_state "$out/before"
for folder in /var/lib/xen /run/xen /var/log/xen; do
    step "a full $folder"
    wanted=2 # disks after another was attached
    [ $folder != /var/lib/xen ] || wanted=1
    small_disk $folder
    expect "$folder is full" fill
    needs_disk "a creation" ours xl create -p -q "$(quick_guest new)"
    [ $folder = /var/lib/xen ] ||
        expect "$folder is full: its guest goes" ours xl destroy new
    empty
    left_nothing "$folder was full during a creation: nothing is left"

    create_ending reset ours "$(quick_guest guest)"
    fill
    expect "$folder is full: a new name" ours xl rename guest other
    expect "$folder is full: another size" ours xl mem-set other 12
    needs_disk "a new disk" ours xl block-attach other "$(disk xvdb)"
    expect "$folder is full: the guest has the disks that it should" \
        [ "$(disks)" -eq "$wanted" ]
    ours xl unpause other
    expect "$folder is full: the guest reboots" \
        wait_for 15 has_come_back other ours
    domid=$(ours xl domid other)
    expect "$folder is full: it has its new size" \
        [ "$(xenstore-read "/local/domain/$domid/memory/target")" = 12288 ]
    expect "$folder is full: the guest goes" ours xl destroy other
    empty
    left_nothing "$folder was full under a guest: nothing is left"
    umount $folder
done
