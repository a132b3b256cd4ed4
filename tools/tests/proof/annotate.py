#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-only
"""Puts contracts and loop invariants into a copy of a C source.

    annotate.py SOURCE ANNOTATIONS >COPY

ANNOTATIONS is in parts; each begins with a line "@ LINE OF SOURCE", blanks at
its ends left out, and goes before that line.  Parts come in the order of the
source, so that a line that occurs more than once means its next occurrence.
Fails when a line is not there: then the proof is not about this source.
"""
import sys


def read_parts(path):
    parts = []
    with open(path, encoding="utf-8") as file:
        for line in file:
            if line.startswith("@ "):
                parts.append((line[2:].strip(), []))
            elif parts:
                parts[-1][1].append(line)
    return parts


def main():
    source, annotations = sys.argv[1:]
    parts = read_parts(annotations)
    with open(source, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            while parts and parts[0][0] == line.strip():
                _, text = parts.pop(0)
                sys.stdout.write("".join(text))
            sys.stdout.write('#line %d "%s"\n' % (number, source))
            sys.stdout.write(line)
    if parts:
        sys.exit("annotate: %s has no line \"%s\" there" % (source,
                                                           parts[0][0]))


if __name__ == "__main__":
    main()
