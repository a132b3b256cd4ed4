# SPDX-License-Identifier: LGPL-2.1-only
#
# Runs libvirtd on Debian's library, then on ours, and says the same to each:
# what it answers has to be the same.
commands=/commands.txt
console=/var/log/xen/console/guest-guest.log
. /functions.sh

# Links are replaced, and nothing is written through them.
unpack() {
    mkdir /unpacked
    busybox tar -x -z -f /libvirt.tar.gz -C /unpacked
    cd /unpacked
    find . -type d | sed 's,^\.,,' | xargs mkdir -p
    find . ! -type d | sed 's,^\./,,' | while read -r file; do
        rm -f "/$file"
        mv "$file" "/$file"
    done
    cd /root
}

set_up() {
    echo 'root:x:0:0:root:/root:/bin/sh' >/etc/passwd
    printf '%s\n' 'root:x:0:' 'libvirt:x:101:' >/etc/group
    printf '%s\n' 'passwd: files' 'group: files' >/etc/nsswitch.conf
    mkdir -p /etc/libvirt
    printf '%s\n' 'auth_unix_rw="none"' \
        'log_outputs="2:file:/var/log/xen/libvirtd.log"' >/etc/libvirt/libvirtd.conf
    obedient_initrd /tmp/initrd
    cat >/tmp/guest.xml <<END
<domain type='xen'>
  <name>guest</name>
  <uuid>11111111-2222-3333-4444-555555555555</uuid>
  <memory unit='MiB'>256</memory>
  <vcpu>2</vcpu>
  <os>
    <type arch='aarch64'>xen</type>
    <kernel>/guests/linux</kernel>
    <initrd>/tmp/initrd</initrd>
    <cmdline>console=hvc0 rdinit=/init</cmdline>
  </os>
  <devices>
    <console type='pty'><target type='xen' port='0'/></console>
  </devices>
</domain>
END
}

tell_virsh() {
    timeout 60 virsh -c xen:///system "$@"
}

times_up() {
    [ "$(grep -c 'guest: up' $console)" -ge "$1" ]
}

is_up() {
    wait_for 60 times_up 1
}

is_up_again() {
    wait_for 60 times_up 2
}

is_gone() {
    wait_for 60 sh -c '! xl domid guest'
}

# What is different each time: numbers, whether a vCPU sleeps right now, and a
# number that libvirt 11.3 prints without having set it.
mask() {
    sed -E -e "s/cluster_id='[0-9]+'/cluster_id='N'/" -e 's/^(State: +)blocked/\1running/' \
        -e "s/id='[0-9]+'/id='N'/" \
        -e 's/^(Id: +|CPU time: +|CPU: +).*/\1N/' \
        -e 's/^ [0-9]+ +([a-z])/ N \1/' -e 's/cpu_time .*/cpu_time N/' \
        -e 's,/dev/pts/[0-9]+,/dev/pts/N,' -e 's/^[0-9]+$/N/'
}

start_libvirtd() {
    "$1" libvirtd -d -f /etc/libvirt/libvirtd.conf
    wait_for 30 tell_virsh version >/dev/null || return 1
    grep -o '/.*libxenlight.*' "/proc/$(pidof libvirtd)/maps" | sort -u \
        >"/out/$1-library"
}

stop_libvirtd() {
    kill "$(pidof libvirtd)"
    wait_for 20 sh -c '! pidof libvirtd' >/dev/null
}

# session LIBRARY: the answer to line N of the commands is /out/LIBRARY/N.
session() {
    step "libvirt on the library of $1"
    mkdir -p "/out/$1"
    rm -f $console
    start_libvirtd "$1" || return 1
    number=0
    while read -r line; do
        number=$((number + 1))
        case $line in
        '#'*) continue ;;
        '!'*) ${line#! } ;;
        *) eval "tell_virsh $line" ;;
        esac >"/out/$1/$number" 2>&1 </dev/null
        echo "exit code $?" >>"/out/$1/$number"
        case $line in 'destroy'* | '! is_gone') rm -f $console ;; esac
    done <$commands
}

compare() {
    number=0
    while read -r line; do
        number=$((number + 1))
        case $line in
        '#'*) continue ;;
        '!'*) name="guest ${line#! }" ;;
        *) name="virsh $line" ;;
        esac
        for library in debian ours; do
            mask <"/out/$library/$number" >"/out/$library/$number.masked"
        done
        if cmp -s "/out/debian/$number.masked" "/out/ours/$number.masked"; then
            ok "$name"
        else
            not_ok "$name" "Debian's library, ours:"
            diff -U 1 "/out/debian/$number.masked" "/out/ours/$number.masked" |
                sed 's/^/    /'
        fi
    done <$commands
}

step "unpacking libvirt"
unpack
set_up
for library in debian ours; do
    session $library ||
        not_ok "libvirtd on the library of $library" "it does not start"
    [ $library = ours ] || stop_libvirtd
done
if grep -q /opt/ours/lib /out/ours-library; then
    ok "libvirtd runs on our library"
else
    not_ok "libvirtd runs on our library" "$(cat /out/ours-library)"
fi
compare

# With Debian's library it is the end of libvirtd.
tell_virsh create /tmp/guest.xml >/dev/null && is_up
pid=$(pidof libvirtd)
if tell_virsh setmem guest 200M && [ "$(pidof libvirtd)" = "$pid" ]; then
    ok "libvirtd lives on after virsh setmem"
else
    not_ok "libvirtd lives on after virsh setmem" "it does not"
fi
tell_virsh destroy guest >/dev/null
left=$(xl list | sed 1,2d)
[ -z "$left" ] && ok "no domain is left" || not_ok "no domain is left" "$left"
