#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-only
#
# Writes types.c from the enums and structs of _libxl_types.h:
#
#   descriptors.py OUT-DIR COMPILER...

import sys

import headers


def enum_strings(enum):
    """(string, value) of each constant: its name less the enum's own."""
    prefixes = [enum.name.upper() + "_",
                enum.name.upper().replace("LIBXL_", "", 1) + "_"]
    for value in enum.values:
        for prefix in prefixes:
            if value.startswith(prefix):
                yield value[len(prefix):].lower(), value
                break
        else:
            raise headers.HeaderError("%s is not named like %s"
                                      % (value, enum.name))


def string_table(enum):
    lines = ["libxl_enum_string_table %s_string_table[] = {" % enum.name]
    for string, value in enum_strings(enum):
        lines.append('    { "%s", %s },' % (string, value))
    return "\n".join(lines + ["    { NULL, -1 },", "};", ""])


def main():
    out = sys.argv[1]
    public = headers.Headers(sys.argv[2:])
    with open(out + "/types.c", "w") as text:
        text.write("#include <libxl.h>\n\n")
        for name in public.data:
            enum = public.enums[name[:-len("_string_table")]]
            text.write(string_table(enum) + "\n")


if __name__ == "__main__":
    main()
