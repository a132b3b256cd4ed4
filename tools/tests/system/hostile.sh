# SPDX-License-Identifier: LGPL-2.1-only
#
# boots: a53
# limit: 600
#
# A guest spoils everything that it may write of its devices, in its own frontend
# directories, while xl lists, attaches, detaches and destroys them.  No command
# crashes or takes longer than the time-outs allow (10 s for a backend), another
# guest keeps every node, and nothing is left.
. /tests/stand-ins.sh
. /tests/device-guests.sh

frontends="device/vbd/51712 device/vbd/51728 device/vbd/51744 device/vif/0
    device/vif/1 device/vif/2"

# Beside the waits of 10 s, some seconds are for the commands themselves, on a busy
# machine.
quickly=15 one_wait=25 two_waits=35

# does SECONDS CODES COMMAND...: the exit code must be one of the list.
does() {
    _limit=$1 _codes=$2
    shift 2
    commands=$((commands + 1))
    run_for "$_limit" "$@"
    case " $_codes " in
    *" $code "*) return ;;
    esac
    _bad="$_bad; '$*' ended with $code after $took s: $(tail -n 1 /tmp/printed)"
}

# Begins and ends what is told as one result.
begin() {
    _bad='' commands=0
    step "$1"
}

end() {
    [ "$(nodes_of "$bystander")" = "$(cat "$out/bystander")" ] ||
        _bad="$_bad; nodes of another guest have changed"
    if [ -z "$_bad" ]; then
        ok "$1: $commands commands do what they should"
    else
        not_ok "$1" "${_bad#; }"
    fi
}

list_all() {
    does $quickly 0 xl list
    does $quickly 0 xl list -l guest
    does $quickly 0 xl block-list guest
    does $quickly 0 xl network-list guest
}

attach_second() {
    does $quickly 0 xl block-attach guest "$(disk xvdb)"
    does $quickly 0 xl network-attach guest script=vif-quick
}

starts() {
    # Real scripts take their time here.
    does 60 0 xl create -q "$1"
    domid=$(ours xl domid guest)
}

# The guest takes no notice of a shutdown, which waits for it.
ends() {
    ours timeout -s KILL 65 xl shutdown guest >"$out/shutdown" 2>&1 &
    _shutdown=$!
    does $two_waits 0 xl destroy guest
    wait "$_shutdown"
    [ $? -lt 124 ] || _bad="$_bad; xl shutdown did not end with the guest"
}

spoil() {
    # shellcheck disable=SC2086
    hostile "$domid" "$@" $frontends || _bad="$_bad; nothing was written"
}

# One value of everything, then all commands.
mode() {
    begin "$1"
    starts "$(quick_guest guest)"
    attach_second
    spoil "$@"
    list_all
    does $quickly 0 xl block-attach guest "$(disk xvdc)"
    does $quickly 0 xl network-attach guest script=vif-quick
    # A guest that does not answer keeps a disk, and no vif.
    does $one_wait "0 1" xl block-detach guest xvdb
    does $two_waits 0 xl network-detach guest 1
    does $one_wait 0 xl block-detach --force guest xvdc
    ends
    end "$1"
    left_nothing "$1: nothing is left"
}

# The same while the guest writes all the time.
storm() {
    begin "$1"
    starts "$2"
    # shellcheck disable=SC2086
    hostile "$domid" "$1" $frontends >"$out/$1" 2>&1 &
    _writer=$!
    list_all
    attach_second
    list_all
    does $one_wait "0 1" xl block-detach guest xvdb
    does $two_waits 0 xl network-detach guest 1
    does $one_wait "0 1" xl block-detach --force guest xvdb
    list_all
    ends
    wait "$_writer" || _bad="$_bad; nothing was written"
    note "$1: $(cat "$out/$1")"
    end "$1, all the time"
    left_nothing "$1, all the time: nothing is left"
}

set_up_dom0
ours xl create -p "$(real_guest other)"
bystander=$(ours xl domid other)
victim=$(xenstore-read "/libxl/$bystander/device/vbd/51712/backend")
nodes_of "$bystander" >"$out/bystander"
take_state "$out/before"

modes="empty long binary directories numbers missing gone"
begin "lists"
starts "$(quick_guest guest)"
attach_second
for mode in $modes; do
    spoil "$mode"
    list_all
done
ends
end "one after the other: $modes"
left_nothing "one after the other: nothing is left"

mode missing
mode numbers
mode elsewhere "device/vbd/51712/backend=$victim" \
    "device/vbd/51728/backend=$victim" \
    "device/vbd/51728/backend-id=$bystander" \
    "device/vif/0/backend=$victim" "device/vif/1/backend=$victim" \
    "device/vif/1/mac=00:16:3e:00:00:00"
storm states "$(quick_guest guest)"
storm everything "$(real_guest guest)"
