# SPDX-License-Identifier: LGPL-2.1-only
#
# boots: gicv3 gicv2 a53 n1
# limit: 1800
#
# Creates each guest of configs.txt with Debian's library (side a) and with
# the one under test (side b) in turn, and keeps all that can be seen of it in
# /out/compare/CONFIG/SIDE.  compare.py holds the sides against each other.

. "$tests/collect.sh"

# The files that some configurations name.
: >/guests/empty
head -c 40 "$tiny" >/guests/truncated-header
head -c 20000000 /guests/linux >/guests/truncated-linux
head -c 65536 /dev/urandom >/guests/random
head -c 300000 /dev/urandom >/guests/ramdisk

warm_up
# A guest that is there all the time, and has its name.
debian xl create -p "$(tiny_guest taken memory=16)"

take_state "$out/before"
for config in "$tests"/configs/*.cfg; do
    label=$(basename "$config" .cfg)
    name=$(sed -n 's/^name="\(.*\)"$/\1/p' "$config" | tail -n 1)
    step "compare $label"
    collect "$config" "$out/$label/a" "$name" debian
    collect "$config" "$out/$label/b" "$name" ours
    cp "$config" "$out/$label/guest.cfg"
done
ok "compare: $(ls "$tests"/configs | wc -l) configurations were created" \
    "with both libraries"
