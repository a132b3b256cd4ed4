#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-only
#
# Writes types-code.c, the part of the types test that follows from the
# public headers: how each type is filled with random contents and printed,
# field by field, and the table of its functions.
#
#   types-code.py COMPILER... >types-code.c
#
# It walks the headers by itself and does not look at the library's
# descriptors, since those are what is tested.

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__),
                                "../../libs/light/types"))
import headers  # noqa: E402

HEAD = '#include "types-test.h"\n\n#include <string.h>\n'

NUMBERS = {"int": "int32_t", "libxl_devid": "int32_t",
           "libxl_domid": "uint32_t", "_Bool": "bool", "uint8_t": "uint8_t",
           "uint16_t": "uint16_t", "uint32_t": "uint32_t",
           "uint64_t": "uint64_t"}
OTHERS = {"char *": "string", "const char *": "lent_string",
          "libxl_defbool": "defbool", "libxl_uuid": "uuid",
          "libxl_mac": "mac", "libxl_hwcap": "hwcap",
          "libxl_ms_vm_genid": "ms_vm_genid", "libxl_bitmap": "bitmap",
          "libxl_string_list": "string_list",
          "libxl_key_value_list": "key_value_list",
          "libxl_cpuid_policy_list": "cpuid", "libxl_ev_link": "link"}

# Written as a signed number by some libraries.
SIGNED = {("libxl_event", "for_user")}

CASTS = """
static void do_init_{n}(void *p)
{{
    {n}_init(p);
}}

static void do_dispose_{n}(void *p)
{{
    {dispose};
}}

static void do_copy_{n}(void *dst, const void *src)
{{
    {n}_copy(ctx, dst, src);
}}

static char *do_to_json_{n}(void *p)
{{
    return {n}_to_json(ctx, p);
}}

static int do_from_json_{n}(void *p, const char *s)
{{
    return {n}_from_json(ctx, p, s);
}}

static yajl_gen_status do_gen_json_{n}(yajl_gen hand, void *p)
{{
    return {n}_gen_json(hand, p);
}}
"""

ENUM_CASTS = """
static char *do_to_json_{n}(int value)
{{
    return {n}_to_json(ctx, ({n})value);
}}

static int do_from_json_{n}(int *value, const char *s)
{{
    {n} e = ({n})*value;
    int rc = {n}_from_json(ctx, &e, s);

    *value = e;
    return rc;
}}

static const char *do_to_string_{n}(int value)
{{
    return {n}_to_string(({n})value);
}}

static int do_from_string_{n}(const char *s, int *value)
{{
    {n} e = ({n})*value;
    int rc = {n}_from_string(s, &e);

    *value = e;
    return rc;
}}
"""

VERBS = ("init", "dispose", "copy", "to_json", "from_json", "gen_json",
         "fill", "dump")


class Writer:
    def __init__(self, public):
        self.public = public
        self.structs = [name for name in public.structs
                        if name + "_to_json" in public.functions]
        self.enums = [name for name in public.enums
                      if name + "_to_json" in public.functions]
        self.lines = []

    def kind(self, ctype):
        if ctype in NUMBERS:
            return NUMBERS[ctype]
        if ctype in OTHERS:
            return OTHERS[ctype]
        return ctype

    def one(self, verb, root, field, path):
        kind = self.kind(field.type)
        if verb == "fill" and (root, path) in SIGNED:
            return "p->%s = random_below(1000);" % path
        if verb == "fill":
            return "fill_%s(&p->%s);" % (kind, path)
        return 'dump_name("%s"); dump_%s(&p->%s);' % (path, kind, path)

    def fields(self, verb, root, fields, path, indent):
        before = None
        for field in fields:
            inner = path + field.name
            if field.is_union:
                self.union(verb, root, field, inner, indent)
            elif field.members is not None:
                self.fields(verb, root, field.members, inner + ".", indent)
            elif (field.type.endswith("*") and field.type not in OTHERS
                    and before.name.startswith("num_")):
                self.array(verb, field, inner, path + before.name, indent)
            else:
                self.lines.append(indent + self.one(verb, root, field, inner))
            before = field

    def array(self, verb, field, inner, count, indent):
        element = field.type[:-1].rstrip()
        kind = self.kind(element)
        if verb == "fill":
            self.lines += [
                "%sp->%s = random_below(4);" % (indent, count),
                "%sp->%s = p->%s ? calloc(p->%s, sizeof(*p->%s)) : NULL;"
                % (indent, inner, count, count, inner),
                "%sfor (int i = 0; i < p->%s; i++) {" % (indent, count)]
            if kind in self.structs:
                self.lines.append("%s    %s_init(&p->%s[i]);"
                                  % (indent, element, inner))
        else:
            self.lines.append("%sfor (int i = 0; i < p->%s; i++) {"
                              % (indent, count))
        self.lines += ["%s    %s_%s(&p->%s[i]);" % (indent, verb, kind, inner),
                       indent + "}"]

    def key_of(self, root):
        """The function that sets the key of a struct's union, or None."""
        for function in self.public.functions.values():
            if function.name.startswith(root + "_init_"):
                return function
        return None

    def union(self, verb, root, union, path, indent):
        function = self.key_of(root)
        key = function.params[1].name
        enum = self.public.enums[function.params[1].text.rsplit(" ", 1)[0]]
        values = {value.lower(): value for value in enum.values}
        if verb == "fill":
            self.lines.append("%s%s(p, (%s)random_of(%s_string_table));"
                              % (indent, function.name, enum.name, enum.name))
        self.lines.append("%sswitch ((int)p->%s) {" % (indent, key))
        for member in union.members:
            self.lines.append("%scase %s:" % (indent, values[
                enum.name + "_" + member.name]))
            self.fields(verb, root, member.members,
                        path + "." + member.name + ".", indent + "    ")
            self.lines.append("%s    break;" % indent)
        self.lines.append("%s}" % indent)

    def struct(self, name):
        struct = self.public.struct(name)
        key = self.key_of(name)
        for verb, const in (("fill", ""), ("dump", "const ")):
            fields = [field for field in struct.fields if verb == "dump"
                      or not key or field.name != key.params[1].name]
            self.lines += ["", "static void %s_%s(%s%s *p)" % (verb, name,
                                                               const, name),
                           "{"]
            self.fields(verb, name, fields, "", "    ")
            self.lines.append("}")
        dispose = "%s_dispose(p)" % name
        if name + "_dispose" not in self.public.functions:
            dispose = "memset(p, 0, sizeof(%s))" % name
        self.lines.append(CASTS.format(n=name, dispose=dispose))
        for verb in ("fill", "dump"):
            const = "const " if verb == "dump" else ""
            self.lines += ["static void do_%s_%s(%svoid *p)" % (verb, name,
                                                               const),
                           "{", "    %s_%s(p);" % (verb, name), "}", ""]
        if key:
            self.lines += ["static void do_key_%s(void *p, int key)" % name,
                           "{", "    %s(p, (%s)key);"
                           % (key.name, key.params[1].text.split()[0]), "}"]

    def enum(self, name):
        self.lines += ["", "static void fill_%s(%s *p)" % (name, name), "{",
                       "    *p = (%s)random_enum(%s_string_table);"
                       % (name, name), "}",
                       "", "static void dump_%s(const %s *p)" % (name, name),
                       "{", "    int32_t value = (int32_t)*p;", "",
                       "    dump_int32_t(&value);", "}",
                       ENUM_CASTS.format(n=name)]

    def tables(self):
        self.lines += ["", "const struct test_enum test_enums[] = {"]
        self.lines += ["    { \"%s\", %s_string_table, do_to_json_%s, "
                       "do_from_json_%s, do_to_string_%s, do_from_string_%s },"
                       % ((name,) * 6) for name in self.enums]
        self.lines += ["    { NULL },", "};", "",
                       "const struct test_type test_types[] = {"]
        for name in self.structs:
            key = self.key_of(name)
            more = ""
            if key:
                more = (", do_key_%s, %s_string_table"
                        % (name, key.params[1].text.split()[0]))
            self.lines.append("    { \"%s\", sizeof(%s), %s%s },"
                              % (name, name, ", ".join(
                                  "do_%s_%s" % (verb, name) for verb in VERBS),
                                 more))
        self.lines += ["    { NULL },", "};"]

    def write(self):
        for name in self.enums:
            self.enum(name)
        for name in self.structs:
            self.struct(name)
        self.tables()
        sys.stdout.write(HEAD + "\n".join(self.lines) + "\n")


def main():
    writer = Writer(headers.Headers(sys.argv[1:]))
    writer.write()


if __name__ == "__main__":
    main()
