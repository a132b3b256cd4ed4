# SPDX-License-Identifier: LGPL-2.1-only
#
# boots: none
#
# Debian's packages and ours in /packages, dpkg, and which library a program has.
# For the scripts of the machine 'package'.

own=/usr/lib/aarch64-linux-gnu/xenlight-arm64

[ -d /packages ] || tar -x -f /dev/vda -C /

# The shell prefers busybox's own dpkg, which knows no triggers.
dpkg() {
    /usr/bin/dpkg "$@"
}

# ours is what a program takes from the package here, not from /opt.
takes() {
    LD_TRACE_LOADED_OBJECTS=1 "$2" >"$out/trace" && case $1 in
    ours) grep "=> $own/libxenlight.so" "$out/trace" ;;
    debians) grep '=> \(/usr\)\?/lib/aarch64-linux-gnu/libxenlight.so' \
        "$out/trace" ;;
    esac
}

all_take() {
    for _program in xl xen-init-dom0; do
        takes "$1" $_program || return 1
    done
}

dpkg_says() {
    [ "$(dpkg-query -W -f '${Status}' libxenlight-arm64)" = "$1" ]
}

# runs_on LIBRARY PID: the program has that library loaded.
runs_on() {
    grep libxenlight.so "/proc/$2/maps" >"$out/maps" && case $1 in
    ours) grep -q "$own/" "$out/maps" ;;
    debians) ! grep -q "$own/" "$out/maps" ;;
    esac
}
