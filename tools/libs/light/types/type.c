/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * init, dispose and copy of every public type, by its descriptor.  JSON is in
 * type_json.c.
 */
#include "types/type.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/log.h"

int64_t libxl__type_get_int(const struct libxl__type *type, const void *p)
{
    bool is_signed = type->kind != LIBXL__KIND_UINT;

    switch (type->size) {
    case 1:
        return *(const uint8_t *)p;
    case 2:
        return *(const uint16_t *)p;
    case 4:
        return is_signed ? *(const int32_t *)p
                         : (int64_t) * (const uint32_t *)p;
    default:
        return *(const int64_t *)p;
    }
}

void libxl__type_set_int(const struct libxl__type *type, void *p, int64_t value)
{
    switch (type->size) {
    case 1:
        *(uint8_t *)p = value;
        break;
    case 2:
        *(uint16_t *)p = value;
        break;
    case 4:
        *(uint32_t *)p = value;
        break;
    default:
        *(uint64_t *)p = value;
        break;
    }
}

static bool is_integer(const struct libxl__type *type)
{
    return type->kind <= LIBXL__KIND_BOOL || type->kind == LIBXL__KIND_ENUM;
}

const struct libxl__field *libxl__union_member(const struct libxl__type *type,
                                               int key)
{
    const struct libxl__field *field = &libxl__fields[type->first];
    const struct libxl__field *end = field + type->count;

    for (; field < end; field++)
        if (field->value == key)
            return field;
    return NULL;
}

static const struct libxl__field *member_now(const struct libxl__field *field,
                                             const void *p)
{
    const struct libxl__type *type = libxl__field_type(field);
    const struct libxl__type *key_type = &libxl__types[type->key_type];

    return libxl__union_member(
        type, libxl__type_get_int(key_type, libxl__field_link(field, p)));
}

/* The defaults that are not zero; *p is zeroed. */
static void set_defaults(const struct libxl__type *type, void *p)
{
    const struct libxl__field *field = &libxl__fields[type->first];
    const struct libxl__field *end = field + type->count;

    for (; field < end; field++) {
        const struct libxl__type *inner = libxl__field_type(field);

        if (field->shape > LIBXL__FIELD_KEY)
            continue;
        if (inner->kind == LIBXL__KIND_STRUCT)
            set_defaults(inner, libxl__field_in(field, p));
        else if (field->value)
            libxl__type_set_int(inner, libxl__field_in(field, p), field->value);
    }
}

void libxl__type_init(const struct libxl__type *type, void *p)
{
    memset(p, 0, type->size);
    if (type->kind == LIBXL__KIND_STRUCT)
        set_defaults(type, p);
}

static void release(const struct libxl__type *type, void *p);

static void release_array(const struct libxl__type *type, void *list, int count)
{
    for (int i = 0; i < count; i++)
        release(type, (char *)list + (size_t)i * type->size);
    free(list);
}

static void release_field(const struct libxl__field *field, void *p)
{
    const struct libxl__type *type = libxl__field_type(field);
    void *at = libxl__field_in(field, p);

    if (field->shape == LIBXL__FIELD_ARRAY) {
        release_array(type, *(void **)at, libxl__field_count(field, p));
    } else if (field->shape == LIBXL__FIELD_UNION) {
        const struct libxl__field *member = member_now(field, p);

        if (member)
            release(libxl__field_type(member), at);
    } else {
        release(type, at);
    }
}

/*
 * Frees what *p owns and leaves dangling pointers.  Counts and keys stay as
 * they are: they are needed to interpret the other fields.
 */
static void release(const struct libxl__type *type, void *p)
{
    if (type->kind == LIBXL__KIND_STRING) {
        free(*(char **)p);
    } else if (type->kind == LIBXL__KIND_BUILTIN) {
        if (type->u.builtin->dispose)
            type->u.builtin->dispose(p);
    } else if (type->kind == LIBXL__KIND_STRUCT) {
        for (int i = 0; i < type->count; i++)
            release_field(&libxl__fields[type->first + i], p);
    }
}

void libxl__type_dispose(const struct libxl__type *type, void *p)
{
    if (!p)
        return;
    release(type, p);
    memset(p, 0, type->size);
}

void libxl__type_list_free(const struct libxl__type *type, void *list,
                           int count)
{
    release_array(type, list, list ? count : 0);
}

static void copy_array(const struct libxl__type *type, void **dst,
                       const void *src, int count)
{
    *dst = count ? libxl__calloc_nogc(count, type->size) : NULL;
    for (int i = 0; i < count; i++) {
        size_t at = (size_t)i * type->size;

        libxl__type_copy(type, (char *)*dst + at, (const char *)src + at);
    }
}

static void copy_field(const struct libxl__field *field, void *dst,
                       const void *src)
{
    const struct libxl__type *type = libxl__field_type(field);
    void *from = libxl__field_in(field, src);
    void *to = libxl__field_in(field, dst);

    if (field->shape == LIBXL__FIELD_ARRAY) {
        int count = libxl__field_count(field, src);

        copy_array(type, to, *(void **)from, count);
        *(int *)libxl__field_link(field, dst) = count;
    } else if (field->shape == LIBXL__FIELD_UNION) {
        const struct libxl__field *member = member_now(field, src);

        if (member)
            libxl__type_copy(libxl__field_type(member), to, from);
    } else {
        libxl__type_copy(type, to, from);
    }
}

void libxl__type_copy(const struct libxl__type *type, void *dst,
                      const void *src)
{
    memset(dst, 0, type->size);

    if (type->kind == LIBXL__KIND_STRING) {
        const char *s = *(char *const *)src;

        *(char **)dst = s ? libxl__strdup_nogc(s) : NULL;
    } else if (type->kind == LIBXL__KIND_BUILTIN) {
        type->u.builtin->copy(dst, src);
    } else if (type->kind == LIBXL__KIND_STRUCT) {
        for (int i = 0; i < type->count; i++)
            copy_field(&libxl__fields[type->first + i], dst, src);
    } else if (is_integer(type)) {
        memcpy(dst, src, type->size);
    }
}

bool libxl__type_is_default(const struct libxl__type *type, const void *p,
                            int value)
{
    if (type->kind == LIBXL__KIND_STRING)
        return !*(char *const *)p;
    if (type->kind == LIBXL__KIND_BUILTIN)
        return type->u.builtin->is_default(p);
    if (type->kind == LIBXL__KIND_INTERNAL)
        return true;
    if (!is_integer(type))
        return false;

    /* What -1 is depends on the size of the field. */
    uint64_t initial;
    libxl__type_set_int(type, &initial, value);
    return libxl__type_get_int(type, &initial) == libxl__type_get_int(type, p);
}

void libxl__type_init_key(const struct libxl__type *type, void *p, int value)
{
    const struct libxl__field *field = &libxl__fields[type->first];

    while (field->shape != LIBXL__FIELD_UNION)
        field++;

    const struct libxl__type *whole = libxl__field_type(field);
    const struct libxl__field *member;

    release_field(field, p);
    libxl__type_set_int(&libxl__types[whole->key_type],
                        libxl__field_link(field, p), value);
    memset(libxl__field_in(field, p), 0, whole->size);
    member = libxl__union_member(whole, value);
    if (member)
        libxl__type_init(libxl__field_type(member), libxl__field_in(field, p));
}

int libxl__type_move(libxl_ctx *ctx, const struct libxl__type *type, void *p,
                     const struct libxl__moved *moved, int count)
{
    const struct libxl__field *field = &libxl__fields[type->first];

    while (field->shape != LIBXL__FIELD_UNION)
        field++;

    const struct libxl__type *whole = libxl__field_type(field);
    int key = libxl__type_get_int(&libxl__types[whole->key_type],
                                  libxl__field_link(field, p));

    for (int i = 0; i < count; i++) {
        const struct libxl__type *inner = &libxl__types[moved[i].type];
        void *from = (char *)p + moved[i].from;
        void *to = (char *)p + moved[i].to;

        if (moved[i].key != key ||
            libxl__type_is_default(inner, from, moved[i].value))
            continue;
        if (!libxl__type_is_default(inner, to, moved[i].value)) {
            libxl__error(ctx,
                         "'%s' of %s is set twice, outside and inside of its "
                         "union: set the one outside alone",
                         libxl__names + moved[i].name, libxl__type_name(type));
            return ERROR_INVAL;
        }
        /* An empty list is a default that owns memory all the same. */
        libxl__type_dispose(inner, to);
        memcpy(to, from, inner->size);
        memset(from, 0, inner->size);
        if (is_integer(inner))
            libxl__type_set_int(inner, from, moved[i].value);
    }
    return 0;
}

const char *libxl__enum_to_string(const struct libxl__type *type, int value)
{
    const libxl_enum_string_table *row = type->u.strings;

    for (; row->s; row++)
        if (row->v == value)
            return row->s;
    return NULL;
}

int libxl__enum_from_string(const struct libxl__type *type, const char *s,
                            void *value_r)
{
    const libxl_enum_string_table *row = type->u.strings;

    for (; row->s; row++) {
        if (!strcasecmp(row->s, s)) {
            libxl__type_set_int(type, value_r, row->v);
            return 0;
        }
    }
    return ERROR_FAIL;
}
