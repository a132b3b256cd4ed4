#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-only
#
# Writes what follows from the public declarations as a whole:
#
#   abi.py OUT-DIR SYMBOL-VERSION NOT-IMPLEMENTED COMPILER...
#   abi.py --new DEFINED COMPILER...
#
# public.txt          one "function NAME" or "data NAME" a line
# libxenlight.map     the version script: these names and no others
# not_implemented.c   a stub for each name in the file NOT-IMPLEMENTED
#
# The second form prints stubs for the functions that are not in DEFINED, the
# output of nm, and lists them on the error stream.
#
# Types are described by descriptors.py.

import sys

import headers

STUBS_HEAD = '''\
/* Made by tools/libs/light/types/abi.py: functions that are not done yet. */

#include <libxl.h>
#include <libxl_event.h>
#include <libxl_utils.h>
#include <libxl_json.h>
#include <libxl_uuid.h>

#include "types/not_implemented.h"
'''


def read_names(path):
    """The names in a file, one a line; sorted, so that merges are easy."""
    with open(path) as lines:
        names = [line.strip() for line in lines]
    names = [name for name in names if name and not name.startswith("#")]
    if names != sorted(set(names)):
        sys.exit("%s: the names must be sorted, each once" % path)
    return names


def signature(function):
    params = ", ".join(param.text for param in function.params) or "void"
    space = "" if function.result.endswith("*") else " "
    return "%s%s%s(%s)" % (function.result, space, function.name, params)


def stub(function):
    """A definition that says so and fails.

    Where the result cannot carry an error it is the value that means
    nothing: NULL, false, 0.
    """
    result = function.result
    has_ctx = (function.params
               and function.params[0].text.startswith("libxl_ctx *"))
    ctx = function.params[0].name if has_ctx else "NULL"
    lines = ["", signature(function), "{",
             '    libxl__not_implemented(%s, "%s");' % (ctx, function.name)]
    if result == "int":
        lines.append("    return ERROR_NI;")
    elif result == "yajl_gen_status":
        lines.append("    return yajl_gen_in_error_state;")
    elif result.endswith("*"):
        lines.append("    return NULL;")
    elif result != "void":
        lines.append("    return 0;")
    return "\n".join(lines + ["}", ""])


def version_script(version, names):
    lines = [version + " {", "global:"]
    lines += ["    %s;" % name for name in names]
    return "\n".join(lines + ["local:", "    *;", "};", ""])


def print_new(defined, compiler):
    with open(defined) as lines:
        known = {line.split()[-1] for line in lines if line.strip()}
    public = headers.Headers(compiler)
    print(STUBS_HEAD, end="")
    for name in sorted(set(public.functions) - known):
        print(stub(public.functions[name]), end="")
        print("new: function %s: is not implemented" % name, file=sys.stderr)


def main():
    if sys.argv[1] == "--new":
        print_new(sys.argv[2], sys.argv[3:])
        return
    out, version, not_implemented = sys.argv[1:4]
    if not version:
        sys.exit("abi.py: no symbol version: is libxenlight.so installed "
                 "where the headers are?")
    public = headers.Headers(sys.argv[4:])
    kinds = {name: "function" for name in public.functions}
    kinds.update({name: "data" for name in public.data})
    with open(out + "/public.txt", "w") as text:
        for name in sorted(kinds):
            text.write("%s %s\n" % (kinds[name], name))
    with open(out + "/libxenlight.map", "w") as text:
        text.write(version_script(version, sorted(kinds)))
    with open(out + "/not_implemented.c", "w") as text:
        text.write(STUBS_HEAD)
        # A name that this release's headers do not declare is another's.
        for name in read_names(not_implemented):
            if name in public.functions:
                text.write(stub(public.functions[name]))


if __name__ == "__main__":
    main()
