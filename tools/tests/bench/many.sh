# SPDX-License-Identifier: LGPL-2.1-only
#
# Measures in dom0 how long 20 guests take to come, and to go, all at the same
# time, with Debian's library, with ours, and at the least: see floor.c.  Prints
# lines of figures for table.py.
runs=${1:-3}
many=20
PATH=/bench:$PATH
chmod +x /bench/*

for i in $(seq $many); do
    printf '%s\n' "name=\"many$i\"" 'kernel="/guests/tiny"' memory=16 \
        >"/tmp/many$i.cfg"
done
# at_once NAME GUESTS LEFT COMMAND: makes a script that runs the command for all
# $i at once.  It fails as its slowest part does not: so many guests whose names
# begin with GUESTS must be there.
at_once() {
    cat >"/tmp/$1" <<END
for i in \$(seq $many); do
    $4 &
done
wait
[ \$(xl list | grep -c "^$2") = $3 ]
END
}

# shellcheck disable=SC2016
{
    at_once create-many many $many 'xl create -p -q /tmp/many$i.cfg'
    at_once destroy-many many 0 'xl destroy many$i'
    at_once create-floor floor $many 'floor /guests/tiny floor >/tmp/floor$i'
    at_once destroy-floor floor 0 'floor destroy $(cat /tmp/floor$i)'
}

run=0
while [ $run -le "$runs" ]; do
    step "timing $many guests at once, run $run"
    {
        for who in debian ours; do
            for verb in create destroy; do
                $who timed "$who-$verb-many $many" sh /tmp/$verb-many || exit 1
                usleep 1000000
            done
        done
        for verb in create destroy; do
            timed "floor-$verb-many $many" sh /tmp/$verb-floor || exit 1
            usleep 1000000
        done
    } >/tmp/times
    [ $run -eq 0 ] || sed 's/^/time /' /tmp/times
    run=$((run + 1))
done
