#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-only
"""Turns fields.txt into code, a check and a page.

fields.py rows FIELDS COMPILER...          rows of C for create/checks.c: each
                                           field that is refused or ineffective
fields.py check FIELDS DIR MAN COMPILER... whether each field is in one line,
                                           each file that a line names uses it,
                                           and each option of xl.cfg(5) is there
fields.py page FIELDS COMPILER...          docs/options.md
fields.py new FIELDS COMPILER...           the fields that are in no line
"""
import fnmatch
import gzip
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "types"))
import headers  # noqa: E402

NESTED = ("libxl_domain_create_info", "libxl_domain_build_info",
          "libxl_domain_sched_params")
VERDICTS = ("used", "refused", "no-effect", "ignored")
INTEGERS = ("int", "uint8_t", "uint16_t", "uint32_t", "_Bool", "libxl_domid")
UNKNOWN = "this library does not know it"
PAGE = """# Options of xl.cfg(5)

What this library does with each option of a guest's configuration. *works*: the
named file below `tools/libs/light` carries it out. *refused*: the guest is not
created, and the error names the option. *warning*: the guest is created, and a
warning says why the option has no effect. *ignored*: nothing is lost without it.

Made by `make options-docs` from
[fields.txt](../tools/libs/light/create/fields.txt), which has a line for every
field of `libxl_domain_config`. A field of a newer release that is in no line is
refused if it is set.

| option | what | where, or why |
| --- | --- | --- |
"""


class Line:
    def __init__(self, text):
        parts = [part.strip() for part in text.split("|")]
        self.field, self.verdict, options, self.detail = parts
        self.options = [name.strip() for name in options.split(",") if name]
        if self.verdict not in VERDICTS:
            raise SystemExit(f"fields.txt: unknown verdict in '{text}'")


def read_lines(path):
    return [Line(text) for text in Path(path).read_text().splitlines()
            if text and not text.startswith("#")]


def walk(public, fields, path=""):
    """Yields (path, type) of every field; an array has type and count."""
    counts = {field.name for field in fields}
    for field in fields:
        name = path + (field.name or "")
        if field.members is not None:
            yield from walk(public, field.members, name + "." if field.name
                            else path)
        elif field.type in NESTED:
            yield from walk(public, public.struct(field.type).fields,
                            name + ".")
        elif not (field.name.startswith("num_")
                  and field.name[4:] in counts):
            array = "num_" + field.name in counts
            yield name, "array" if array else field.type


def elements(public, config, lines):
    """Paths of the fields of devices, of the kinds that this library has."""
    for field in config.fields:
        if not (field.type or "").startswith("libxl_device_"):
            continue
        found = lines_of(lines, field.name)
        if found and found[0].verdict == "used":
            struct = public.struct(field.type.rstrip(" *"))
            for path, ctype in walk(public, struct.fields):
                yield f"{field.name}[].{path}", ctype


def new_fields(public, lines):
    """(path, type) of fields that are in no line: those of a newer release."""
    config = public.struct("libxl_domain_config")
    fields = list(walk(public, config.fields))
    fields += elements(public, config, lines)
    return [field for field in fields if not lines_of(lines, field[0])]


def all_fields(compiler):
    public = headers.Headers(compiler)
    return public, list(walk(public,
                             public.struct("libxl_domain_config").fields))


def lines_of(lines, path):
    exact = [line for line in lines if line.field == path]
    return exact or [line for line in lines if fnmatch.fnmatchcase(
        path, line.field.replace("[", "[[]"))]


def is_set(public, path, ctype, config="config->"):
    """A C expression: whether the field at path asks for anything."""
    if "[]." in path:
        return any_is_set(public, path, ctype)
    at = config + path
    if ctype == "array":
        head, _, leaf = path.rpartition(".")
        return f"{config}{head}{'.' if head else ''}num_{leaf} > 0"
    if ctype == "libxl_defbool":
        return f"is_true({at})"
    if ctype == "char *" or ctype == "const char *":
        return f"{at} && *{at}"
    if ctype == "libxl_bitmap":
        return f"{at}.size > 0"
    if ctype in ("libxl_string_list", "libxl_key_value_list",
                 "libxl_cpuid_policy_list"):
        return f"{at} != NULL"
    if ctype == "uint64_t":
        return f"{at} && {at} != LIBXL_MEMKB_DEFAULT"
    if ctype in INTEGERS:
        return f"{at} != 0"
    if ctype in public.enums:
        unset = [value for value in public.enums[ctype].values
                 if value.endswith(("_UNKNOWN", "_INVALID"))]
        return f"{at} != 0" + "".join(f" && {at} != {value}"
                                      for value in unset)
    if ctype in public.structs:
        short = ctype.replace("libxl_", "", 1).upper()
        return ("!libxl__type_is_default(&libxl__types[LIBXL__TYPE_"
                f"{short}], &{at}, 0)")
    raise SystemExit(f"fields.py: no test for '{path}' of type '{ctype}'")


def any_is_set(public, path, ctype):
    """The same about a field of an array's elements."""
    array, _, rest = path.partition("[].")
    test = is_set(public, rest, ctype, f"config->{array}[n].")
    return ("({ bool any = false; int n; "
            f"for (n = 0; n < config->num_{array}; n++) "
            f"any = any || ({test}); any; }})")


def option_of(line, path):
    """The option that sets a field, or the field itself."""
    leaf = path.split(".")[-1]
    if not line or not line.options:
        return path
    return leaf if leaf in line.options else line.options[0]


def options_of_man(path):
    """The options of xl.cfg(5): items at the top of its lists."""
    depth, names = 0, set()
    for line in gzip.open(path, "rt"):
        depth += line.startswith(".RS") - line.startswith(".RE")
        if depth or not line.startswith(".IP"):
            continue
        text = re.sub(r"\\f[A-Z]|\"", "", line[3:]).replace("\\-", "-")
        names.update(re.findall(r"\b([a-z][a-z0-9_]*)=", text))
    return names


def write_page(lines, compiler):
    _, fields = all_fields(compiler)
    known = {id(line) for path, _ in fields for line in lines_of(lines, path)}
    known |= {id(line) for line in lines if "[]" in line.field}
    words = {"used": "works", "refused": "refused", "no-effect": "warning",
             "ignored": "ignored"}
    rows = []
    for line in lines:
        what = words[line.verdict]
        if line.verdict == "used":
            why = f"`{line.detail}`"
        else:
            why = line.detail
        if id(line) not in known and line.field != "-":
            why += " (not in Xen 4.17)"
        rows += [f"| `{name}` | {what} | {why} |" for name in line.options]
    print(PAGE + "\n".join(sorted(set(rows))))


def write_rows(lines, compiler):
    public, fields = all_fields(compiler)
    fields += [field for field in new_fields(public, lines)
               if field not in fields]
    for path, ctype in fields:
        line = (lines_of(lines, path) or [None])[0]
        verdict = line.verdict if line else "refused"
        if verdict not in ("refused", "no-effect"):
            continue
        option = option_of(line, path)
        # A member of the union is there only for its own type of guest.
        if ".u." in path:
            guard = "config->b_info.type == LIBXL_DOMAIN_TYPE_PVH && "
        else:
            guard = ""
        print(f'    {{ {guard}{is_set(public, path, ctype)}, '
              f'{"true" if verdict == "refused" else "false"}, '
              f'"{option}", "{line.detail if line else UNKNOWN}" }},')


def check(lines, directory, man, compiler):
    known = {name for line in lines for name in line.options}
    faults = [f"the option '{name}' of xl.cfg(5) is in no line"
              for name in sorted(options_of_man(man) - known)]
    public, fields = all_fields(compiler)
    fields += elements(public, public.struct("libxl_domain_config"), lines)
    for path, _ in fields:
        found = lines_of(lines, path)
        if len(found) != 1:
            faults.append(f"'{path}' is in {len(found)} lines of fields.txt")
            continue
        line, leaf = found[0], path.split(".")[-1]
        if line.verdict != "used":
            continue
        source = Path(directory) / line.detail
        if not source.exists():
            faults.append(f"'{path}': there is no file '{line.detail}'")
        elif not re.search(rf"\b(num_)?{leaf}\b", source.read_text()):
            faults.append(f"'{path}' is not used by '{line.detail}'")
    for fault in faults:
        print("fields.txt:", fault)
    print(f"check-fields: {len(fields)} fields, {len(faults)} faults")
    return 1 if faults else 0


def main():
    verb, path, *rest = sys.argv[1:]
    lines = read_lines(path)
    if verb == "rows":
        write_rows(lines, rest)
        return 0
    if verb == "new":
        for field, _ in new_fields(headers.Headers(rest), lines):
            print(f"new: field {field}: is refused if it is set",
                  file=sys.stderr)
        return 0
    if verb == "page":
        write_page(lines, rest)
        return 0
    return check(lines, rest[0], rest[1], rest[2:])


sys.exit(main())
