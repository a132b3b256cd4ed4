# SPDX-License-Identifier: LGPL-2.1-only
#
# boots: gicv2
# limit: 900
#
# Whatever was changed of a running guest, it comes back when it reboots, with
# the change, and no restart is refused.  A guest waits for its vCPU in pause:
# unpaused, it resets by itself, and the kernel file is another one by then.

xl_of=ours

# starts: a paused guest that resets when it runs.
starts() {
    guest=$(tiny_guest guest memory=64 vcpus=2 maxvcpus=2)
    create_ending reset "$xl_of" "$guest"
}

# What counts of the guest NAME after its reboot.
facts() {
    $xl_of xl list -l "$1" | sed -n 's/^ *"\(name\|max_memkb\|target_memkb\|max_vcpus\|weight\|cap\|pool_name\)": \(.*[^,]\),*$/\1=\2/p'
    $xl_of xl list -l "$1" | tr -d ' \n' |
        sed -n 's/.*"avail_vcpus":\(\[[0-9,]*\]\).*/avail=\1\n/p'
}

# Reboots the guest of that name, and says what came.
reboots() {
    $xl_of xl unpause "$domid"
    if wait_for 15 has_come_back "$1" "$xl_of"; then
        facts "$1" | xargs
    else
        echo "lost: $($xl_of xl list | awk 'NR > 1 { print $1 }' | xargs)"
    fi
    for _domain in $(domains); do
        [ "$_domain" = 0 ] || $xl_of xl destroy "$_domain"
    done
}

# makes CHANGE: one change to the guest $name, which it may rename.
makes() {
    case $1 in
    rename)
        $xl_of xl rename "$name" renamed || return
        name=renamed
        ;;
    config-update)
        sed 's/^memory=.*/memory=48/; s/^name=.*/name="'"$name"'"/' "$guest" \
            >/tmp/new.cfg
        $xl_of xl config-update "$name" /tmp/new.cfg
        ;;
    *)
        # shellcheck disable=SC2046
        $xl_of xl ${1%%:*} "$name" $(echo "${1#*:}" | tr : ' ')
        ;;
    esac
}

# after CHANGE...: what a guest is after its reboot.
after() {
    name=guest
    starts >/dev/null 2>&1 || { echo "not created"; return; }
    for _change; do
        makes "$_change" >/tmp/reboots.out 2>&1 || {
            echo "'$_change' failed: $(tail -n 1 /tmp/reboots.out)"
            xl destroy "$domid"
            return
        }
    done
    reboots "$name" 2>/dev/null
}

# comes_back WANTED CHANGE...: the facts contain each of the words.
comes_back() {
    _wanted=$1
    shift
    _found=$(after "$@")
    for _word in $_wanted; do
        case " $_found " in
        *" $_word "*) ;;
        *)
            not_ok "reboot after $*" "no '$_word' in '$_found'"
            return
            ;;
        esac
    done
    ok "reboot after $*"
}

# As with Debian's library.
as_debian() {
    xl_of=debian _theirs=$(xl_of=debian after "$@") xl_of=ours
    same_words "$(after "$@")" "$_theirs" "$@"
}

same_words() {
    _ours=$1 _theirs=$2
    shift 2
    case $_theirs in
    name=*) ;;
    *) note "Debian's library: reboot after $*: $_theirs" ;;
    esac
    case $_ours in
    name=*) ;;
    *) not_ok "reboot after $*" "$_ours"; return ;;
    esac
    if [ "$_ours" = "$_theirs" ]; then
        ok "reboot after $* as with Debian's library"
    else
        not_ok "reboot after $* as with Debian's library" \
            "'$_theirs' -> '$_ours'"
    fi
}

warm_up
take_state "$out/before"

step "single changes, with both libraries"
as_debian
for change in vcpu-set:1 vcpu-pin:all:0 rename config-update; do
    as_debian "$change"
done

step "changes that Debian's library dies of"
small='target_memkb=51200 max_memkb=65536'
comes_back "name=guest $small" mem-set:50
comes_back 'name=guest target_memkb=65536 max_memkb=65536' mem-set:50 mem-set:64
comes_back 'name=guest target_memkb=65536 max_memkb=65536' mem-max:80
comes_back "name=guest $small" mem-set:50 mem-max:60

step "pairs"
comes_back "name=renamed $small" rename mem-set:50
comes_back "name=renamed $small" mem-set:50 rename
comes_back "$small avail=[0]" mem-set:50 vcpu-set:1
comes_back "$small" vcpu-pin:all:1 mem-set:50
comes_back 'name=renamed avail=[0]' vcpu-set:1 rename
comes_back 'avail=[0,1]' vcpu-set:1 vcpu-set:2
comes_back 'target_memkb=49152 max_memkb=49152' mem-set:50 config-update

step "a name that no guest may be created with"
starts >/dev/null 2>&1
for name in a/b "$(head -c 250 /dev/zero | tr '\0' x)"; do
    if ours xl rename guest "$name" >/tmp/reboots.out 2>&1; then
        not_ok "a name of ${#name} bytes is refused" "the guest has it"
        ours xl rename "$domid" guest
    else
        ok "a name of ${#name} bytes is refused: $(tail -n 1 /tmp/reboots.out |
            tail -c 60)"
    fi
done
ours xl destroy guest

step "the host has not so much memory any more"
starts >/dev/null 2>&1
ours xl mem-set guest 20
free=$(xl info | sed -n 's/^free_memory *: //p')
xl create -p "$(tiny_guest hungry "memory=$((free - 20))")" >/dev/null
free=$(xl info | sed -n 's/^free_memory *: //p')
note "free: $free MiB, the guest had 64, its target is 20"
ours xl unpause "$domid"
# What the guest frees when it ends is taken by another one at once.
expect "a restart with 'maxmem' free is one with all of it" \
    wait_for 15 has_come_back guest "$xl_of"
ours xl destroy guest
xl destroy hungry
free=$(xl info | sed -n 's/^free_memory *: //p')
xl create -p "$(tiny_guest hungry "memory=$((free - 50))")" >/dev/null
expect "a guest starts with 'memory' if the host has not 'maxmem'" \
    ours xl create -p "$(tiny_guest guest memory=20 maxmem=200)"
case "$(facts guest | xargs)" in
*max_memkb=204800*target_memkb=20480* | *target_memkb=20480*max_memkb=204800*)
    ok "and keeps its 'maxmem' for the next start" ;;
*) not_ok "and keeps its 'maxmem' for the next start" "$(facts guest | xargs)" ;;
esac
same_limit=$(xenstore-read "/local/domain/$(xl domid guest)/memory/static-max")
[ "$same_limit" = 20480 ] && ok "until then 'memory' is its maximum" ||
    not_ok "until then 'memory' is its maximum" "$same_limit KiB"
ours xl destroy guest
xl destroy hungry

left_nothing "after all reboots nothing is left"
