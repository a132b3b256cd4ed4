# SPDX-License-Identifier: LGPL-2.1-only
#
# boots: gicv2
# limit: 600
#
# A backend in a guest, which maps pages of others until its paging pool is
# empty: Xen takes from that what the guest's address tables need.  This has to
# be an error in the guest and nothing else.  How many pages fit depends on
# how far apart the backend puts them, so a guest without a kernel does it,
# which puts them where it is told to (backend/); then Linux.  The administrator's
# map_budget makes the pool larger by what so many pages need.
. "$tests/guests.sh"

kib4=4096 mib2=$((2 << 20)) gib=$((1 << 30))
region=$((0x200000000)) elsewhere=$((0x8000000000)) # both in region 2
# One grant can be mapped 128 times.
shared=4096
echo $shared >/sys/module/xen_gntalloc/parameters/limit

cat >/tmp/pool-job <<'END'
. /functions
say ready
read -r times grants
map-grants --times "$times" 0 "$grants" true >/tmp/result 2>&1
say "mapped $(sed -n 's/^mapped .* times, \(.*\) pages/\1/p' /tmp/result)"
say "error $(sed -n 's/^map-grants: //p' /tmp/result)"
sleep 2
map-grants 0 "$grants" true >/tmp/result 2>&1
say "map $(sed -n 1p /tmp/result)"
say "lives $(uname -m)"
say "oops $(dmesg | grep -i -E 'bug:|oops|panic|call trace' | head -n 1)"
say "done"
END

lines_of() {
    wc -l <"$(guest_console "$1")"
}

has_answered() {
    [ "$(lines_of "$1")" -gt "$2" ]
}

# ask GUEST LINE: the bare backend's answer.
ask() {
    _lines=$(lines_of "$1")
    tell "$1" "$2"
    wait_for 120 has_answered "$1" "$_lines" || echo "no answer in time"
    tr -d '\r' <"$(guest_console "$1")" | sed -n 's/^test: //p' | tail -n 1
}

# start NAME LIBRARY LINE...: the bare backend, with pages to map.  $pool is
# then the pool's pages, $where the beginning of a command to map.
start() {
    name=$1 library=$2
    shift 2
    config=$(tiny_guest "$name" "kernel=\"$tests/backend\"" vcpus=1 "$@")
    step "filling $name"
    first='' pool=0 mapped=0
    "$library" xl create "$config" || return
    wait_for 60 guest_says "$name" ready
    share_with "$name" $shared
    low=${grants%-*} high=${grants#*-}
    [ "$low" -le "$high" ] || low=$high
    pool=$(probe domain "$(xl domid "$name")" /dev/null |
        sed -n 's/^paging pool: \(.*\) KiB/\1/p')
    pool=$((pool / 4))
    where="map 0 $low $shared"
}

# map_all STEP: as many pages as it can.  $first is then what it said, $mapped
# how many they are.
map_all() {
    first=$(ask "$name" "$where $region $1 600000")
    mapped=$(echo "$first" | sed -n 's/^mapped \([0-9]*\) .*/\1/p')
    mapped=${mapped:-0}
}

# fill NAME LIBRARY STEP LINE...: has the bare backend map pages that far
# apart until Xen refuses, unmap them, map them again, and then elsewhere.
# $again is then what it said of the second time.
fill() {
    name=$1 library=$2 step=$3
    shift 3
    start "$name" "$library" "$@" || return
    map_all "$step"
    unmapped=$(ask "$name" unmap)
    again=$(ask "$name" "$where $region $step 600000")
    ask "$name" unmap >/dev/null
    note "$name, $library: of a pool of $pool pages, $first;" \
        "$unmapped; again $again;" \
        "elsewhere $(ask "$name" "$where $elsewhere $step 600000")"
    unshare
    end_guest "$name" "$library"
}

# count NAME LIBRARY: how many pages a pool of 1 MiB has room for, side by side.
count() {
    start "$1" "$2" memory=32 shadow_memory=1 || return
    map_all $kib4
    note "$name, $library: of a pool of $pool pages, $first"
    ask "$name" unmap >/dev/null
    unshare
    end_guest "$name" "$library"
}

# fill_linux NAME LIBRARY: has Linux map pages until it may not.  It puts them
# side by side and keeps much for each, so its pool is smaller than usual.
fill_linux() {
    name=$1
    shift
    pack_job pool /tmp/pool-job map-grants
    config=$(linux_config "$name" /tmp/pool-initrd vcpus=1 memory=512 \
        shadow_memory=1)
    step "filling $name"
    "$1" xl create "$config" || return
    wait_for 240 guest_says "$name" ready
    share_with "$name" $shared
    tell "$name" "100 $grants"
    wait_for 240 guest_says "$name" "done"
    unshare
    end_guest "$name" "$1"
    note "$name: mapped $(said "$name" mapped)," \
        "then '$(said "$name" error)'; after that '$(said "$name" map)'"
}

# is_error STATUS WORDS: $first ended in this error and its pages were there,
# and the guest did the same again.
is_error() {
    if [ "$first" = "mapped $mapped status $1 read" ] && [ "$mapped" -gt 0 ] &&
        [ "$unmapped" = "unmapped $mapped" ] && [ "$again" = "$first" ]; then
        ok "$2"
    else
        not_ok "$2" "'$first', '$unmapped', again '$again'"
    fi
}

# most_of NAME PAGES POOL: whether they took nearly all of the pool.
most_of() {
    if [ "$2" -le "$3" ] && [ $(($2 * 10)) -ge $(($3 * 9)) ]; then
        ok "$1"
    else
        not_ok "$1" "$2 of $3"
    fi
}

# empties WORDS: it mapped pages until its pool was empty, and they were there.
empties() {
    same "$1 maps pages until its pool is empty" "$first" \
        "mapped $mapped status -1 read"
}

# between WORDS LEAST NUMBER MOST
between() {
    if [ "$2" -le "$3" ] && [ "$3" -le "$4" ]; then
        ok "$1"
    else
        not_ok "$1" "$3 is not from $2 to $4"
    fi
}

# An address table of 4 KiB has the places of 512 pages.
fill_linux linux-debian debian
fill_linux linux-ours ours
same "Linux: the empty pool is an error" "$(said linux-ours error)" \
    "mapping the grants: Invalid argument"
same "Linux lives on" "$(said linux-ours lives)" aarch64
same "Linux finds nothing wrong" "$(said linux-ours oops)" ""

# 65536 pages, for which the pool has 140 more.
budget='map_budget = 256M budget-*' budgeted=65536 added=140
conf=/etc/xen/arm-regions.conf
[ ! -e $conf ] || mv $conf /tmp/arm-regions.saved
echo "$budget" >$conf
fill_linux budget-linux ours
more=$(($(said budget-linux mapped) - $(said linux-ours mapped)))
same "with a budget, the empty pool is still an error to Linux" \
    "$(said budget-linux error)" "mapping the grants: Invalid argument"
# It maps 4096 pages at a time.
between "Linux maps the budget in addition" $budgeted "$more" \
    $((added * 512 + 4095))

# Linux guests make Xen keep some pages now and then, so they come first.
rm $conf
fill apart debian $mib2 memory=512
debians_pool=$pool
take_state "$out/before"

fill apart ours $mib2 memory=512
same "a guest of 512 MiB has a pool as Debian's library gives" \
    "$pool" "$debians_pool"
is_error -1 "2 MiB apart: the empty pool is an error, and the guest lives on"
most_of "2 MiB apart: each page takes one of the pool" "$mapped" "$pool"

fill far-apart ours $gib memory=512
is_error -1 "1 GiB apart: the empty pool is an error, and the guest lives on"
most_of "1 GiB apart: each page takes two of the pool" $((mapped * 2)) "$pool"

fill dense ours $kib4 memory=32
is_error -1 "side by side: the empty pool is an error, and the guest lives on"
most_of "side by side: 512 pages take one of the pool" $((mapped / 512)) "$pool"

echo "$budget" >$conf
count plain ours
pool_without=$pool without=$mapped
empties "a guest without a budget"
count budget-debian debian
same "Debian's library knows no budget: the pool" "$pool" "$pool_without"
same "Debian's library knows no budget: the pages" "$mapped" "$without"
count budget-ours ours
same "the budget enlarges the pool" "$pool" $((pool_without + added))
empties "a guest with a budget"
between "the guest maps the budget in addition" $budgeted \
    $((mapped - without)) $((added * 512))
rm $conf

# What ends it here is Xen's list of what the guest has mapped, of 1024 frames
# (max_maptrack_frames in xl.cfg); a pool of the default size is more.
fill dense-512 ours $kib4 memory=512
is_error -13 "side by side, 512 MiB: Xen's list of grants is full before"

left_nothing "the backends leave nothing"
same "Xen finds nothing wrong" "$(xl dmesg |
    grep -E 'Xen (BUG|WARN)|Assertion|Panic on CPU|Xen call trace')" ''
[ ! -e /tmp/arm-regions.saved ] || mv /tmp/arm-regions.saved $conf
