# SPDX-License-Identifier: LGPL-2.1-only
#
# boots: pygrub
# limit: 500
#
# Debian's pygrub boots a Linux guest from an ext4 image, by its default entry
# and, after a reboot, by the one that is chosen with keys; on both libraries.
. /tests/guests.sh

tar -x -f /dev/vda -C /
console=$(guest_console grub)

menu_is_there() {
    pidof python3 && tty=$(xenstore-read \
        "/local/domain/$(xl domid grub)/console/tty")
}

boots_seen() {
    [ "$(grep -c "guest: up.* then $1" "$console")" -ge "$2" ]
}

boot_by_pygrub() {
    _library=$1
    rm -f "$console"
    printf '%s\n' 'name="grub"' 'memory=256' 'bootloader="pygrub"' \
        'disk=["/disks/grub.img,raw,xvda,rw"]' >/tmp/grub.cfg
    expect "$_library: xl creates a guest by pygrub" \
        "$_library" xl create /tmp/grub.cfg
    expect "$_library: its default entry boots" wait_for 90 boots_seen reboot 1
    expect "$_library: pygrub runs again at the reboot" \
        wait_for 60 menu_is_there
    # pygrub opens its screen and takes keys a moment later.
    timeout 8 dd if="$tty" of="$out/menu-$_library" bs=1 count=1500 2>/dev/null
    printf '\033OB\r' >"$tty"
    expect "$_library: the entry chosen with keys boots" \
        wait_for 90 boots_seen 'wait' 1
    tr -d '\000' <"$out/menu-$_library" | grep -q 'the second' &&
        ok "$_library: the console shows the menu" ||
        not_ok "$_library: the console shows the menu" \
            "$(wc -c <"$out/menu-$_library") bytes"
    xl destroy grub
    cp "$console" "$out/console-$_library"
    cp /var/log/xen/bootloader.*.log /tmp/log "$out" 2>/dev/null
}

boot_by_pygrub debian
take_state "$out/before"
boot_by_pygrub ours
left_nothing "nothing is left"
