# SPDX-License-Identifier: LGPL-2.1-only
#
# boots: none
#
# Creates one guest with Debian's library and with each of the mutants.
. "$tests/collect.sh"

head -c 300000 /dev/urandom >/guests/ramdisk
guest=$(tiny_guest mutant memory=64 vcpus=2 'vuart="sbsa_uart"' \
    'ramdisk="/guests/ramdisk"' 'extra="console=hvc0"')

mutant() {
    LD_LIBRARY_PATH=$library "$@"
}

# What one mutant leaves is not for the next one to find.
clean_up() {
    sed -n 's/^store: + \(\/[^ ]*\) .*/\1/p' "$1" |
        while read -r path; do
            xenstore-rm "$path" 2>/dev/null
        done
    sed -n 's/^files: + .* \([^ ]*\) *$/\1/p' "$1" |
        while read -r file; do
            rm "/var/lib/xen/$file"
        done
}

warm_up
take_state "$out/before"
collect "$guest" "$out/debian" mutant debian
for library in "$tests"/mutants/*; do
    label=$(basename "$library")
    mkdir -p "/out/compare/$label"
    cp -r "$out/debian" "/out/compare/$label/a"
    cp "$guest" "/out/compare/$label/guest.cfg"
    collect "$guest" "/out/compare/$label/b" mutant mutant
    clean_up "/out/compare/$label/b/left"
    take_state "$out/before"
done
ok "mutants: $(ls "$tests/mutants" | wc -l) of them created the guest"
