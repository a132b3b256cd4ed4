# SPDX-License-Identifier: LGPL-2.1-only
"""
Prints guests, as configs.txt has them, in which each two values of pairs.txt
meet: few guests in place of all combinations.

    pairs.py FILE BOOT

Each guest takes, block by block, the value that meets most new ones; the best
of some orders of the blocks is kept.  The same file gives the same guests.
"""

import itertools
import random
import sys

TRIES = 60


def read(path):
    """{block: [value]}, {frozenset of two lines that never meet}"""
    blocks, never, block = {}, set(), None
    with open(path, encoding="utf-8") as file:
        lines = [line.strip() for line in file]
    for line in lines:
        if line.startswith("never: "):
            never.add(frozenset(line[len("never: "):].split(" | ")))
        elif line.startswith("["):
            block = blocks.setdefault(line.strip("[]"), [])
        elif line and not line.startswith("#"):
            block.append(line)
    return blocks, never


def lines_of(value):
    return [] if value == "-" else value.split(" & ")


def may_meet(never, one, other):
    return not any(frozenset(pair) in never for pair in
                   itertools.product(lines_of(one), lines_of(other)))


def all_pairs(blocks, never):
    return {frozenset([(a, one), (b, other)])
            for a, b in itertools.combinations(blocks, 2)
            for one in blocks[a] for other in blocks[b]
            if may_meet(never, one, other)}


def met_by(guest):
    return {frozenset(pair) for pair in itertools.combinations(
        guest.items(), 2)}


def make_guest(blocks, never, missing, chance):
    """A guest with one of the pairs that are missing, and as many as can be."""
    guest = dict(chance.choice(sorted(map(sorted, missing))))
    rest = [block for block in blocks if block not in guest]
    chance.shuffle(rest)
    for block in rest:
        fits = [value for value in blocks[block]
                if all(may_meet(never, value, other)
                       for other in guest.values())]
        if not fits:
            return None
        chance.shuffle(fits)
        guest[block] = max(fits, key=lambda value: sum(
            frozenset([(block, value), other]) in missing
            for other in guest.items()))
    return guest


def cover(blocks, never):
    chance, missing = random.Random(1), all_pairs(blocks, never)
    while missing:
        guests = [make_guest(blocks, never, missing, chance)
                  for _ in range(TRIES)]
        best = max((guest for guest in guests if guest),
                   key=lambda guest: len(met_by(guest) & missing))
        missing -= met_by(best)
        yield best


def main():
    path, boot = sys.argv[1:]
    blocks, never = read(path)
    for number, guest in enumerate(cover(blocks, never), 1):
        print(f"[pair-{number:02}] {boot}")
        for block in blocks:
            for line in lines_of(guest[block]):
                print(line)
        print()


main()
