# SPDX-License-Identifier: LGPL-2.1-only
#
# boots: none
#
# What the jobs of Linux guests share; /functions there.  A job tells the test
# in dom0 by lines 'test: KEY WORDS' on the console.

say() {
    echo "test: $*" >/dev/console
}

in_hex() {
    cat "$@" | xxd -p -c 4096
}

# Kilobytes.  MemFree leaves out the free pages that each CPU keeps at hand,
# some MiB: with them, the figure moves only by what is in use.
free_memory() {
    awk '$1 == "MemFree:" { kib = $2 }
        $1 == "count:" { kib += 4 * $2 }
        END { print kib }' /proc/meminfo /proc/zoneinfo
}

# What Linux has to give at all, free or not.
all_memory() {
    awk '$1 == "MemTotal:" { print $2 }' /proc/meminfo
}

stty -echo
