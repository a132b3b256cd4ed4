# SPDX-License-Identifier: LGPL-2.1-only
#
# boots: a53
# limit: 600
#
# Domains end in every way, and each library tells so in every way there is
# to listen: both have to tell the same.  Asynchronous operations too.

create() {
    debian xl create -e -p "$(tiny_guest "$1" memory=16)" >&2 &&
        debian xl domid "$1"
}

has_line() {
    grep -qx "$2" "$1"
}

# has_lines FILE N: the line 'ready' and N others.
has_lines() {
    [ "$(grep -c . "$1")" -gt "$2" ]
}

# watch LIBRARY WAY FILE DOMID...: in the background, until all are dead.
watch() {
    _library=$1 _way=$2 _file=$3
    shift 3
    $_library timeout 40 event-watch "$_way" watch "$@" >"$_file" &
    wait_for 10 has_line "$_file" ready
}

# Guests end with several reasons, or not at all, and are destroyed.
story_of_ends() {
    a=$(create event-a) b=$(create event-b) c=$(create event-c)
    watch "$1" "$2" "$3" "$a" "$b" "$c"
    event-act shutdown "$b" 1
    wait_for 10 has_lines "$3" 1
    event-act shutdown "$a" 3
    wait_for 10 has_lines "$3" 2
    debian xl destroy "$c"
    wait_for 10 has_lines "$3" 3
    debian xl destroy "$b"
    wait_for 10 has_lines "$3" 4
    debian xl destroy "$a"
    wait
}

# What happened before anybody listened is told as well.
story_of_the_past() {
    a=$(create event-a)
    event-act shutdown "$a" 0
    watch "$1" "$2" "$3" "$a"
    wait_for 10 has_lines "$3" 1
    debian xl destroy "$a"
    wait
    watch "$1" "$2" "$3.gone" "$a" 30000
    wait
    sort "$3.gone" >>"$3"
    rm "$3.gone"
}

# A domain that is destroyed is dead, even while its memory is in use.
story_of_dying() {
    a=$(create event-a)
    event-act hold "$a" >"$3.held" &
    hold=$!
    wait_for 10 has_line "$3.held" held
    watch "$1" "$2" "$3" "$a"
    watcher=$!
    debian xl destroy "$a"
    wait $watcher
    debian xl list | awk -v domid="$a" \
        '$2 == domid { print "it is still there" }' >>"$3"
    watch "$1" "$2" "$3.again" "$a"
    wait $!
    cat "$3.again" >>"$3"
    kill $hold
    wait $hold
    rm "$3.again" "$3.held"
}

story_of_creation() {
    $1 timeout 20 event-watch "$2" create $tiny >"$3"
}

story_of_operations() {
    a=$(create event-a)
    $1 timeout 20 event-watch "$2" unpause "$a" >"$3"
    debian xl list | awk -v domid="$a" '$2 == domid { print $5 }' >>"$3"
    $1 timeout 20 event-watch "$2" pause "$a" >>"$3"
    debian xl list | awk -v domid="$a" '$2 == domid { print $5 }' >>"$3"
    $1 timeout 20 event-watch "$2" destroy "$a" >>"$3"
    $1 timeout 20 event-watch "$2" pause 30000 >>"$3"
    # A library may find out at once, or later, that there is nothing.
    $1 timeout 20 event-watch "$2" destroy 30000 | sort >>"$3"
}

for way in wait poll hooks occurs both; do
    for story in ends the_past dying creation operations; do
        for library in debian ours; do
            step "$story, told by '$way' of $library"
            "story_of_$story" $library $way "$out/$story-$way-$library"
        done
        name="$story, told by '$way'"
        if ! cmp -s "$out/$story-$way-debian" "$out/$story-$way-ours"; then
            not_ok "$name" "$(diff "$out/$story-$way-debian" \
                "$out/$story-$way-ours" | tr '\n' ' ')"
        elif [ "$(wc -l <"$out/$story-$way-ours")" -lt 2 ]; then
            not_ok "$name" "nothing was told"
        else
            ok "$name"
        fi
    done
done

# A guest that was resumed ends anew: here ours tells more than Debian's,
# which tells only the first end of a domain.
a=$(create event-a)
watch ours wait "$out/resumed" "$a"
event-act shutdown "$a" 2
wait_for 10 has_lines "$out/resumed" 1
event-act resume "$a"
event-act shutdown "$a" 0
wait_for 10 has_lines "$out/resumed" 2
debian xl destroy "$a"
wait
expect "a second end of a resumed guest is told" \
    test "$(sed -n 's/.*reason //p' "$out/resumed" | tr '\n' ' ')" = "2 0 "

# Debian's is past the point where it could be aborted when the call returns.
printf '%s\n' 'libxl_domain_create_new: 0' 'libxl_ao_abort: 0' ready \
    'operation 2: complete, rc -22' 'there is no domain' >"$out/abort-wanted"
ours timeout 20 event-watch wait abort $tiny >"$out/abort"
expect "an aborted creation tells that there is no domain" \
    diff "$out/abort-wanted" "$out/abort"

expect "contexts and watches leave nothing behind" ours event-leaks

# Logs are rotated, and files read and written, in the same way.
files() {
    mkdir "$out/files-$1"
    (
        cd "$out/files-$1"
        : >empty
        for turn in 1 2 3 4 5 6 7 8 9 10 11 12; do
            echo $turn >/var/log/xen/event-test.log
            $1 event-files event-test >told
        done
        $1 event-files event-test >told
        rm /var/log/xen/event-test.log.3
        echo last >/var/log/xen/event-test.log
        $1 event-files event-test never-there >>told
        grep . /var/log/xen/event-test.log* >logs
        rm /var/log/xen/event-test.log*
    )
}
files debian
files ours
expect "files and logs are treated alike" \
    diff -r "$out/files-debian" "$out/files-ours"
