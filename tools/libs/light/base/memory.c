/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The arena behind libxl__gc: a list of malloc blocks.  It owns what was
 * allocated from it; it knows nothing of what the blocks hold.
 */
#include "base/memory.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct libxl__gc_block {
    struct libxl__gc_block *next;
    void *data;
};

static void *check(void *allocated, size_t size)
{
    if (!allocated && size) {
        fprintf(stderr, "libxl: cannot allocate %zu bytes of memory\n", size);
        abort();
    }
    return allocated;
}

void *libxl__zalloc_nogc(size_t size)
{
    return check(calloc(1, size ? size : 1), size);
}

void *libxl__calloc_nogc(size_t count, size_t size)
{
    return check(calloc(count ? count : 1, size ? size : 1), SIZE_MAX);
}

void *libxl__realloc_nogc(void *old, size_t size)
{
    return check(realloc(old, size ? size : 1), size);
}

char *libxl__strdup_nogc(const char *s)
{
    return s ? check(strdup(s), SIZE_MAX) : NULL;
}

void libxl__gc_init(libxl__gc *gc, libxl_ctx *ctx)
{
    *gc = (libxl__gc) { .ctx = ctx };
}

void libxl__gc_dispose(libxl__gc *gc)
{
    struct libxl__gc_block *block, *next;

    for (block = gc->blocks; block; block = next) {
        next = block->next;
        free(block->data);
        free(block);
    }
    gc->blocks = NULL;
}

void *libxl__gc_adopt(libxl__gc *gc, void *allocated)
{
    struct libxl__gc_block *block;

    if (!allocated)
        return NULL;
    block = libxl__zalloc_nogc(sizeof(*block));
    block->data = allocated;
    block->next = gc->blocks;
    gc->blocks = block;
    return allocated;
}

void *libxl__zalloc(libxl__gc *gc, size_t size)
{
    return libxl__gc_adopt(gc, libxl__zalloc_nogc(size));
}

void *libxl__calloc(libxl__gc *gc, size_t count, size_t size)
{
    return libxl__gc_adopt(gc, libxl__calloc_nogc(count, size));
}

void *libxl__realloc(libxl__gc *gc, void *old, size_t size)
{
    struct libxl__gc_block *block;

    if (!old)
        return libxl__zalloc(gc, size);
    for (block = gc->blocks; block->data != old; block = block->next)
        ;
    block->data = libxl__realloc_nogc(old, size);
    return block->data;
}

char *libxl__strdup(libxl__gc *gc, const char *s)
{
    return libxl__gc_adopt(gc, libxl__strdup_nogc(s));
}

char *libxl__strndup(libxl__gc *gc, const char *s, size_t length)
{
    return libxl__gc_adopt(gc, check(strndup(s, length), SIZE_MAX));
}

char *libxl__vsprintf(libxl__gc *gc, const char *format, va_list ap)
{
    char *s;

    if (vasprintf(&s, format, ap) < 0)
        s = check(NULL, SIZE_MAX);
    return libxl__gc_adopt(gc, s);
}

char *libxl__sprintf(libxl__gc *gc, const char *format, ...)
{
    va_list ap;
    char *s;

    va_start(ap, format);
    s = libxl__vsprintf(gc, format, ap);
    va_end(ap);
    return s;
}
