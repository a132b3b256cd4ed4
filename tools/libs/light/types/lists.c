/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * libxl_string_list and libxl_key_value_list: arrays of strings that end with
 * NULL.  A key-value list has its keys at even places and their values, which
 * may be NULL, behind them; it ends where a key is NULL.
 */
#include <stdlib.h>
#include <string.h>

#include "types/builtin.h"
#include "types/json.h"

/* Count the entries, of so many strings each, by their first one. */
static int length_of(char *const *list, int step)
{
    int length = 0;

    while (list && list[(size_t)length * step])
        length++;
    return length;
}

static void list_dispose(char ***list, int step)
{
    size_t count;

    if (!list || !*list)
        return;
    count = (size_t)length_of(*list, step) * step;
    for (size_t i = 0; i < count; i++)
        free((*list)[i]);
    free(*list);
    *list = NULL;
}

static char **list_copy(char *const *src, int step)
{
    size_t count = (size_t)length_of(src, step) * step;
    char **dst;

    if (!src)
        return NULL;
    dst = libxl__calloc_nogc(count + 1, sizeof(*dst));
    for (size_t i = 0; i < count; i++)
        dst[i] = libxl__strdup_nogc(src[i]);
    return dst;
}

void libxl_string_list_dispose(libxl_string_list *sl)
{
    list_dispose(sl, 1);
}

int libxl_string_list_length(const libxl_string_list *sl)
{
    return sl ? length_of(*sl, 1) : 0;
}

void libxl_string_list_copy(libxl_ctx *ctx, libxl_string_list *dst,
                            const libxl_string_list *src)
{
    *dst = list_copy(*src, 1);
}

void libxl_key_value_list_dispose(libxl_key_value_list *kvl)
{
    list_dispose(kvl, 2);
}

int libxl_key_value_list_length(const libxl_key_value_list *kvl)
{
    return kvl ? length_of(*kvl, 2) : 0;
}

void libxl_key_value_list_copy(libxl_ctx *ctx, libxl_key_value_list *dst,
                               const libxl_key_value_list *src)
{
    *dst = list_copy(*src, 2);
}

static yajl_gen_status gen_string(yajl_gen hand, const char *s)
{
    if (!s)
        return yajl_gen_null(hand);
    return yajl_gen_string(hand, (const unsigned char *)s, strlen(s));
}

yajl_gen_status libxl_string_list_gen_json(yajl_gen hand, libxl_string_list *p)
{
    yajl_gen_status status = yajl_gen_array_open(hand);
    int count = libxl_string_list_length(p);

    for (int i = 0; i < count && status == yajl_gen_status_ok; i++)
        status = gen_string(hand, (*p)[i]);
    if (status == yajl_gen_status_ok)
        status = yajl_gen_array_close(hand);
    return status;
}

yajl_gen_status libxl_key_value_list_gen_json(yajl_gen hand,
                                              libxl_key_value_list *p)
{
    yajl_gen_status status = yajl_gen_map_open(hand);
    size_t count = (size_t)libxl_key_value_list_length(p) * 2;

    for (size_t i = 0; i < count && status == yajl_gen_status_ok; i++)
        status = gen_string(hand, (*p)[i]);
    if (status == yajl_gen_status_ok)
        status = yajl_gen_map_close(hand);
    return status;
}

static int string_list_parse_json(const struct libxl__json *json, void *p)
{
    const struct libxl__json *element;
    char **list;

    if (json->kind != LIBXL__JSON_ARRAY)
        return LIBXL__JSON_OTHER_KIND;
    if (!json->count)
        return 0;

    list = libxl__calloc_nogc((size_t)json->count + 1, sizeof(*list));
    *(char ***)p = list;
    for (element = json->child; element; element = element->next) {
        if (element->kind != LIBXL__JSON_STRING)
            return ERROR_FAIL;
        *list++ = libxl__strdup_nogc(element->string);
    }
    return 0;
}

static int key_value_list_parse_json(const struct libxl__json *json, void *p)
{
    const struct libxl__json *element;
    char **list;

    if (json->kind != LIBXL__JSON_MAP)
        return LIBXL__JSON_OTHER_KIND;
    if (!json->count)
        return 0;

    list = libxl__calloc_nogc((size_t)json->count * 2 + 1, sizeof(*list));
    *(char ***)p = list;
    for (element = json->child; element; element = element->next) {
        if (element->kind != LIBXL__JSON_STRING &&
            element->kind != LIBXL__JSON_NULL)
            return ERROR_FAIL;
        *list++ = libxl__strdup_nogc(element->key);
        *list++ = libxl__strdup_nogc(element->string);
    }
    return 0;
}

static void string_list_dispose(void *p)
{
    libxl_string_list_dispose(p);
}

static void string_list_copy(void *dst, const void *src)
{
    libxl_string_list_copy(NULL, dst, src);
}

static void key_value_list_dispose(void *p)
{
    libxl_key_value_list_dispose(p);
}

static void key_value_list_copy(void *dst, const void *src)
{
    libxl_key_value_list_copy(NULL, dst, src);
}

static bool list_is_default(const void *p)
{
    char *const *list = *(char **const *)p;

    return !list || !*list;
}

static yajl_gen_status string_list_gen_json(yajl_gen hand, const void *p)
{
    return libxl_string_list_gen_json(hand, (libxl_string_list *)p);
}

static yajl_gen_status key_value_list_gen_json(yajl_gen hand, const void *p)
{
    return libxl_key_value_list_gen_json(hand, (libxl_key_value_list *)p);
}

const struct libxl__builtin libxl__builtin_string_list = {
    .dispose = string_list_dispose,
    .copy = string_list_copy,
    .is_default = list_is_default,
    .gen_json = string_list_gen_json,
    .parse_json = string_list_parse_json,
};

const struct libxl__builtin libxl__builtin_key_value_list = {
    .dispose = key_value_list_dispose,
    .copy = key_value_list_copy,
    .is_default = list_is_default,
    .gen_json = key_value_list_gen_json,
    .parse_json = key_value_list_parse_json,
};
