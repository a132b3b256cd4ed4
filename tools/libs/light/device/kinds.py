#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-only
"""Prints docs/devices.md from the sources of the kinds of devices.

kinds.py DEVICE TESTS     DEVICE: the folder of kinds.c; TESTS: that of the
                          files with the nodes of each kind
"""
import re
import sys
from pathlib import Path

PAGE = """# Devices

The nodes and scripts of each kind of devices, as the tables in
[tools/libs/light/device](../tools/libs/light/device) have them. Made by `make
devices-docs`. N is the guest, B the domain of the backend, D the number of the
device; `…/` is the device itself or a part of it, such as `0/` or `0/1/`. All
nodes of the backend's directory but `backend` are copied to `/libxl/N/device`,
where they keep the values of the creation.
[debian-devices.md](debian-devices.md) has what Debian's library does.
"""
WHERE = {"BACK": "backend", "FRONT": "frontend",
         "FIXED": "frontend, the guest only reads it",
         "GUEST": "frontend, the guest may change it",
         "NONZERO": "if it is not 0"}


def read(path):
    """The text of a C file without comments and continued lines."""
    text = Path(path).read_text().replace("\\\n", " ")
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    for name, value in re.findall(r"^#define (\w+) +(.+)$", text, re.M):
        if name.endswith("_KEYS"):
            text = re.sub(rf"(?<!#define )\b{name}\b", lambda _: value, text)
    return text


def body(text, name):
    """What is between the braces that follow a definition of name."""
    found = re.search(rf"\b{name}(\[\]|\([^)]*\))? *=? *\s*\{{", text)
    if not found:
        raise SystemExit(f"kinds.py: there is no '{name}'")
    depth, end = 1, found.end()
    while depth:
        depth += {"{": 1, "}": -1}.get(text[end], 0)
        end += 1
    return text[found.end():end - 1]


def arguments(text, start):
    """The arguments of the call whose bracket opens before start."""
    depth, found, quoted = 1, [""], False
    while True:
        char = text[start]
        quoted ^= char == '"' and text[start - 1] != "\\"
        if not quoted:
            depth += {"(": 1, ")": -1}.get(char, 0)
        if not depth:
            return [re.sub(r"\s+", " ", one).strip() for one in found]
        if char == "," and depth == 1 and not quoted:
            found.append("")
        else:
            found[-1] += char
        start += 1


def places(flags):
    return ", ".join(WHERE[flag] for flag in re.findall(r"DEVICE_(\w+)", flags))


def holds(text, values):
    """In words, what a node holds: a constant, or what it is made of."""
    if len(values) == 1:
        value = values[0]
        defined = re.search(rf"^#define {re.escape(value)} +(.+)$", text, re.M)
        value = defined.group(1) if defined else value
    else:
        value = ", ".join(values[1:])
    local = re.search(rf"\*{re.escape(value)} = ([^;]+);", text)
    value = re.sub(r"\s+", " ", local.group(1) if local else value)
    return f"`{value}`"


def nodes(text, function):
    """Yields (name, places, value) of the nodes that a function adds."""
    code = body(text, function)
    call = re.compile(r"\b(libxl__device_node(?:f|_in)?|add_\w+)\(")
    for found in call.finditer(code):
        args = arguments(code, found.end())
        if found.group(1).startswith("add_"):
            yield from nodes(text, found.group(1))
        elif found.group(1).endswith("_in"):
            yield "…/" + args[3].strip('"'), places(args[1]), \
                holds(text, args[4:])
        elif args[2].startswith('"'):
            yield args[2].strip('"'), places(args[1]), holds(text, args[3:])


def keys(text, table, struct):
    """The same for a table of fields; those of newer releases last."""
    pattern = (r"KEY\(\"([^\"]+)\", *([\w.]+)(?:, *([A-Z_| ]+))?\)"
               r"|#(ifdef|endif)")
    common = re.search(r"#define KEY\(name, field\).*field, ([A-Z_| ]+)\)", text)
    newer = ""
    for name, field, flags, guard in re.findall(pattern, body(text, table)):
        if guard:
            newer = " (not in Xen 4.17)" if guard == "ifdef" else ""
        else:
            yield name, places(flags or common.group(1)), \
                f"`{struct}.{field}`{newer}"


def strings(text):
    return re.findall(r'"([^"]*)"', text)


def script(device, text, function):
    code = body(text, function)
    given = body(code, "arguments")
    come, go, *rest = strings(given)
    common = strings(body(read(device / "hotplug.c"), "libxl__hotplug_script"))
    env = [one for one in common if "=" in one]
    if re.search(r"\benv\[\]", code):
        env += [one for one in strings(body(code, "env")) if "=" in one]
    names = ", ".join(f"`{one.split('=')[0]}`" for one in env)
    default = re.search(r'#define DEFAULT_SCRIPT +"([^"]+)"', text).group(1)
    args = " ".join([""] + rest)
    return (f"`{default}`, or that of the configuration, as `{come}{args}` and "
            f"`{go}{args}`, with {names}")


def states(device):
    """The backend's states that end the wait when a device comes."""
    found = body(read(device / "connect.c"), "judge_seen").split("return 0")[0]
    return ", ".join(re.findall(r"case XenbusState(\w+)", found)) \
        .replace(", Connected", " or Connected")


def row(text, name):
    code = body(text, f"libxl__kind_{name}")
    return dict(re.findall(r"\.(\w+) = \"?([^\",\n]+)", code)), \
        re.search(r"DEVICE_OF\(\w+, (\w+),", code)


def tests(folder, name):
    found = [path.name for path in sorted(folder.glob("*.txt"))
             if f"/libxl/5/device/{name}/" in path.read_text()]
    if not found:
        raise SystemExit(f"kinds.py: no file of {folder} has a '{name}'")
    return ", ".join(f"[{one[:-4]}](../{folder}/{one})" for one in found)


def print_kind(device, folder, text, name, titles):
    kind, of = row(text, name)
    title = kind["name" if kind["name"] not in titles else "option"]
    titles.add(title)
    front = kind.get("frontend", f"device/{kind['name']}/D")
    every = "is_wanted" in kind and "return true" in body(text,
                                                          kind["is_wanted"])
    then = ", then runs the script" if "script" in kind else ""
    come = go = "at once"
    if "XENBUS" in kind["traits"]:
        come = f"waits until the backend is {states(device)}{then}"
        go = ("sets the backend to Closing, waits until it is Closed or has "
              f"gone{then}")
    facts = [
        ("option of xl.cfg(5)", "none: every guest has one" if every
         else f"`{kind['option']}`"),
        ("frontend", f"`/local/domain/N/{front}`"),
        ("backend", f"`/local/domain/B/backend/{kind['name']}/N/D`"),
        ("script", script(device, text, kind["script"])
         if "script" in kind else "none"),
        ("comes", come),
        ("goes", go),
        ("test", tests(folder, kind["name"])),
    ]
    print(f"\n## {title}\n\n| | |\n| --- | --- |")
    for fact in facts:
        print("| {} | {} |".format(*fact))
    print("\n| node | where | what it holds |\n| --- | --- | --- |")
    found = []
    if "XENBUS" in kind["traits"]:
        found += nodes(read(device / "nodes.c"), "add_xenbus")
    if "keys" in kind:
        found += keys(text, kind["keys"], f"libxl_device_{of.group(1)}")
    if "add_nodes" in kind:
        found += nodes(text, kind["add_nodes"])
    for node in dict.fromkeys(found):
        print("| `{}` | {} | {} |".format(*node).replace(" || ", " or "))


def main():
    device, folder = map(Path, sys.argv[1:])
    order = re.findall(r"&libxl__kind_(\w+)", body(read(device / "kinds.c"),
                                                   "libxl__device_kinds"))
    sources = [read(device / "kinds.h") + read(path)
               for path in sorted(device.glob("kind_*.c"))]
    defined = sum(len(re.findall(r"libxl__kind_\w+ = \{", text))
                  for text in sources)
    if defined != len(order):
        raise SystemExit(f"kinds.py: kinds.c has {len(order)} kinds of "
                         f"{defined} that are defined")
    print(PAGE)
    print("Every device has these, and in both directories `state`, written "
          "last.\n\n| node | where | what it holds |\n| --- | --- | --- |")
    for node in nodes(re.sub(r"add_xenbus\(device, nodes\);|"
                             r"kind->add_nodes\(device, nodes\);", "",
                             read(device / "nodes.c")), "list_nodes"):
        print("| `{}` | {} | {} |".format(*node))
    titles = set()
    for name in order:
        text = next(text for text in sources
                    if f"libxl__kind_{name} =" in text)
        print_kind(device, folder, text, name, titles)


main()
