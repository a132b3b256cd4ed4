# SPDX-License-Identifier: LGPL-2.1-only
#
# xl and single calls about the host and its domains, with the distribution's
# library and with ours.
#
# boots: n1
# limit: 600
. $tests/host-functions.sh

create_guests

step "what xl shows"
for command in 'list' 'list -v' 'list -Z' 'list -c' 'list -n' 'list -l one' \
    "list $one $two" 'list nobody' "list $none" \
    'info' 'info -n' 'vcpu-list' 'vcpu-list one three' 'vcpu-list nobody' \
    'vm-list' 'uptime' 'uptime -s one' 'uptime nobody' \
    'domid one' 'domid two.of-us' 'domid Domain-0' 'domid nobody' 'domid 1' \
    "domname $one" "domname $none" 'domname one' 'domname 0' \
    'dmesg' 'cpupool-list' 'cpupool-list -c' 'cpupool-list Pool-0' \
    'cpupool-list nothing' 'sched-credit2' 'sched-credit2 -d one' \
    'sched-credit2 -d nobody' 'sched-credit2 -s' 'sched-credit2 -s -p nothing' \
    'sched-credit' 'sched-credit -d one' 'sched-rtds' 'sched-rtds -d one' \
    'getenforce' 'tmem-list' 'debug-keys h' 'claims'; do
    # shellcheck disable=SC2086
    as_debian xl $command
done

step "what xl changes"
before='xl unpause one' effect 'xl pause one' -- 'xl list one'
before='xl pause one' effect 'xl unpause one' -- 'xl list one'
before=
effect "xl pause $none" -- true
effect "xl unpause $none" -- true
# Its low 16 bits are the number of a domain.
printf '%s\n' 'pause X' 'unpause X' 'trigger X 1 0' 'affinity X 0 0 -' \
    'affinity_force X 0 0 -' 'affinity_all X 1 0 -' 'set_nodeaffinity X 0' \
    'get_nodeaffinity X' 'cpupool_move 0 X' 'domain_info X' 'sched_get X' |
    sed "s/X/$((one + 65536))/" >beyond
ours_gives 'a number beyond all domains is no domain' "12
exit 0" sh -c "/tests/host-calls <beyond | grep -c '^rc -'"
names="xenstore-read /local/domain/$one/name; xenstore-ls /vm | grep name"
before="xl rename $one one"
effect 'xl rename one other' -- "$names"
effect 'xl rename one three' -- "$names"
effect 'xl rename one one' -- "$names"
effect 'xl rename nobody other' -- "$names"
before='xl vcpu-set two.of-us 2'
effect 'xl vcpu-set two.of-us 1' -- "xenstore-ls /local/domain/$two/cpu"
effect 'xl vcpu-set -i two.of-us 3' -- "xenstore-ls /local/domain/$two/cpu"
effect 'xl vcpu-set -i two.of-us 4' -- "xenstore-ls /local/domain/$two/cpu"
before='xl vcpu-pin one all all all'
effect 'xl vcpu-pin one 0 1' -- 'xl vcpu-list one'
effect 'xl vcpu-pin one all 0 1' -- 'xl vcpu-list one'
effect 'xl vcpu-pin one 5 0' -- 'xl vcpu-list one'
effect 'xl vcpu-pin one 0 9' -- 'xl vcpu-list one'
before='xl sched-credit2 -d one -w 256 -c 0'
effect 'xl sched-credit2 -d one -w 512 -c 50' -- 'xl sched-credit2 -d one'
effect 'xl sched-credit2 -d one -w 70000' -- 'xl sched-credit2 -d one'
effect 'xl sched-credit2 -d one -c 201' -- 'xl sched-credit2 -d one'
before='xl sched-credit2 -s -r 1000'
effect 'xl sched-credit2 -s -r 5000' -- 'xl sched-credit2 -s'
effect 'xl sched-credit2 -s -r 1' -- 'xl sched-credit2 -s'
before=
effect 'xl dump-core three /tmp/host/core && ls -l core | cut -c 1-45' -- \
    'rm -f core; xl list three'
effect 'xl dump-core three /no/where' -- true
effect 'xl trigger one nmi' -- true
effect 'xl trigger one nonsense' -- true
effect "xl sysrq one h" -- "xenstore-read /local/domain/$one/control/sysrq"
effect 'xl set-parameters gnttab_max_frames=77' -- true
effect 'xl set-parameters no_such_parameter=1' -- true

step "cpupools"
# No CPU moves here; pools.sh is about those.
pool_file rtds 'sched="rtds"'
pool_file taken 'sched="credit"' 'cpus=["0"]'
pool_file empty 'sched="credit2"' 'cpus=[]'
for command in 'create rtds' 'create taken' 'create missing' 'rename nothing q' \
    'migrate one nothing' 'destroy nothing' 'destroy Pool-0' \
    'cpu-add Pool-0 9' 'cpu-add Pool-0 node:0' 'cpu-remove Pool-0 9'; do
    effect "xl cpupool-$command" -- "$pools"
done
before='xl cpupool-destroy p'
effect 'xl cpupool-create empty' -- "$pools"
before=
xl cpupool-destroy p
step "calls"
calls host-reading.txt
calls host-changing.txt
xenstore-rm /local/pool/0/name
calls host-nameless-pool.txt
xenstore-write /local/pool/0/name Pool-0

step "memory of a guest"
memory="xenstore-read /local/domain/$one/memory/target"
ours_gives 'xl mem-set' 'exit 0' xl mem-set one 15m
ours_gives 'the target is in xenstore' "15360
exit 0" sh -c "$memory"
ours_gives 'xl mem-set above maxmem' 'exit 1' xl mem-set one 17m
ours_gives 'it changes nothing' "15360
exit 0" sh -c "$memory"
ours_gives 'xl mem-max below the target' 'exit 1' xl mem-max one 14m
ours_gives 'xl mem-max' 'exit 0' xl mem-max one 20m
ours_gives 'the limit is 1 MiB above it' "21504
exit 0" sh -c 'echo "domain_info '$one'" | /tests/host-calls |
    sed -n "s/.*\"max_memkb\": \([0-9]*\),/\1/p"'
ours_gives 'xl mem-set of nobody' 'exit 1' xl mem-set nobody 15m
ours_gives 'dom0 keeps what it needs' 'exit 1' xl mem-set 0 100m
xl mem-max one 16m 2>/dev/null

step "dom0"
before='xenstore-rm /libxl/0; rm -f /var/lib/xen/userdata-d.0.*'
effect xen-init-dom0 -- 'xenstore-ls -p /libxl/0; xenstore-ls -p /local/domain/0;
    cat /var/lib/xen/userdata-d.0.*; xl list -l 0'
before=
effect xen-init-dom0 -- 'xenstore-ls -p /local/domain/0'

xenstore-ls /local/domain/0 >before-end
ours_gives 'dom0 does not destroy itself' 'exit 1' xl destroy -f 0
ours_gives 'and keeps its nodes' 'exit 0' sh -c \
    'xenstore-ls /local/domain/0 | cmp - before-end'

step "asking a guest to end"
# The guest's kernel, as far as the toolstack can tell.
kernel_takes() {
    control=/local/domain/$one/control/shutdown
    wait_for 20 sh -c "[ -n \"\$(xenstore-read $control)\" ]"
    xenstore-read $control >taken
    xenstore-write $control ''
}
for verb in shutdown reboot; do
    for library in debian ours; do
        kernel_takes &
        $library xl $verb one >$library.out 2>&1
        echo "exit $?" >>$library.out
        wait $!
        cat taken >>$library.out
    done
    if cmp -s debian.out ours.out; then
        ok "xl $verb ($(tail -n 1 ours.out))"
    else
        not_ok "xl $verb" "$(cat debian.out) / $(cat ours.out)"
    fi
done
xenstore-write /local/domain/$one/control/feature-poweroff 0
ours_gives 'a kernel that says it will not is not waited for' 'exit 1' \
    timeout 10 sh -c 'xl shutdown one >/dev/null'
xenstore-write /local/domain/$one/control/feature-poweroff ''
as_debian xl shutdown $none
as_debian xl reboot nobody

step "consoles"
client=$(ls -d /usr/lib/xen-*/bin/xenconsole)
mv $client $client.real
printf '#!/bin/sh\necho "$0 $*"\n' >$client
chmod +x $client
as_debian xl console one
as_debian xl console -n 2 one
as_debian xl console -t serial -n 1 one
as_debian xl console -t vuart one
as_debian xl console -t nonsense one
as_debian xl console $none
mv $client.real $client

step "finding a guest by its name"
# requests COMMAND...: how many times xenstored was asked for a domain's name.
requests() {
    xenstore-control logfile $work/trace >/dev/null
    rm -f trace
    xenstore-control logfile $work/trace >/dev/null
    xenstore-control log on >/dev/null
    "$@" >/dev/null 2>&1
    xenstore-control log off >/dev/null
    grep -ac 'IN .*READ (/local/domain/[0-9]*/name' trace
}

# asks WORDS WANTED COMMAND...
asks() {
    words=$1 wanted=$2
    shift 2
    got=$(requests ours "$@")
    if [ "$got" = "$wanted" ]; then
        ok "$words asks xenstore for $wanted names"
    else
        not_ok "$words" "asked for $got names, not $wanted"
    fi
}

# Guests of ours with a monitor: it keeps their names.
for name in kept other; do
    ours xl create -p /dev/null "name=\"$name\"" 'kernel="/guests/tiny"' \
        memory=16 >create.log 2>&1 || not_ok "create $name" "$(cat create.log)"
done
kept=$(xl domid kept)
monitor=$(pidof xl | awk '{ print $2 }')
usleep 500000
as_debian xl domid kept
as_debian xl domid three
as_debian xl domid nobody
asks 'a name that is kept' 1 xl domid kept
# dom0 and the three guests of the distribution's library.
asks 'a name that nobody has' 4 xl domid nobody
# Whoever renames a guest, it is found by its new name and by no other.
debian xl rename kept renamed
usleep 100000
as_debian xl domid renamed
as_debian xl domid kept
asks 'the new name' 1 xl domid renamed
# Even while its monitor is too busy to hear of it.
kill -STOP $monitor
ours xl rename $kept busy
as_debian xl domid busy
as_debian xl domid renamed
kill -CONT $monitor
xenstore-write /local/domain/$kept/name again
usleep 100000
as_debian xl domid again
as_debian xl domid renamed
ours_gives 'a name in use is refused' 'exit 1' sh -c 'xl create -p /dev/null \
    "name=\"again\"" "kernel=\"/guests/tiny\"" memory=16 >/dev/null 2>&1 ||
    exit 1'
# Without the monitor it has to be asked for again.
kill -KILL $monitor
usleep 100000
xenstore-write /local/domain/$kept/name kept
as_debian xl domid kept
as_debian xl domid again
asks 'a name that is not kept any more' 5 xl domid nobody

step "numbers of domains"
# domid_policy of xl.conf(5): a random number does not follow the last one.
last=$(xl domid other)
cp /etc/xen/xl.conf xl.conf
echo 'domid_policy="random"' >>/etc/xen/xl.conf
for name in first second; do
    ours xl create -e -p /dev/null "name=\"$name\"" 'kernel="/guests/tiny"' \
        memory=16 >create.log 2>&1 || not_ok "create $name" "$(cat create.log)"
done
cp xl.conf /etc/xen/xl.conf
first=$(xl domid first) second=$(xl domid second)
if [ "$second" != $((first + 1)) ] && [ "$first" != $((last + 1)) ]; then
    ok "numbers are random where xl.conf says so ($first, $second)"
else
    not_ok "random numbers" "$first, $second"
fi
for name in first second kept other one two.of-us three; do
    xl destroy $name
done
