# SPDX-License-Identifier: LGPL-2.1-only
#
# boots: package
# limit: 600
#
# Our Debian package is installed and removed by dpkg while guests run: xl takes
# our library and Debian's again, in between libxenmisc is upgraded, and
# each guest is listed, rebooted and destroyed by an xl on the other library than
# that of the xl that looks after it.
. /tests/guests.sh
. /tests/package-parts.sh

# monitor_has NAME LIBRARY: the xl that looks after that guest uses the library
# with which it started, though the file may be gone.
monitor_has() {
    for _monitor in $(pidof xl); do
        tr '\000' ' ' <"/proc/$_monitor/cmdline" | grep -q "/$1.cfg" || continue
        runs_on "$2" "$_monitor"
        return
    done
    return 1
}

create() {
    rm -f "$(guest_console "$1")"
    xl create "$(linux_config "$1" /tmp/initrd memory=256)"
}

times_up() {
    [ "$(grep -c 'guest: up' "$(guest_console "$1")")" -ge "$2" ]
}

is_another() {
    _now=$(xl domid "$1") && [ "$_now" != "$domid" ]
}

is_listed() {
    xl list | grep "^$1 " && xl list -l "$1" | grep "\"name\": \"$1\""
}

is_gone() {
    ! xl domid "$1" && ! monitor_has "$1" debians && ! monitor_has "$1" ours
}

# other_xl NAME LIBRARY: an xl on the other library than the guest's.
other_xl() {
    expect "$1: xl on the other library lists it" is_listed "$1"
    expect "$1: its xl still runs on the library of $2" monitor_has "$1" "$2"
    domid=$(xl domid "$1")
    expect "$1: xl reboot asks it to reboot" xl reboot "$1"
    expect "$1: its xl makes it again" wait_for 60 is_another "$1"
    expect "$1: it boots again" wait_for 60 times_up "$1" 2
    expect "$1: its xl is still the same" monitor_has "$1" "$2"
}

obedient_initrd /tmp/initrd
expect "dpkg installs Debian's packages" dpkg -i /packages/debian/*.deb
expect "xl and xen-init-dom0 take Debian's library" all_take debians
# The first Linux guest of all makes Xen keep some pages, and gives others back late.
create first
wait_for 60 times_up first 1
xl destroy first
quiet 2000
take_state "$out/before"

expect "an xl on Debian's library creates a guest" create old
expect "it boots" wait_for 60 times_up old 1
expect "dpkg installs ours" dpkg -i /packages/ours/*.deb
expect "it is installed" dpkg_says "install ok installed"
expect "xl and xen-init-dom0 take ours" all_take ours
xl info >"$out/info" 2>&1 && ok "xl info works" ||
    not_ok "xl info works" "$(tail -n 1 "$out/info")"
expect "the tool of the package runs" xen-arm-memmap --help
other_xl old debians
expect "an xl on our library creates a guest" create new
expect "it boots as well" wait_for 60 times_up new 1
expect "its xl has our library" monitor_has new ours

expect "dpkg upgrades libxenmisc" dpkg -i /packages/next/*.deb
expect "ours is still installed" dpkg_says "install ok installed"
expect "xl and xen-init-dom0 still take ours" all_take ours
expect "old is listed" is_listed old
expect "new is listed" is_listed new
expect "xl on our library destroys the old guest" xl destroy old
expect "old and its xl are gone" wait_for 20 is_gone old

expect "dpkg removes ours" dpkg -r libxenlight-arm64 xen-arm-memmap
expect "xl and xen-init-dom0 take Debian's again" all_take debians
same "libxenmisc has the new version" \
    "$(dpkg-query -W -f '${Version}' 'libxenmisc*')" \
    "$(/usr/bin/dpkg-deb -f /packages/next/*.deb Version)"
same "its library is the new one" \
    "$(tail -c 1 /usr/lib/aarch64-linux-gnu/libxenlight.so.*.0 | od -A n -t x1)" \
    " 0a"
other_xl new ours
expect "xl on Debian's library destroys the new guest" xl destroy new
expect "new and its xl are gone" wait_for 20 is_gone new
left_nothing "nothing is left of the guests"

expect "dpkg purges ours" dpkg -P libxenlight-arm64 xen-arm-memmap
left=$(ls -d /etc/ld.so.conf.d/*xenlight* /etc/xen/arm-regions.conf $own \
    2>/dev/null)
same "nothing is left of the package" "$left" ""
