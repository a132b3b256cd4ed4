# SPDX-License-Identifier: LGPL-2.1-only
"""
Holds what compare.sh saw of each guest with Debian's library (a) against what
it saw with the one under test (b), and prints a row for each configuration.

    compare.py OUT MEANT CONFIGS,... debian|ours BOOT...

OUT/BOOT/compare has the sides; MEANT lists the differences that are meant,
CONFIGS the errors that are due.  What differs by nature is masked: see
`Side`.  Anything else that differs and is not listed makes the row fail.
"""
import fnmatch
import json
import os
import re
import subprocess
import sys


def read(path):
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except FileNotFoundError:
        return ""


def parse_tree(path):
    """Device tree as {node or node + ' ' + property: value}."""
    text = subprocess.run(
        ["dtc", "-q", "-q", "-I", "dtb", "-O", "dts", path],
        check=True, capture_output=True, text=True).stdout
    found, nodes = {}, []
    for line in text.splitlines():
        line = line.strip()
        if line.endswith("{"):
            nodes.append(line[:-1].strip().rstrip("/"))
            found["/".join(nodes) or "/"] = "node"
        elif line == "};":
            nodes.pop()
        elif line and not line.startswith("/dts"):
            name, _, value = line.rstrip(";").partition(" = ")
            found[f"{'/'.join(nodes) or '/'} {name}"] = value
    # Debian's library of Xen 4.17 writes that node before the virtio devices,
    # that of 4.20 after them; a guest finds it by its phandle.
    found["order"] = " ".join(name for name in found
                              if not name.startswith("/xen_iommu"))
    return found


def flatten(value, path=""):
    """JSON as a list of (path, value), in the order of the text."""
    if isinstance(value, dict):
        pairs = value.items()
    elif isinstance(value, list):
        pairs = enumerate(value)
    else:
        return [(path, json.dumps(value))]
    found = [(path or ".", "{}" if isinstance(value, dict) else "[]")]
    for name, item in pairs:
        found += flatten(item, f"{path}.{name}")
    return found


class Side:
    """
    What was seen of one guest with one library, as {area: {name: value}}.
    Masked are the domain's number, a uuid or a mac that the configuration
    does not give, times, the pseudo-terminal, the random seed, the physical
    processor that a vCPU was last on, and which loop device has a file.
    """

    def __init__(self, path, guest):
        self.path = path
        self.code = read(f"{path}/create.code").strip()
        self.output = read(f"{path}/create.out")
        self.domid = read(f"{path}/domid").strip()
        # How many domains a creation that was refused has made and destroyed.
        self.made = read(f"{path}/made").strip()
        self.left = read(f"{path}/left")
        self.uuid = None
        self.guest = guest.lower()
        self.macs = {}
        self.uuids = {}
        self.loops = {number: file for file, number in re.findall(
            r"^file (.*): /dev/loop(\d+)$", read(f"{path}/dom0"), re.M)}
        self.number = self.domid or self.number_of_scripts()
        self.areas = {
            "scripts": self.scripts("scripts"),
            "last scripts": self.scripts("last-scripts"),
        }
        if not self.domid:
            return
        found = re.search(rf"^/local/domain/{self.domid}/vm = \"/vm/(.*?)\"",
                          read(f"{path}/store"), re.M)
        if found and not re.search("^uuid=", guest, re.M):
            self.uuid = found[1]
        self.number_uuids()
        self.areas |= {
            "tree": self.tree(),
            "store": self.store(),
            "hypervisor": self.lines("hypervisor"),
            "config": self.json("config"),
            "config read by Debian's": self.json(
                "config-debian" if os.path.exists(f"{path}/config-debian")
                else "config"),
            "stored": self.json("userdata"),
            "list": self.columns("list", {1: r"DOMID", 5: r"\d+\.\d"}),
            "vcpus": self.columns("vcpus", {1: r"DOMID", 3: r"\d+",
                                            5: r"\d+\.\d"}),
            "files": self.files(),
            "destroy": {"exit code": read(f"{path}/destroy.code").strip()},
            "block-list": self.columns("block-list", {2: "DOMID"}),
            "network-list": self.columns("network-list", {}),
            "vtpm-list": self.columns("vtpm-list", {}),
            "vdispl-list": self.columns("vdispl-list", {}),
            "vsnd-list": self.columns("vsnd-list", {}),
            "usb-list": self.columns("usb-list", {}),
            "dom0": self.lines("dom0"),
            "qemu": self.qemu(),
        }

    def qemu(self):
        """The arguments of the guest's QEMU, one a line in the file."""
        text = re.sub(rf"(-xen-domid\n|/qmp-\w+-){self.number}\b",
                      r"\1DOMID", read(f"{self.path}/qemu"))
        return {"arguments": text.replace("\n", " ")}

    def mask_number(self, text):
        return re.sub(r"((?:/local/domain|/libxl|/device-model|"
                      rf"\bbackend/\w+)/){self.number}(?=[/ \"]|$)",
                      r"\1DOMID", text, flags=re.M)

    def number_uuids(self):
        """In an order that the domain's own number does not change."""
        for line in sorted(
                self.mask_number(read(f"{self.path}/store")).splitlines()):
            self.mask(line)

    def mask(self, text):
        text = self.mask_number(text)
        text = re.sub(rf"\bvif{self.number}\.", "vifDOMID.", text)
        # Where in Debian's sources a message is from depends on the release.
        text = re.sub(r"\b(libxl\w*\.c):\d+:", r"\1:", text)
        text = re.sub(rf"\bDomain {self.number}:", "Domain DOMID:", text)
        text = re.sub(rf"\bhandle: {self.number},", "handle: DOMID,", text)
        text = re.sub(r"\b00:16:3e(:[0-9a-f]{2}){3}", self.mask_mac, text)
        text = re.sub(r"/dev/loop(\d+)\b|\b7:([0-9a-f]+)(?=\")",
                      self.mask_loop, text)
        if self.uuid:
            text = text.replace(self.uuid, "UUID")
        return re.sub(r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b",
                      self.mask_uuid, text)

    def mask_uuid(self, match):
        uuid = match[0]
        if uuid in self.guest:
            return uuid
        return self.uuids.setdefault(uuid, f"UUID{len(self.uuids)}")

    def mask_mac(self, match):
        mac = match[0]
        if mac in self.guest:
            return mac
        return self.macs.setdefault(mac, f"MAC{len(self.macs)}")

    def mask_loop(self, match):
        number = match[1] or str(int(match[2], 16))
        return f"LOOP({self.loops[number]})" if number in self.loops \
            else match[0]

    def number_of_scripts(self):
        """The domain that the scripts ran for, if it is there no more."""
        top = f"{self.path}/last-scripts"
        for name in sorted(os.listdir(top)) if os.path.isdir(top) else []:
            found = re.search(r"^XENBUS_PATH=backend/\w+/(\d+)/",
                              read(f"{top}/{name}"), re.M)
            if found:
                return found[1]
        return "none"

    def scripts(self, name):
        """
        {script, arguments and device: environment and exit code} of those
        that ran, without what the environment has from the test itself.
        """
        found = {}
        top = f"{self.path}/{name}"
        for file in os.listdir(top) if os.path.isdir(top) else []:
            lines = self.mask(read(f"{top}/{file}")).splitlines()
            device = next((line for line in lines
                           if line.startswith("XENBUS_PATH=")), "no device")
            key = f"{lines[0]} {device}"
            while key in found:
                key += " again"
            found[key] = " ".join(
                line for line in lines[1:] if not re.match(
                    "LD_LIBRARY_PATH=|LIBXL_DEBUG_DUMP_DTB=|time: ", line))
        return found

    def tree(self):
        path = f"{self.path}/tree.dtb"
        if not os.path.exists(path):
            return {"tree": "none"}
        tree = parse_tree(path)
        if "/chosen rng-seed" in tree:
            tree["/chosen rng-seed"] = "masked"
        return tree

    def store(self):
        found = {}
        for line in self.mask(read(f"{self.path}/store")).splitlines():
            match = re.fullmatch(r'(/\S*) = "(.*)"   \((.*)\)', line)
            if not match:
                found[line] = "unreadable"
                continue
            path, value, access = match.groups()
            if re.search(r"/(domid|frontend-id)$", path):
                value = re.sub(rf"^{self.domid}$", "DOMID", value)
            elif re.search(r"/image/device-model-pid$", path):
                value = "PID"
            elif re.search(r"/tty$", path):
                value = re.sub(r"^/dev/pts/\d+$", "PTY", value)
            elif path.endswith("/start_time"):
                value = re.sub(r"^\d+\.\d\d$", "TIME", value)
            access = re.sub(rf"\b([nrwb]){self.domid}\b", r"\1DOMID", access)
            found[path] = f'"{value}" ({access})'
        return found

    def lines(self, name):
        found = {}
        for line in self.mask(read(f"{self.path}/{name}")).splitlines():
            key, _, value = line.partition(": ")
            found[key] = value
        return found

    def json(self, name):
        text = self.mask(read(f"{self.path}/{name}")).rstrip("\0")
        messages = re.findall(r"^libxl: .*\n", text, re.M)
        text = re.sub(r"^libxl: .*\n", "", text, flags=re.M)
        try:
            value = json.loads(text)
        except ValueError:
            return {"text": text or "none"}
        if isinstance(value, list) and value and "domid" in value[0]:
            value[0]["domid"] = str(value[0]["domid"]).replace(
                self.domid, "DOMID")
        found = dict(flatten(value))
        for number, message in enumerate(messages):
            found[f"message {number}"] = message.rstrip()
        if name != "userdata":
            found["order"] = " ".join(found)
        return found

    def columns(self, name, masks):
        """The table of `xl list` or `xl vcpu-list`, a row each."""
        found = {}
        for number, line in enumerate(
                self.mask(read(f"{self.path}/{name}")).splitlines()):
            words = re.split(r"\s+", line)
            for column, pattern in masks.items() if number else ():
                pattern = pattern.replace("DOMID", self.domid)
                if len(words) > column:
                    words[column] = re.sub(f"^{pattern}$", "*", words[column])
            found[f"row {number}"] = " ".join(words)
        return found

    def files(self):
        text = self.mask(read(f"{self.path}/files"))
        text = text.replace(f"userdata-d.{self.domid}.", "userdata-d.DOMID.")
        return dict(reversed(line.rsplit(" ", 1))
                    for line in text.splitlines())

    def outcome(self):
        return f"exit code {self.code}, " + (
            "a domain" if self.domid else "no domain")


def refused_at_once(side):
    return not side.domid and side.made == "0"


def script_differences(a, b):
    """
    Only a domain has devices, and scripts that run for them.  A library that
    refuses a configuration before it makes a domain runs none, whatever the
    other one does.
    """
    for side, label in (a, "Debian's"), (b, "ours"):
        for area in ("scripts", "last scripts"):
            if refused_at_once(side):
                for script in side.areas[area]:
                    yield f"{area} {script}: {label} ran it without a domain"


def differences(a, b):
    if a.outcome() != b.outcome():
        return [f"create: {a.outcome()} -> {b.outcome()}"]
    if refused_at_once(a) or refused_at_once(b):
        return list(script_differences(a, b))
    found = []
    for area in a.areas:
        left, right = a.areas[area], b.areas[area]
        keys = list(left) + [key for key in right if key not in left]
        same_keys = set(left) == set(right)
        for key in keys:
            if key == "order" and not same_keys:
                continue
            one, other = left.get(key, "none"), right.get(key, "none")
            if one != other:
                found.append(f"{area} {key}: {one} -> {other}")
    return found


class Meant:
    """The list of differences that are meant, each with its reason."""

    def __init__(self, path, release):
        self.release = release
        self.entries = []
        group = []
        for line in read(path).splitlines():
            if not line.strip() or line.startswith("#"):
                continue
            if line[0].isspace():
                for entry in group:
                    entry["reason"] += line.strip() + " "
                continue
            if group and group[-1]["reason"]:
                group = []
            guests, _, difference = line.partition(" | ")
            self.entries.append({"guests": guests.split(), "reason": "",
                                 "difference": difference.strip(),
                                 "seen": set(), "used": False})
            group.append(self.entries[-1])

    def allows(self, guest, difference):
        allowed = False
        for entry in self.entries:
            if entry["difference"] == difference.strip() and self.names(entry, guest):
                entry["used"] = allowed = True
        return allowed

    def names(self, entry, guest):
        return any(fnmatch.fnmatchcase(name, pattern)
                   for pattern in entry["guests"]
                   for name in (guest, f"{self.release}:{guest}"))

    def complaints(self, guests):
        for entry in self.entries:
            what = f"'{' '.join(entry['guests'])} | {entry['difference']}'"
            if not entry["reason"]:
                yield f"{what} gives no reason"
            here = [guest for guest in guests if self.names(entry, guest)]
            if here and not entry["used"]:
                yield f"{what} did not occur"


def due_errors(paths):
    due, name = {}, None
    for line in "".join(map(read, paths.split(","))).splitlines():
        if line.startswith("["):
            name = line[1:line.index("]")]
        elif line.startswith("error: "):
            due[name] = line[len("error: "):]
    return due


def how_refused(a, b):
    if refused_at_once(a) == refused_at_once(b):
        return "both refuse it"
    early = "Debian's" if refused_at_once(a) else "ours"
    return f"both refuse it, {early} before it makes a domain"


def compare(path, guest, error, meant, ours):
    """Prints the row of one configuration; says whether it is as it should."""
    config = read(f"{path}/guest.cfg")
    a, b = Side(f"{path}/a", config), Side(f"{path}/b", config)
    wrong, allowed = [], 0
    for difference in differences(a, b) if b.code else ["not run"]:
        if ours and meant.allows(guest, difference):
            allowed += 1
        else:
            wrong.append(difference)
    if refused_at_once(b) and not refused_at_once(a) and not error:
        wrong.append("ours refuses it before it makes a domain: an 'error:' "
                     "has to say why")
    wrong += [f"left behind: {line}" for line in b.left.splitlines()]
    if ours and error:
        if b.code == "0" or b.domid:
            wrong.append("the domain should have been refused")
        elif not re.search(error, b.output):
            wrong.append(f"the error does not say '{error}': "
                         + b.output.strip().replace("\n", " / "))
    counts = ", ".join(f"{area} {len(b.areas[area])}"
                       for area in ("tree", "store", "hypervisor", "config")
                       if area in b.areas) or how_refused(a, b)
    if a.outcome() != b.outcome():
        counts = f"{a.outcome()} -> {b.outcome()}"
    notes = f"; {allowed} meant differences" if allowed else ""
    if a.left:
        notes += f"; Debian's leaves {len(a.left.splitlines())} things behind"
    if wrong:
        print(f"not ok {guest}: {len(wrong)} differences")
        for line in wrong:
            print(f"    {line}")
    else:
        print(f"ok {guest}: {counts}{notes}")


def main():
    out, meant_path, configs, library, *boots = sys.argv[1:]
    # out is build/RELEASE/FOLDER/out.
    release = os.path.abspath(out).split(os.sep)[-3]
    meant, due, guests = Meant(meant_path, release), due_errors(configs), []
    for boot in boots:
        top = f"{out}/{boot}/compare"
        for name in sorted(os.listdir(top)) if os.path.isdir(top) else []:
            if not os.path.exists(f"{top}/{name}/guest.cfg"):
                continue
            guests.append(f"{boot}/{name}")
            compare(f"{top}/{name}", guests[-1], due.get(name), meant,
                    library == "ours")
    if library == "ours":
        for complaint in meant.complaints(guests):
            print(f"not ok meant differences: {complaint}")


main()
