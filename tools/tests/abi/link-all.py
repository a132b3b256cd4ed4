#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-only
#
# Writes a program, good as C and as C++, that includes the public headers
# and uses the address of everything that they declare:
#
#   link-all.py PUBLIC-LIST >link-all.c

import sys

HEAD = """\
#ifdef __cplusplus
extern "C" {
#endif
#include <libxl.h>
#include <libxl_event.h>
#include <libxl_utils.h>
#include <libxl_json.h>
#include <libxl_uuid.h>
#ifdef __cplusplus
}
#endif

static const void *const addresses[] = {
"""

TAIL = """\
};

int main(void)
{
    unsigned i;

    for (i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++)
        if (!addresses[i])
            return 1;
    return 0;
}
"""


def main():
    sys.stdout.write(HEAD)
    with open(sys.argv[1]) as public:
        for line in public:
            sys.stdout.write("    (const void *)%s,\n" % line.split()[1])
    sys.stdout.write(TAIL)


if __name__ == "__main__":
    main()
