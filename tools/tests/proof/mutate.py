#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-only
"""Changes one thing at a time in the sources given, and tells which changes
no test sees.

    mutate.py --cc COMMAND --link FLAGS --build DIR --equivalent FILE
              --test NAME OBJECT... [--test ...] [--last COMMAND...]
              --source FILE...

Each comparison, arithmetic or logical operator is replaced, each constant made
one larger and one smaller where it stands or is named, and each simple
statement left out.  Tests are linked once, from objects that make
has compiled; the changed file they find in a shared library, so that it alone
is compiled for each change (and what includes it, when it is a header).  The
tests run in the order given until one fails; a test that runs for too long
has failed as well.

--last NAME COMMAND compiles and runs what is too slow for every change: it
is for those that passed the tests and are not listed.  The changed file takes the place of the
source in it.

FILE lists the changes that cannot be seen, with the reason; one that is not
in there, or is there and was seen, makes this fail.
"""
import argparse
import collections
import concurrent.futures
import os
import re
import shlex
import subprocess
import sys
import threading
import time

# Seen of all, equivalent ones included: a list of reasons is no way out.
LEAST_PERCENT = 95
CPU_SECONDS = 10

SWAPS = {
    "<": ("<=", ">="), "<=": ("<", ">"), ">": (">=", "<="), ">=": (">", "<"),
    "==": ("!=", "<=", ">="), "!=": ("==", "<", ">"), "&&": ("||",), "||": ("&&",),
    "+": ("-",), "-": ("+",), "*": ("/",), "/": ("*", "%"), "%": ("*", "/"),
    "<<": (">>",), ">>": ("<<",), "&": ("|",), "|": ("&",),
    "+=": ("-=",), "-=": ("+=",), "++": ("--",), "--": ("++",),
}
NAMES = {"true": ("false",), "false": ("true",)}
OPERATOR = re.compile(r"(?<= )(<<|>>|[<>=!]=|&&|\|\||[-+]=|[-+*/%&|<>])(?=\s)"
                      r"|\+\+|--|!(?!=)")
CONSTANT = re.compile(r"(?<![\w.])(\d+)(?![\w.])")
NAME = re.compile(r"\b(%s)\b" % "|".join(NAMES))
# A constant with a name, where it is used.
NAMED = re.compile(r"(?<!#define )\b[A-Z][A-Z0-9_]{2,}\b(?!\()")
STATEMENT = re.compile(r"^ +((?:return|continue|break|[\w>.\[\]*-]+ (?:=|\+=)|"
                       r"\w+\(|[\w>.-]+(?:\+\+|--)|--)[^;{}]*;)$", re.M)
# What is no code: comments, strings, includes, guards, assertions.
NO_CODE = re.compile(r"/\*.*?\*/|\"(?:[^\"\\]|\\.)*\"|^#(?!define \w+ )[^\n]*|"
                     r"^#define \w+$|^#define \w+_H$|_Static_assert\(.*?\);|"
                     r"PRI\w+", re.S | re.M)

Mutant = collections.namedtuple("Mutant", "path start end new")


def mutants_of(path):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    code = NO_CODE.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)

    def mutant(start, end, new):
        return Mutant(path, start, end, new)

    for match in OPERATOR.finditer(code):
        for new in SWAPS.get(match[0], ("",)):
            yield mutant(*match.span(), new)
    for match in CONSTANT.finditer(code):
        yield mutant(*match.span(), str(int(match[0]) + 1))
        if int(match[0]) > 0:
            yield mutant(*match.span(), str(int(match[0]) - 1))
    for match in NAME.finditer(code):
        for new in NAMES[match[0]]:
            yield mutant(*match.span(), new)
    for match in NAMED.finditer(code):
        yield mutant(*match.span(), "(%s + 1)" % match[0])
        yield mutant(*match.span(), "(%s - 1)" % match[0])
    for match in STATEMENT.finditer(code):
        yield mutant(*match.span(1), ";")


def labels_of(mutants):
    """What each is called; of those that read alike, which one it is."""
    words = {mutant: describe(mutant) for mutant in mutants}
    times = collections.Counter(words.values())
    before = collections.Counter()
    labels = {}
    for mutant, text in words.items():
        before[text] += 1
        labels[mutant] = text if times[text] == 1 else \
            "%s (%d of %d)" % (text, before[text], times[text])
    return labels


def describe(mutant):
    """The changed lines with the change in brackets, free of line numbers."""
    with open(mutant.path, encoding="utf-8") as file:
        text = file.read()
    start = text.rfind("\n", 0, mutant.start) + 1
    end = text.find("\n", mutant.end)
    line = "%s[%s => %s]%s" % (text[start:mutant.start],
                               text[mutant.start:mutant.end], mutant.new,
                               text[mutant.end:end])
    return "%s: %s" % (os.path.basename(mutant.path), " ".join(line.split()))


def run(command, **options):
    """The exit code; a program that does not end is killed by a signal."""
    limit = ["prlimit", "--cpu=%d" % CPU_SECONDS, "--core=0"]
    return subprocess.run(limit + command, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL, check=False,
                          stdin=subprocess.DEVNULL, **options).returncode


class Bench:
    def __init__(self, options):
        self.options = options
        self.cc = shlex.split(options.cc)
        self.plain = [flag for flag in self.cc if flag != "-g" and
                      not flag.startswith("-fsanitize")] + ["-w", "-O2"]
        self.link = shlex.split(options.link)
        self.tests = [(test[0], test[1:]) for test in options.test]
        self.reasons = read_equivalent(options.equivalent)
        self.base = os.path.join(options.out, "base")
        os.makedirs(self.base, exist_ok=True)
        self.sources = [s for s in options.source if s.endswith(".c")]
        for source in self.sources:
            self.must(self.compile_library(source, self.base, source))
        for name, objects in self.tests:
            self.must(self.link_test(name, objects))

    @staticmethod
    def must(code):
        if code:
            raise SystemExit("mutate: the sources do not build as they are")

    def object_of(self, source):
        return os.path.join(self.options.build,
                            os.path.splitext(source)[0] + ".o")

    @staticmethod
    def library_of(source):
        return "mutate-%s.so" % os.path.basename(source)

    def compile_library(self, code, folder, source):
        return run(self.cc + ["-w", "-fPIC", "-shared", code, "-o",
                              os.path.join(folder, self.library_of(source))])

    def link_test(self, name, objects):
        """A test that looks for the sources in shared libraries."""
        shared = [s for s in self.sources if self.object_of(s) in objects]
        kept = [o for o in objects
                if o not in map(self.object_of, self.sources)]
        return run(self.cc + kept + ["-L" + self.base] +
                   ["-l:" + self.library_of(s) for s in shared] + self.link +
                   ["-o", os.path.join(self.base, name)])

    def try_mutant(self, mutant, folder, listed):
        """Who saw the change: a test's name, "compiler", or None."""
        with open(mutant.path, encoding="utf-8") as file:
            text = file.read()
        changed = os.path.join(folder, "arm", os.path.basename(mutant.path))
        os.makedirs(os.path.dirname(changed), exist_ok=True)
        with open(changed, "w", encoding="utf-8") as file:
            file.write(text[:mutant.start] + mutant.new + text[mutant.end:])
        try:
            if mutant.path.endswith(".h"):
                return self.try_header(mutant, folder)
            return self.try_source(mutant, folder, changed, listed)
        finally:
            os.remove(changed)

    def try_source(self, mutant, folder, changed, listed):
        if self.compile_library(changed, folder, mutant.path):
            return "compiler"
        path = {"LD_LIBRARY_PATH": folder + ":" + self.base}
        library = os.path.join(folder, self.library_of(mutant.path))
        try:
            for name, objects in self.tests:
                if self.object_of(mutant.path) in objects and \
                        run([os.path.join(self.base, name)],
                            env=os.environ | path):
                    return name
        finally:
            os.remove(library)
        if self.same_code(mutant.path, changed, folder):
            return "same code"
        if listed:
            return None
        for name, command in self.options.last:
            command = command.replace(mutant.path, changed)
            command = command.replace("{program}",
                                      os.path.join(folder, "program"))
            if run(["sh", "-c", command]):
                return name
        return None

    def same_code(self, source, changed, folder):
        """Whether the optimising compiler makes the same of both."""
        made = []
        for each in source, changed:
            target = os.path.join(folder, "same.o")
            self.must(run(self.plain + ["-c", each, "-o", target]))
            with open(target, "rb") as file:
                made.append(file.read())
        return made[0] == made[1]

    def try_header(self, mutant, folder):
        """Compiles again whatever includes it, by what the compiler noted."""
        replaced = {}
        program = os.path.join(folder, "program")
        for name, objects in self.tests:
            for each in objects:
                with open(each[:-2] + ".d", encoding="utf-8") as file:
                    if mutant.path not in file.read().split() or \
                            each in replaced:
                        continue
                source = os.path.relpath(each, self.options.build)[:-2] + ".c"
                replaced[each] = os.path.join(folder,
                                              "%d.o" % len(replaced))
                if run(self.cc[:1] + ["-I" + folder] + self.cc[1:] +
                       ["-w", "-c", source, "-o", replaced[each]]):
                    return "compiler"
            self.must(run(self.cc + [replaced.get(o, o) for o in objects] +
                          self.link + ["-o", program]))
            if run([program]):
                return name
        return None


def read_equivalent(path):
    """Label to reason; an entry is its change, then its reason, indented."""
    reasons, key = {}, None
    with open(path, encoding="utf-8") as file:
        for line in file:
            if line.startswith("#") or not line.strip():
                continue
            if not line[0].isspace():
                key = line.strip()
                reasons[key] = ""
            else:
                reasons[key] += line.strip() + " "
    return reasons


def report(options, labels, seen, reasons, seconds):
    killed = collections.Counter()
    survivors = set()
    for mutant, by in seen.items():
        if by is None:
            survivors.add(labels[mutant])
        else:
            killed[by] += 1
    compiler = killed.pop("compiler", 0)
    same = killed.pop("same code", 0)
    total = len(seen) - compiler - same
    caught = sum(killed.values())
    unexplained = sorted(survivors - set(reasons))
    names = {os.path.basename(path) for path in options.source}
    stale = [key for key in reasons
             if key.split(":")[0] in names and key not in survivors]

    for key in unexplained:
        print("not seen by any test: " + key)
    for key in stale:
        print("listed as equivalent, but seen or gone: " + key)
    print("%d changes in %s: %d do not compile, %d give the same machine code; "
          "of %d, %d seen (%.1f %%), %d survive, of which %d are explained; "
          "%d s"
          % (len(seen), " ".join(sorted(names)), compiler, same, total, caught,
             100 * caught / total, len(survivors),
             len(survivors) - len(unexplained), seconds))
    print("seen by: " + ", ".join("%s %d" % pair
                                  for pair in killed.most_common()))
    return not unexplained and not stale and \
        100 * caught >= LEAST_PERCENT * total


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.
                                     RawDescriptionHelpFormatter)
    parser.add_argument("--cc", required=True)
    parser.add_argument("--link", default="")
    parser.add_argument("--build", required=True)
    parser.add_argument("--equivalent", required=True)
    parser.add_argument("--test", nargs="+", action="append", default=[])
    parser.add_argument("--last", nargs=2, action="append", default=[])
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--out", required=True)
    parser.add_argument("--source", nargs="+", required=True)
    options = parser.parse_args()

    started = time.time()
    bench = Bench(options)
    mutants = [m for path in options.source for m in mutants_of(path)]
    labels = labels_of(mutants)
    seen = {}
    lock = threading.Lock()
    folders = [os.path.join(options.out, str(i)) for i in range(options.jobs)]

    # The unchanged sources must pass, or every change would be "seen".
    for path in options.source:
        by = bench.try_mutant(Mutant(path, 0, 0, ""), folders[0], False)
        if by not in (None, "same code"):
            print("mutate: %s fails without any change in %s" % (by, path))
            return 1

    log = open(os.path.join(options.out, "log"), "w", encoding="utf-8")

    def work(mutant):
        with lock:
            folder = folders.pop()
        try:
            began = time.time()
            seen[mutant] = bench.try_mutant(mutant, folder,
                                            labels[mutant] in bench.reasons)
            log.write("%4.1f s %-15s %s\n" % (time.time() - began,
                                             seen[mutant], labels[mutant]))
            log.flush()
        finally:
            with lock:
                folders.append(folder)

    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for future in [pool.submit(work, mutant) for mutant in mutants]:
            future.result()
    log.close()

    good = report(options, labels, seen, bench.reasons,
                  time.time() - started)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
