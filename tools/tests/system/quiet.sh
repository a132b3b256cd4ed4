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

# add_pages N: to those that were free before.
add_pages() {
    echo $(($(cat "$out/before/free") + $1)) >"$out/free"
    mv "$out/free" "$out/before/free"
}

take_state "$out/before"
add_pages -1000
expect "memory that comes back after that is not left behind" \
    left_since "$out/before" "$out/now"
add_pages 100
left=$(left_since "$out/before" "$out/now")
case $left in
memory:*) ok "and less of it is seen from then on" ;;
*) not_ok "and less of it is seen from then on" "'$left'" ;;
esac
