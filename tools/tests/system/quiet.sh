# SPDX-License-Identifier: LGPL-2.1-only
#
# boots: gicv2
#
# What the comparisons of free memory rest on: a state that is taken while the
# memory of a guest still comes back is the one of the end.
warm_up
debian xl create -p "$(tiny_guest large memory=1000)"
debian xl destroy large &
usleep 300000
take_state "$out/before"
wait
quiet 2000
if left=$(left_since "$out/before" "$out/now"); then
    ok "a state is taken only once memory is back"
else
    not_ok "a state is taken only once memory is back" "$left"
fi
