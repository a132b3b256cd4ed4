# SPDX-License-Identifier: LGPL-2.1-only
#
# Runs libvirtd on Debian's library, then on ours, and says the same to each:
# what it answers has to be the same.
. /libvirt/libvirtd.sh
lists="commands device-commands"

# The words after '!' in the lists.  A guest that starts again goes on in the
# same log.
is_up() {
    wait_for 60 times_up "$1"
}

times_up() {
    [ "$(grep -c 'guest: up' "$(guest_console guest)")" -ge "$1" ]
}

starts() {
    wait_for 60 is_ready "$1"
}

is_gone() {
    wait_for 60 sh -c "! xl domid ${1:-guest}"
}

# What the shell of the guest says over virsh's console.
talks() {
    rm -f /tmp/screen
    mkfifo /tmp/keys
    timeout 60 script -q -f -c "virsh -c xen:///system console guest" \
        /tmp/screen </tmp/keys >/dev/null 2>&1 &
    exec 4>/tmp/keys
    wait_for 20 grep -q Escape /tmp/screen
    # shellcheck disable=SC2016
    echo 'echo $((6 * 7)) days' >&4
    wait_for 20 grep '42 days' /tmp/screen
    _code=$?
    printf '\035' >&4
    exec 4>&-
    wait $! && rm /tmp/keys && return $_code
}

gets() {
    wait_for 20 sees "$1"
}

misses() {
    wait_for 20 loses "$1"
}

# It listens once it has heard of something.
listen() {
    virsh -c xen:///system event --all --loop >/tmp/events 2>&1 &
    listener=$!
    wait_for 20 hears_marker
}

hears_marker() {
    tell_virsh define /xml/marker.xml && grep -q marker /tmp/events
}

heard_events() {
    kill -INT $listener
    wait $listener
    tell_virsh undefine marker
    grep -v -e marker -e 'events received' /tmp/events
}

vif() {
    echo "vif$(xl domid $guest).$1"
}

# Debian's library leaves nodes of an interface that it failed to attach, and
# goes on with higher numbers.
ports() {
    find "/sys/class/net/$1/brif/" -name 'vif*' | wc -l
}

dumped() {
    ls -l "$@" | awk '{ print $5 }'
    rm "$@"
}

# libvirt itself leaves what it began to save: the next reboot would restore it.
forget_saved() {
    rm /var/lib/libvirt/libxl/save/*
}

stays_off() {
    wait_for 20 sh -c 'xl list off | grep " ---s"'
}

remove_qemu() {
    rm /usr/libexec/xen-qemu-system-i386
}

# What is different each time: numbers, and whether a vCPU sleeps right now.
# libvirt 11.3 does not set a CPU's cluster with Xen.
mask() {
    sed -E -e 's/^(State: +)blocked/\1running/' \
        -e "s/cluster_id='[0-9]+'/cluster_id='N'/" \
        -e "s/id='[0-9]+'/id='N'/" \
        -e 's/^(Id: +|CPU time: +|CPU: +).*/\1N/' \
        -e 's/^ [0-9]+ +([a-z])/ N \1/' -e 's/cpu_time .*/cpu_time N/' \
        -e 's,/dev/pts/[0-9]+,/dev/pts/N,' -e 's/^[0-9]+$/N/' \
        -e 's/vif[0-9]+\.([0-9]+) */vifN.\1 /' \
        -e "s/portid='[^']*'/portid='N'/" -e "s/domain '[0-9]+'/domain 'N'/" \
        -e 's/^((xvd|vifN)?[^ ]* [a-z_]+) [0-9]+$/\1 N/'
}

# The lines that wait for a virsh, which begins and ends slowly: one for all
# that stand in a row, as typed by hand.
ask() {
    echo "$1" >>/tmp/asked.numbers
    eval "echo \"$2\"" >>/tmp/asked
}

# Each line is echoed after a prompt, before its answer.
await_answers() {
    [ -s /tmp/asked ] || return 0
    timeout 300 virsh -c xen:///system </tmp/asked >/tmp/answered 2>&1
    _code=$?
    awk -v to="$1-" '/^virsh # / {
            getline number <"/tmp/asked.numbers"
            file = to number
            next
        }
        file { print >file }' /tmp/answered
    rm /tmp/asked /tmp/asked.numbers
    [ $_code -lt 124 ] && return
    note "no answer: $(tail -n 1 /tmp/answered)"
    note_threads
    return 1
}

# What libvirtd waits for.
note_threads() {
    for _task in "/proc/$(pidof libvirtd)/task"/*; do
        note "$(cat "$_task/comm"): $(cat "$_task/syscall" "$_task/wchan" | xargs)"
    done
}

# session LIBRARY: the answer to line N of LIST is /out/LIBRARY/LIST-N.
session() {
    step "libvirt on the library of $1"
    mkdir -p "/out/$1"
    rm -f /var/log/xen/console/guest-*.log
    make_disks
    start_libvirtd "$1" || return 1
    for list in $lists; do
        tell_list "/out/$1/$list" <"$here/$list.txt" || return 1
    done
}

tell_list() {
    number=0
    while read -r line; do
        number=$((number + 1))
        case $line in
        '' | '#'*) ;;
        '!'*)
            await_answers "$1" || return 1
            step "$line"
            ${line#! } >"$1-$number" 2>&1 </dev/null
            echo "exit code $?" >>"$1-$number"
            ;;
        *) ask $number "${line#- }" ;;
        esac
        pidof libvirtd >/dev/null || return 1
    done
    await_answers "$1" && pidof libvirtd >/dev/null
}

# compare_list LIST: the answers have to be the same, refusals where the list
# says so, and nothing that this script waited for may have failed.
compare_list() {
    number=0
    while read -r line; do
        number=$((number + 1))
        case $line in
        '' | '#'*) continue ;;
        '!'*) name="guest ${line#! }" wrong='exit code [1-9]' ;;
        '- '*) name="virsh ${line#- } is refused" wrong='' ;;
        *) name="virsh $line" wrong='^(error:|no answer)' ;;
        esac
        compare "$1-$number" "$name" "$wrong"
    done <"$here/$1.txt"
}

# compare ANSWER NAME WRONG
compare() {
    for library in debian ours; do
        [ -e "/out/$library/$1" ] || echo "no answer" >"/out/$library/$1"
        mask <"/out/$library/$1" >"/out/$library/$1.masked"
    done
    if ! cmp -s "/out/debian/$1.masked" "/out/ours/$1.masked"; then
        not_ok "$2" "Debian's library, ours:"
        diff -U 1 "/out/debian/$1.masked" "/out/ours/$1.masked" |
            sed 's/^/    /'
    elif is_wrong "/out/ours/$1" "$3"; then
        not_ok "$2" "it is '$(tail -n 1 "/out/ours/$1")' on both libraries"
    else
        ok "$2"
    fi
}

# What is to be refused has an error.
is_wrong() {
    if [ -n "$2" ]; then
        grep -qE "$2" "$1"
    else
        ! grep -q '^error:' "$1"
    fi
}

# With Debian's library it is the end of libvirtd.
set_memory() {
    tell_virsh create /xml/guest.xml >/dev/null
    pid=$(pidof libvirtd)
    expect "virsh setmem" tell_virsh setmem guest 200M
    expect "virsh setmaxmem" tell_virsh setmaxmem guest 300M --live
    same "libvirtd lives on after them" "$(pidof libvirtd)" "$pid"
    tell_virsh destroy guest >/dev/null
}

step "unpacking libvirt"
unpack
set_up
for library in debian ours; do
    take_state /out/before
    read -r begin _ </proc/uptime
    if session $library; then
        [ $library = debian ] || set_memory
        stop_libvirtd
    else
        not_ok "libvirtd on the library of $library" "it does not start, or ends"
    fi
    left=$(left_since /out/before "/out/$library/after")
    note "the session on the library of $library took" \
        "$(awk -v b="$begin" '{ print int($1 - b) }' /proc/uptime) s"
done
if grep -q /opt/ours/lib /out/ours-library; then
    ok "libvirtd runs on our library"
else
    not_ok "libvirtd runs on our library" "$(cat /out/ours-library)"
fi
for list in $lists; do
    compare_list $list
done
# Only by ours: the first guests of all make Xen keep some pages.
[ -z "$left" ] && ok "nothing is left" || not_ok "nothing is left" "$left"
