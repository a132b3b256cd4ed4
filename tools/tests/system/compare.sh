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

# compare CONFIG LABEL OURS: side b is created by the word OURS.
compare() {
    name=$(sed -n 's/^name="\(.*\)"$/\1/p' "$1" | tail -n 1)
    step "compare $2"
    collect "$1" "$out/$2/a" "$name" debian
    collect "$1" "$out/$2/b" "$name" "$3"
    cp "$1" "$out/$2/guest.cfg"
}

# As where xenstored runs in a domain of its own: there is no socket of it.
over_the_device() {
    XENSTORED_RUNDIR=/nowhere ours "$@"
}

take_state "$out/before"
for config in "$tests"/configs/*.cfg; do
    compare "$config" "$(basename "$config" .cfg)" ours
done
compare "$(tiny_guest device memory=16 vcpus=2 'vuart="sbsa_uart"')" \
    xenstore-device over_the_device
ok "compare: $(($(ls "$tests"/configs | wc -l) + 1)) configurations were" \
    "created with both libraries"
