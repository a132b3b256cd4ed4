# SPDX-License-Identifier: LGPL-2.1-only
#
# boots: gicv3 gicv2 a53 n1 devices all-devices pairs
# limit: 3300
#
# Creates each guest of configs.txt and devices.txt with Debian's library (side a) and with
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
case $(cat "$tests/boot") in
devices | all-devices | pairs)
    . "$tests/devices.sh"
    set_up_devices
    ;;
esac
# A guest that is there all the time, and has its name.
debian xl create -p "$(tiny_guest taken memory=16)"

# compare CONFIG LABEL A B: the sides are created by these words.
compare() {
    name=$(sed -n 's/^name="\(.*\)"$/\1/p' "$1" | tail -n 1)
    step "compare $2"
    # shellcheck disable=SC2086
    collect "$1" "$out/$2/a" "$name" $3
    # shellcheck disable=SC2086
    collect "$1" "$out/$2/b" "$name" $4
    cp "$1" "$out/$2/guest.cfg"
}

# As where xenstored runs in a domain of its own: there is no socket of it.
over_the_device() {
    XENSTORED_RUNDIR=/nowhere ours "$@"
}

# As libvirt creates it, with the library of that word.
as_libvirt() {
    case "$2 $3" in
    "xl create") "$1" create-pv "$name" "$tiny" /guests/ramdisk ;;
    *) "$@" ;;
    esac
}

take_state "$out/before"
for config in "$tests"/configs/*.cfg; do
    compare "$config" "$(basename "$config" .cfg)" debian ours
done
more=0
case $(cat "$tests/boot") in
devices | all-devices | pairs) ;;
*)
    more=2
    compare "$(tiny_guest device memory=16 vcpus=2 'vuart="sbsa_uart"')" \
        xenstore-device debian over_the_device
    compare "$(tiny_guest libvirt)" libvirt "as_libvirt debian" "as_libvirt ours"
    ;;
esac
ok "compare: $(($(ls "$tests"/configs | wc -l) + more)) configurations were" \
    "created with both libraries"
