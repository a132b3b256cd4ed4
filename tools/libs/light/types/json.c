/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Builds a tree of values from yajl's events.  yajl's own tree is not used:
 * it recurses as deep as the text nests, and keeps 63 bits of a number.
 */
#include "types/json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <libxl.h>
#include <libxl_json.h>

/* A domain's configuration nests 5 deep. */
#define MAX_DEPTH 32

struct reader {
    libxl__gc *gc;
    const char *key; /* of the value to come, in a map */
    int depth;
    struct libxl__json *root;
    struct level {
        struct libxl__json *parent;
        struct libxl__json **end; /* where the next child is linked */
    } levels[MAX_DEPTH];
};

/* Add a value at the current position. */
static struct libxl__json *add(struct reader *reader,
                               enum libxl__json_kind kind)
{
    struct libxl__json *json = libxl__zalloc(reader->gc, sizeof(*json));

    json->kind = kind;
    json->key = reader->key;
    reader->key = NULL;
    if (reader->depth) {
        struct level *level = &reader->levels[reader->depth - 1];

        *level->end = json;
        level->end = &json->next;
        level->parent->count++;
    } else {
        reader->root = json;
    }
    return json;
}

static int on_null(void *opaque)
{
    add(opaque, LIBXL__JSON_NULL);
    return 1;
}

static int on_boolean(void *opaque, int value)
{
    add(opaque, LIBXL__JSON_BOOL)->boolean = value;
    return 1;
}

static int on_number(void *opaque, const char *digits, size_t length)
{
    struct reader *reader = opaque;
    char *text = libxl__strndup(reader->gc, digits, length);
    bool negative = *text == '-';
    char *end;
    unsigned long long value;

    errno = 0;
    value = strtoull(text + negative, &end, 10);
    if (*end || errno) {
        add(reader, LIBXL__JSON_REAL);
    } else {
        struct libxl__json *json = add(reader, LIBXL__JSON_INTEGER);

        json->integer = value;
        json->negative = negative && value;
    }
    return 1;
}

static int on_string(void *opaque, const unsigned char *s, size_t length)
{
    struct reader *reader = opaque;

    add(reader, LIBXL__JSON_STRING)->string =
        libxl__strndup(reader->gc, (const char *)s, length);
    return 1;
}

static int on_map_key(void *opaque, const unsigned char *s, size_t length)
{
    struct reader *reader = opaque;

    reader->key = libxl__strndup(reader->gc, (const char *)s, length);
    return 1;
}

static int open_level(struct reader *reader, enum libxl__json_kind kind)
{
    struct libxl__json *json;

    if (reader->depth == MAX_DEPTH)
        return 0;
    json = add(reader, kind);
    reader->levels[reader->depth].parent = json;
    reader->levels[reader->depth].end = &json->child;
    reader->depth++;
    return 1;
}

static int on_start_map(void *opaque)
{
    return open_level(opaque, LIBXL__JSON_MAP);
}

static int on_start_array(void *opaque)
{
    return open_level(opaque, LIBXL__JSON_ARRAY);
}

static int on_end(void *opaque)
{
    struct reader *reader = opaque;

    reader->depth--;
    return 1;
}

static const yajl_callbacks callbacks = {
    .yajl_null = on_null,
    .yajl_boolean = on_boolean,
    .yajl_number = on_number,
    .yajl_string = on_string,
    .yajl_start_map = on_start_map,
    .yajl_map_key = on_map_key,
    .yajl_end_map = on_end,
    .yajl_start_array = on_start_array,
    .yajl_end_array = on_end,
};

/* What yajl says, without its line break; or what stopped a callback. */
static const char *error_of(libxl__gc *gc, yajl_handle handle,
                            yajl_status status, const char *text, size_t length)
{
    unsigned char *said;
    char *copy;

    if (status == yajl_status_client_canceled)
        return libxl__sprintf(gc, "it nests more than %d deep", MAX_DEPTH);

    said = yajl_get_error(handle, 0, (const unsigned char *)text, length);
    copy = libxl__strdup(gc, (const char *)said);
    yajl_free_error(handle, said);
    copy[strcspn(copy, "\n")] = '\0';
    return copy;
}

int libxl__json_read(libxl__gc *gc, const char *text, size_t length,
                     struct libxl__json **json_r, const char **error_r)
{
    struct reader reader = { .gc = gc };
    yajl_status status;
    yajl_handle handle;
    int rc = ERROR_FAIL;

    handle = libxl__yajl_alloc(&callbacks, NULL, &reader);
    if (!handle) {
        *error_r = "no memory for a parser";
        return ERROR_NOMEM;
    }

    status = yajl_parse(handle, (const unsigned char *)text, length);
    if (status == yajl_status_ok)
        status = yajl_complete_parse(handle);
    if (status != yajl_status_ok) {
        *error_r = error_of(gc, handle, status, text, length);
        goto out;
    }
    *json_r = reader.root;
    rc = 0;
out:
    yajl_free(handle);
    return rc;
}

const struct libxl__json *libxl__json_get(const struct libxl__json *map,
                                          const char *key)
{
    const struct libxl__json *json;

    if (map->kind != LIBXL__JSON_MAP)
        return NULL;
    for (json = map->child; json; json = json->next)
        if (!strcmp(json->key, key))
            return json;
    return NULL;
}

int libxl__json_get_int(const struct libxl__json *json, int64_t least,
                        uint64_t most, int64_t *value_r)
{
    if (json->negative) {
        if (json->integer > -(uint64_t)least)
            return ERROR_FAIL;
        *value_r = -json->integer;
    } else {
        if (json->integer > most)
            return ERROR_FAIL;
        *value_r = json->integer;
    }
    return 0;
}
