# SPDX-License-Identifier: LGPL-2.1-only
#
# boots: gicv2
#
# Several programs want the same thing at the same moment: one name for new
# guests, one name for guests that are there, one guest to go.

named() {
    xl list | grep -c "^$1 "
}

clear() {
    for _domain in $(domains); do
        [ "$_domain" = 0 ] || $library xl destroy "$_domain"
    done
}

# One race each: fails if it went wrong.
of_names() {
    at_once "$library xl create -p -q '$guest'" \
        "$library xl create -p -q '$guest'" "$library xl create -p -q '$guest'"
    [ "$(named same) $(successes)" = "1 1" ]
}

of_renames() {
    $library xl create -p -q "$(tiny_guest a memory=16)"
    $library xl create -p -q "$(tiny_guest b memory=16)"
    at_once "$library xl rename a same" "$library xl rename b same" \
        "$library xl create -p -q '$guest'"
    [ "$(named same)" = 1 ]
}

# One that comes too late hears that there is no such domain.
of_destroys() {
    $library xl create -p -q "$guest"
    domid=$(xl domid same)
    at_once "$library xl destroy $domid" "$library xl destroy $domid" \
        "$library xl destroy $domid"
    [ "$(named same)" = 0 ] && [ "$(successes)" -ge 1 ] &&
        ! grep -qv 'no domain\|rc=-21' /tmp/at-once.[0-9]
}

warm_up
guest=$(tiny_guest same memory=16)
for library in debian ours; do
    take_state "$out/before"
    for test in names:8 renames:8 destroys:32; do
        runs=${test#*:} test=${test%:*} wrong=0
        step "$library: $test"
        : >"$out/printed"
        for _run in $(seq "$runs"); do
            of_$test || wrong=$((wrong + 1))
            cat /tmp/at-once.[0-9] >>"$out/printed"
            clear
        done
        cp "$out/printed" "$out/$library-$test"
        if [ $library = debian ]; then
            note "Debian's library: $test at once go wrong $wrong times"
        elif [ $wrong = 0 ]; then
            ok "$test at once"
        else
            not_ok "$test at once" "$wrong times wrong, the last words:" \
                "$(tail -n 1 "$out/printed")"
        fi
    done
    if [ $library = ours ]; then
        left_nothing "nothing is left"
    fi
done
