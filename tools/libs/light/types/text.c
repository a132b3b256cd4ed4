/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The text of one field, by the descriptor of its type.
 */
#include "types/text.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "types/type.h"

/* Fields are in the order of their offsets, and the first one is at 0. */
static const struct libxl__field *find_field(const struct libxl__type *type,
                                             size_t offset)
{
    const struct libxl__field *field;

    do {
        field = &libxl__fields[type->first + type->count - 1];
        while (field->offset > offset)
            field--;
        offset -= field->offset;
        type = libxl__field_type(field);
    } while (field->shape == LIBXL__FIELD_VALUE &&
             type->kind == LIBXL__KIND_STRUCT);
    assert(!offset);
    return field;
}

const char *libxl__field_text(libxl__gc *gc, unsigned int type, size_t offset,
                              const void *p)
{
    const struct libxl__field *field = find_field(&libxl__types[type], offset);
    const struct libxl__type *inner = libxl__field_type(field);
    const void *at = (const char *)p + offset;
    int64_t value;

    assert(field->shape <= LIBXL__FIELD_COUNT);
    if (inner->kind == LIBXL__KIND_STRING)
        return *(char *const *)at;
    if (inner->kind == LIBXL__KIND_BUILTIN) {
        assert(inner->u.builtin->text);
        if (inner->u.builtin->is_default(at))
            return NULL;
        return inner->u.builtin->text(gc, at);
    }
    value = libxl__type_get_int(inner, at);
    if (inner->kind == LIBXL__KIND_ENUM)
        return libxl__enum_to_string(inner, value);
    if (inner->kind == LIBXL__KIND_UINT)
        return libxl__sprintf(gc, "%" PRIu64, (uint64_t)value);
    assert(inner->kind <= LIBXL__KIND_BOOL);
    return libxl__sprintf(gc, "%" PRId64, value);
}

static bool parse_int(const struct libxl__type *type, const char *text,
                      int64_t *value_r)
{
    uint64_t max = UINT64_MAX >> (64 - 8 * type->size);
    bool minus = false;
    uint64_t amount;

    if (type->kind == LIBXL__KIND_INT) {
        minus = *text == '-';
        /* There is one more below zero than above it. */
        max = max / 2 + minus;
    } else if (type->kind == LIBXL__KIND_BOOL) {
        if (strlen(text) != 1)
            return false;
        max = 1;
    }
    if (!libxl__number_parse(text + minus, max, &amount))
        return false;
    *value_r = minus ? -amount : amount;
    return true;
}

static int parse_string(const char *text, char **p)
{
    char *copy = text ? libxl__strdup_nogc(text) : NULL;

    free(*p);
    *p = copy;
    return 0;
}

static int parse_builtin(const struct libxl__type *type, const char *text,
                         void *p)
{
    assert(type->u.builtin->parse_text);
    if (!text)
        memset(p, 0, type->size);
    else if (!type->u.builtin->parse_text(text, p))
        return ERROR_INVAL;
    return 0;
}

int libxl__field_parse(libxl__gc *gc, unsigned int type, size_t offset, void *p,
                       const char *text)
{
    const struct libxl__field *field = find_field(&libxl__types[type], offset);
    const struct libxl__type *inner = libxl__field_type(field);
    void *at = (char *)p + offset;
    int64_t value;

    assert(field->shape == LIBXL__FIELD_VALUE);
    if (inner->kind == LIBXL__KIND_STRING)
        return parse_string(text, at);
    if (inner->kind == LIBXL__KIND_BUILTIN)
        return parse_builtin(inner, text, at);
    if (!text)
        return ERROR_INVAL;
    if (inner->kind == LIBXL__KIND_ENUM)
        return libxl__enum_from_string(inner, text, at) ? ERROR_INVAL : 0;
    assert(inner->kind <= LIBXL__KIND_BOOL);
    if (!parse_int(inner, text, &value))
        return ERROR_INVAL;
    libxl__type_set_int(inner, at, value);
    return 0;
}
