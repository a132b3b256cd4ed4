/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * libxl_uuid: 16 bytes in the order in which they are written.
 */
#include <stdio.h>
#include <string.h>

#include <uuid/uuid.h>

#include "types/builtin.h"
#include "types/json.h"

int libxl_uuid_is_nil(const libxl_uuid *uuid)
{
    return uuid_is_null(uuid->uuid);
}

void libxl_uuid_generate(libxl_uuid *uuid)
{
    uuid_generate(uuid->uuid);
}

/* 0, or -1 if in is not a UUID with its four hyphens. */
int libxl_uuid_from_string(libxl_uuid *uuid, const char *in)
{
    return uuid_parse(in, uuid->uuid);
}

void libxl_uuid_copy(libxl_ctx *ctx_opt, libxl_uuid *dst, const libxl_uuid *src)
{
    memcpy(dst, src, sizeof(*dst));
}

void libxl_uuid_clear(libxl_uuid *uuid)
{
    memset(uuid, 0, sizeof(*uuid));
}

/* -1, 0 or 1. */
int libxl_uuid_compare(const libxl_uuid *uuid1, const libxl_uuid *uuid2)
{
    int order = memcmp(uuid1->uuid, uuid2->uuid, sizeof(uuid1->uuid));

    return (order > 0) - (order < 0);
}

const uint8_t *libxl_uuid_bytearray_const(const libxl_uuid *uuid)
{
    return uuid->uuid;
}

uint8_t *libxl_uuid_bytearray(libxl_uuid *uuid)
{
    return uuid->uuid;
}

yajl_gen_status libxl_uuid_gen_json(yajl_gen hand, libxl_uuid *p)
{
    char text[LIBXL_UUID_FMTLEN + 1];

    uuid_unparse_lower(p->uuid, text);
    return yajl_gen_string(hand, (unsigned char *)text, LIBXL_UUID_FMTLEN);
}

static void uuid_builtin_copy(void *dst, const void *src)
{
    libxl_uuid_copy(NULL, dst, src);
}

static bool uuid_builtin_is_default(const void *p)
{
    return libxl_uuid_is_nil(p);
}

static yajl_gen_status uuid_builtin_gen_json(yajl_gen hand, const void *p)
{
    return libxl_uuid_gen_json(hand, (libxl_uuid *)p);
}

static int uuid_builtin_parse_json(const struct libxl__json *json, void *p)
{
    if (json->kind != LIBXL__JSON_STRING)
        return LIBXL__JSON_OTHER_KIND;
    return libxl_uuid_from_string(p, json->string) ? ERROR_FAIL : 0;
}

static const char *uuid_builtin_text(libxl__gc *gc, const void *p)
{
    char *text = libxl__zalloc(gc, LIBXL_UUID_FMTLEN + 1);

    uuid_unparse_lower(((const libxl_uuid *)p)->uuid, text);
    return text;
}

static bool uuid_builtin_parse_text(const char *text, void *p)
{
    return !libxl_uuid_from_string(p, text);
}

const struct libxl__builtin libxl__builtin_uuid = {
    .copy = uuid_builtin_copy,
    .is_default = uuid_builtin_is_default,
    .gen_json = uuid_builtin_gen_json,
    .parse_json = uuid_builtin_parse_json,
    .text = uuid_builtin_text,
    .parse_text = uuid_builtin_parse_text,
};
