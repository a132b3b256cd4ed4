# SPDX-License-Identifier: LGPL-2.1-only
#
# boots: none
#
# Linux guests that map pages which dom0 shares with them, for the scripts
# that read this file.

guest_console() {
    echo "/var/log/xen/console/guest-$1.log"
}

# pack_job NAME JOB [PROGRAM]...: an initrd whose guest runs the script JOB, in
# /tmp/NAME-initrd.  It has $initrd at its beginning.
initrd=/guests/initrd
pack_job() {
    _name=$1 _root=/tmp/job-$1
    mkdir -p "$_root/usr/bin"
    cp "$2" "$_root/job"
    cp "$tests/in-guest.sh" "$_root/functions"
    shift 2
    for _program; do
        cp "$tests/$_program" "$_root/usr/bin"
    done
    (cd "$_root" && find . | cpio -o -H newc 2>/dev/null) |
        cat "$initrd" - >"/tmp/$_name-initrd"
}

# linux_config NAME INITRD [LINE]...: the file of a Linux guest.  A line may
# set again what stands here.
linux_config() {
    _file=/tmp/$1.cfg
    {
        printf '%s\n' "name=\"$1\"" 'kernel="/guests/linux"' \
            "ramdisk=\"$2\"" 'extra="console=hvc0 rdinit=/init quiet then=wait"'
        shift 2
        printf '%s\n' "$@"
    } >"$_file"
    echo "$_file"
}

# The terminal of the running guest NAME, for what it is to read.
guest_tty() {
    xenstore-read "/local/domain/$(xl domid "$1")/console/tty"
}

guest_says() {
    grep -q "^test: $2" "$(guest_console "$1")"
}

# What the guest said of KEY, the last time; from $out/NAME once it is gone.
said() {
    sed -n "s/^test: $2 //p" "$out/$1" | tail -n 1
}

guest_pages() {
    probe domain "$(xl domid "$1")" /dev/null | sed -n 's/^pages: //p'
}

# share_with NAME [COUNT]: shares 1000 pages, or so many, with that guest until
# unshare; $grants names them.
share_with() {
    rm -f /tmp/grants /tmp/unshare
    # shellcheck disable=SC2016
    "$tests/share-grants" "$(xl domid "$1")" "${2:-1000}" sh -c '
        echo "$GRANTS" >/tmp/grants.new
        mv /tmp/grants.new /tmp/grants
        until [ -e /tmp/unshare ]; do
            usleep 100000
        done' >/tmp/shared 2>&1 &
    sharer=$!
    wait_for 20 test -e /tmp/grants
    grants=$(cat /tmp/grants)
}

# $answered is then how many of the pages the guest answered in.
unshare() {
    touch /tmp/unshare
    wait "$sharer"
    answered=$(sed -n 's/ of [0-9]* shared pages.*//p' /tmp/shared)
}

tell() {
    echo "$2" >"$(guest_tty "$1")"
}

# Ends the guest NAME, whose library is $2, and keeps in $out/NAME what it and
# this script noted ('test: KEY WORDS', in $3) of it.
end_guest() {
    "$2" xl destroy "$1"
    tr -d '\r' <"$(guest_console "$1")" >"$out/$1.console"
    { grep '^test: ' "$out/$1.console"; echo "$3"; } >"$out/$1"
}

# run_grant_guest NAME LIBRARY [LINE]...: boots a guest that maps 1000 pages
# of dom0, and ends it.  What it and dom0 saw is then in $out/NAME, the device
# tree that the library made in $out/NAME.dtb.
run_grant_guest() {
    _guest=$1 _library=$2 _noted=
    shift 2
    pack_job grants "$tests/grants-job.sh" map-grants
    _config=$(linux_config "$_guest" /tmp/grants-initrd vcpus=1 "$@")
    step "guest $_guest"
    LIBXL_DEBUG_DUMP_DTB=$out/$_guest.dtb \
        "$_library" xl create "$_config" || return
    if wait_for 240 guest_says "$_guest" "ready"; then
        _before=$(guest_pages "$_guest")
        share_with "$_guest"
        tell "$_guest" "$grants"
        wait_for 120 guest_says "$_guest" "holds them"
        _noted="test: xen-pages-before $_before
test: xen-pages-mapped $(guest_pages "$_guest")"
        tell "$_guest" "go on"
        wait_for 60 guest_says "$_guest" "done"
        unshare
        _noted="$_noted
test: answered $answered"
    fi
    end_guest "$_guest" "$_library" "$_noted"
}

# maps_grants NAME WORDS: whether the guest mapped them all, as both sides say.
# Without that there is nothing to be said of how it did so.
maps_grants() {
    case "$(said "$1" map), dom0 finds $(said "$1" answered) answers" in
    "1000 of 1000 pages"*" mapped and read, dom0 finds 1000 answers")
        ok "$2"
        ;;
    *)
        not_ok "$2" "the guest: '$(said "$1" map)', dom0 finds" \
            "'$(said "$1" answered)' answers"
        return 1
        ;;
    esac
}

# The entries of a "reg" in hexadecimal, each as BASE+SIZE.
entries() {
    # The last line of fold has no end.
    { echo "$1" | fold -w 16; echo; } | grep . | sed 's/^0*\(.\)/\1/' |
        paste -d + - - | xargs
}

# lies_in ADDRESSES ENTRY...: whether FIRST-LAST is inside one of the entries.
lies_in() {
    _first=$((0x${1%-*})) _last=$((0x${1#*-}))
    shift
    for _entry; do
        _base=$((0x${_entry%+*})) _size=$((0x${_entry#*+}))
        [ "$_first" -lt "$_base" ] || [ "$_last" -ge $((_base + _size)) ] ||
            return 0
    done
    return 1
}

in_mib() {
    awk -v kib="$1" 'BEGIN { printf "%.1f", kib / 1024 }'
}
