# SPDX-License-Identifier: LGPL-2.1-only
#
# Measures in dom0 how long libvirtd takes to answer a client that asks 50 times
# for a guest, with 1, 50 and 200 guests present, on Debian's library and on
# ours.  Prints lines of figures for table.py.
. /libvirt/libvirtd.sh
runs=${1:-3}
PATH=/bench:$PATH
chmod +x /bench/*

# create N: a guest of libvirtd's.
create() {
    cat >/tmp/guest.xml <<END
<domain type='xen'>
  <name>poll$1</name>
  <memory unit='MiB'>16</memory>
  <vcpu>1</vcpu>
  <os>
    <type arch='aarch64'>xen</type>
    <kernel>/guests/tiny</kernel>
  </os>
  <devices>
    <console type='pty'><target type='xen' port='0'/></console>
  </devices>
</domain>
END
    tell_virsh create --paused /tmp/guest.xml >/dev/null
}

# Commands for one virsh: what a program that shows guests asks for each.
questions() {
    for i in $(seq 0 49); do
        guest=poll$((i % $1 + 1))
        printf 'dominfo %s; vcpuinfo %s;' "$guest" "$guest"
    done
}

step "unpacking libvirt"
unpack
configure_libvirtd
present=0
for wanted in 1 50 200; do
    start_libvirtd ours || exit 1
    step "creating $wanted guests"
    while [ $present -lt $wanted ]; do
        present=$((present + 1))
        create $present || exit 1
    done
    stop_libvirtd
    run=0
    while [ $run -le "$runs" ]; do
        step "asking for $wanted guests, run $run"
        for who in debian ours; do
            start_libvirtd $who || exit 1
            timed "$who-poll-help $wanted" virsh -c xen:///system list
            timed "$who-poll $wanted" virsh -c xen:///system \
                "$(questions $wanted)" || exit 1
            stop_libvirtd
        done >/tmp/times
        [ $run -eq 0 ] || sed 's/^/time /' /tmp/times
        run=$((run + 1))
    done
done
