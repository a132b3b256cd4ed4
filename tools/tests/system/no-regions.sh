# SPDX-License-Identifier: LGPL-2.1-only
#
# boots: gicv3
#
# A guest to which the administrator's file leaves no region is told of none,
# and maps pages of others all the same: out of its own RAM.  The same guest
# with regions is there to compare.
. "$tests/guests.sh"
conf=/etc/xen/arm-regions.conf

[ ! -e $conf ] || mv $conf /tmp/arm-regions.saved
run_grant_guest with ours memory=512
echo 'regions = off' >$conf
run_grant_guest without ours memory=512
rm $conf
[ ! -e /tmp/arm-regions.saved ] || mv /tmp/arm-regions.saved $conf

# lost GUEST KEY: how much less there is while the pages are mapped.
lost() {
    echo $(($(said "$1" "$2-before") - $(said "$1" "$2-mapped")))
}

for guest in with without; do
    maps_grants $guest "$guest regions: 1000 grants are mapped" || exit 0
done
for guest in with without; do
    note "$guest regions: reg $(entries "$(said $guest reg)")"
    note "$guest regions: 1000 pages of dom0 are at $(said $guest at)"
    for what in free all; do
        note "$guest regions: $what memory" \
            "$(in_mib "$(said $guest $what-before)") ->" \
            "$(in_mib "$(said $guest $what-mapped)") MiB"
    done
    note "$guest regions: its pages, as Xen counts them:" \
        "$(said $guest xen-pages-before) -> $(said $guest xen-pages-mapped)"
done

window=$(entries "$(said with reg)" | cut -d ' ' -f 1)
same "without regions: entry 0 alone" "$(entries "$(said without reg)")" \
    "$window"
# shellcheck disable=SC2046
expect "with regions: they lie in a region" lies_in "$(said with at)" \
    $(entries "$(said with reg)" | cut -d ' ' -f 2-)
# shellcheck disable=SC2046
expect "without regions: they lie where RAM was" lies_in "$(said without at)" \
    $(entries "$(said without ram)")
# Linux gives Xen a page of RAM for each; with a region it gives none, and
# keeps only some memory to describe the region's pages, once.
same "with regions: Xen gets none of its pages" "$(lost with xen-pages)" 0
expect "without regions: Xen gets at least 1000" \
    [ "$(lost without xen-pages)" -ge 1000 ]
expect "with regions: Linux still has all its memory" \
    [ "$(lost with all)" -le 0 ]
expect "without regions: Linux has 4000 KiB less" \
    [ "$(lost without all)" -ge 4000 ]
# 4.3 MiB against 2.6 as measured, 2 of which describe the region's pages.
expect "without regions: 1 MiB less is free than with them" \
    [ $(($(lost without free) - $(lost with free))) -ge 1024 ]
