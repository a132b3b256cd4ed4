/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * libxl_bitmap: sets of CPUs, nodes and other small numbers.  Bit n is bit
 * n % 8 of byte n / 8.  Bits past the end read as 0 and are not written.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <libxl_utils.h>

#include "types/builtin.h"
#include "types/json.h"

/* A text may not ask for more memory than this many bits take. */
#define MAX_BITS (1 << 20)

static bool within(const libxl_bitmap *bitmap, int bit)
{
    return bit >= 0 && (unsigned)bit / 8 < bitmap->size;
}

static void allocate(libxl_bitmap *bitmap, uint32_t size)
{
    bitmap->size = size;
    /* An empty one owns nothing: who fills it later need not free it first. */
    bitmap->map = size ? libxl__zalloc_nogc(size) : NULL;
}

void libxl_bitmap_init(libxl_bitmap *bitmap)
{
    memset(bitmap, 0, sizeof(*bitmap));
}

void libxl_bitmap_dispose(libxl_bitmap *bitmap)
{
    if (!bitmap)
        return;
    free(bitmap->map);
    memset(bitmap, 0, sizeof(*bitmap));
}

int libxl_bitmap_alloc(libxl_ctx *ctx, libxl_bitmap *bitmap, int n_bits)
{
    if (n_bits < 0)
        return ERROR_INVAL;
    allocate(bitmap, ((unsigned)n_bits + 7) / 8);
    return 0;
}

void libxl_bitmap_copy_alloc(libxl_ctx *ctx, libxl_bitmap *dptr,
                             const libxl_bitmap *sptr)
{
    allocate(dptr, sptr->size);
    if (sptr->size)
        memcpy(dptr->map, sptr->map, sptr->size);
}

void libxl_bitmap_copy(libxl_ctx *ctx, libxl_bitmap *dptr,
                       const libxl_bitmap *sptr)
{
    /* A caller that mixes sizes would lose bits and never know. */
    assert(dptr->size == sptr->size);
    if (sptr->size)
        memcpy(dptr->map, sptr->map, sptr->size);
}

int libxl_bitmap_is_full(const libxl_bitmap *bitmap)
{
    for (uint32_t i = 0; i < bitmap->size; i++)
        if (bitmap->map[i] != 0xff)
            return 0;
    return 1;
}

int libxl_bitmap_is_empty(const libxl_bitmap *bitmap)
{
    for (uint32_t i = 0; i < bitmap->size; i++)
        if (bitmap->map[i])
            return 0;
    return 1;
}

int libxl_bitmap_test(const libxl_bitmap *bitmap, int bit)
{
    return within(bitmap, bit) && bitmap->map[bit / 8] >> bit % 8 & 1;
}

void libxl_bitmap_set(libxl_bitmap *bitmap, int bit)
{
    if (within(bitmap, bit))
        bitmap->map[bit / 8] |= 1 << bit % 8;
}

void libxl_bitmap_reset(libxl_bitmap *bitmap, int bit)
{
    if (within(bitmap, bit))
        bitmap->map[bit / 8] &= ~(1 << bit % 8);
}

int libxl_bitmap_count_set(const libxl_bitmap *bitmap)
{
    int count = 0;

    for (uint32_t i = 0; i < bitmap->size; i++)
        count += __builtin_popcount(bitmap->map[i]);
    return count;
}

/* The result is as long as the longer of both. */
int libxl_bitmap_or(libxl_ctx *ctx, libxl_bitmap *or_map,
                    const libxl_bitmap *map1, const libxl_bitmap *map2)
{
    const libxl_bitmap *longer = map1->size > map2->size ? map1 : map2;
    const libxl_bitmap *other = longer == map1 ? map2 : map1;

    libxl_bitmap_copy_alloc(ctx, or_map, longer);
    for (uint32_t i = 0; i < other->size; i++)
        or_map->map[i] |= other->map[i];
    return 0;
}

/* The result is as long as the shorter of both. */
int libxl_bitmap_and(libxl_ctx *ctx, libxl_bitmap *and_map,
                     const libxl_bitmap *map1, const libxl_bitmap *map2)
{
    const libxl_bitmap *shorter = map1->size < map2->size ? map1 : map2;
    const libxl_bitmap *other = shorter == map1 ? map2 : map1;

    libxl_bitmap_copy_alloc(ctx, and_map, shorter);
    for (uint32_t i = 0; i < shorter->size; i++)
        and_map->map[i] &= other->map[i];
    return 0;
}

/* "0x" and two digits a byte, the highest byte first. */
char *libxl_bitmap_to_hex_string(libxl_ctx *ctx, const libxl_bitmap *bitmap)
{
    static const char digits[] = "0123456789abcdef";
    char *text = libxl__calloc_nogc(bitmap->size + 2, 2);
    char *at = text;

    *at++ = '0';
    *at++ = 'x';
    for (uint32_t i = bitmap->size; i-- > 0;) {
        *at++ = digits[bitmap->map[i] >> 4];
        *at++ = digits[bitmap->map[i] & 15];
    }
    return text;
}

yajl_gen_status libxl_bitmap_gen_json(yajl_gen hand, libxl_bitmap *p)
{
    yajl_gen_status status = yajl_gen_array_open(hand);
    int bits = p->size * 8;

    for (int bit = 0; bit < bits && status == yajl_gen_status_ok; bit++)
        if (libxl_bitmap_test(p, bit))
            status = yajl_gen_integer(hand, bit);
    if (status == yajl_gen_status_ok)
        status = yajl_gen_array_close(hand);
    return status;
}

static void bitmap_dispose(void *p)
{
    libxl_bitmap_dispose(p);
}

static void bitmap_copy(void *dst, const void *src)
{
    libxl_bitmap_copy_alloc(NULL, dst, src);
}

static bool bitmap_is_default(const void *p)
{
    return libxl_bitmap_is_empty(p);
}

static yajl_gen_status bitmap_gen_json(yajl_gen hand, const void *p)
{
    return libxl_bitmap_gen_json(hand, (libxl_bitmap *)p);
}

static int bitmap_parse_json(const struct libxl__json *json, void *p)
{
    const struct libxl__json *element;
    int64_t bit, last = -1;

    if (json->kind != LIBXL__JSON_ARRAY)
        return LIBXL__JSON_OTHER_KIND;

    for (element = json->child; element; element = element->next) {
        if (element->kind != LIBXL__JSON_INTEGER ||
            libxl__json_get_int(element, 0, MAX_BITS - 1, &bit))
            return ERROR_FAIL;
        if (bit > last)
            last = bit;
    }
    if (last < 0)
        return 0;

    libxl_bitmap_alloc(NULL, p, last + 1);
    for (element = json->child; element; element = element->next)
        libxl_bitmap_set(p, element->integer);
    return 0;
}

const struct libxl__builtin libxl__builtin_bitmap = {
    .dispose = bitmap_dispose,
    .copy = bitmap_copy,
    .is_default = bitmap_is_default,
    .gen_json = bitmap_gen_json,
    .parse_json = bitmap_parse_json,
};
