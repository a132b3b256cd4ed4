#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-only
"""Coverage of the library by room, from gcov's JSON.

    rooms.py OBJECTS REASONS >TABLE.md
    rooms.py --files OBJECTS            one line for each file
    rooms.py --missed OBJECTS SOURCE... the branches that no test takes

OBJECTS is the folder that the tests were built in: what several programs ran
of one source is added up.  REASONS says, a room a line, why less than LIMIT
per cent of its branches are taken; one that has no reason there is an error.
"""
import collections
import json
import os
import subprocess
import sys

LIGHT = "tools/libs/light/"
LIMIT = 85


def data_files(folder):
    for path, _, names in os.walk(folder):
        for name in names:
            if name.endswith(".gcda"):
                yield os.path.join(path, name)


def read(folder):
    """{source: {line: [count, [branch counts]]}}"""
    sources = collections.defaultdict(dict)
    files = list(data_files(folder))
    for start in range(0, len(files), 50):
        output = subprocess.run(
            ["gcov", "--json-format", "--stdout", "--branch-probabilities"] +
            files[start:start + 50], check=True, stdout=subprocess.PIPE).stdout
        for text in output.decode().splitlines():
            for entry in json.loads(text)["files"]:
                if entry["file"].startswith(LIGHT):
                    add(sources[entry["file"]], entry["lines"])
    return sources


def add(lines, more):
    for line in more:
        known = lines.setdefault(line["line_number"], [0, []])
        known[0] += line["count"]
        counts = [branch["count"] for branch in line["branches"]]
        known[1] += [0] * (len(counts) - len(known[1]))
        for number, count in enumerate(counts):
            known[1][number] += count


def sum_up(lines):
    """Lines, those reached, branches, those taken."""
    counts = [count for _, branches in lines.values() for count in branches]
    return [len(lines), sum(line[0] > 0 for line in lines.values()),
            len(counts), sum(count > 0 for count in counts)]


def per_cent(part, whole):
    return "%.1f %%" % (100 * part / whole) if whole else "-"


def print_files(sources):
    for source in sorted(sources):
        lines, reached, branches, taken = sum_up(sources[source])
        print("%-40s lines %8s  branches %8s (%d of %d)" %
              (source[len(LIGHT):], per_cent(reached, lines),
               per_cent(taken, branches), taken, branches))


def print_missed(sources, wanted):
    for source in wanted:
        with open(source, encoding="utf-8") as file:
            text = file.read().splitlines()
        for at, (_, branches) in sorted(sources[source].items()):
            if branches and not all(branches):
                print("%s:%d: %s: %s" % (source, at, branches,
                                         text[at - 1].strip()))


def print_rooms(sources, reasons):
    rooms = collections.defaultdict(lambda: [0] * 4)
    for source, lines in sources.items():
        room = source[len(LIGHT):].split("/")[0]
        rooms[room] = [a + b for a, b in zip(rooms[room], sum_up(lines))]
    print("| room | lines | reached | branches | taken |")
    print("| --- | ---: | ---: | ---: | ---: |")
    low = []
    for room in sorted(rooms):
        lines, reached, branches, taken = rooms[room]
        print("| `%s/` | %d | %s | %d | %s |" %
              (room, lines, per_cent(reached, lines), branches,
               per_cent(taken, branches)))
        if 100 * taken < LIMIT * branches:
            low.append(room)
    if low:
        print("\nBelow %d %% of the branches:\n" % LIMIT)
    for room in low:
        print("* `%s/`: %s" % (room, reasons.get(room, "")))
    return [room for room in low if room not in reasons]


def main():
    if sys.argv[1] == "--files":
        return print_files(read(sys.argv[2]))
    if sys.argv[1] == "--missed":
        return print_missed(read(sys.argv[2]), sys.argv[3:])
    with open(sys.argv[2], encoding="utf-8") as file:
        reasons = dict(line.rstrip("\n").split(": ", 1) for line in file
                       if ": " in line and line[0] != "#")
    unnamed = print_rooms(read(sys.argv[1]), reasons)
    if unnamed:
        return "rooms.py: below %d %% without a reason in %s: %s" % (
            LIMIT, sys.argv[2], " ".join(unnamed))
    return 0


if __name__ == "__main__":
    sys.exit(main())
