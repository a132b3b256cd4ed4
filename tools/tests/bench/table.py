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
SHARE = {"1": 1 / 2, "50": 1 / 3}  # of Debian's time, by guests present
OVER_FLOOR = 1.3  # or within this of the floor
DEVICES = ("0", "1", "4")  # disks, and as many vifs


def read(path):
    """{kind: {(who, guests): [value, ...]}}"""
    found = {"requests": {}, "time": {}, "lanes": {}}
    with open(path, encoding="utf-8") as file:
        for line in file:
            words = line.split()
            if len(words) == 4 and words[0] in found:
                kind, who, guests, value = words
                found[kind].setdefault((who, guests), []).append(int(value))
    return found


def times(figures, who, guests):
    """The runs' times in ms, each less its own process start."""
    pairs = zip(figures["time"][who, guests],
                figures["time"][f"{who}-help", guests])
    return [(whole - start) / 1000 for whole, start in pairs]


def print_devices(figures, requests):
    """Guests with disks and vifs, from devices.sh."""
    print()
    print("Guests with disks (raw files) and as many vifs (on a bridge), with "
          "the hotplug scripts of the distribution, which take most of the "
          "time; requests of the scripts and of the kernel included:")
    print()
    print("| what | disks, vifs | Debian's | ours | requests, Debian's | ours |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    for verb in ("create", "destroy"):
        for count in DEVICES:
            cells = [f"{statistics.median(figures['time'][who, count]) / 1000:.0f} ms"
                     for who in (f"debian-{verb}", f"ours-{verb}")]
            cells += [str(requests[f"{who}-{verb}", count])
                      for who in ("debian", "ours")]
            print(f"| `xl {verb}`, with process start | {count} | "
                  + " | ".join(cells) + " |")


def check_limits(requests, time, size):
    """Yields what is broken."""
    for guests in ("1", "50"):
        ours, debian, floor = (time[who, guests]
                               for who in ("ours", "debian", "floor"))
        if requests["ours", guests] > MOST_REQUESTS:
            yield (f"{requests['ours', guests]} requests with {guests} "
                   f"guests, more than {MOST_REQUESTS}")
        if (ours > debian * SHARE[guests] and ours > floor * OVER_FLOOR):
            yield (f"{ours:.0f} ms with {guests} guests: more than "
                   f"{SHARE[guests]:.2f} of Debian's {debian:.0f} ms, and "
                   f"more than {OVER_FLOOR} of the floor's {floor:.0f} ms")
    if requests["ours", "1"] != requests["ours", "50"]:
        yield "the requests grow with the number of guests"
    if size >= MOST_BYTES:
        yield f"the library has {size} bytes, not fewer than {MOST_BYTES}"


def main():
    path, debian_size, our_size = sys.argv[1:]
    figures = read(path)
    requests = {key: value[0] for key, value in figures["requests"].items()}
    time, rows = {}, []
    for who in ("debian", "ours", "floor"):
        for guests in ("1", "50"):
            runs = times(figures, who, guests)
            time[who, guests] = statistics.median(runs)
            rows.append((who, guests, runs))
    runs = len(rows[0][2])

    print("| what | Debian's | ours | floor |")
    print("| --- | ---: | ---: | ---: |")
    for guests in ("1", "50"):
        print(f"| xenstore requests of `xl create -p`, {guests} present | "
              f"{requests['debian', guests]} | {requests['ours', guests]} "
              "| |")
    for guests in ("1", "50"):
        cells = " | ".join(f"{time[who, guests]:.0f} ms"
                           for who in ("debian", "ours", "floor"))
        print(f"| its time less process start, {guests} present | {cells} |")
    print(f"| size of the library, stripped | {int(debian_size):,} B | "
          f"{int(our_size):,} B | |")
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
    for guests in ("1", "50"):
        cells = " | ".join(
            f"{statistics.median(figures['lanes'][count, guests]) / 1000:.0f}"
            " ms" for count in ("1", "2", "4", "8"))
        print(f"| {guests} | {cells} |")
    print_devices(figures, requests)
    broken = list(check_limits(requests, time, int(our_size)))
    for line in broken:
        print(f"not ok {line}")
    return 1 if broken else 0


sys.exit(main())
