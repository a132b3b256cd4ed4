/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Memory that lives as long as one call into the library.
 *
 * Every public function has a libxl__gc, allocates from it without checking for
 * failure, and frees all of it before it returns.  Memory that the caller is to
 * own comes from the _nogc functions; the caller frees it with free().  If
 * memory runs out the process ends with a message: no function of the library
 * returns half a result.
 */
#ifndef LIBXL_BASE_MEMORY_H
#define LIBXL_BASE_MEMORY_H

#include <stdarg.h>
#include <stddef.h>

#include <libxl.h>

struct libxl__gc_block;

typedef struct libxl__gc {
    libxl_ctx *ctx;
    struct libxl__gc_block *blocks;
} libxl__gc;

/* ctx may be NULL if there is no context yet. */
void libxl__gc_init(libxl__gc *gc, libxl_ctx *ctx);

/* Free everything allocated from gc, which can be used again. */
void libxl__gc_dispose(libxl__gc *gc);

static inline void libxl__gc_cleanup(libxl__gc (*gc)[1])
{
    libxl__gc_dispose(*gc);
}

/* Declare a libxl__gc that is disposed of at the end of the block. */
#define LIBXL__GC(name, context)                                               \
    libxl__gc name[1]                                                          \
        __attribute__((cleanup(libxl__gc_cleanup))) = { { .ctx = (context) } }

/* Zeroed memory; count * size is checked for overflow. */
void *libxl__zalloc(libxl__gc *gc, size_t size);
void *libxl__calloc(libxl__gc *gc, size_t count, size_t size);
void *libxl__realloc(libxl__gc *gc, void *old, size_t size);
char *libxl__strdup(libxl__gc *gc, const char *s);
char *libxl__strndup(libxl__gc *gc, const char *s, size_t length);
char *libxl__sprintf(libxl__gc *gc, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
char *libxl__vsprintf(libxl__gc *gc, const char *format, va_list ap)
    __attribute__((format(printf, 2, 0)));

/* Make gc free memory that came from malloc, and return it. */
void *libxl__gc_adopt(libxl__gc *gc, void *allocated);

/* The same for memory that the caller of the library owns and frees. */
void *libxl__zalloc_nogc(size_t size);
void *libxl__calloc_nogc(size_t count, size_t size);
void *libxl__realloc_nogc(void *old, size_t size);
char *libxl__strdup_nogc(const char *s);

#endif
