# SPDX-License-Identifier: LGPL-2.1-only
#
# boots: none
#
# Runs the scripts named, one after the other, in dom0.  Each begins with no
# guest and no loop device there, whatever the one before it left.
export PATH=/tests:$PATH
chmod +x /tests/*

# A line '# limit: SECONDS' in a script says how long it may take.
limit_of() {
    sed -n 's/^# limit: //p' "/tests/$1" | grep . || echo 300
}

# What a script that failed did last, and what it left running: where it hung.
explain() {
    ps -o pid,args >/tmp/ps-after
    grep -v '^Killed$' "$log" | tail -n 1 | sed 's/.*/after "&"/'
    # Less ps itself and what the kernel runs.
    grep -vxFf /tmp/ps-before /tmp/ps-after | grep -v '{ps}\|^ *[0-9]* \[' |
        sed 's/^ */, with /'
}

for script; do
    name=$(basename "$script" .sh)
    log=/out/$name.log
    mkdir -p "/out/$name"
    step "$name"
    begin=$(cut -d ' ' -f 1 /proc/uptime)
    ps -o pid,args >/tmp/ps-before
    # One that hangs must not take the others with it.
    timeout -s KILL "$(limit_of "$script")" sh -c '
        . /rig/functions
        . /tests/functions.sh
        out=/out/$1
        . "/tests/$1.sh"' "$script" "$name" >"$log" 2>&1 </dev/null
    code=$?
    grep -E '^(not )?ok |^# ' "$log"
    if [ $code -ne 0 ]; then
        explain >/tmp/explained
        echo "not ok $name: the script ended with $code $(tr -d '\n' </tmp/explained)"
    fi
    grep -qE '^(not )?ok ' "$log" ||
        echo "not ok $name: the script tested nothing"
    for domain in $(probe domains | sed 's/domain //'); do
        [ "$domain" = 0 ] || xl destroy "$domain" >>"$log" 2>&1
    done
    [ ! -x /usr/bin/losetup ] || /usr/bin/losetup --detach-all >>"$log" 2>&1
    echo "# $name took $(cut -d ' ' -f 1 /proc/uptime | awk -v b="$begin" \
        '{ print int($1 - b) }') s"
done
exit 0
