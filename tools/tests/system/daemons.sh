# SPDX-License-Identifier: LGPL-2.1-only
#
# boots: gicv3
#
# A monitor of xl, xenconsoled and xenstored die or are replaced: what can be
# done with a guest then, with Debian's library and with ours.

. "$tests/guests.sh"

# says WORDS: one fact of the library under test.
says() {
    echo "$*" >>"$out/$library.facts"
}

# x COMMAND...: notes the exit code of `xl COMMAND`, which may take 20 s.
x() {
    LD_LIBRARY_PATH=$folder timeout 20 xl "$@" >/tmp/printed 2>&1
    says "xl $*: $?"
    cat /tmp/printed
}

# ending_guest NAME HOW: one that ends in that way; its kernel is /tmp/NAME.
ending_guest() {
    cp "/tests/guest-$2" "/tmp/$1"
    _file=$(tiny_guest "$1" memory=16)
    sed -i "s,^kernel=.*,kernel=\"/tmp/$1\"," "$_file"
    echo "$_file"
}

state_of() {
    xl list "$1" | awk 'NR == 2 { print $5 }'
}

is_shut_down() {
    state_of "$1" | grep -q s
}

has_terminal() {
    xenstore-exists "/local/domain/$(xl domid "$1")/console/tty"
}

# The guest ends with nobody there to see it.
monitor_dies() {
    says "the monitor is killed"
    x create -p "$(ending_guest alone off)"
    killall -KILL xl
    x rename alone still
    x unpause still
    wait_for 10 is_shut_down still
    says "state $(state_of still)"
    x list still
    x destroy still
    left_nothing "$library: the monitor was killed: nothing is left"
}

# Debian's library waits 10 s for the terminal, and then destroys the guest.
# With ours the guest gets its terminal once xenconsoled is there again.
xenconsoled_dies() {
    killall -KILL xenconsoled
    says "xenconsoled is killed"
    if [ "$library" = ours ]; then
        expect "ours: a guest is created without xenconsoled" \
            ours xl create -p "$(tiny_guest mute memory=16)"
        ! has_terminal mute || not_ok "ours: xenconsoled is there" "a terminal"
        run_xenconsoled
        expect "ours: it gets its terminal once xenconsoled is back" \
            wait_for 10 has_terminal mute
        ours xl destroy mute
    else
        run_xenconsoled
    fi
    x create -p "$(tiny_guest loud memory=16)"
    wait_for 10 has_terminal loud
    says "terminal $(has_terminal loud && echo yes || echo no)"
    x destroy loud
    left_nothing "$library: xenconsoled was killed: nothing is left"
}

run_xenconsoled() {
    xenconsoled --log=all --pid-file=/run/xen/xenconsoled.pid
}

# A monitor of the time before watches and connects over the update.
xenstored_is_replaced() {
    says "xenstored is replaced"
    x create -p "$(ending_guest kept reset)"
    first=$(xl domid kept)
    cp "$tiny" /tmp/kept
    xenstore-control live-update -t 30 "$(command -v xenstored)" \
        >"$out/$library.update" 2>&1
    says "live update $?"
    x create -p "$(tiny_guest later memory=16)"
    x list
    x destroy later
    x unpause kept
    wait_for 20 comes_back kept "$first"
    says "comes back $(comes_back kept "$first" && echo yes || echo no)"
    x destroy kept
    left_nothing "$library: xenstored was replaced: nothing is left"
}

comes_back() {
    _now=$(xl domid "$1") && [ "$_now" != "$2" ]
}

warm_up
for library in debian ours; do
    folder=
    [ $library = debian ] || folder=/opt/ours/lib
    take_state "$out/before"
    : >"$out/$library.facts"
    monitor_dies
    xenconsoled_dies
    xenstored_is_replaced
done
for creation in alone loud kept later; do
    expect "the guest '$creation' was created" \
        grep -q "^xl create -p /tmp/$creation.cfg: 0$" "$out/ours.facts"
done
same "each answers as with Debian's library" "$(cat "$out/ours.facts")" \
    "$(cat "$out/debian.facts")"
cat "$out/ours.facts"
