# SPDX-License-Identifier: LGPL-2.1-only
#
# boots: gicv2
#
# A Linux guest on our library: it boots to its init, its console is there, it
# follows xl reboot and xl shutdown, and powers off by itself.
console=/var/log/xen/console/guest-penguin.log

obedient_initrd /tmp/initrd

linux_guest() {
    cat >/tmp/penguin.cfg <<END
name="penguin"
kernel="/guests/linux"
ramdisk="/tmp/initrd"
extra="console=hvc0 rdinit=/init then=$1"
memory=512
vcpus=2
END
}

times_up() {
    [ "$(grep -c 'guest: up' $console)" -ge "$1" ]
}

no_penguin() {
    ! ours xl domid penguin
}

# The first Linux guest of all makes Xen keep some pages for the tables of its
# own that grow with use: here Debian's library brings it.
linux_guest poweroff
debian xl create /tmp/penguin.cfg
wait_for 60 times_up 1
wait_for 30 no_penguin
usleep 1000000
take_state "$out/before"
rm -f $console

expect "xl creates a Linux guest" ours xl create /tmp/penguin.cfg
expect "Linux boots to its init" wait_for 60 times_up 1
expect "it powers off and is gone" wait_for 30 no_penguin
left_nothing "after a Linux guest: nothing is left"

rm -f $console
linux_guest wait
# As a person would: with the console in the foreground until it ends.
ours timeout 120 xl create -c /tmp/penguin.cfg </dev/null \
    >"$out/create-c" 2>&1 &
expect "Linux boots again" wait_for 60 times_up 1
if wait_for 10 grep -q 'guest: up' "$out/create-c"; then
    ok "xl create -c shows the console"
else
    not_ok "xl create -c shows the console" "$(tail -n 2 "$out/create-c")"
fi
domid=$(ours xl domid penguin)
expect "xl reboot asks it to reboot" ours xl reboot penguin
expect "it comes back as another domain" wait_for 60 has_come_back penguin ours
expect "and boots to its init" wait_for 60 times_up 2
expect "xl shutdown -w waits for its end" ours timeout 60 xl shutdown -w penguin
expect "the guest is gone" wait_for 10 no_penguin
left_nothing "after reboot and shutdown: nothing is left"
cp $console "$out"
