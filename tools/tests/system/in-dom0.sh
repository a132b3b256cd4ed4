# SPDX-License-Identifier: LGPL-2.1-only
#
# boots: none
#
# Runs the scripts named, one after the other, in dom0.  Each begins with no
# guest there, whatever the one before it left.
export PATH=/tests:$PATH
chmod +x /tests/*

# A line '# limit: SECONDS' in a script says how long it may take.
limit_of() {
    sed -n 's/^# limit: //p' "/tests/$1" | grep . || echo 300
}

for script; do
    name=$(basename "$script" .sh)
    log=/out/$name.log
    mkdir -p "/out/$name"
    step "$name"
    begin=$(cut -d ' ' -f 1 /proc/uptime)
    # One that hangs must not take the others with it.
    timeout -s KILL "$(limit_of "$script")" sh -c '
        . /rig/functions
        . /tests/functions.sh
        out=/out/$1
        . "/tests/$1.sh"' "$script" "$name" >"$log" 2>&1 </dev/null
    code=$?
    grep -E '^(not )?ok |^# ' "$log"
    [ $code -eq 0 ] || echo "not ok $name: the script ended with $code"
    grep -qE '^(not )?ok ' "$log" ||
        echo "not ok $name: the script tested nothing"
    for domain in $(probe domains | sed 's/domain //'); do
        [ "$domain" = 0 ] || xl destroy "$domain" >>"$log" 2>&1
    done
    echo "# $name took $(cut -d ' ' -f 1 /proc/uptime | awk -v b="$begin" \
        '{ print int($1 - b) }') s"
done
exit 0
