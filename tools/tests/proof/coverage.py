#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-only
"""Branch coverage of files, from gcov's JSON: one line for each file, one for
each branch that no test took.

    coverage.py FOLDER SOURCE...

FOLDER holds SOURCE's .gcda and .gcno of the same name.  Fails when a branch
or a line was not reached.
"""
import gzip
import json
import os
import subprocess
import sys


def read(folder, source):
    name = os.path.splitext(os.path.basename(source))[0]
    subprocess.run(["gcov", "--json-format", "--branch-probabilities",
                    "--object-directory", ".", name + ".gcda"], cwd=folder,
                   check=True, stdout=subprocess.DEVNULL)
    with gzip.open(os.path.join(folder, name + ".gcov.json.gz")) as file:
        for entry in json.load(file)["files"]:
            if entry["file"] == source:
                return entry["lines"]
    raise SystemExit("coverage: gcov does not know %s" % source)


def main():
    complete = True
    for source in sys.argv[2:]:
        lines = read(sys.argv[1], source)
        with open(source, encoding="utf-8") as file:
            text = file.read().splitlines()
        branches = [(line["line_number"], number, branch["count"])
                    for line in lines
                    for number, branch in enumerate(line["branches"])
                    if not branch["throw"]]
        for at, number, count in branches:
            if count == 0:
                print("%s:%d: branch %d never taken: %s"
                      % (source, at, number, text[at - 1].strip()))
        reached = sum(line["count"] > 0 for line in lines)
        taken = sum(count > 0 for _, _, count in branches)
        print("%s: %d of %d branches (%.1f %%), %d of %d lines"
              % (source, taken, len(branches), 100 * taken / len(branches),
                 reached, len(lines)))
        complete = complete and taken == len(branches) and \
            reached == len(lines)
    return 0 if complete else 1


if __name__ == "__main__":
    sys.exit(main())
