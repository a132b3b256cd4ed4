#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-only
#
# Holds what a libxenlight exports against what the public headers declare:
#
#   check-abi.py --readelf COMMAND --library FILE --public FILE
#                --version VERSION --symbol-version NAME
#                --not-implemented FILE [--reference FILE]
#
# None missing, none besides, functions as functions and data as data, all
# with the one symbol version, and the SONAME of the series.  With the
# distribution's own library as --reference, kinds and sizes of data must
# equal its.  The functions that are not done yet are listed.

import argparse
import re
import subprocess
import sys

KINDS = {"FUNC": "function", "IFUNC": "function", "OBJECT": "data"}


def readelf(command, option, path):
    return subprocess.run([command, "-W", option, path], check=True,
                          stdout=subprocess.PIPE,
                          universal_newlines=True).stdout


def exports(command, path):
    """name: (kind, size, version) of each defined dynamic symbol."""
    result = {}
    for line in readelf(command, "--dyn-syms", path).splitlines():
        words = line.split()
        if len(words) < 8 or words[6] in ("UND", "Ndx", "ABS"):
            continue
        if words[4] not in ("GLOBAL", "WEAK"):
            continue
        name, _, version = words[7].partition("@")
        result[name] = (KINDS.get(words[3], words[3]), int(words[2], 0),
                        version.lstrip("@"))
    return result


def read_public(path):
    with open(path) as text:
        return {line.split()[1]: line.split()[0] for line in text}


def read_names(path):
    with open(path) as text:
        lines = [line.strip() for line in text]
    return [line for line in lines if line and not line.startswith("#")]


def compare(ours, public, version):
    for name in sorted(set(public) - set(ours)):
        yield "'%s' is declared and not exported" % name
    for name in sorted(set(ours) - set(public)):
        yield "'%s' is exported and not declared" % name
    for name in sorted(set(ours) & set(public)):
        kind, _, symbol_version = ours[name]
        if kind != public[name]:
            yield ("'%s' is declared as %s and exported as %s"
                   % (name, public[name], kind))
        if symbol_version != version:
            yield ("'%s' has the symbol version '%s', not '%s'"
                   % (name, symbol_version, version))


def compare_reference(ours, reference):
    for name in sorted(set(ours) & set(reference)):
        kind, size, version = ours[name]
        other_kind, other_size, other_version = reference[name]
        if (kind, version) != (other_kind, other_version):
            yield ("'%s' is a %s of %s, in the reference a %s of %s"
                   % (name, kind, version, other_kind, other_version))
        elif kind == "data" and size != other_size:
            yield ("'%s' has %d bytes, in the reference %d"
                   % (name, size, other_size))


def main():
    parser = argparse.ArgumentParser()
    for option in ("readelf", "library", "public", "version",
                   "symbol-version", "not-implemented"):
        parser.add_argument("--" + option, required=True)
    parser.add_argument("--reference")
    args = parser.parse_args()

    public = read_public(args.public)
    ours = exports(args.readelf, args.library)
    errors = list(compare(ours, public, args.symbol_version))

    dynamic = readelf(args.readelf, "-d", args.library)
    soname = re.search(r"\(SONAME\).*\[(.*)\]", dynamic)
    wanted = "libxenlight.so." + args.version.rsplit(".", 1)[0]
    if not soname or soname.group(1) != wanted:
        errors.append("the SONAME is '%s', not '%s'"
                      % (soname.group(1) if soname else "", wanted))

    if args.reference:
        reference = exports(args.readelf, args.reference)
        errors += compare_reference(ours, reference)

    missing, other = [], []
    for name in read_names(args.not_implemented):
        (missing if name in public else other).append(name)
    print("not implemented:")
    for name in missing:
        print("    " + name)
    if other:
        print("in the list, and not declared by this release:")
    for name in other:
        print("    " + name)
    for error in errors:
        print("check-abi: " + error)
    print("check-abi: %d public functions, %d public data objects, "
          "%d functions not implemented, %d errors"
          % (sum(kind == "function" for kind in public.values()),
             sum(kind == "data" for kind in public.values()),
             len(missing), len(errors)))
    sys.exit(1 if errors else 0)


if __name__ == "__main__":
    main()
