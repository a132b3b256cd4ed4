# SPDX-License-Identifier: LGPL-2.1-only
#
# boots: none
#
# What can be seen of a guest, from its creation to what is left of it.
# devices.sh replaces the functions for what has to do with devices.

collect_devices() {
    :
}

keep_scripts() {
    :
}

# collect CONFIG TO NAME LIBRARY: creates the guest NAME with a library, which
# is 'debian', 'ours' or another word that runs a command with it, and keeps
# all in the folder TO.
collect() {
    _config=$1 _to=$2 _name=$3
    shift 3
    rm -rf "$_to"
    mkdir -p "$_to"
    _next=$(probe next)
    _before=$(domains)
    LIBXL_DEBUG_DUMP_DTB=$_to/tree.dtb "$@" xl create -p "$_config" \
        >"$_to/create.out" 2>&1
    echo $? >"$_to/create.code"
    _domid=$(new_domain "$_before")
    if [ -n "$_domid" ]; then
        echo "$_domid" >"$_to/domid"
        wait_for 5 xenstore-exists "/local/domain/$_domid/console/tty"
        state nodes >"$_to/store"
        probe domain "$_domid" "$_to/tree.dtb" >"$_to/hypervisor" 2>&1
        "$@" xl list -l "$_name" >"$_to/config" 2>&1
        "$@" xl list "$_name" >"$_to/list" 2>&1
        "$@" xl vcpu-list "$_name" >"$_to/vcpus" 2>&1
        # What one library keeps, the other has to understand.
        [ "$1" = debian ] ||
            debian xl list -l "$_name" >"$_to/config-debian" 2>&1
        ls -l /var/lib/xen | awk -v d="userdata-d.$_domid." \
            'index($NF, d) == 1 { print $1, $3, $4, $NF }' >"$_to/files"
        for _file in "/var/lib/xen/userdata-d.$_domid".*; do
            cat "$_file" >>"$_to/userdata"
        done
        collect_devices "$_to" "$_name" "$@"
        "$@" xl destroy "$_name" >"$_to/destroy.out" 2>&1
        echo $? >"$_to/destroy.code"
    else
        # One that was refused may have been a domain before.
        echo $(($(probe next) - _next - 1)) >"$_to/made"
    fi
    keep_scripts "$_to/last-scripts"
    # The pages that Xen keeps add up from guest to guest.
    if left_since "$out/before" "$out/after" >"$_to/left"; then
        cp "$out/after/free" "$out/before"
    else
        take_state "$out/before"
    fi
}

