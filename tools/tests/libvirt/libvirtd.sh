# SPDX-License-Identifier: LGPL-2.1-only
#
# libvirtd in dom0, for the scripts that read this file.

here=/libvirt
tests=/tests
PATH=$tests:$PATH
. $tests/functions.sh
. $tests/guests.sh
. $tests/stand-ins.sh
. $tests/plug.sh
guest=devices

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

# Each section of documents.txt is a file in /xml.
write_documents() {
    mkdir /xml
    awk '/^\[/ { file = "/xml/" substr($1, 2, length($1) - 2); next }
        file && NF { print >file }' $here/documents.txt
}

# write_busy_documents N...: those whose name begins with 'busy', for each guest,
# and its disks.
write_busy_documents() {
    for _n; do
        for _file in /xml/busy*.xml; do
            sed "s/N\\([^a-zA-Z]\\)/$_n\\1/" "$_file" >"/xml/$_n-${_file#/xml/}"
        done
        raw_disk "/disks/busy$_n.img" "disk"
        raw_disk "/disks/busy$_n-more.img" "more"
    done
}

# Each session finds the same on them.
make_disks() {
    mkdir -p /disks
    for _disk in a b c d e; do
        raw_disk /disks/$_disk.img "disk $_disk"
    done
}

configure_libvirtd() {
    echo 'root:x:0:0:root:/root:/bin/sh' >/etc/passwd
    printf '%s\n' 'root:x:0:' 'libvirt:x:101:' >/etc/group
    printf '%s\n' 'passwd: files' 'group: files' >/etc/nsswitch.conf
    mkdir -p /etc/libvirt
    printf '%s\n' 'auth_unix_rw="none"' \
        'log_outputs="2:file:/out/libvirtd.log"' >/etc/libvirt/libvirtd.conf
    # No firewall is needed for a bridge, and dom0 has no program for one.
    echo 'firewall_backend="none"' >/etc/libvirt/network.conf
}

set_up() {
    configure_libvirtd
    write_documents
    obedient_initrd /tmp/initrd
    initrd=/tmp/initrd
    pack_job devices $tests/linux-devices-job.sh
    make_disks
    /usr/bin/losetup /dev/loop6 /disks/e.img
    /usr/bin/losetup /dev/loop7 /disks/b.img
    add_bridge xenbr0 10.9.0.1
    add_bridge br1 10.9.1.1
}

tell_virsh() {
    timeout 60 virsh -c xen:///system "$@"
}

start_libvirtd() {
    "$1" libvirtd -d -f /etc/libvirt/libvirtd.conf
    wait_for 30 tell_virsh version >/dev/null || return 1
    grep -o '/.*libxenlight.*' "/proc/$(pidof libvirtd)/maps" | sort -u \
        >"/out/$1-library"
}

# libvirtd 11.3 hangs at its end now and then, on either library.
stop_libvirtd() {
    _pid=$(pidof libvirtd)
    kill "$_pid"
    wait_for 10 sh -c '! pidof libvirtd' || kill -KILL "$_pid"
    wait_for 10 sh -c '! pidof libvirtd'
}
