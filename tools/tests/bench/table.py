# SPDX-License-Identifier: LGPL-2.1-only
"""
Makes the table of the figures that in-dom0.sh printed, and says whether the
limits hold:

    table.py FIGURES SIZE-OF-DEBIAN'S SIZE-OF-OURS

A time is the median over the runs of a command's time less that of the same
program doing nothing.  Exit code 1: a limit is broken.
"""
import statistics
import sys

MOST_REQUESTS = 90
MOST_BYTES = 480 * 1000
# Of Debian's time, by guests present: creation and destruction.
SHARE = {"": {"1": 0.40, "50": 0.25, "200": 0.12},
         "-destroy": {"1": 0.60, "50": 0.35, "200": 0.20}}
# The same for 20 at once, and for a pair of virsh's commands.
SHARE_OF_MANY = {"create": 0.20, "destroy": 0.60}
SHARE_OF_POLL = 1.25
PRESENT = ("1", "50", "200")
DEVICES = ("0", "1", "4")  # disks, and as many vifs
LARGE = {"tiny": "16 MiB", "gigabyte": "1 GiB", "gigabytes": "{gib} GiB",
         "thousand": "16 MiB, and 1,000 pages passed through, each alone",
         "thousands": "the same with 10,000"}


def read(path):
    """{kind: {(who, guests): [value, ...]}}"""
    found = {"requests": {}, "time": {}, "scripts": {}, "lanes": {},
             "large": {}}
    with open(path, encoding="utf-8") as file:
        for line in file:
            words = line.split()
            if len(words) == 5 and words[0] == "time":
                words.pop()  # of the processors
            if len(words) == 4 and words[0] in found:
                kind, who, guests, value = words
                found[kind].setdefault((who, guests), []).append(int(value))
    return found


def times(time, who, verb, guests, start="-help"):
    """The runs' times in ms, each less its own process start."""
    pairs = zip(time[who + verb, guests], time[who + start, guests])
    return [(whole - start) / 1000 for whole, start in pairs]


def print_devices(figures, requests):
    """Guests with disks and vifs, from devices.sh."""
    def ms(kind, who, count):
        return f"{statistics.median(figures[kind][who, count]) / 1000:.0f} ms"

    print()
    print("Guests with disks (raw files) and as many vifs (on a bridge), with "
          "process start and the hotplug scripts of the distribution, on two "
          "processors.  Of that time, the scripts take the last columns, from the "
          "start of the first to the end of the last; ours runs all of them "
          "side by side.  Requests of the scripts and of the kernel are "
          "included.")
    print()
    print("| what | disks, vifs | requests, Debian's | ours | time, Debian's "
          "| ours | ours / Debian's | scripts, Debian's | ours |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for verb, name in (("create", "plug"), ("destroy", "unplug")):
        debian, ours = f"debian-{name}", f"ours-{name}"
        for count in DEVICES:
            share = (statistics.median(figures["time"][ours, count]) /
                     statistics.median(figures["time"][debian, count]))
            print(f"| `xl {verb}` | {count} | {requests[debian, count]} | "
                  f"{requests[ours, count]} | {ms('time', debian, count)} | "
                  f"{ms('time', ours, count)} | {share:.2f} | "
                  f"{ms('scripts', debian, count)} | "
                  f"{ms('scripts', ours, count)} |")


def many(time):
    """{verb: seconds of Debian's, ours and the floor}, of 20 at once: many.sh."""
    return {verb: [statistics.median(time[f"{who}-{verb}-many", "20"]) / 1e6
                   for who in ("debian", "ours", "floor")]
            for verb in SHARE_OF_MANY}


def print_many(spans):
    """Guests that come and go all at once."""
    print()
    print("All at once, on two processors:")
    print()
    print("| what | Debian's | ours | ours / Debian's | floor |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for verb, (debian, ours, floor) in spans.items():
        print(f"| 20 times `xl {verb}` | {debian:.1f} s | {ours:.1f} s | "
              f"{ours / debian:.2f} | {floor:.1f} s |")


def polls(time):
    """{guests: ms of a pair of virsh's commands on Debian's and ours}: polls.sh."""
    return {guests: [statistics.median(
        times(time, who, "-poll", guests, "-poll-help")) / 50
                     for who in ("debian", "ours")]
            for guests in PRESENT}


def print_polls(pairs):
    """libvirtd answers for its guests."""
    print()
    print("`virsh dominfo` and `virsh vcpuinfo` of a guest, one of 50 such pairs "
          "in one session, less virsh's start:")
    print()
    print("| guests | on Debian's | on ours | ours / Debian's |")
    print("| ---: | ---: | ---: | ---: |")
    for guests, (debian, ours) in pairs.items():
        print(f"| {guests} | {debian:.1f} ms | {ours:.1f} ms | "
              f"{ours / debian:.2f} |")


def print_large(figures, requests):
    """Guests with much memory, or many pages passed through: large.sh."""
    print()
    print("Large guests, with process start.  libxenguest, which both libraries "
          "call, populates the memory in blocks of up to 1 GiB, many by one "
          "hypercall.")
    print()
    print("| the guest has | hypercalls of `xl create -p`, Debian's | ours | "
          "time, Debian's | ours | `xl destroy`, Debian's | ours |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    time = figures["time"]
    gib = figures["large"]["gigabytes", "gib"][0]
    for name, what in LARGE.items():
        counts = (f"{requests[who + '-hypercalls', name]:,}"
                  for who in ("debian", "ours"))
        spans = (f"{statistics.median(time[who + verb, name]) / 1e6:.1f} s"
                 for verb in ("-large", "-large-destroy")
                 for who in ("debian", "ours"))
        print(f"| {what.format(gib=gib)} | {' | '.join((*counts, *spans))} |")


def check_share(what, unit, ours, debian, share):
    """Yields that what takes too long, if it does."""
    if ours > debian * share:
        yield (f"{what}: {ours:.1f} {unit}, more than {share:.2f} of Debian's "
               f"{debian:.1f} {unit}")


def check_limits(requests, time, spans, pairs, size):
    """Yields what is broken."""
    for verb, shares in SHARE.items():
        for guests, share in shares.items():
            ours, debian = (time[who, verb, guests]
                            for who in ("ours", "debian"))
            count = requests["ours" + verb, guests]
            if not count:
                yield f"no requests are counted with {guests} guests"
            if count > MOST_REQUESTS:
                yield f"{count} requests with {guests} guests, more than {MOST_REQUESTS}"
            if count != requests["ours" + verb, "1"]:
                yield "the requests grow with the number of guests"
            yield from check_share(f"{VERBS[verb]} with {guests} guests", "ms",
                                   ours, debian, share)
    for verb, (debian, ours, _) in spans.items():
        yield from check_share(f"20 times xl {verb}", "s", ours, debian,
                               SHARE_OF_MANY[verb])
    for guests, (debian, ours) in pairs.items():
        yield from check_share(f"virsh with {guests} guests", "ms", ours, debian,
                               SHARE_OF_POLL)
    if size >= MOST_BYTES:
        yield f"the library has {size} bytes, not fewer than {MOST_BYTES}"


VERBS = {"": "xl create -p", "-alone": "xl create -p -e",
         "-destroy": "xl destroy", "-list": "xl list", "-vcpus": "xl vcpu-list"}
# The floor of each.
FLOORS = {"": "", "-alone": "", "-destroy": "-destroy"}


def print_guests(requests, time):
    """The tiny guest comes and goes."""
    print("| what | Debian's | ours | ours / Debian's | floor |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for verb in SHARE:
        command = VERBS[verb]
        for guests in PRESENT:
            print(f"| xenstore requests of `{command}`, {guests} present | "
                  f"{requests['debian' + verb, guests]} | "
                  f"{requests['ours' + verb, guests]} | | |")
    for verb, command in VERBS.items():
        for guests in PRESENT:
            debian, ours = (time[who, verb, guests]
                            for who in ("debian", "ours"))
            floor = time.get(("floor", FLOORS.get(verb), guests))
            print(f"| time of `{command}` less process start, {guests} present "
                  f"| {debian:.0f} ms | {ours:.0f} ms | {ours / debian:.2f} | "
                  + (f"{floor:.0f} ms |" if floor else "|"))


def main():
    path, debian_size, our_size = sys.argv[1:]
    figures = read(path)
    requests = {key: value[0] for key, value in figures["requests"].items()}
    time, rows = {}, []
    measured = [(who, verb) for verb in VERBS for who in ("debian", "ours")]
    measured += [("floor", verb) for verb in sorted(set(FLOORS.values()))]
    for who, verb in measured:
        for guests in PRESENT:
            runs = times(figures["time"], who, verb, guests)
            # Less than nothing is what the process start varies by.
            time[who, verb, guests] = max(statistics.median(runs), 0)
            rows.append((who + verb, guests, runs))
    runs = len(rows[0][2])

    print_guests(requests, time)
    print(f"| size of the library, stripped | {int(debian_size):,} B | "
          f"{int(our_size):,} B | {int(our_size) / int(debian_size):.2f} | |")
    print()
    print(f"Times are medians of {runs} runs; the fastest and the slowest of "
          "them, in ms:")
    print("; ".join(f"{who} {guests}: {min(all_):.0f} to {max(all_):.0f}"
                    for who, guests, all_ in rows) + ".")
    print()
    print("64 writes to xenstore over some connections, all sent together, "
          "with the time to connect:")
    print()
    print("| present | 1 connection | 2 | 4 | 8 |")
    print("| ---: | ---: | ---: | ---: | ---: |")
    for guests in PRESENT:
        cells = " | ".join(
            f"{statistics.median(figures['lanes'][count, guests]) / 1000:.0f}"
            " ms" for count in ("1", "2", "4", "8"))
        print(f"| {guests} | {cells} |")
    spans, pairs = many(figures["time"]), polls(figures["time"])
    print_many(spans)
    print_devices(figures, requests)
    print_polls(pairs)
    print_large(figures, requests)
    broken = list(check_limits(requests, time, spans, pairs, int(our_size)))
    for line in broken:
        print(f"not ok {line}")
    return 1 if broken else 0


sys.exit(main())
