/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Every public type to and from JSON, by its descriptor.
 *
 * The format is that of earlier libraries, since stored configurations
 * outlive an upgrade: fields in header order, those that are as init leaves
 * them left out, nested structs always there, and a keyed union as
 * "KEY.NAME": { members }.
 */
#include "types/type.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "types/json.h"

/* Longer than any KEY.NAME of a union. */
#define UNION_NAME_SIZE 128

static yajl_gen_status gen_string(yajl_gen hand, const char *s)
{
    if (!s)
        return yajl_gen_null(hand);
    return yajl_gen_string(hand, (const unsigned char *)s, strlen(s));
}

static void union_name(char *name, const struct libxl__type *type,
                       const char *member)
{
    snprintf(name, UNION_NAME_SIZE, "%s.%s", libxl__names + type->key_name,
             member);
}

static yajl_gen_status gen_struct(const struct libxl__type *type, yajl_gen hand,
                                  const void *p);

static yajl_gen_status gen_union(const struct libxl__field *field,
                                 yajl_gen hand, const void *p)
{
    const struct libxl__type *type = libxl__field_type(field);
    const struct libxl__type *key_type = &libxl__types[type->key_type];
    int key = libxl__type_get_int(key_type, libxl__field_link(field, p));
    const char *key_string = libxl__enum_to_string(key_type, key);
    const struct libxl__field *member = libxl__union_member(type, key);
    char name[UNION_NAME_SIZE];
    yajl_gen_status status;

    if (!key_string)
        return yajl_gen_status_ok;

    union_name(name, type, key_string);
    status = gen_string(hand, name);
    if (status != yajl_gen_status_ok)
        return status;
    if (member)
        return gen_struct(libxl__field_type(member), hand,
                          libxl__field_in(field, p));

    status = yajl_gen_map_open(hand);
    if (status == yajl_gen_status_ok)
        status = yajl_gen_map_close(hand);
    return status;
}

static yajl_gen_status gen_array(const struct libxl__field *field,
                                 yajl_gen hand, const void *p)
{
    const struct libxl__type *type = libxl__field_type(field);
    const char *list = *(void **)libxl__field_in(field, p);
    int count = libxl__field_count(field, p);
    yajl_gen_status status;

    status = yajl_gen_array_open(hand);
    for (int i = 0; i < count && status == yajl_gen_status_ok; i++)
        status =
            libxl__type_gen_json(type, hand, list + (size_t)i * type->size);
    if (status == yajl_gen_status_ok)
        status = yajl_gen_array_close(hand);
    return status;
}

static yajl_gen_status gen_field(const struct libxl__field *field,
                                 yajl_gen hand, const void *p)
{
    const struct libxl__type *type = libxl__field_type(field);
    const void *at = libxl__field_in(field, p);
    yajl_gen_status status;

    if (field->shape == LIBXL__FIELD_KEY || field->shape == LIBXL__FIELD_COUNT)
        return yajl_gen_status_ok;
    if (field->shape == LIBXL__FIELD_UNION)
        return gen_union(field, hand, p);
    if (field->shape == LIBXL__FIELD_ARRAY) {
        if (!libxl__field_count(field, p))
            return yajl_gen_status_ok;
    } else if (libxl__type_is_default(type, at, field->value)) {
        return yajl_gen_status_ok;
    }

    status = gen_string(hand, libxl__names + field->name);
    if (status != yajl_gen_status_ok)
        return status;
    if (field->shape == LIBXL__FIELD_ARRAY)
        return gen_array(field, hand, p);
    return libxl__type_gen_json(type, hand, at);
}

static yajl_gen_status gen_struct(const struct libxl__type *type, yajl_gen hand,
                                  const void *p)
{
    yajl_gen_status status = yajl_gen_map_open(hand);

    for (int i = 0; i < type->count && status == yajl_gen_status_ok; i++)
        status = gen_field(&libxl__fields[type->first + i], hand, p);
    if (status == yajl_gen_status_ok)
        status = yajl_gen_map_close(hand);
    return status;
}

yajl_gen_status libxl__type_gen_json(const struct libxl__type *type,
                                     yajl_gen hand, const void *p)
{
    switch (type->kind) {
    case LIBXL__KIND_INT:
        return yajl_gen_integer(hand, libxl__type_get_int(type, p));
    case LIBXL__KIND_UINT:
        return libxl__uint64_gen_json(hand, libxl__type_get_int(type, p));
    case LIBXL__KIND_BOOL:
        return yajl_gen_bool(hand, *(const bool *)p);
    case LIBXL__KIND_STRING:
        return gen_string(hand, *(char *const *)p);
    case LIBXL__KIND_ENUM:
        return gen_string(
            hand, libxl__enum_to_string(type, libxl__type_get_int(type, p)));
    case LIBXL__KIND_STRUCT:
        return gen_struct(type, hand, p);
    case LIBXL__KIND_BUILTIN:
        return type->u.builtin->gen_json(hand, p);
    case LIBXL__KIND_UNION:
    case LIBXL__KIND_INTERNAL:
        break;
    }
    return yajl_gen_in_error_state;
}

char *libxl__type_to_json(libxl_ctx *ctx, const struct libxl__type *type,
                          const void *p)
{
    yajl_gen hand = libxl_yajl_gen_alloc(NULL);
    yajl_gen_status status = yajl_gen_in_error_state;
    const unsigned char *text;
    libxl_yajl_length length;
    char *copy = NULL;

    if (hand)
        status = libxl__type_gen_json(type, hand, p);
    if (status == yajl_gen_status_ok)
        status = yajl_gen_get_buf(hand, &text, &length);
    if (status == yajl_gen_status_ok)
        copy = libxl__strdup_nogc((const char *)text);
    else
        libxl__error(ctx, "cannot write a %s as JSON: yajl status %d",
                     libxl__type_name(type), status);

    if (hand)
        yajl_gen_free(hand);
    return copy;
}

static int parse_struct(const struct libxl__type *type,
                        const struct libxl__json *json, void *p,
                        const char **bad_r);

static int parse_int(const struct libxl__type *type,
                     const struct libxl__json *json, void *p)
{
    int bits = type->size * 8;
    uint64_t most = UINT64_MAX >> (64 - bits);
    int64_t least = 0, value;

    if (json->kind != LIBXL__JSON_INTEGER)
        return LIBXL__JSON_OTHER_KIND;
    if (type->kind == LIBXL__KIND_INT) {
        most >>= 1;
        least = -(int64_t)most - 1;
    }
    if (libxl__json_get_int(json, least, most, &value))
        return ERROR_FAIL;
    libxl__type_set_int(type, p, value);
    return 0;
}

static int parse_value(const struct libxl__type *type,
                       const struct libxl__json *json, void *p,
                       const char **bad_r)
{
    switch (type->kind) {
    case LIBXL__KIND_INT:
    case LIBXL__KIND_UINT:
        return parse_int(type, json, p);
    case LIBXL__KIND_BOOL:
        if (json->kind != LIBXL__JSON_BOOL)
            return LIBXL__JSON_OTHER_KIND;
        *(bool *)p = json->boolean;
        return 0;
    case LIBXL__KIND_STRING:
        if (json->kind == LIBXL__JSON_NULL)
            return 0;
        if (json->kind != LIBXL__JSON_STRING)
            return LIBXL__JSON_OTHER_KIND;
        *(char **)p = libxl__strdup_nogc(json->string);
        return 0;
    case LIBXL__KIND_ENUM:
        if (json->kind != LIBXL__JSON_STRING)
            return LIBXL__JSON_OTHER_KIND;
        return libxl__enum_from_string(type, json->string, p);
    case LIBXL__KIND_STRUCT:
        return parse_struct(type, json, p, bad_r);
    case LIBXL__KIND_BUILTIN:
        return type->u.builtin->parse_json(json, p);
    case LIBXL__KIND_UNION:
    case LIBXL__KIND_INTERNAL:
        break;
    }
    return LIBXL__JSON_OTHER_KIND;
}

static int parse_array(const struct libxl__field *field,
                       const struct libxl__json *json, void *p,
                       const char **bad_r)
{
    const struct libxl__type *type = libxl__field_type(field);
    const struct libxl__json *element;
    char *list;

    if (json->kind != LIBXL__JSON_ARRAY || !json->count)
        return 0;

    list = libxl__calloc_nogc(json->count, type->size);
    *(void **)libxl__field_in(field, p) = list;
    *(int *)libxl__field_link(field, p) = json->count;
    for (int i = 0; i < json->count; i++)
        libxl__type_init(type, list + (size_t)i * type->size);

    for (element = json->child; element; element = element->next) {
        if (parse_value(type, element, list, bad_r))
            return ERROR_FAIL;
        list += type->size;
    }
    return 0;
}

/* The first member, in the order of the enum, that the text has. */
static int parse_union(const struct libxl__type *type,
                       const struct libxl__field *field,
                       const struct libxl__json *map, void *p,
                       const char **bad_r)
{
    const struct libxl__type *whole = libxl__field_type(field);
    const libxl_enum_string_table *row =
        libxl__types[whole->key_type].u.strings;

    for (; row->s; row++) {
        const struct libxl__field *member;
        const struct libxl__json *json;
        char name[UNION_NAME_SIZE];

        union_name(name, whole, row->s);
        json = libxl__json_get(map, name);
        if (!json || json->kind != LIBXL__JSON_MAP)
            continue;
        libxl__type_init_key(type, p, row->v);
        member = libxl__union_member(whole, row->v);
        if (!member)
            return 0;
        return parse_struct(libxl__field_type(member), json,
                            libxl__field_in(field, p), bad_r);
    }
    return 0;
}

static int parse_field(const struct libxl__type *type,
                       const struct libxl__field *field,
                       const struct libxl__json *map, void *p,
                       const char **bad_r)
{
    const struct libxl__json *json;
    int rc;

    if (field->shape == LIBXL__FIELD_KEY || field->shape == LIBXL__FIELD_COUNT)
        return 0;
    if (field->shape == LIBXL__FIELD_UNION)
        return parse_union(type, field, map, p, bad_r);

    json = libxl__json_get(map, libxl__names + field->name);
    if (!json)
        return 0;
    if (field->shape == LIBXL__FIELD_ARRAY)
        rc = parse_array(field, json, p, bad_r);
    else
        rc = parse_value(libxl__field_type(field), json,
                         libxl__field_in(field, p), bad_r);
    if (rc == LIBXL__JSON_OTHER_KIND)
        rc = 0;
    if (rc && !*bad_r)
        *bad_r = json->key;
    return rc;
}

/* *p is initialised. */
static int parse_struct(const struct libxl__type *type,
                        const struct libxl__json *json, void *p,
                        const char **bad_r)
{
    if (json->kind != LIBXL__JSON_MAP)
        return 0;
    for (int i = 0; i < type->count; i++)
        if (parse_field(type, &libxl__fields[type->first + i], json, p, bad_r))
            return ERROR_FAIL;
    return 0;
}

int libxl__type_from_json(libxl_ctx *ctx, const struct libxl__type *type,
                          void *p, const char *text)
{
    const char *error = NULL, *bad = NULL;
    struct libxl__json *json;
    libxl__gc gc;
    int rc;

    libxl__gc_init(&gc, ctx);
    if (type->kind == LIBXL__KIND_STRUCT)
        libxl__type_init(type, p);

    rc = libxl__json_read(&gc, text, strlen(text), &json, &error);
    if (rc) {
        libxl__error(ctx, "a %s cannot be read from JSON: %s",
                     libxl__type_name(type), error);
        goto out;
    }

    rc = parse_value(type, json, p, &bad);
    if (rc) {
        rc = ERROR_FAIL;
        libxl__error(ctx,
                     "a %s cannot be read from JSON: '%s' has a value "
                     "that is out of range or unknown",
                     libxl__type_name(type), bad ? bad : text);
    }
out:
    if (rc && type->kind == LIBXL__KIND_STRUCT) {
        libxl__type_dispose(type, p);
        libxl__type_init(type, p);
    }
    libxl__gc_dispose(&gc);
    return rc;
}
