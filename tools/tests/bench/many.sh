# SPDX-License-Identifier: LGPL-2.1-only
#
# Measures in dom0 how long 20 guests take to come, and to go, all at the same
# time, with Debian's library, with ours, and at the least: see floor.c.  Prints lines of figures for
# table.py.
runs=${1:-3}
many=20
PATH=/bench:$PATH
chmod +x /bench/*

for i in $(seq $many); do
    printf '%s\n' "name=\"many$i\"" 'kernel="/guests/tiny"' memory=16 \
        >"/tmp/many$i.cfg"
done
# Each fails as its slowest part does not: all guests must be there.
cat >/tmp/create-many <<END
for i in \$(seq $many); do
    xl create -p -q /tmp/many\$i.cfg &
done
wait
[ \$(xl list | grep -c ^many) = $many ]
END
cat >/tmp/destroy-many <<END
for i in \$(seq $many); do
    xl destroy many\$i &
done
wait
[ \$(xl list | grep -c ^many) = 0 ]
END
cat >/tmp/create-floor <<END
for i in \$(seq $many); do
    floor /guests/tiny floor >/tmp/floor\$i &
done
wait
[ \$(xl list | grep -c ^floor) = $many ]
END
cat >/tmp/destroy-floor <<END
for i in \$(seq $many); do
    floor destroy \$(cat /tmp/floor\$i) &
done
wait
[ \$(xl list | grep -c ^floor) = 0 ]
END
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
