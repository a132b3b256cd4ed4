# SPDX-License-Identifier: LGPL-2.1-only
#
# boots: gicv3
#
# A guest with a passed-through device keeps it when it maps pages of others.
# The device is the machine's PL031 clock, put right behind the guest's RAM:
# Debian's library tells the guest that this address is free for such pages.
clock_base=0x60000000
clock_words="00000031 00000010 00000014 00000000" # its ID, from offset 0xfe0

mkdir -p /tmp/clock/usr/bin
cp $tests/map-grants /tmp/clock/usr/bin
cat >/tmp/clock/job <<'END'
stty -echo
identity() {
    for offset in fe0 fe4 fe8 fec; do
        word=$(devmem 0x60000$offset 32 2>/dev/null) || word=0xunreadable
        echo "${word#0x}"
    done | tr '\n' ' ' | tr A-F a-f
}
if [ $# -gt 0 ]; then
    echo "clock: $1 $(identity)"
    grep 'Xen scratch' /proc/iomem | sed 's/^/clock: scratch /'
    exit
fi
echo "clock: before $(identity)"
echo "clock: ready"
read -r grants
map-grants 0 "$grants" sh /job mapped
echo "clock: done"
END
(cd /tmp/clock && find . | cpio -o -H newc 2>/dev/null) |
    cat /guests/initrd - >/tmp/clock-initrd

# Runs the guest on library $1; what it says goes to $out/$1.
run_guest() {
    console=/var/log/xen/console/guest-clock-$1.log
    cat >/tmp/clock-$1.cfg <<END
name="clock-$1"
kernel="/guests/linux"
ramdisk="/tmp/clock-initrd"
extra="console=hvc0 rdinit=/init quiet then=wait"
memory=512
vcpus=1
iomem=["0x9010,1@0x60000"]
END
    "$1" xl create "/tmp/clock-$1.cfg" || return
    if wait_for 120 grep 'clock: ready' "$console"; then
        domid=$("$1" xl domid "clock-$1")
        tty=$(xenstore-read "/local/domain/$domid/console/tty")
        # shellcheck disable=SC2016
        $tests/share-grants "$domid" 1000 sh -c '
            . /rig/functions
            echo "$GRANTS" >"$0"
            wait_for 60 grep "clock: done" "$1"' "$tty" "$console"
    fi
    "$1" xl destroy "clock-$1"
    tr -d '\r' <"$console" | grep '^clock: ' >"$out/$1"
}

clock_of() {
    sed -n "s/^clock: $2 //p" "$out/$1" | sed 's/ *$//'
}

for library in ours debian; do
    run_guest $library
done
for library in ours debian; do
    note "$library: the clock's identity before: $(clock_of $library before)"
    note "$library: with 1000 grants mapped:     $(clock_of $library mapped)"
    sed -n "s/^clock: scratch /# $library: Linux took /p" "$out/$library"
done

for moment in before mapped; do
    seen=$(clock_of ours $moment)
    if [ "$seen" = "$clock_words" ]; then
        ok "clock: our guest has its clock, $moment"
    else
        not_ok "clock: our guest has its clock, $moment" "it reads '$seen'"
    fi
done
# Debian's guest shows that the test can tell.
if [ "$(clock_of debian before)" = "$clock_words" ] &&
    [ -n "$(clock_of debian mapped)" ] &&
    [ "$(clock_of debian mapped)" != "$clock_words" ]; then
    ok "clock: a guest on Debian's library loses it"
else
    not_ok "clock: a guest on Debian's library loses it" \
        "before '$(clock_of debian before)', mapped '$(clock_of debian mapped)'"
fi
