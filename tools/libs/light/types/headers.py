# SPDX-License-Identifier: LGPL-2.1-only
#
# Reads the public libxl headers: which functions and data they declare, and
# which enums and structs they define.
#
# The text is taken from the C preprocessor, so functions that come out of
# macros are seen as a compiler sees them.  Only what stands in a header named
# libxl*.h or _libxl*.h counts.  This is no C parser: it knows the few shapes
# that these headers use and refuses the rest.

import collections
import re
import subprocess

PUBLIC = ["libxl.h", "libxl_event.h", "libxl_utils.h", "libxl_json.h",
          "libxl_uuid.h"]

Function = collections.namedtuple("Function", "name result params")
Param = collections.namedtuple("Param", "text name")
Data = collections.namedtuple("Data", "name type")
Enum = collections.namedtuple("Enum", "name values")
Struct = collections.namedtuple("Struct", "name fields")

# The text of a type is such as "char *"; members are fields of an anonymous struct or
# members of a union, else None.
Field = collections.namedtuple("Field", "name type is_union members")

QUALIFIERS = {"const", "volatile", "extern", "static", "inline",
              "__inline__", "__extension__", "restrict", "__restrict"}
SPECIFIERS = QUALIFIERS | {"void", "char", "short", "int", "long", "signed",
                           "unsigned", "_Bool", "struct", "union", "enum"}

TOKEN = re.compile(r'[A-Za-z_]\w*|0[xX][0-9a-fA-F]+[uUlL]*|\d+[uUlL]*'
                   r'|"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|\.\.\.|\S')
MARKER = re.compile(r'# (\d+) "([^"]*)"')


class HeaderError(Exception):
    pass


def preprocess(command):
    """The tokens of the public headers, after the preprocessor."""
    source = "".join('#include <%s>\n' % name for name in PUBLIC)
    text = subprocess.run(command + ["-E", "-x", "c", "-"], input=source,
                          stdout=subprocess.PIPE, check=True,
                          universal_newlines=True).stdout
    tokens = []
    public = False
    for line in text.splitlines():
        marker = MARKER.match(line)
        if marker:
            header = marker.group(2).rsplit("/", 1)[-1]
            public = re.fullmatch(r'_?libxl\w*\.h', header) is not None
        elif public and not line.startswith("#"):
            tokens += TOKEN.findall(line)
    if not tokens:
        raise HeaderError("the preprocessor saw no public header")
    return tokens


def close_of(tokens, start):
    """The index after the bracket that closes the one at start."""
    depth = 0
    for index in range(start, len(tokens)):
        if tokens[index] in "([{":
            depth += 1
        elif tokens[index] in ")]}":
            depth -= 1
            if depth == 0:
                return index + 1
    raise HeaderError("a bracket is never closed: %s"
                      % " ".join(tokens[start:start + 20]))


def without_attributes(tokens):
    result = []
    index = 0
    while index < len(tokens):
        if tokens[index] in ("__attribute__", "__asm__"):
            index = close_of(tokens, index + 1)
        elif tokens[index] == "__extension__":
            index += 1
        else:
            result.append(tokens[index])
            index += 1
    return result


def split_declarations(tokens):
    """Each external declaration; bodies of inline functions are left out."""
    current = []
    index = 0
    while index < len(tokens):
        token = tokens[index]
        if token == "{":
            end = close_of(tokens, index)
            if ")" in current and "typedef" not in current:
                current = []            # an inline function's body
            else:
                current += tokens[index:end]
            index = end
        elif token == ";":
            if current:
                yield current
            current = []
            index += 1
        else:
            current.append(token)
            index += 1


def split_commas(tokens):
    parts = [[]]
    index = 0
    while index < len(tokens):
        if tokens[index] in "([{":
            end = close_of(tokens, index)
            parts[-1] += tokens[index:end]
            index = end
        elif tokens[index] == ",":
            parts.append([])
            index += 1
        else:
            parts[-1].append(tokens[index])
            index += 1
    return [part for part in parts if part]


def is_word(token):
    return re.match(r'[A-Za-z_]', token) is not None


def join(tokens):
    text = ""
    for token in tokens:
        if text and (is_word(token) or token == "*") and text[-1] not in "(*":
            text += " "
        text += token
    return text


def parse_param(tokens, number):
    """A parameter with a name, made up where the header gives none."""
    if tokens == ["void"]:
        return None
    if tokens == ["..."]:
        return Param("...", None)
    if "(" in tokens:                   # a pointer to a function
        at = tokens.index("(")
        if tokens[at + 1] != "*" or not is_word(tokens[at + 2]):
            raise HeaderError("a parameter of unknown shape: "
                              + join(tokens))
        return Param(join(tokens), tokens[at + 2])
    end = tokens.index("[") if "[" in tokens else len(tokens)
    words = [token for token in tokens[:end] if token not in QUALIFIERS]
    named = (len(words) > 1 and is_word(words[-1])
             and words[-1] not in SPECIFIERS
             and words[-2] not in ("struct", "union", "enum"))
    if named:
        return Param(join(tokens), words[-1])
    name = "arg%d" % number
    return Param(join(tokens[:end] + [name] + tokens[end:]), name)


def parse_function(tokens):
    at = tokens.index("(")
    if close_of(tokens, at) != len(tokens):
        raise HeaderError("a declaration of unknown shape: " + join(tokens))
    result = [token for token in tokens[:at - 1] if token != "extern"]
    params = [parse_param(part, number) for number, part
              in enumerate(split_commas(tokens[at + 1:-1]), 1)]
    return Function(tokens[at - 1], join(result),
                    [param for param in params if param])


def parse_fields(tokens):
    fields = []
    for part in split_declarations(tokens):
        if "{" in part:
            if part[0] not in ("struct", "union") or part[1] != "{":
                raise HeaderError("a member of unknown shape: " + join(part))
            end = close_of(part, 1)
            fields.append(Field(part[end], None, part[0] == "union",
                                parse_fields(part[2:end - 1])))
        else:
            if "(" in part or "[" in part or "," in part or ":" in part:
                raise HeaderError("a member of unknown shape: " + join(part))
            fields.append(Field(part[-1], join(part[:-1]), False, None))
    return fields


def parse_enum(tokens):
    at = tokens.index("{")
    end = close_of(tokens, at)
    values = [part[0] for part in split_commas(tokens[at + 1:end - 1])]
    return Enum(tokens[-1], values)


class Headers:
    """functions, data, enums and structs, each by name in header order.

    structs holds tokens: see struct().
    """

    def __init__(self, command):
        self.functions = {}
        self.data = {}
        self.enums = {}
        self.structs = {}
        for declaration in split_declarations(preprocess(command)):
            self.declaration(without_attributes(declaration))

    def declaration(self, tokens):
        if tokens[0] == "typedef":
            self.typedef(tokens)
        elif tokens[0] in ("struct", "enum", "union") and (
                len(tokens) == 2 or "{" in tokens):
            return
        elif "(" in tokens:
            if "static" in tokens:
                return
            function = parse_function(tokens)
            self.functions[function.name] = function
        elif tokens[0] == "extern":
            end = tokens.index("[") if "[" in tokens else len(tokens)
            name = tokens[end - 1]
            self.data[name] = Data(name, join(tokens[1:end - 1]))
        else:
            raise HeaderError("a declaration of unknown shape: "
                              + join(tokens))

    def typedef(self, tokens):
        if "{" not in tokens:
            return
        if tokens[1] == "enum":
            enum = parse_enum(tokens)
            self.enums[enum.name] = enum
        elif tokens[1] == "struct" and tokens[2] == tokens[-1]:
            self.structs[tokens[-1]] = tokens

    def struct(self, name):
        """The fields of a struct; asked only for those that have them in
        the plain shapes of _libxl_types.h."""
        tokens = self.structs[name]
        return Struct(name, parse_fields(tokens[4:close_of(tokens, 3) - 1]))
