/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * JSON text as a tree of values.
 *
 * The text may come from anywhere: it is bounded in depth, and numbers keep
 * 64 bits whatever the sign.  What the values mean is the reader's business.
 */
#ifndef LIBXL_TYPES_JSON_H
#define LIBXL_TYPES_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/memory.h"

enum libxl__json_kind {
    LIBXL__JSON_NULL,
    LIBXL__JSON_BOOL,
    LIBXL__JSON_INTEGER,
    LIBXL__JSON_REAL, /* a number with a fraction, an exponent or > 64 bits */
    LIBXL__JSON_STRING,
    LIBXL__JSON_ARRAY,
    LIBXL__JSON_MAP,
};

/*
 * What a reader of a value returns if it is of a kind that it cannot be: as a
 * field of a struct such a value counts as not there.
 */
#define LIBXL__JSON_OTHER_KIND 1

struct libxl__json {
    enum libxl__json_kind kind;
    bool boolean;
    bool negative; /* integer is then the amount below zero */
    uint64_t integer;
    const char *string; /* ends at a \u0000 */
    const char *key;    /* in a map */
    int count;          /* of children */
    struct libxl__json *child;
    struct libxl__json *next;
};

/*
 * Reads the first value in text; anything after it is ignored.  The tree
 * lives in gc.  ERROR_FAIL, with a message in *error_r (in gc), if the text
 * is no JSON or nests too deep.
 */
int libxl__json_read(libxl__gc *gc, const char *text, size_t length,
                     struct libxl__json **json_r, const char **error_r);

/* The first value of this key; NULL if there is none, or no map. */
const struct libxl__json *libxl__json_get(const struct libxl__json *map,
                                          const char *key);

/*
 * Stores an integer if it lies between least and most.
 * ERROR_FAIL: it does not.
 */
int libxl__json_get_int(const struct libxl__json *json, int64_t least,
                        uint64_t most, int64_t *value_r);

#endif
