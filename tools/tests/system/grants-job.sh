# SPDX-License-Identifier: LGPL-2.1-only
#
# boots: none
#
# The job of a guest that maps the pages dom0 shares, and tells of its memory
# before and meanwhile.  Runs in the guest (run_grant_guest in guests.sh).
. /functions

# map-grants runs it again, with a word, while the pages are mapped.
if [ $# -gt 0 ]; then
    say "free-mapped $(free_memory)"
    say "all-mapped $(all_memory)"
    say "scratch $(grep 'Xen scratch' /proc/iomem)"
    say "holds them"
    read -r _
    exit
fi

say "reg $(in_hex /proc/device-tree/hypervisor/reg)"
say "ram $(in_hex /proc/device-tree/memory*/reg)"
say "free-before $(free_memory)"
say "all-before $(all_memory)"
say ready
read -r grants
map-grants 0 "$grants" sh /job mapped >/tmp/map 2>&1
say "map $(sed -n 1p /tmp/map)"
say "at $(sed -n 's/^at guest addresses //p' /tmp/map)"
say "done"
