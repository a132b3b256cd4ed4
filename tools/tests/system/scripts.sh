# SPDX-License-Identifier: LGPL-2.1-only
#
# boots: a53
# limit: 600
#
# A hotplug script fails in each way that there is, for a disk and for a vif, when
# a guest is created and when the device is attached: the error has the script's
# words and names the device, the exit code is that of Debian's library, and
# nothing is left.
. /tests/stand-ins.sh
. /tests/device-guests.sh

# bad: the script, from stdin, as it comes; it always goes well.
bad() {
    {
        # shellcheck disable=SC2016
        echo 'case $1 in remove | offline) exit 0 ;; esac'
        cat
    } | script bad
}

bad_disk="$(disk xvdb bad)"
bad_vif="script=bad"

# printed WORDS...: each is in what the last command printed.
printed() {
    for _word; do
        grep -q -- "$_word" /tmp/printed || {
            echo "it did not print '$_word' but '$(tail -n 3 /tmp/printed |
                cut -c 1-300 | xargs)'"
            return 1
        }
    done
}

# judge NAME CODE WORDS...: of the last command, which is to leave nothing.
judge() {
    _name=$1 _wanted=$2 _most=${most:-30}
    shift 2
    if [ "$code" != "$_wanted" ]; then
        not_ok "$_name" "exit code $code: $(tail -n 1 /tmp/printed | cut -c 1-300)"
    elif [ "${took%.*}" -gt "$_most" ]; then
        not_ok "$_name" "it took $took s"
    elif ! _lacks=$(printed "$@"); then
        not_ok "$_name" "$_lacks"
    else
        ok "$_name: error, exit code $code"
    fi
}

# What is to be there after a failed attach as it was before.
guest_is() {
    nodes_of "$domid"
    ours xl list -l host
    /usr/bin/losetup -l -n -O BACK-FILE
    ls /sys/class/net /sys/class/net/br0/brif
    pidof sleep | wc -w
}

# The bad device has a good disk and a good vif beside it.
creation() {
    run_for 120 xl create -p -q "$(tiny_guest bad memory=16 \
        "disk=[\"$good_disk\"$2]" "vif=[\"$good_vif\"$3]")"
    judge "a $1" 3 "$4" "$5"
    left_nothing "a $1: nothing is left"
}

attaching() {
    guest_is >"$out/guest"
    run_for 100 xl "$2" host "$3"
    judge "a $1" 1 "$4" "$5"
    guest_is >"$out/guest-now"
    if cmp -s "$out/guest" "$out/guest-now"; then
        ok "a $1: the guest is as before"
    else
        not_ok "a $1: the guest is as before" \
            "$(diff "$out/guest" "$out/guest-now" | tail -n +2 | xargs)"
    fi
}

# fails HOW WORDS: as disk and as vif, in all places.
fails() {
    step "a script that $1"
    creation "disk's script that $1, at creation" ",\"$bad_disk\"" '' "$2" disk
    creation "vif's script that $1, at creation" '' ",\"$bad_vif\"" "$2" vif
    attaching "disk's script that $1, at attach" block-attach "$bad_disk" \
        "$2" disk
    attaching "vif's script that $1, at attach" network-attach "$bad_vif" "$2" vif
}

set_up_dom0
ours xl create -p "$(real_guest host)"
domid=$(ours xl domid host)
take_state "$out/before"

good_disk="/disks/b.img,raw,xvda,rw" good_vif="bridge=br0"
bad <<'END'
xenstore-write "$XENBUS_PATH/hotplug-error" "the cable is cut"
exit 1
END
fails "leaves words" "the cable is cut"

good_disk=$(disk xvda) good_vif="script=vif-quick"

script bad <<'END'
exit 3
END
fails "fails each time" "exit status 3"

bad <<'END'
head -c 1048576 /dev/zero | tr '\0' x
head -c 1048576 /dev/zero | tr '\0' x >&2
echo >&2
exit 4
END
fails "prints 1 MiB" "exit status 4"

bad <<'END'
sleep 1000 &
exit 5
END
fails "leaves a child" "exit status 5"

bad <<'END'
sleep 1000 &
kill -SEGV $$
END
fails "is killed" "killed by signal 11"

chmod -x /etc/xen/scripts/bad
fails "is not executable" "Permission denied"
rm /etc/xen/scripts/bad
fails "is missing" "No such file or directory"

# Both run side by side, and are killed together.
step "a script that hangs"
good_disk="/disks/b.img,raw,xvda,rw" good_vif="bridge=br0"
bad <<'END'
sleep 1000
END
most=65
creation "script that hangs, at creation" ",\"$bad_disk\"" ",\"$bad_vif\"" \
    "did not end within 40000 ms" disk
most=

# What is no failure.
step "scripts that go well"
bad <<'END'
head -c 1048576 /dev/zero | tr '\0' x
head -c 1048576 /dev/zero | tr '\0' x >&2
sleep 1000 &
case $XENBUS_TYPE in
vbd)
    xenstore-write "$XENBUS_PATH/physical-device" 7:7 \
        "$XENBUS_PATH/physical-device-path" /dev/loop7 ;;
esac
xenstore-write "$XENBUS_PATH/hotplug-status" connected
END
run_for 20 xl block-attach host "$bad_disk"
[ $code -eq 0 ] && ok "a script that prints 1 MiB and leaves a child is waited for, its child is not" ||
    not_ok "a script that prints 1 MiB and leaves a child is waited for" \
        "exit code $code"
sleeps=$(pidof sleep | wc -w)
[ "$sleeps" = 1 ] && ok "a child of a script that went well goes on" ||
    not_ok "a child of a script that went well goes on" "$sleeps processes"
# shellcheck disable=SC2046
kill $(pidof sleep)
run_for 20 xl block-detach --force host xvdb
left_nothing "nothing is left of it"
