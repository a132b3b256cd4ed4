# SPDX-License-Identifier: LGPL-2.1-only
#
# boots: gicv2
#
# A guest that powers off, resets or crashes by itself: xl's own monitor, on
# our library, does what the configuration says.

# starts HOW KEY ACTION: starts the guest that ends in that way.
starts() {
    first=$(domains)
    if ! create_ending "$1" ours "$(tiny_guest ending memory=16 "$2=\"$3\"")"
    then
        not_ok "$2=$3" "the guest was not created"
        return 1
    fi
    ours xl unpause "$domid"
}

is_gone() {
    [ -z "$(new_domain "$first")" ]
}

# The last letters of the state: s for shut down, c for crashed.
is_in_state() {
    ours xl list "$domid" | awk 'NR == 2 { print $5 }' | grep -q "$1"
}

is_renamed() {
    _now=$(ours xl domname "$domid") && [ "$_now" != ending ]
}

warm_up
take_state "$out/before"

starts off on_poweroff destroy &&
    expect "a guest that powers off is destroyed" wait_for 15 is_gone
left_nothing "after power off and destroy: nothing is left"

starts reset on_reboot destroy &&
    expect "a guest that resets is destroyed if so configured" \
        wait_for 15 is_gone
left_nothing "after reset and destroy: nothing is left"

starts crash on_crash destroy &&
    expect "a guest that crashes is destroyed" wait_for 15 is_gone
left_nothing "after crash and destroy: nothing is left"

starts reset on_reboot restart &&
    expect "a guest that resets gets a new domain of its name" \
        wait_for 15 has_come_back ending ours
ours xl destroy ending
left_nothing "after restart and destroy: nothing is left"

starts off on_poweroff preserve &&
    expect "a guest that powers off is kept if so configured" \
        wait_for 15 is_in_state s
ours xl destroy "$domid"
left_nothing "after preserve and destroy: nothing is left"

starts crash on_crash preserve &&
    expect "a guest that crashes is kept if so configured" \
        wait_for 15 is_in_state c
ours xl destroy "$domid"
left_nothing "after a kept crash and destroy: nothing is left"

starts crash on_crash rename-restart &&
    expect "a guest that crashes is renamed and gets a new domain" \
        wait_for 15 has_come_back ending ours &&
    expect "the crashed one is kept under another name" is_renamed
ours xl destroy ending
ours xl destroy "$domid"
left_nothing "after rename-restart and destroy: nothing is left"
