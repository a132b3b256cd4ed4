#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-only
#
# Writes types.c and types-index.h from the enums and structs of _libxl_types.h:
#
#   descriptors.py OUT-DIR DEFAULTS COMPILER...
#
# types.c holds the string tables of enums, the descriptors of every type (see
# type.h), and the public functions of each type, every one a call of the
# runtime in type.c and type_json.c.  types-index.h names the descriptors, and
# the fields that this release has.

import fnmatch
import sys

import headers

HEAD = '''\
/* Made by tools/libs/light/types/descriptors.py from the public headers. */

#include <stddef.h>

#include <libxl.h>
#include <libxl_event.h>
#include <libxl_json.h>
#include <libxl_utils.h>

#include "types/builtin.h"
#include "types/type.h"
'''

INDEX_HEAD = '''\
/* Made by tools/libs/light/types/descriptors.py from the public headers. */
#ifndef LIBXL_GEN_TYPES_INDEX_H
#define LIBXL_GEN_TYPES_INDEX_H
'''

INTEGERS = {"int": "INT", "uint8_t": "UINT", "uint16_t": "UINT",
            "uint32_t": "UINT", "uint64_t": "UINT", "libxl_domid": "UINT",
            "libxl_devid": "INT", "_Bool": "BOOL"}
STRING = "char *"
BUILTINS = ("defbool", "uuid", "mac", "hwcap", "ms_vm_genid", "bitmap",
            "string_list", "key_value_list", "cpuid_policy_list")
# Not the type's own: a link of the library's, and a string that the caller
# lends.
INTERNAL = ("libxl_ev_link", "const char *")

# Of the same name and type inside of a union and outside of it, and yet two
# settings: the inner one is the firmware's, the outer one the guest's.
NOT_MOVED = {"libxl_domain_build_info": {"acpi"}}


def enum_strings(enum):
    """(string, value) of each constant: its name less the enum's own."""
    prefixes = [enum.name.upper() + "_",
                enum.name.upper().replace("LIBXL_", "", 1) + "_"]
    for value in enum.values:
        for prefix in prefixes:
            if value.startswith(prefix):
                yield value[len(prefix):].lower(), value
                break
        else:
            raise headers.HeaderError("%s is not named like %s"
                                      % (value, enum.name))


def string_table(enum):
    lines = ["", "libxl_enum_string_table %s_string_table[] = {" % enum.name]
    for string, value in enum_strings(enum):
        lines.append('    { "%s", %s },' % (string, value))
    return "\n".join(lines + ["    { NULL, -1 },", "};", ""])


class Defaults:
    """What init stores where it is not zero; see defaults.txt."""

    def __init__(self, path, enums):
        with open(path) as text:
            lines = [line.split("#")[0].split() for line in text]
        self.rows = [line for line in lines if line]
        for enum in enums:
            unset = [value for string, value in enum_strings(enum)
                     if string in ("unknown", "invalid")]
            self.rows += [[enum.name, value] for value in unset]

    def of(self, struct, field):
        for pattern, value in self.rows:
            if "." in pattern:
                path = "%s.%s" % (struct, field.name)
                if fnmatch.fnmatchcase(path, pattern):
                    return value
            elif field.type == pattern:
                return value
        return "0"


class Type:
    def __init__(self, name, kind, sizeof, more="", fields=None):
        self.name = name            # as messages have it
        self.kind = kind
        self.sizeof = sizeof
        self.more = more            # further members of its initialiser
        self.fields = fields or []  # initialisers


class Descriptors:
    def __init__(self, public, defaults):
        self.public = public
        self.defaults = defaults
        self.types = []
        self.index = {}             # by C type, or by path if anonymous
        self.names = {}             # offset of each name in the pool
        self.pool = 0
        self.moved = []

    def name(self, text):
        if text not in self.names:
            self.names[text] = self.pool
            self.pool += len(text) + 1
        return self.names[text]

    def add(self, ctype, new):
        self.name(new.name)
        self.index[ctype] = len(self.types)
        self.types.append(new)
        return self.index[ctype]

    def type_of(self, ctype):
        """The number of a C type that a field has."""
        if ctype in self.index:
            return self.index[ctype]
        sizeof = "sizeof(%s)" % ctype
        short = ctype.replace("libxl_", "", 1)
        if ctype == STRING:
            return self.add(ctype, Type("string", "STRING", sizeof))
        if ctype in INTEGERS:
            return self.add(ctype, Type(ctype, INTEGERS[ctype], sizeof))
        if ctype in INTERNAL:
            return self.add(ctype, Type(ctype, "INTERNAL", sizeof))
        if ctype in self.public.enums:
            return self.add(ctype, Type(ctype, "ENUM", sizeof,
                            ".u.strings = %s_string_table, " % ctype))
        if short in BUILTINS:
            return self.add(ctype, Type(ctype, "BUILTIN", sizeof,
                            ".u.builtin = &libxl__builtin_%s, " % short))
        if ctype in self.public.structs:
            struct = self.public.struct(ctype)
            return self.add_struct(ctype, ctype, "", struct.fields)
        raise headers.HeaderError("a field has the unknown type '%s'" % ctype)

    def add_struct(self, ctype, root, path, fields):
        """A struct; an anonymous one is at path inside of the struct root."""
        keys = {}
        for field in fields:
            if field.is_union:
                keys[self.key_of(root, fields, field)] = field
        new = Type((root + "." + path).rstrip("."), "STRUCT",
                   self.sizeof(root, path))
        for number, field in enumerate(fields):
            before = fields[number - 1] if number else None
            after = fields[number + 1] if number + 1 < len(fields) else None
            inner = path + "." + field.name if path else field.name
            new.fields.append(self.field(root, path, inner, field, before,
                                         after, keys))
        return self.add(ctype, new)

    @staticmethod
    def sizeof(root, path):
        if path:
            return "sizeof(((%s *)0)->%s)" % (root, path)
        return "sizeof(%s)" % root

    @staticmethod
    def offset(root, path, inner):
        if path:
            return "offsetof(%s, %s) - offsetof(%s, %s)" % (root, inner, root,
                                                            path)
        return "offsetof(%s, %s)" % (root, inner)

    def key_of(self, root, fields, union):
        """The name of the field that tells a union's members apart."""
        for field in fields:
            function = "%s_init_%s" % (root, field.name)
            if function in self.public.functions:
                return field.name
        raise headers.HeaderError("no %s_init_KEY tells the key of '%s'"
                                  % (root, union.name))

    @staticmethod
    def is_array(field, before):
        return (field.type is not None and field.type.endswith("*")
                and field.type != STRING and before is not None
                and before.name.startswith("num_"))

    def field(self, root, path, inner, field, before, after, keys):
        """The initialiser of a struct libxl__field."""
        shape, link, value = "VALUE", "0", "0"
        if field.is_union:
            key = next(name for name in keys if keys[name] is field)
            shape, link = "UNION", self.offset(root, path, self.beside(inner,
                                                                       key))
            number = self.add_union(root, inner, field, key)
        elif field.members is not None:
            number = self.add_struct(root + "." + inner, root, inner,
                                     field.members)
        elif self.is_array(field, before):
            shape = "ARRAY"
            link = self.offset(root, path, self.beside(inner, before.name))
            number = self.type_of(field.type[:-1].rstrip())
        else:
            number = self.type_of(field.type)
            value = self.defaults.of(root, field)
            if field.name in keys:
                shape = "KEY"
            elif after is not None and self.is_array(after, field):
                shape = "COUNT"
        return (self.name(field.name), field.name, number,
                self.offset(root, path, inner), link, value, shape)

    @staticmethod
    def beside(path, name):
        return path[:path.rfind(".") + 1] + name

    def add_union(self, root, path, union, key):
        struct = self.public.struct(root)
        outside = {field.name: field for field in struct.fields}
        enum = self.public.enums[outside[key].type]
        values = dict(enum_strings(enum))
        new = Type(root + "." + path, "UNION", self.sizeof(root, path),
                   ".key_type = %d, .key_name = %d, "
                   % (self.type_of(enum.name), self.name(key)))
        for member in union.members:
            inner = path + "." + member.name
            number = self.add_struct(root + "." + inner, root, inner,
                                     member.members)
            new.fields.append((self.name(member.name), member.name, number,
                               "0", "0", values[member.name], "MEMBER"))
            for field in member.members:
                if (field.name in outside
                        and field.type == outside[field.name].type
                        and field.name not in NOT_MOVED.get(root, ())):
                    self.moved.append((root, inner, field,
                                       values[member.name]))
        return self.add(root + "." + path, new)

    def write_tables(self, text):
        text.write("\n/* clang-format off */\n")
        text.write("const char libxl__names[] =\n")
        for name in self.names:
            text.write('    "%s\\0"\n' % name)
        text.write("    ;\n")
        text.write("\nconst struct libxl__field libxl__fields[] = {\n")
        first = 0
        rows = []
        for number, row in enumerate(self.types):
            text.write("    /* %s */\n" % row.name)
            for name, comment, ctype, offset, link, value, shape in row.fields:
                text.write("    { %d /* %s */, %d /* %s */, %s, %s, %s, "
                           "LIBXL__FIELD_%s },\n"
                           % (name, comment, ctype, self.types[ctype].name,
                              offset, link, value, shape))
            rows.append("    { /* %d */ .name = %d /* %s */, .kind = "
                        "LIBXL__KIND_%s, .size = %s, .first = %d, "
                        ".count = %d, %s},\n"
                        % (number, self.names[row.name], row.name, row.kind,
                           row.sizeof, first, len(row.fields), row.more))
            first += len(row.fields)
        text.write("};\n\nconst struct libxl__type libxl__types[] = {\n")
        text.write("".join(rows))
        text.write("};\n/* clang-format on */\n")

    def write_index(self, text):
        """The number of each public type and a macro for each field: both
        differ by release.  A misspelt type does not compile."""
        for ctype, number in self.index.items():
            if not self.is_generated(ctype):
                continue
            macro = ctype.replace("libxl_", "", 1).replace(".", "_").upper()
            text.write("\n")
            if "." not in ctype:
                text.write("#define LIBXL__TYPE_%s %d\n" % (macro, number))
            for field in self.types[number].fields:
                text.write("#define LIBXL__HAS_%s_%s 1\n"
                           % (macro, field[1].upper()))

    def wrapper(self, text, function, body):
        params = ", ".join(param.text for param in function.params)
        space = "" if function.result.endswith("*") else " "
        text.write("\n%s%s%s(%s)\n{\n" % (function.result, space,
                                          function.name, params))
        text.write("    %s;\n}\n" % body)

    def write_functions(self, text):
        """Each public function that follows from a type."""
        for function in self.public.functions.values():
            body = self.body(function)
            if body:
                self.wrapper(text, function, body)

    def body(self, function):
        name = function.name
        params = [param.name for param in function.params]
        for suffix, call in CALLS.items():
            ctype = name[:-len(suffix)]
            if name.endswith(suffix) and self.is_generated(ctype):
                by_value = not function.params[-1].text.startswith(
                    (ctype + " *", "const " + ctype + " *"))
                return call(self.type_ref(ctype), params, by_value)
        if name.endswith("_list_free"):
            ctype = function.params[0].text.split(" *")[0]
            return ("libxl__type_list_free(%s, %s, %s)"
                    % (self.type_ref(ctype), params[0], params[1]))
        ctype, at, key = name.rpartition("_init_")
        if at and self.is_generated(ctype):
            return ("libxl__type_init_key(%s, %s, %s)"
                    % (self.type_ref(ctype), params[0], params[1]))
        if name.startswith("libxl__") and name.endswith("_copy_deprecated"):
            ctype = "libxl_" + name[len("libxl__"):-len("_copy_deprecated")]
            return ("return libxl__type_move(%s, %s, %s, moved_%s, "
                    "sizeof(moved_%s) / sizeof(moved_%s[0]))"
                    % (params[0], self.type_ref(ctype), params[1], ctype,
                       ctype, ctype))
        return None

    def is_generated(self, ctype):
        return (ctype in self.index and
                self.types[self.index[ctype]].kind in ("ENUM", "STRUCT"))

    def type_ref(self, ctype):
        return "&libxl__types[%d]" % self.index[ctype]

    def write_moved(self, text):
        for root in {row[0] for row in self.moved}:
            text.write("\n/* clang-format off */\n")
            text.write("static const struct libxl__moved moved_%s[] = {\n"
                       % root)
            for ctype, path, field, key in self.moved:
                if ctype == root:
                    text.write("    { %d /* %s */, %d, offsetof(%s, %s.%s), "
                               "offsetof(%s, %s), %s, %s },\n"
                               % (self.name(field.name), field.name,
                                  self.type_of(field.type),
                                  root, path, field.name, root, field.name,
                                  key, self.defaults.of(root, field)))
            text.write("};\n/* clang-format on */\n")


CALLS = {
    "_init": lambda t, p, v: "libxl__type_init(%s, %s)" % (t, p[0]),
    "_dispose": lambda t, p, v: "libxl__type_dispose(%s, %s)" % (t, p[0]),
    "_copy": lambda t, p, v:
        "libxl__type_copy(%s, %s, %s)" % (t, p[1], p[2]),
    "_gen_json": lambda t, p, v:
        "return libxl__type_gen_json(%s, %s, %s)" % (t, p[0], p[1]),
    "_to_json": lambda t, p, v:
        "return libxl__type_to_json(%s, %s, %s%s)" % (p[0], t, "&" * v, p[1]),
    "_from_json": lambda t, p, v:
        "return libxl__type_from_json(%s, %s, %s, %s)" % (p[0], t, p[1], p[2]),
    "_to_string": lambda t, p, v:
        "return libxl__enum_to_string(%s, %s)" % (t, p[0]),
    "_from_string": lambda t, p, v:
        "return libxl__enum_from_string(%s, %s, %s)" % (t, p[0], p[1]),
}


def main():
    out, defaults = sys.argv[1:3]
    public = headers.Headers(sys.argv[3:])
    enums = [enum for enum in public.enums.values()
             if enum.name + "_string_table" in public.data]
    descriptors = Descriptors(public, Defaults(defaults, enums))
    # Types that have public functions of their own, in header order.
    for ctype in list(public.enums) + list(public.structs):
        if ctype + "_to_json" in public.functions:
            descriptors.type_of(ctype)
    with open(out + "/types.c", "w") as text:
        text.write(HEAD)
        for enum in enums:
            text.write(string_table(enum))
        descriptors.write_tables(text)
        descriptors.write_moved(text)
        descriptors.write_functions(text)
    with open(out + "/types-index.h", "w") as text:
        text.write(INDEX_HEAD)
        descriptors.write_index(text)
        text.write("\n#endif\n")


if __name__ == "__main__":
    main()
