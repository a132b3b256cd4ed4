# SPDX-License-Identifier: LGPL-2.1-only
#
# boots: none
#
# For the scripts that ask the distribution's library and ours the same, one
# after the other on the same guests.  What they print and their exit codes must
# be equal, and what they changed too.  Error messages are not compared: ours
# may be better.
work=/tmp/host
mkdir -p $work
cd $work || exit 1

# What differs by nature: times, and where dom0 runs just now.
normal() {
    sed -E -e 's/ [0-9]+\.[0-9]( |$)/ TIME\1/' -e 's/[0-9]+:[0-9:]+[0-9]/TIME/' \
        -e 's/^(Domain-0 +0 +0 +)[0-9]/\1CPU/'
}

# as_debian COMMAND...: equal output and exit code.
as_debian() {
    for library in debian ours; do
        $library "$@" >$library.out 2>$library.err
        echo "exit $?" >>$library.out
        normal <$library.out >$library.txt
    done
    if cmp -s debian.txt ours.txt; then
        ok "$* ($(tail -n 1 ours.txt))"
    else
        not_ok "$*" "differs"
        diff debian.txt ours.txt | head -n 60
        cat ours.err
    fi
}

# effect COMMAND -- CHECK: from the same state, COMMAND by either library ends
# with the same exit code and leaves what CHECK prints.  $before, if set, makes
# that state.
effect() {
    command=$1 check=$3
    for library in debian ours; do
        eval "$before" >/dev/null 2>&1
        $library sh -c "$command" >$library.out 2>$library.err
        echo "exit $?" >$library.txt
        normal <$library.out >>$library.txt
        sh -c "$check" 2>&1 | normal >>$library.txt
    done
    if cmp -s debian.txt ours.txt; then
        ok "$command, and what it changes ($(head -n 1 ours.txt))"
    else
        not_ok "$command" "differs"
        diff debian.txt ours.txt | head -n 60
        cat ours.err
    fi
}

# ours_gives NAME WANTED COMMAND...: output and exit code on ours alone, for what
# the distribution's library cannot do.
ours_gives() {
    name=$1 wanted=$2
    shift 2
    got=$(ours "$@" 2>ours.err; echo "exit $?")
    if [ "$got" = "$wanted" ]; then
        ok "$name"
    else
        not_ok "$name" "wanted '$wanted', got '$got'"
        cat ours.err
    fi
}

# One line for each call: the call and all that it printed.
one_line() {
    awk '/^== / { if (NR > 1) print line; line = substr($0, 4) " =>"; next }
         { gsub(/^ +| +$/, ""); line = line " " $0 }
         END { print line }'
}

# The files of calls know the guests by name.
with_domids() {
    sed -e "s/@one/$one/g" -e "s/@two/$two/g" -e "s/@three/$three/g" \
        -e "s/@none/$none/g" "$1"
}

# calls FILE [PROGRAM]: the calls of a file, which the program makes, on each
# library from the same state: a file leaves things as it found them.
# Differences that are meant stand in host-differences.txt.
calls() {
    step "calls of $1"
    _program=${2:-host-calls}
    for library in debian ours; do
        with_domids $tests/$1 | $library "$tests/$_program" 2>$library.err |
            one_line | sed -E -e 's/time [0-9]{6,}/time THEN/' \
                -e 's,/dev/pts/[0-9]+,/dev/pts/N,g' \
                -e 's/"uuid": "[^"]*"/"uuid": "U"/' >$library.txt
    done
    paste debian.txt ours.txt >both.txt
    with_domids $tests/host-differences.txt >meant.txt
    awk -F '\t' '
        BEGIN {
            while ((getline line <"meant.txt") > 0)
                if (line !~ /^(#|$)/)
                    meant[line] = 1
        }
        $1 == $2 { equal++; next }
        $2 in meant { different++; next }
        { print "  debian: " $1; print "  ours:   " $2; bad++ }
        END {
            print equal + 0 " equal, " different + 0 " different as meant"
            exit bad > 0
        }' both.txt >result.txt
    code=$?
    if [ $code = 0 ] && [ -s ours.txt ]; then
        ok "$1: $(tail -n 1 result.txt)"
    else
        not_ok "$1" "differs"
        cat result.txt
        cat ours.err
    fi
}

# create NAME OPTION...
create() {
    _name=$1
    shift
    xl create -p /dev/null "name=\"$_name\"" 'kernel="/guests/tiny"' \
        memory=16 "$@" >create.log 2>&1 ||
        { not_ok "create $_name" "$(cat create.log)"; exit 1; }
}

# The guests that the calls are about.
create_guests() {
    step "creating guests"
    create one vcpus=2
    create two.of-us vcpus=2 maxvcpus=3
    create three
    one=$(xl domid one) two=$(xl domid two.of-us) three=$(xl domid three)
    none=32000
}

# What a step about pools must leave alike.
pools='xl cpupool-list; xl cpupool-list -c; xenstore-ls /local/pool |
    sed "s/uuid = .*/uuid = UUID/"'

# pool_file NAME LINE...: what xl makes a pool from.
pool_file() {
    _file=$1
    shift
    printf '%s\n' 'name="p"' "$@" >$_file
}
