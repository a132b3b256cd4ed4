# SPDX-License-Identifier: LGPL-2.1-only
#
# Measures creation in dom0: xenstore requests and times with Debian's library
# and with ours, with 1 and with 50 guests present.  Prints lines of figures;
# 'bench' makes the table of them.
runs=${1:-9}
PATH=/bench:$PATH
chmod +x /bench/*

guest() {
    printf '%s\n' "name=\"$1\"" 'kernel="/guests/tiny"' memory=16 >"/tmp/$1.cfg"
    echo "/tmp/$1.cfg"
}

# By our library, whose monitors keep the names of their guests for all to
# look up.  To Debian's it makes no difference who created them.
guests_at_least() {
    while [ "${present:=0}" -lt "$1" ]; do
        present=$((present + 1))
        ours xl create -p -q "$(guest "present$present")" || exit 1
    done
}

# Xen, the monitor and xenconsoled go on for a moment after a destroy.
destroyed() {
    xl destroy "$1"
    usleep 400000
}

# All requests between two switches of xenstored's log, but for those of the
# switches and of xenconsoled, whose connection is older than the log.
requests() {
    rm -f /tmp/trace
    xenstore-control logfile /tmp/trace >/dev/null
    xenstore-control log on >/dev/null
    "$@" xl create -p -q "$(guest counted)" || exit 1
    usleep 1000000
    xenstore-control log off >/dev/null
    awk '$1 == "CREATE" { new[$3] = 1 }
        $1 == "IN" && new[$2] && $5 != "CONTROL" { count++ }
        END { print count + 0 }' /tmp/trace
    cp /tmp/trace "/out/trace-$1-$present"
    destroyed counted
}

for wanted in 1 50; do
    guests_at_least $wanted
    step "counting requests with $wanted guests"
    echo "requests debian $wanted $(requests debian)"
    echo "requests ours $wanted $(requests ours)"
    run=0
    # The first of all runs reads the programs in, and does not count.
    while [ $run -le "$runs" ]; do
        step "timing with $wanted guests, run $run"
        {
            debian timed "debian-help $wanted" xl help
            debian timed "debian $wanted" xl create -p "$(guest measured)" ||
                exit 1
            destroyed measured
            ours timed "ours-help $wanted" xl help
            ours timed "ours $wanted" xl create -p "$(guest measured)" ||
                exit 1
            destroyed measured
            timed "floor-help $wanted" floor help
            timed "floor $wanted" floor /guests/tiny floor || exit 1
            destroyed floor
        } | { [ $run -gt 0 ] && sed 's/^/time /' || cat >/dev/null; }
        for connections in 1 2 4 8; do
            echo "lanes $connections $wanted $(lanes $connections 64)"
        done
        run=$((run + 1))
    done
done
