# SPDX-License-Identifier: LGPL-2.1-only
#
# Creation is made to fail after each of its stages in turn: it has to say so,
# and to leave nothing behind.  The guest has one of everything that a stage
# may have to undo; the backends of its disk and its interface have just seen
# them.
. "$tests/stand-ins.sh"
. "$tests/device-guests.sh"

head -c 300000 /dev/urandom >/guests/ramdisk
set_up_dom0
guest=$(quick_guest injected vcpus=2 'vuart="sbsa_uart"' \
    'ramdisk="/guests/ramdisk"' 'iomem=["0x9010,1@0x60000"]')
take_state "$out/before"

fail_after() {
    LIBXL_DEBUG_FAIL_AFTER=$1 ours xl create -p "$guest" \
        >"$out/output" 2>&1
    code=$?
    cat "$out/output"
    if [ $code -eq 0 ]; then
        not_ok "a failure after '$1'" "the guest was created all the same"
    elif ! grep -q "'$1'" "$out/output"; then
        not_ok "a failure after '$1'" "the error does not name the stage"
    elif ! left=$(left_since "$out/before" "$out/after"); then
        not_ok "a failure after '$1'" "left behind: $left"
        take_state "$out/before"
    else
        ok "a failure after '$1' is told and leaves nothing"
    fi
}

while read -r stage; do
    fail_after "$stage"
done <"$tests/stages"

ours xl create -p "$guest" && ours xl destroy injected
code=$?
if [ $code -ne 0 ]; then
    not_ok "the same guest without a failure" "exit code $code"
elif ! left=$(left_since "$out/before" "$out/after"); then
    not_ok "the same guest without a failure" "left behind: $left"
else
    ok "the same guest without a failure comes and goes"
fi

# Nobody writes to the pipe: who opens it as a file waits for ever.
mkfifo /guests/pipe
for option in kernel ramdisk; do
    ours timeout 20 xl create -p "$(tiny_guest piped memory=16 \
        "$option=\"/guests/pipe\"")" >"$out/output" 2>&1
    code=$?
    cat "$out/output"
    if ! grep -q "'$option' names, is not a file" "$out/output"; then
        not_ok "a $option that is a pipe" "exit code $code"
        xl destroy piped
        take_state "$out/before"
    elif ! left=$(left_since "$out/before" "$out/after"); then
        not_ok "a $option that is a pipe" "left behind: $left"
    else
        ok "a $option that is a pipe is refused"
    fi
done
rm /guests/pipe
