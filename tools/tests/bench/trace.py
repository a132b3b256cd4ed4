# SPDX-License-Identifier: LGPL-2.1-only
"""
Draws which process had dom0's processor while a guest was created, from what
trace.sh wrote down:

    trace.py DEBIAN'S OURS FILE.svg
"""
import re
import sys
from xml.sax.saxutils import escape

LANES = ("xl", "xl, its monitor", "xenstored", "xenconsoled",
         "Linux and the rest")
HYPERCALL = "305000"  # IOCTL_PRIVCMD_HYPERCALL, as ioctl(2) has it
LEFT, WIDTH, LANE, STAGE = 150, 900, 22, 62
STYLE = """
text { font-family: 'DejaVu Sans', Verdana, Helvetica, Arial, sans-serif;
       font-size: 12px; fill: #222 }
.title { font-size: 15px; font-weight: bold }
.name { text-anchor: end }
.faint { fill: #666; font-size: 11px }
.tick { font-size: 11px; fill: #666; text-anchor: middle }
.grid { stroke: #ddd }
.runs { fill: #0072b2 }
.hypercall { fill: #e69f00 }
.stage { fill: #cfe8dd; stroke: #009e73; stroke-width: 0.5 }
.stage-name { font-size: 10px }
"""


class Trace:
    """
    runs: {lane: [(from, to), ...]}, hypercalls: [(from, to), ...] and stages:
    [(from, to, name), ...], in ms since xl was started.
    """

    def __init__(self, path):
        self.runs = {lane: [] for lane in LANES}
        self.hypercalls, self.stages = [], []
        self.xl = None
        begin, running, since, called = None, None, 0.0, None
        with open(path, encoding="utf-8", errors="replace") as file:
            for line in file:
                match = re.match(
                    r"\s*(\S.*)-(\d+) +\[\d+\] \S+ +([\d.]+): (\w+): (.*)",
                    line)
                if not match:
                    continue
                name, pid, time, event, text = match.groups()
                now = float(time) * 1000
                if event == "sched_process_exec" and self.xl is None:
                    self.xl, begin = pid, now
                    running, since = (name, pid), now
                if begin is None:
                    continue
                if event == "sched_switch":
                    self.add_run(running, since - begin, now - begin)
                    found = re.search(r"next_comm=(\S+) next_pid=(\d+)", text)
                    running, since = found.groups(), now
                elif event == "sys_enter" and HYPERCALL in text \
                        and pid == self.xl:
                    called = now - begin
                elif event == "sys_exit" and called is not None \
                        and pid == self.xl:
                    self.hypercalls.append((called, now - begin))
                    called = None
                elif event == "tracing_mark_write":
                    self.add_stage(text, now - begin)
        self.end = max(to for runs in self.runs.values() for _, to in runs)

    def add_run(self, process, since, now):
        name, pid = process
        lane = "Linux and the rest"
        if pid == self.xl:
            lane = "xl"
        elif name == "xl":
            lane = "xl, its monitor"
        elif name in LANES:
            lane = name
        runs = self.runs[lane]
        if runs and since - runs[-1][1] < 0.05:
            since = runs.pop()[0]
        runs.append((since, now))

    def add_stage(self, text, now):
        found = re.search(r"stage '(\w+)' took (\d+) us", text)
        if found:
            self.stages.append((now - int(found[2]) / 1000, now, found[1]))

    def share(self, lane):
        return sum(to - since for since, to in self.runs[lane])


def box(kind, since, to, y, height, scale):
    return (f'<rect class="{kind}" x="{LEFT + since * scale:.2f}" y="{y}" '
            f'width="{max((to - since) * scale, 0.4):.2f}" '
            f'height="{height}"/>')


def panel(title, trace, top, scale):
    """Yields the lines of one drawing; the next begins at top + height(trace)."""
    yield f'<text class="title" x="{LEFT}" y="{top + 14}">{escape(title)}</text>'
    y = top + 26
    if trace.stages:
        yield f'<text class="name" x="{LEFT - 8}" y="{y + 13}">stages</text>'
        for since, to, name in trace.stages:
            yield box("stage", since, to, y, STAGE, scale)
            if (to - since) * scale > 8:
                x = LEFT + (since + to) / 2 * scale + 3.5
                yield (f'<text class="stage-name" transform="translate({x:.1f} '
                       f'{y + STAGE - 4}) rotate(-90)">{name}</text>')
        y += STAGE + 4
    for lane in LANES:
        yield f'<text class="name" x="{LEFT - 8}" y="{y + 14}">{lane}</text>'
        for since, to in trace.runs[lane]:
            yield box("runs", since, to, y + 2, LANE - 4, scale)
        if lane == "xl":
            for since, to in trace.hypercalls:
                yield box("hypercall", since, to, y + 2, LANE - 4, scale)
        yield (f'<text class="faint" x="{LEFT + trace.end * scale + 6:.1f}" '
               f'y="{y + 14}">{trace.share(lane):.1f} ms</text>')
        y += LANE


def height(trace):
    return 26 + LANE * len(LANES) + (STAGE + 4 if trace.stages else 0) + 22


def draw(debian, ours):
    scale = (WIDTH - 60) / debian.end
    first, second = height(debian), height(ours)
    bottom = 20 + first + second
    yield (f'<svg xmlns="http://www.w3.org/2000/svg" width="{LEFT + WIDTH}" '
           f'height="{bottom + 50}" viewBox="0 0 {LEFT + WIDTH} {bottom + 50}">')
    yield f"<style>{STYLE}</style>"
    yield '<rect width="100%" height="100%" fill="#fff"/>'
    for tick in range(0, int(debian.end) + 1, 20):
        x = LEFT + tick * scale
        yield f'<line class="grid" x1="{x:.1f}" y1="20" x2="{x:.1f}" y2="{bottom}"/>'
        yield f'<text class="tick" x="{x:.1f}" y="{bottom + 16}">{tick} ms</text>'
    yield from panel("Debian's library", debian, 20, scale)
    yield from panel("Ours", ours, 20 + first, scale)
    yield box("runs", 0, 14 / scale, bottom + 28, 12, scale)
    yield f'<text x="{LEFT + 20}" y="{bottom + 38}">has the processor</text>'
    yield box("hypercall", 160 / scale, 174 / scale, bottom + 28, 12, scale)
    yield f'<text x="{LEFT + 180}" y="{bottom + 38}">in a hypercall</text>'
    yield "</svg>"


def main():
    debian, ours, path = sys.argv[1:]
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(draw(Trace(debian), Trace(ours))) + "\n")


main()
