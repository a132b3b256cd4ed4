# SPDX-License-Identifier: LGPL-2.1-only
#
# Turns the sorted "#define"s of the target's public headers (cc -E -dM) into
# a header of the guest's layout that stands alone: addresses, interrupts,
# device-tree constants and PSCI calls.

BEGIN {
    print "/* Generated from the target's xen/arch-arm.h and"
    print " * xen/device_tree_defs.h by xen/include/guest-layout.awk. */"
    print "#ifndef GUEST_LAYOUT_H"
    print "#define GUEST_LAYOUT_H"
    print ""
    print "#include <stdint.h>"
    print ""
}

$2 ~ /^(GUEST_[A-Z0-9_]+|DT_IRQ_TYPE_[A-Z_]+|PSCI_[a-z_]+)$/ {
    line = $0
    while (match(line, /xen_mk_ullong\([^()]*\)/)) {
        number = substr(line, RSTART + 14, RLENGTH - 15)
        line = substr(line, 1, RSTART - 1) "UINT64_C(" number ")" \
               substr(line, RSTART + RLENGTH)
    }
    # A file that includes Xen's own header as well has the same numbers.
    print "#ifndef " $2
    print line
    print "#endif"
    defined++
}

END {
    print ""
    print "#endif"
    if (!defined) {
        print "guest-layout.awk: no GUEST_ constants found" >"/dev/stderr"
        exit 1
    }
}
