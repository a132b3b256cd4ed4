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

# shows FILE: whether a screen has come to the menu, which counts the seconds.
shows() {
    tr -d '\000' <"$1" | grep -q 'the second.*Will boot.* seconds'
}

# choose_second: it takes keys once it counts, for the five seconds of its
# grub.cfg.
choose_second() {
    cat <"$tty" >"$out/menu-$_library" &
    reader=$!
    wait_for 20 shows "$out/menu-$_library"
    printf '\033OB\r' >"$tty"
}

boot_by_pygrub() {
    _library=$1
    rm -f "$console" /tmp/keys
    printf '%s\n' 'name="grub"' 'memory=256' 'bootloader="pygrub"' \
        'disk=["/disks/grub.img,raw,xvda,rw"]' >/tmp/grub.cfg
    mkfifo /tmp/keys
    "$_library" xl create -c /tmp/grub.cfg <>/tmp/keys \
        >"$out/screen-$_library" 2>&1 &
    expect "$_library: its default entry boots" wait_for 90 boots_seen reboot 1
    expect "$_library: 'xl create -c' shows the menu" \
        shows "$out/screen-$_library"
    expect "$_library: pygrub runs again at the reboot" \
        wait_for 60 menu_is_there
    choose_second
    expect "$_library: the console shows the menu" shows "$out/menu-$_library"
    expect "$_library: the entry chosen with keys boots" \
        wait_for 90 boots_seen 'wait' 1
    kill $reader
    xl destroy grub
    cp "$console" "$out/console-$_library"
    cp /var/log/xen/bootloader.*.log "$out" 2>/dev/null
}

boot_by_pygrub debian
take_state "$out/before"
boot_by_pygrub ours
left_nothing "nothing is left"
