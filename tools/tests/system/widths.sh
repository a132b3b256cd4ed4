# SPDX-License-Identifier: LGPL-2.1-only
#
# boots: a53 gicv3 n1
#
# Guest physical addresses of 40, 44 and 48 bits, which depend on the machine's
# CPU: a Linux guest has the regions that the width allows, the same as
# Debian's library gives, and maps 1000 grants in them.
. "$tests/guests.sh"

boot=$(cat "$tests/boot")
case $boot in
a53) width=40 ;;
n1) width=48 ;;
*) width=44 ;;
esac

run_grant_guest guest ours memory=512
LIBXL_DEBUG_DUMP_DTB=$out/debian.dtb \
    debian xl create -p /tmp/guest.cfg && debian xl destroy guest

# What is below the width of the window of bank 1, which ends at 2^40: none of
# the widths that QEMU's CPUs have cuts it.
top=$((1 << width)) bank1=$((0x200000000)) bank1_end=$((0x10000000000))
[ $bank1_end -le $top ] || bank1_end=$top
wanted="38000000+1000000 60000000+a0000000"
wanted="$wanted 200000000+$(printf %x $((bank1_end - bank1)))"

maps_grants guest "$width bits: 1000 grants are mapped" || exit 0
note "$width bits: the regions are" \
    "$(entries "$(said guest reg)" | cut -d ' ' -f 2-)," \
    "1000 pages of dom0 are at $(said guest at)"
expect "Xen has $width bits" sh -c "xl dmesg | grep 'P2M: $width-bit IPA'"
same "$width bits: the regions of a Linux guest" \
    "$(entries "$(said guest reg)")" "$wanted"
# The next token of the tree follows, so it tells no more than that.
if xxd -p -c 0 "$out/debian.dtb" | tr -d '\n' |
    grep -q "$(said guest reg)0000000[1239]"; then
    ok "$width bits: Debian's library gives the same"
else
    not_ok "$width bits: Debian's library gives the same" \
        "it does not tell $(said guest reg)"
fi
# shellcheck disable=SC2046
expect "$width bits: they lie in a region" lies_in "$(said guest at)" \
    $(entries "$(said guest reg)" | cut -d ' ' -f 2-)
