# SPDX-License-Identifier: LGPL-2.1-only
#
# boots: pygrub
# limit: 600
#
# A bootloader: how it is called, what it answers, and every way in which it
# goes wrong.  pygrub.sh has the real one.
mkdir -p /disks
cp "$tests/bootloader-stand-in.sh" /usr/bin/loader
for disk in a b; do
    echo "disk $disk" >/disks/$disk.img
    dd if=/dev/zero of=/disks/$disk.img bs=1M count=0 seek=4 2>/dev/null
done

# loader_guest NAME [LINE]...
loader_guest() {
    _file=/tmp/$1.cfg
    printf '%s\n' "name=\"$1\"" 'bootloader="loader"' 'memory=32' \
        'disk=["/disks/a.img,raw,xvda,rw","/disks/b.img,raw,xvdb,rw"]' >"$_file"
    shift
    [ $# -eq 0 ] || printf '%s\n' "$@" >>"$_file"
    echo "$_file"
}

# run LIBRARY CODE MODE [LINE]...: creates a guest, whose numbers are N from
# then on in what it leaves: the bootloader's record, the device tree's words.
# Debian's directory for the bootloader lets nobody in but root, drw-------.
run() {
    _library=$1 _code=$2
    echo "$3" >/tmp/mode
    shift 3
    rm -f /tmp/bootloader /tmp/tree
    LIBXL_DEBUG_DUMP_DTB=/tmp/tree "$_library" timeout -s KILL 60 \
        xl create -p "$(loader_guest guest "$@")" >/tmp/log 2>&1
    _got=$?
    {
        [ "$_code" = any ] || echo "exit code $_got"
        _domid=$(xl domid guest 2>/dev/null)
        sed "s/bootloader\.[0-9]*/bootloader.N/g; s/^guest *[0-9]*/guest N/
            s,/dev/pts/[0-9]*,/dev/pts/N,;s/^drw-------/drwx------/" \
            /tmp/bootloader
        strings /tmp/tree 2>/dev/null | grep -E '^console=|^given'
        echo /var/lib/xen/bootloader*
    } >"$out/$_library" 2>/dev/null
    [ -z "$_domid" ] || xl destroy guest
    cat /tmp/log >>"$out/log"
    return $_got
}

# alike NAME MODE [LINE]...: both libraries do the same.
alike() {
    _what=$1
    shift
    # Debian's removes the kernel that the bootloader names, wherever it is.
    cp -p $tiny /tmp/tiny
    run debian 0 "$@"
    cp -p /tmp/tiny $tiny
    run ours 0 "$@"
    if cmp -s "$out/debian" "$out/ours" && 
        grep -q '^exit code 0' "$out/ours"; then
        ok "$_what: as with Debian's library"
    else
        not_ok "$_what" "$(diff "$out/debian" "$out/ours" |
            grep '^[-+]' | head -n 6 | xargs)"
    fi
}

# refused MODE WORDS [LINE]...: ours fails with these words, and leaves nothing.
refused() {
    _mode=$1 _words=$2
    shift 2
    if run ours 3 "$_mode" "$@"; then
        not_ok "a bootloader that $_mode" "the guest was created"
    elif ! grep -q "$_words" /tmp/log; then
        not_ok "a bootloader that $_mode" "$(grep -a error /tmp/log | head -n 1)"
    elif left=$(left_since "$out/before" "$out/after"); then
        ok "a bootloader that $_mode is an error, and nothing is left"
    else
        not_ok "a bootloader that $_mode leaves nothing" "$left"
    fi
}

warm_up
run ours any found
take_state "$out/before"
alike "a kernel, a ramdisk and words" found
alike "arguments of one's own" found 'bootloader_args=["--one","two words"]'
alike "a kernel for the bootloader" found 'kernel="/guests/linux"' \
    'ramdisk="/guests/initrd"' 'extra="given=1"'
alike "no ramdisk and no words" bare 'extra="given=1"' 'ramdisk="/guests/initrd"'
alike "no ramdisk" elsewhere
alike "a last word without its end" unended
[ -e $tiny ] && ok "a kernel outside of the directory stays" ||
    not_ok "a kernel outside of the directory stays" "it was removed"
alike "a cdrom is first" found \
    'disk=["/disks/b.img,raw,xvdc,ro,cdrom","/disks/a.img,raw,xvda,rw"]'
run ours 0 loud && ok "3 MB of words stop nothing" ||
    not_ok "3 MB of words stop nothing" "$(tail -n 1 /tmp/log)"

refused nokernel "found no kernel on '/disks/a.img'"
refused nothing "found no kernel"
refused junk "gave an answer that is not"
refused twice "gave kernel twice"
refused unknown "gave an answer that is not"
refused lines "gave an answer that is not"
refused much "more than 65536 bytes"
refused removed "left no answer"
refused pipe "left no answer\|found no kernel"
refused fails 'exit status 3; its last words: "no  \[1mgrub.cfg \[0m here"'
refused dies "was killed by signal 9"
refused missing "cannot run the bootloader 'nosuch'" 'bootloader="nosuch"'
refused nodisk "no disk to boot from" 'disk=[]'
refused qcow2 "cannot read its first disk" \
    'disk=["/disks/a.img,qcow2,xvda,rw"]'

# create_hanging: leaves the creation in the background.
create_hanging() {
    echo hangs >/tmp/mode
    rm -f /tmp/bootloader
    ours xl create -p "$(loader_guest guest)" >/tmp/log 2>&1 &
    creation=$!
    wait_for 20 grep -q '^disk' /tmp/bootloader
}

# By either library.
for library in debian ours; do
    create_hanging
    $library xl destroy guest >/tmp/destroy 2>&1
    wait $creation
    left=
    if grep -q "was destroyed while its bootloader ran" /tmp/log &&
        ! grep -q "stays" /tmp/log &&
        left=$(left_since "$out/before" "$out/after"); then
        ok "$library: a destroy ends a bootloader that hangs, and nothing is left"
    else
        not_ok "$library: a destroy ends a bootloader that hangs" \
            "$(cat /tmp/destroy /tmp/log | xargs) $left"
    fi
done

echo asks >/tmp/mode
rm -f /tmp/tree
LIBXL_DEBUG_DUMP_DTB=/tmp/tree ours xl create -p "$(loader_guest guest)" \
    >/tmp/log 2>&1 &
creation=$!
tty() {
    xenstore-read "/local/domain/$(xl domid guest)/console/tty"
}
wait_for 10 tty
(head -n 1 >/tmp/menu) <"$(tty)"
grep -q "MENU: choose" /tmp/menu && ok "the console shows the menu" ||
    not_ok "the console shows the menu" "$(cat /tmp/menu)"
echo second >"$(tty)"
wait $creation
strings /tmp/tree | grep -q chosen=second && ok "the menu takes keys" ||
    not_ok "the menu takes keys" "$(cat /tmp/log)"
xl destroy guest
left_nothing "nothing is left in the end"
