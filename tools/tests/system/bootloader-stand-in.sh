#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-only
#
# boots: none
#
# Stands in for a bootloader such as pygrub, and does what the word in /tmp/mode
# says: names the rig's kernel as what it found on the guest's disk, unless that
# says otherwise.  The words of its answer end in zero bytes.  How it was called
# goes to /tmp/bootloader.
kernel=/guests/tiny ramdisk=/guests/initrd words=console=hvc0
echo "argv: $0 $*" >/tmp/bootloader
for argument; do
    case $argument in
    --output=*) output=${argument#*=} ;;
    --output-directory=*) directory=${argument#*=} ;;
    esac
    disk=$argument
done
{
    echo "user $(id -u), terminal $(tty), TERM $TERM"
    # Its own number, those of its group and session, and its terminal's group.
    awk '{ print ($1 == $5 && $1 == $6 && $1 == $8) ? "leads" : "follows" }' \
        /proc/$$/stat
    stty -a | tail -n +2
    ls -l -d "$output" "$directory" | cut -c 1-40
    echo "disk $(head -n 1 "$disk")"
    xl list "$(echo "$output" | tr -cd 0-9)" | tail -n 1 | cut -c 1-60
} >>/tmp/bootloader 2>&1

# answer WORD VALUE...
answer() {
    while [ $# -gt 1 ]; do
        printf '%s %s\0' "$1" "$2"
        shift 2
    done >"$output"
}

found() {
    cp "$kernel" "$directory/kernel"
    cp "$ramdisk" "$directory/ramdisk"
    answer kernel "$directory/kernel" ramdisk "$directory/ramdisk" \
        args "$words"
}

case $(cat /tmp/mode 2>/dev/null) in
elsewhere) answer kernel "$kernel" args "$words" ;;
bare) answer kernel "$kernel" ;;
twice) answer kernel "$kernel" kernel "$kernel" ;;
unknown) answer kernel "$kernel" fruit apple ;;
unended) printf 'kernel %s\0args a b' "$kernel" >"$output" ;;
lines) printf 'kernel %s\nargs a b\n' "$kernel" >"$output" ;;
nokernel) answer ramdisk "$ramdisk" args a ;;
nothing) ;;
removed) rm "$output" ;;
pipe) rm "$output"; mkfifo "$output" ;;
junk) head -c 300 /dev/urandom >"$output" ;;
much) head -c 1048576 /dev/zero | tr '\0' a >"$output" ;;
loud) head -c 3000000 /dev/zero | tr '\0' a; found ;;
fails)
    printf 'Traceback:\nno \033[1mgrub.cfg\033[0m here\r\n' >&2
    exit 3
    ;;
dies) kill -KILL $$ ;;
hangs)
    trap '' HUP TERM INT
    sleep 97 &
    wait
    ;;
asks)
    echo "MENU: choose"
    read -r chosen
    echo "you chose $chosen"
    words="console=hvc0 chosen=$chosen"
    found
    ;;
*) found ;;
esac
exit 0
