# SPDX-License-Identifier: LGPL-2.1-only
#
# boots: package
# limit: 900
#
# Our Debian package is installed and removed by dpkg below what else uses the
# library: libvirtd, which takes the other library when it is restarted while its
# guests live on, xendomains, and xen-init-dom0.
. /tests/guests.sh
. /tests/package-parts.sh
. /libvirt/libvirtd.sh

step "unpacking libvirt"
unpack
set_up
write_busy_documents 1 2

# The library is that of the loader's cache.
start() {
    start_libvirtd debian && pid=$(pidof libvirtd)
}

restart() {
    stop_libvirtd
    start
}

is_up() {
    [ "$(grep -c 'guest: up' "$(guest_console "$1")")" -ge "$2" ]
}

# lives NAME DOMID: libvirtd knows the guest as running, under its old number.
lives() {
    [ "$(tell_virsh domid "$1")" = "$2" ] &&
        [ "$(tell_virsh domstate "$1" | head -n 1)" = running ]
}

is_another() {
    _now=$(tell_virsh domid "$1") && [ "$_now" != "$2" ] && [ "$_now" != - ]
}

# obeys NAME BOOTS: what libvirtd does to a guest that an earlier one made, on the
# other library.
obeys() {
    expect "$1: virsh attaches a disk" \
        tell_virsh attach-device "$1" "/xml/${1#busy}-busy-disk.xml" --live
    same "$1: virsh lists both disks" \
        "$(tell_virsh domblklist "$1" | awk '/xvd/ { print $1 }' | xargs)" \
        "xvda xvdb"
    expect "$1: virsh detaches it" \
        tell_virsh detach-device "$1" "/xml/${1#busy}-busy-disk.xml" --live
    _domid=$(tell_virsh domid "$1")
    expect "$1: virsh reboot asks it to reboot" tell_virsh reboot "$1"
    expect "$1: libvirtd makes it again" wait_for 60 is_another "$1" "$_domid"
    expect "$1: it boots again" wait_for 90 is_up "$1" "$2"
}

xendomains() {
    timeout 200 bash /etc/init.d/xendomains "$1"
}

is_gone() {
    ! xl domid "$1"
}

dom0_nodes() {
    xenstore-ls -f -p /libxl/0
    xenstore-ls -f -p /local/domain/0 | grep -v '^/local/domain/0/backend/'
}

# init_dom0 LIBRARY: dom0's nodes are as before.
init_dom0() {
    expect "$1: xen-init-dom0 runs" xen-init-dom0
    dom0_nodes >"$out/dom0-now"
    expect "$1: it leaves dom0's nodes as they were" \
        cmp "$out/dom0-now" "$out/dom0"
}

install() {
    expect "dpkg installs ours" dpkg -i /packages/ours/*.deb
}

remove() {
    expect "dpkg removes ours" dpkg -r libxenlight-arm64 xen-arm-memmap
}

# xendomains also ends the guests that it has not started.
test_xendomains() {
    mkdir -p /etc/xen/auto
    linux_config auto /tmp/initrd memory=128 >/dev/null
    cp /tmp/auto.cfg /etc/xen/auto
    expect "xendomains on Debian's library starts its guest" xendomains start
    expect "auto boots" wait_for 90 is_up auto 1
    dom0_nodes >"$out/dom0"
    install
    init_dom0 ours
    domid=$(xl domid auto)
    expect "xendomains on ours ends it and starts it again" xendomains restart
    expect "auto is another" test "$(xl domid auto)" != "$domid"
    expect "auto boots again" wait_for 90 is_up auto 2
    remove
    init_dom0 debian
    expect "xendomains on Debian's library ends it" xendomains stop
    expect "auto is gone" wait_for 20 is_gone auto
    rm /etc/xen/auto/*
}

test_libvirtd() {
    expect "libvirtd starts" start
    expect "it is on Debian's library" runs_on debians "$pid"
    expect "busy1 is defined" tell_virsh define /xml/1-busy.xml
    expect "busy2 is defined" tell_virsh define /xml/2-busy.xml
    expect "busy1 starts" tell_virsh start busy1
    expect "busy1 boots" wait_for 90 is_up busy1 1
    domid=$(xl domid busy1)
    install
    expect "libvirtd is still on Debian's library" runs_on debians "$pid"
    expect "it knows busy1" lives busy1 "$domid"

    expect "libvirtd starts again" restart
    expect "it is on ours" runs_on ours "$pid"
    expect "busy1 lives on" lives busy1 "$domid"
    obeys busy1 2
    expect "busy2 starts" tell_virsh start busy2
    expect "busy2 boots" wait_for 90 is_up busy2 1
    domid=$(xl domid busy2)
    remove
    expect "libvirtd is still on ours" runs_on ours "$pid"
    expect "it knows busy2" lives busy2 "$domid"

    expect "libvirtd starts once more" restart
    expect "it is on Debian's library again" runs_on debians "$pid"
    expect "busy2 lives on" lives busy2 "$domid"
    obeys busy2 2
    expect "busy1 is destroyed" tell_virsh destroy busy1
    expect "busy2 is destroyed" tell_virsh destroy busy2
    expect "busy1 is undefined" tell_virsh undefine busy1
    expect "busy2 is undefined" tell_virsh undefine busy2
    stop_libvirtd
}

expect "dpkg installs Debian's packages" dpkg -i /packages/debian/*.deb
# The first Linux guest of all makes Xen keep some pages, the first end of
# xendomains a folder and, by Debian's 'xl list -l', dom0's target.
xl create -q "$(linux_config first /tmp/initrd memory=256)"
wait_for 90 is_up first 1
xendomains stop
quiet 2000
take_state "$out/before"
step "xendomains"
test_xendomains
left_nothing "xendomains: nothing is left"
step "libvirtd"
test_libvirtd
left_nothing "libvirtd: nothing is left"
expect "dpkg purges ours" dpkg -P libxenlight-arm64 xen-arm-memmap
