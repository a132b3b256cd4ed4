# SPDX-License-Identifier: LGPL-2.1-only
#
# boots: gicv2
#
# A guest that powers off, resets or crashes by itself: xl's own monitor, on
# our library, does what the configuration says.

# ends HOW KEY ACTION: starts the guest that ends in that way, and waits until
# something has become of it.
starts() {
    guest=$(tiny_guest ending memory=16 "$2=\"$3\"")
    sed -i "s,^kernel=.*,kernel=\"/tests/guest-$1\"," "$guest"
    first=$(domains)
    if ! ours xl create "$guest"; then
        not_ok "$2=$3" "the guest was not created"
        return 1
    fi
    domid=$(new_domain "$first")
}

is_gone() {
    [ -z "$(new_domain "$first")" ]
}

is_another() {
    _now=$(new_domain "$first")
    [ -n "$_now" ] && [ "$_now" != "$domid" ]
}

# The last letters of the state: s for shut down, c for crashed.
is_in_state() {
    ours xl list "$domid" | awk 'NR == 2 { print $5 }' | grep -q "$1"
}

is_named() {
    [ "$(ours xl domname "$domid")" = "$1" ]
}

nothing_left() {
    if left=$(left_since "$out/before" "$out/after"); then
        ok "$1: nothing is left"
    else
        not_ok "$1: nothing is left" "$left"
        take_state "$out/before"
    fi
}

warm_up
take_state "$out/before"

starts off on_poweroff destroy &&
    expect "a guest that powers off is destroyed" wait_for 15 is_gone
nothing_left "after power off and destroy"

starts reset on_reboot destroy &&
    expect "a guest that resets is destroyed if so configured" \
        wait_for 15 is_gone
nothing_left "after reset and destroy"

starts crash on_crash destroy &&
    expect "a guest that crashes is destroyed" wait_for 15 is_gone
nothing_left "after crash and destroy"

starts reset on_reboot restart &&
    expect "a guest that resets gets a new domain" wait_for 15 is_another &&
    expect "it has the name" test "$(ours xl domname \
        "$(new_domain "$first")")" = ending
ours xl destroy ending
nothing_left "after restart and destroy"

starts off on_poweroff preserve &&
    expect "a guest that powers off is kept if so configured" \
        wait_for 15 is_in_state s
ours xl destroy "$domid"
nothing_left "after preserve and destroy"

starts crash on_crash preserve &&
    expect "a guest that crashes is kept if so configured" \
        wait_for 15 is_in_state c
ours xl destroy "$domid"
nothing_left "after a kept crash and destroy"

starts crash on_crash rename-restart &&
    expect "a guest that crashes is renamed and gets a new domain" \
        wait_for 15 is_another &&
    if is_named ending; then
        not_ok "the crashed one has another name" "it is still 'ending'"
    else
        ok "the crashed one is kept as '$(ours xl domname "$domid")'"
    fi
ours xl destroy ending
ours xl destroy "$domid"
nothing_left "after rename-restart and destroy"
