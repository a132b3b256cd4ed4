# SPDX-License-Identifier: LGPL-2.1-only
#
# boots: none
#
# The job of the Debian guest: it writes 64 MiB to its own disk or, if they are
# there from before a reboot, reads them, and reports which disks and networks it
# has.

# The terminal may have the words of a login on its last line.
say() {
    printf '\ntest: %s\n' "$*" >/dev/console
}

data=/var/lib/data
sum_of_data() {
    sha256sum <$data | cut -d ' ' -f 1
}

seconds() {
    cut -d ' ' -f 1 /proc/uptime
}

until ip -4 addr show dev eth0 | grep -q inet; do
    sleep 0.2
done
say "runs $(. /etc/os-release && echo "$PRETTY_NAME") from" \
    "$(findmnt -n -o SOURCE /), up after $(seconds) s"
say "address $(ip -4 -o addr show dev eth0 | grep -o 'inet [0-9./]*')"
if [ -e $data ]; then
    say "found $(sum_of_data)"
else
    begin=$(seconds)
    dd if=/dev/urandom of=$data bs=1M count=64 conv=fsync 2>/dev/null
    say "seconds $begin $(seconds)"
    # What is read then comes from the disk.
    echo 3 >/proc/sys/vm/drop_caches
    say "wrote $(sum_of_data)"
fi
say "ready"

while :; do
    now=$(cd /sys/class && echo block/xvd* net/eth*)
    [ "$now" = "$before" ] || say "devices $now"
    before=$now
    sleep 0.2
done
