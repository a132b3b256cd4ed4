# SPDX-License-Identifier: LGPL-2.1-only
#
# boots: a53
# limit: 600
#
# The life of guests with a disk and a vif: they reboot, crash, are kept, are
# destroyed while a script runs, and their creation is killed.  A guest that
# comes back has what the old one had, and nothing is left.
. /tests/stand-ins.sh
. /tests/device-guests.sh

# devices_of DOMAIN: those of the stored configuration and those of the lists,
# and the memory.  A disk that was attached is stored without the field of COLO
# that a creation adds, on Debian's library as well (device-reboots.sh).
devices_of() {
    ours xl list -l "$1" 2>&1 | tr -d ' \n' |
        sed 's/,"colo_restore_enable":"False"//g' |
        grep -o '"\(disks\|nics\)":\[[^]]*\]\|"[a-z]*_memkb":[0-9]*'
    ours xl block-list "$1" | awk 'NR > 1 { print "disk", $1, $2, $4 }'
    ours xl network-list "$1" | awk 'NR > 1 { print "vif", $1, $2, $3, $5 }'
}

# As ours, but for 15 s at most.
promptly() {
    run_for 15 "$@" >&2
    cat /tmp/printed
    return "$code"
}

# guest_that HOW [LINE]...: as create_ending.
guest_that() {
    _how=$1
    shift
    create_ending "$_how" promptly "$(quick_guest life "$@")" ||
        not_ok "a guest is created" "exit code $code"
    devices=$(devices_of life)
}

has_ended() {
    ours xl list "$domid" | awk 'NR == 2 { print $5 }' | grep -q "[sc]"
}

# comes_back NAME: the guest ends, and another has its devices.
comes_back() {
    ours xl unpause "$domid"
    if wait_for 30 has_come_back life ours; then
        same "$1: the new guest has what the old one had" \
            "$(devices_of life)" "$devices"
    else
        not_ok "$1: there is a new guest" "$(ours xl list | tail -n +2 | xargs)"
    fi
}

set_up_dom0
take_state "$out/before"

step "reboot"
guest_that reset
comes_back "a guest that resets"
ours xl destroy life
left_nothing "a guest that resets: nothing is left"

step "changes and a reboot"
guest_that reset
for change in "block-attach life $(disk xvdb)" "network-attach life script=vif-quick" \
    "block-detach --force life xvda" "network-detach life 0" "mem-set life 12"; do
    # shellcheck disable=SC2086
    run_for 30 xl $change
    [ $code -eq 0 ] || not_ok "xl $change" "exit code $code"
done
devices=$(devices_of life)
same "it has the second disk and the second vif" "$(echo "$devices" |
    awk '/^(disk|vif) / { print $1, $2 }' | xargs)" "disk 51728 vif 1"
comes_back "a changed guest that resets"
ours xl destroy life
left_nothing "a changed guest that resets: nothing is left"

step "crash and restart"
guest_that crash 'on_crash="restart"'
comes_back "a guest that crashes"
ours xl destroy life
left_nothing "a guest that crashes: nothing is left"

step "rename-restart"
guest_that crash 'on_crash="rename-restart"'
comes_back "a guest that crashes and is renamed"
same "a guest that is renamed keeps its devices" "$(devices_of "$domid")" \
    "$devices"
ours xl destroy life
ours xl destroy "$domid"
left_nothing "a guest that is renamed: nothing is left"

step "preserve"
guest_that off 'on_poweroff="preserve"'
ours xl unpause "$domid"
wait_for 15 has_ended || not_ok "a guest powers off" "it does not"
same "a guest that is preserved keeps its devices" "$(devices_of life)" \
    "$devices"
ours xl destroy life
left_nothing "a guest that is preserved: nothing is left"

# A script that is slow, and then writes what it has to write, in the directory
# of a device that may be gone by then.
script block-slow <<'END'
[ "$1" = add ] || exit 0
touch /tmp/slow
sleep 6
exec /etc/xen/scripts/block-quick "$@"
END

# background COMMAND...: returns once the slow script runs; $background is its
# process.
background() {
    rm -f /tmp/slow
    ours "$@" >"$out/background" 2>&1 &
    background=$!
    wait_for 15 test -e /tmp/slow || not_ok "the slow script runs" "it does not"
}

# failed NAME: the command in the background has failed.
failed() {
    wait "$background"
    _code=$?
    if [ $_code -ne 0 ] && [ $_code -lt 124 ]; then
        ok "$1: error, exit code $_code"
    else
        not_ok "$1" "exit code $_code: $(tail -n 1 "$out/background")"
    fi
}

step "destroy while a script runs"
ours xl create -p -q -e "$(quick_guest life)"
background xl block-attach life "$(disk xvdb block-slow)"
run_for 20 xl destroy life
same "xl destroy while a script of an attach runs" "$code" 0
failed "xl block-attach to a guest that is destroyed meanwhile"
left_nothing "an attach to a destroyed guest: nothing is left"

background xl create -p -q -e "$(tiny_guest life memory=16 \
    "disk=[\"$(disk xvda block-slow)\"]" 'vif=["script=vif-quick"]')"
run_for 20 xl destroy life
same "xl destroy while a script of the creation runs" "$code" 0
failed "xl create of a guest that is destroyed meanwhile"
left_nothing "a creation of a destroyed guest: nothing is left"

step "a toolstack is killed while a script runs"
kill_background() {
    killall -9 xl
    wait "$background"
}

background xl create -p -q -e "$(tiny_guest life memory=16 \
    "disk=[\"$(disk xvda block-slow)\"]" 'vif=["script=vif-quick"]')"
kill_background
run_for 20 xl destroy life
same "xl destroy while the script of a killed creation runs" "$code" 0
sleep 6
left_nothing "a killed creation whose script went on: nothing is left"

ours xl create -p -q -e "$(quick_guest life)"
background xl block-attach life "$(disk xvdb block-slow)"
kill_background
run_for 20 xl block-detach --force life xvdb
same "xl block-detach while the script of a killed attach runs" "$code" 0
same "the guest has its own devices" "$(ours xl block-list life | wc -l)" 2
ours xl destroy life
sleep 6
left_nothing "a killed attach whose script went on: nothing is left"

step "a backend that does not answer"
ours xl create -p -q -e "$(tiny_guest silent memory=16)"
run_for 60 xl create -p -q "$(tiny_guest life memory=16 \
    "disk=[\"/disks/a.img,raw,xvda,rw\",\"backend=silent,$(disk xvdb)\"]" \
    'vif=["bridge=br0"]')"
if [ $code -eq 3 ] && [ "${took%.*}" -ge 10 ] && [ "${took%.*}" -lt 40 ] &&
    grep -q "disk\[1\].* 10 s" /tmp/printed; then
    ok "a creation without a backend fails after 10 s, and names it ($took s)"
else
    not_ok "a creation without a backend fails after 10 s, and names it" \
        "exit code $code after $took s: $(tail -n 1 /tmp/printed)"
fi
ours xl destroy silent
left_nothing "a creation without a backend: nothing is left"

step "three at the same moment"
ours xl create -p -q -e "$(quick_guest life)"
attach="ours xl block-attach life '$(disk xvdb)'"
at_once "$attach" "$attach" "$attach"
same "of three that attach the same disk one does" "$(successes)" 1
same "the others hear that it exists" \
    "$(grep -l 'disk xvdb exists already' /tmp/at-once.[0-9] | wc -l)" 2
same "the guest has it once" "$(devices_of life | grep '^disk')" \
    "disk 51712 0 1
disk 51728 0 1"
attach='ours xl network-attach life script=vif-quick'
at_once "$attach" "$attach" "$attach"
same "three vifs without a number are attached at once" "$codes" '0 0 0'
same "the guest has each vif that was attached" \
    "$(devices_of life | grep -c '^vif')" 4
same "and its stored configuration as well" \
    "$(ours xl list -l life | grep -c '"mac"')" 4
detach='ours xl block-detach --force life xvdb'
at_once "$detach" "$detach" "$detach"
same "a disk that three detach is gone" "$(devices_of life | grep '^disk')" \
    'disk 51712 0 1'
same "who comes too late hears that it is not there" \
    "$(grep -l 'disk xvdb does not exist\|not connected' /tmp/at-once.[0-9] |
        wc -l)" $((3 - $(successes)))
ours xl destroy life
left_nothing "attached at the same moment: nothing is left"

step "a device comes or goes while its guest ends"
# Each command that long after the guest's end has begun: in the middle of it.
delays='0 0.02 0.05 0.08 0.12 0.16'
changes="block-attach DOMID $(disk xvdb)
network-attach DOMID script=vif-quick
block-detach --force DOMID xvda"
lost=
for delay in $delays; do
    guest_that reset
    at_once "ours xl block-attach $domid '$(disk xvdb)'" \
        "sleep $delay; ours xl destroy $domid"
    [ "$(domains | wc -w)" -eq 1 ] || lost="$lost after $delay s"
done
same "a guest that is destroyed meanwhile is gone" "$lost" ""
left_nothing "a guest is destroyed during an attach: nothing is left"
echo "$changes" >"$out/changes"
while read -r change; do
    lost=
    for delay in $delays; do
        guest_that reset
        at_once "ours xl unpause $domid" \
            "sleep $delay; ours xl $(echo "$change" | sed "s/DOMID/$domid/")"
        wait_for 30 has_come_back life ours || lost="$lost after $delay s"
        ours xl destroy life
    done
    same "a guest that reboots during ${change%% *} comes back" "$lost" ""
    left_nothing "a reboot during ${change%% *}: nothing is left"
done <"$out/changes"

step "a creation is killed"
names() {
    state nodes
    /usr/bin/losetup -l -n -O BACK-FILE
    ls -A /sys/class/net /sys/class/net/br0/brif /var/lib/xen
    domains
}

is_as_before() {
    names >"$out/now"
    cmp -s "$out/names" "$out/now"
}

names >"$out/names"
guest=$(real_guest killed)
point=40 points=0 lost=0 code=137
while [ $code -eq 137 ]; do
    old=$(domains)
    LD_PRELOAD=/tests/killer.so KILL_AT_REQUEST=$point \
        LD_LIBRARY_PATH=/opt/ours/lib xl create -e -p -q "$guest" >"$out/output" 2>&1
    code=$?
    domid=$(new_domain "$old")
    [ -z "$domid" ] || ours xl destroy "$domid" || lost=$((lost + 1))
    wait_for 5 is_as_before || {
        lost=$((lost + 1))
        diff "$out/names" "$out/now" | sed "s/^/killed at $point: /"
        names >"$out/names"
    }
    point=$((point + 17)) points=$((points + 1))
done
same "nothing is left of $points killed creations" "$lost" 0
note "the last point was $point; the code of the last creation was $code"
left_nothing "nothing is left of the killed creations, memory neither"
