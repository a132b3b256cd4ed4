# SPDX-License-Identifier: LGPL-2.1-only
#
# boots: gicv3
#
# A 32-bit guest, a zImage, boots on our library and is told of no region.
# Debian's library is there to compare.  The machine's CPU has to know 32 bits,
# as the cortex-a57 does and the neoverse-n1 does not.
. "$tests/guests.sh"

cat >/tmp/arm32-job <<'END'
. /functions
say "machine $(uname -m)"
say "reg $(in_hex /proc/device-tree/hypervisor/reg)"
say "ram $(in_hex /proc/device-tree/memory*/reg)"
say "done"
END

# shellcheck disable=SC2034
initrd=/tests/initrd32
for library in ours debian; do
    pack_job arm32 /tmp/arm32-job
    config=$(linux_config arm32-$library /tmp/arm32-initrd vcpus=1 memory=512 \
        'kernel="/tests/linux32"')
    step "a 32-bit guest, $library"
    $library xl create "$config"
    wait_for 240 guest_says arm32-$library "done"
    probe domain "$(xl domid arm32-$library)" /dev/null >"$out/$library.probe"
    $library xl destroy arm32-$library
    tr -d '\r' <"$(guest_console arm32-$library)" | tee "$out/$library.console" |
        grep '^test: ' >"$out/$library"
    note "32 bits, $library: $(said $library machine)," \
        "reg $(entries "$(said $library reg)")"
done

same "a 32-bit guest boots on our library" "$(said ours machine)" armv7l
same "it is told of entry 0 alone" "$(entries "$(said ours reg)")" \
    38000000+1000000
same "and of all its memory" "$(entries "$(said ours ram)")" 40000000+20000000
