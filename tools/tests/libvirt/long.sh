# SPDX-License-Identifier: LGPL-2.1-only
#
# long.sh MINUTES SEED: four clients of one libvirtd on our library give random
# commands to three guests, and four loops of xl to the same guests.  Each has to
# be answered, libvirtd not to grow, and nothing to be left in the end.
. /libvirt/libvirtd.sh
minutes=$1 seed=$2
clients="virsh-1 virsh-2 virsh-3 virsh-4 xl-1 xl-2 xl-3 xl-4"
guests="1 2 3"
# Answers that take longer never come.
most_seconds=120
# What the process may have more than after the warm-up, of some dozens of MiB.
most_kib=1024

# random_virsh SEED: commands without end, as random_xl.
random_virsh() {
    awk -v seed="$1" 'BEGIN {
        count = split("start start start destroy attach-disk attach-interface" \
            " detach-disk detach-interface suspend resume resume setmem" \
            " setvcpus dominfo list domblklist dumpxml reboot", verbs, " ")
        srand(seed)
        for (;;) {
            verb = verbs[1 + int(rand() * count)]
            n = 1 + int(rand() * 3)
            more = ""
            if (verb ~ /tach-/) {
                split(verb, words, "-")
                verb = words[1] "-device"
                more = " /xml/" n "-busy-" words[2] ".xml --live"
            } else if (verb == "setmem")
                more = " " 128 + 16 * int(rand() * 3) "M --live"
            else if (verb == "setvcpus")
                more = " " 1 + int(rand() * 2) " --live"
            print "virsh -c xen:///system", verb == "list" ? "list --all" :
                verb " busy" n more
        }
    }'
}

# Guests are made by libvirtd alone.
random_xl() {
    awk -v seed="$1" 'BEGIN {
        count = split("list vcpu-list domid pause unpause unpause unpause" \
            " reboot mem-set mem-set vcpu-set block-list network-list" \
            " sched-credit2 sched-credit2 list-long list-long destroy", verbs, " ")
        srand(seed)
        for (;;) {
            verb = verbs[1 + int(rand() * count)]
            guest = "busy" 1 + int(rand() * 3)
            more = ""
            if (verb == "list" || verb == "vcpu-list")
                guest = ""
            else if (verb == "list-long") {
                verb = "list"
                more = " -l"
            } else if (verb == "mem-set")
                more = " " 128 + 16 * int(rand() * 3) "m"
            else if (verb == "vcpu-set")
                more = " " 1 + int(rand() * 2)
            else if (verb == "sched-credit2") {
                guest = "-d " guest
                more = " -w " 128 + int(rand() * 256)
            }
            print "xl", verb, guest more
        }
    }'
}

# client PROGRAM-N SECONDS PHASE: each line of its log is the seconds that an
# answer took, the exit code, the command, and the error.
client() {
    random_"${1%-*}" "$((seed * 100 + $3 * 10 + ${1#*-}))" |
        while read -r line; do
            read -r begin _ </proc/uptime
            [ "${begin%.*}" -lt "$2" ] || break
            # shellcheck disable=SC2086
            LD_LIBRARY_PATH=/opt/ours/lib timeout -s KILL $most_seconds \
                $line >"/tmp/client-$1" 2>&1
            code=$?
            read -r end _ </proc/uptime
            echo "$(awk -v a="$begin" -v b="$end" 'BEGIN { printf "%.1f", b - a }')" \
                "$code ${line#virsh -c xen:///system }:" \
                "$(grep 'error: ' "/tmp/client-$1" | tr '\n' ' ')"
            [ "${1%-*}" = virsh ] || sleep 1
        done >>"/out/client-$1"
}

# clients_for MINUTES PHASE
clients_for() {
    step "clients, phase $2"
    read -r _now _ </proc/uptime
    _pids=
    for _client in $clients; do
        client "$_client" $((${_now%.*} + $1 * 60)) "$2" &
        _pids="$_pids $!"
    done
    # shellcheck disable=SC2086
    wait $_pids
}

# While a guest is made, its kernel is mapped in dom0.  The page tables of dom0
# grow by 16 pages for each one that is mapped at the same time, and Xen keeps
# these, with Debian's library as well.
all_made() {
    for _n in $guests; do
        ours xl create -q -p "$(linux_config "made$_n" /guests/initrd \
            memory=160)" &
    done
    wait
    for _n in $guests; do
        ours xl destroy "made$_n" || return 1
    done
}

# All guests with all their devices at once: dom0 and Xen keep what that took.
all_on() {
    for _n in $guests; do
        tell_virsh start "busy$_n" || return 1
    done
    for _n in $guests; do
        tell_virsh attach-device "busy$_n" "/xml/$_n-busy-disk.xml" --live &&
            tell_virsh attach-device "busy$_n" \
                "/xml/$_n-busy-interface.xml" --live || return 1
    done
    for _n in $guests; do
        wait_for 120 grep 'guest: up' "$(guest_console "busy$_n")" || return 1
    done
}

# No guest runs, and all workers are idle.
all_off() {
    for _n in $guests; do
        tell_virsh destroy "busy$_n" >/dev/null 2>&1
    done
    quiet 2000
    [ "$(tell_virsh list --name | grep .)" = Domain-0 ]
}

# Descriptors, resident KiB and threads of libvirtd.
measure() {
    echo "$(ls "/proc/$pid/fd" | wc -l)" \
        "$(awk '$1 == "VmRSS:" { print $2 }' "/proc/$pid/status")" \
        "$(ls "/proc/$pid/task" | wc -l)"
}

report_answers() {
    note "answers: $(cat /out/client-* | wc -l), refused:" \
        "$(awk '$2 != 0' /out/client-* | wc -l), the longest took" \
        "$(sort -n /out/client-* | tail -n 1)"
    awk '{ verb = $3 == "xl" ? $3 " " $4 : $3; sub(/:$/, "", verb)
            all[verb]++; bad[verb] += $2 != 0 }
        END { for (verb in all) print "# " verb ": " all[verb] ", refused " bad[verb] }' \
        /out/client-* | sort
    cp /var/log/libvirt/libxl/libxl-driver.log /out/
    note "waits that ended without an answer:" "$(grep -c -E \
        'did not end within|has not closed in|has answered at' \
        /out/libxl-driver.log)"
    for _client in $clients; do
        note "client $_client: $(cat "/out/client-$_client" | wc -l) answers"
    done
}

unpack
set_up
# shellcheck disable=SC2086
write_busy_documents $guests
ours virsh --version >/dev/null
export GLIBC_TUNABLES=glibc.malloc.tcache_count=0:glibc.malloc.arena_max=1
start_libvirtd ours || not_ok "libvirtd starts" "it does not"
pid=$(pidof libvirtd)
for n in $guests; do
    expect "a guest is defined" tell_virsh define "/xml/$n-busy.xml"
done

expect "all guests are made at once" all_made
expect "all guests start with all devices" all_on
expect "they are destroyed" all_off
warm_up_minutes=$(((minutes + 3) / 4))
clients_for $warm_up_minutes 1
expect "all guests are destroyed after the warm-up" all_off
take_state /out/before
before=$(measure)
note "after $warm_up_minutes minutes: descriptors, KiB, threads: $before"
clients_for $((minutes - warm_up_minutes)) 2
expect "all guests are destroyed" all_off
after=$(measure)
note "after $minutes minutes: descriptors, KiB, threads: $after"
report_answers

same "libvirtd is the same process" "$(pidof libvirtd)" "$pid"
same "every command was answered" \
    "$(awk '$2 >= 124' /out/client-* | head -n 3)" ""
same "libvirtd has as many descriptors as before" "${after%% *}" "${before%% *}"
grown=$(echo "$before $after" | awk '{ print $5 - $2 }')
if [ "$grown" -le $most_kib ]; then
    ok "libvirtd has not grown"
else
    not_ok "libvirtd has not grown" "$grown KiB more"
fi
for n in $guests; do
    tell_virsh undefine "busy$n" >/dev/null
done
same "libvirtd knows no guest any more" \
    "$(tell_virsh list --all --name | grep .)" Domain-0
if left=$(left_since /out/before /out/after); then
    ok "nothing is left"
else
    not_ok "nothing is left" "$left"
fi
