# SPDX-License-Identifier: LGPL-2.1-only
#
# boots: debian
# limit: 900
#
# A Debian from a disk of its own, on a bridge of dom0, with our library and with
# Debian's: it gets an address, answers ping and an HTTP request, and finds
# 64 MiB again after a reboot.  A second disk and a second vif come and go.
. /tests/guests.sh
. /tests/stand-ins.sh
. /tests/plug.sh

mac=00:16:3e:00:00:01
page=http://10.9.0.2/index.html

# The addresses of the bridge's guests.
serve_addresses() {
    cat >/tmp/udhcpd.conf <<CONF
start 10.9.0.100
end 10.9.0.200
interface br0
lease_file /tmp/udhcpd.leases
pidfile /tmp/udhcpd.pid
opt subnet 255.255.255.0
opt router 10.9.0.1
static_lease $mac 10.9.0.2
CONF
    : >/tmp/udhcpd.leases
    busybox udhcpd -f /tmp/udhcpd.conf >/tmp/udhcpd.log 2>&1 &
}

# busybox's wget crashes of a time limit of its own.
answers() {
    timeout 5 wget -q -O - $page | grep -q '^Debian '
}

now() {
    cut -d ' ' -f 1 /proc/uptime
}

# since NAME BEGIN: adds to the times of the library that runs.
since() {
    times="$times $1 $(awk -v b="$2" -v e="$(now)" 'BEGIN { print e - b }')"
}

# with LIBRARY
with() {
    guest=debian-$1
    times=
    dd if=/dev/vda of=/disks/debian.img bs=1M 2>/dev/null
    config=$(linux_config "$guest" /tmp/debian-initrd memory=512 vcpus=1 \
        'extra="console=hvc0 rdinit=/init quiet net.ifnames=0"' \
        'disk=["/disks/debian.img,raw,xvda,rw"]' \
        "vif=[\"bridge=br0,mac=$mac\"]")

    step "Debian, $1"
    begin=$(now)
    expect "$1: xl creates a Debian guest" "$1" xl create "$config"
    since create "$begin"
    expect "$1: it starts" wait_for 180 is_ready 1
    since ready "$begin"
    note "$1: $(heard runs)"
    same "$1: it gets an address" "$(heard address)" "inet 10.9.0.2/24"
    expect "$1: it answers ping" wait_for 10 ping -c 1 -W 1 10.9.0.2
    expect "$1: it answers an HTTP request" wait_for 10 answers
    times="$times 64-MiB $(heard seconds | awk '{ print $2 - $1 }')"

    step "devices come and go, $1"
    begin=$(now)
    plug "$1" /disks/second.img br0
    since plugging "$begin"

    step "reboot, $1"
    begin=$(now)
    expect "$1: xl reboot asks it to reboot" "$1" xl reboot "$guest"
    expect "$1: it starts again" wait_for 180 is_ready 2
    since reboot "$begin"
    same "$1: it finds 64 MiB as they were" "$(heard found)" "$(heard wrote)"
    expect "$1: it answers ping again" wait_for 10 ping -c 1 -W 1 10.9.0.2
    expect "$1: it answers an HTTP request again" wait_for 10 answers

    begin=$(now)
    expect "$1: xl destroys it" "$1" xl destroy "$guest"
    since destroy "$begin"
    same "$1: no loop device and no port of the bridge is left" "$(in_use br0)" ""
    echo "$times" >"$out/$1.times"
    cp "$(guest_console "$guest")" "$out/$1.console"
}

mkdir -p /disks
dd if=/dev/zero of=/disks/second.img bs=1M count=0 seek=16 2>/dev/null
add_bridge br0 10.9.0.1
serve_addresses
# shellcheck disable=SC2034
initrd=/tests/debian-initrd
pack_job debian "$tests/debian-job.sh"
with ours
with debian
note "seconds, ours and Debian's library:" \
    "$(paste -d ' ' "$out/ours.times" "$out/debian.times" | awk '{
        for (i = 1; i < NF / 2; i += 2)
            printf("%s%s %s and %s", i > 1 ? ", " : "", $i, $(i + 1),
                $(i + 1 + NF / 2))
        print ""
    }')"
