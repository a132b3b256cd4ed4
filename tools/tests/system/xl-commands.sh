# SPDX-License-Identifier: LGPL-2.1-only
#
# boots: n1
# limit: 600
#
# Every command that `xl help` knows, without arguments and with those of a
# domain that does not exist, on the distribution's library and on ours; and
# what no other script calls about a domain.
. /tests/host-functions.sh

create_guests

# The rest changes the host, or waits for a user.
without_arguments() {
    case $1 in
    top | devd | cpupool-numa-split) return 1 ;;
    esac
}
with_nobody() {
    case $1 in
    top | devd | debug-keys) return 1 ;;
    esac
}

xl help | sed -n 's/^ \([a-z][a-z0-9-]*\) .*/\1/p' >commands
[ "$(wc -l <commands)" -ge 60 ] || not_ok "xl help" "$(xl help | head -n 5)"
step "every command of xl"
while read -r command <&3; do
    ! without_arguments "$command" || as_debian xl "$command"
    with_nobody "$command" || continue
    as_debian xl "$command" nobody
    as_debian xl "$command" nobody 1 1
done 3<commands

step "commands about a guest"
while read -r line <&3; do
    # shellcheck disable=SC2086
    as_debian xl $line
done 3<<"END"
channel-list one
pci-list one
pci-attach one 0000:00:1f.0
pci-attach one nonsense
pci-detach one 0000:00:1f.0
pci-assignable-list
pci-assignable-add 0000:00:1f.0
pci-assignable-remove 0000:00:1f.0
usb-list one
usbctrl-attach one type=nonsense
usbctrl-detach one 0
usbdev-attach one hostbus=9 hostaddr=9
cd-eject one hdc
cd-insert one hdc /guests/tiny
button-press one power
button-press one nonsense
qemu-monitor-command one info
vncviewer one
config-update one
config-update one /no/where
sharing one
loadpolicy /no/where
setenforce 0
setenforce nonsense
sched-rtds -d one -p 10000 -b 4000
sched-credit -d one -w 300
END
