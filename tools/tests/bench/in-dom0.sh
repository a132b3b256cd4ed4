# SPDX-License-Identifier: LGPL-2.1-only
#
# Measures in dom0 how a guest comes and goes: xenstore requests and times with
# Debian's library and with ours, with 1, 50 and 200 guests present.  Prints
# lines of figures; 'bench' makes the table of them.
runs=${1:-9}
PATH=/bench:$PATH
chmod +x /bench/*

guest() {
    printf '%s\n' "name=\"$1\"" 'kernel="/guests/tiny"' memory=16 >"/tmp/$1.cfg"
    echo "/tmp/$1.cfg"
}

# By our library, whose monitors keep the names of their guests for all to
# look up.
guests_at_least() {
    while [ "${present:=0}" -lt "$1" ]; do
        present=$((present + 1))
        ours xl create -p -q "$(guest "present$present")" || exit 1
    done
}

# Xen, the monitor and xenconsoled go on for a moment after a destroy.
settle() {
    usleep 400000
}

# requests VERB LIBRARY COMMAND...: prints how many there are between two
# switches of xenstored's log, but for those of the switches and of
# xenconsoled, whose connection is older than the log.
requests() {
    verb=$1
    shift
    rm -f /tmp/trace
    xenstore-control logfile /tmp/trace >/dev/null
    xenstore-control log on >/dev/null
    "$@" || exit 1
    usleep 1000000
    xenstore-control log off >/dev/null
    # xenstored of 4.20 puts a kind before each line, and a domain into it.
    sed -i 's/^[a-z]*: //; s/ (d[0-9]*) / /' /tmp/trace
    echo "requests $1$verb $present $(awk '
        $1 == "CREATE" { new[$3] = 1 }
        $1 == "IN" && new[$2] && $5 != "CONTROL" { count++ }
        END { print count + 0 }' /tmp/trace)"
    cp /tmp/trace "/out/trace-$1$verb-$present"
}

# measure LIBRARY: how long a guest takes to come, to be seen, and to go.
measure() {
    $1 timed "$1-help $present" xl help
    $1 timed "$1-list $present" xl list
    $1 timed "$1-vcpus $present" xl vcpu-list
    $1 timed "$1 $present" xl create -p "$(guest measured)" || exit 1
    settle
    $1 timed "$1-destroy $present" xl destroy measured || exit 1
    settle
    $1 timed "$1-alone $present" xl create -p -e "$(guest alone)" || exit 1
    settle
    xl destroy alone
    settle
}

for wanted in 1 50 200; do
    guests_at_least $wanted
    step "counting requests with $wanted guests"
    for who in debian ours; do
        requests '' $who xl create -p -q "$(guest counted)"
        requests -destroy $who xl destroy counted
    done
    run=0
    # The first of all runs reads the programs in, and does not count.
    while [ $run -le "$runs" ]; do
        step "timing with $wanted guests, run $run"
        {
            measure debian
            measure ours
            timed "floor-help $wanted" floor help
            timed "floor $wanted" floor /guests/tiny floor || exit 1
            settle
            timed "floor-destroy $wanted" floor destroy "$(xl domid floor)"
            settle
        } >/tmp/times
        [ $run -eq 0 ] || sed 's/^/time /' /tmp/times
        for connections in 1 2 4 8; do
            echo "lanes $connections $wanted $(lanes $connections 64)"
        done
        run=$((run + 1))
    done
done
