/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * xenstore, as the rest of the library uses it: reads that end in memory of
 * the call, writes that take a format, and errors that name the path.
 *
 * A guest can write to part of the tree.  What is read there is hostile:
 * no function here trusts its length or shape.
 */
#ifndef LIBXL_BASE_XENSTORE_H
#define LIBXL_BASE_XENSTORE_H

#include <stdbool.h>

#include <libxl.h>
#include <xenstore.h>

#include "base/memory.h"

/*
 * The string at path, or NULL with errno set: ENOENT where there is none.
 * Nothing is logged.  A value with a zero byte ends there.
 */
const char *libxl__xs_read(libxl__gc *gc, xs_transaction_t t, const char *path);

/* Like libxl__xs_read, of the path that format makes. */
const char *libxl__xs_readf(libxl__gc *gc, xs_transaction_t t,
                            const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * Read the string at path into *value_r, or NULL if there is no such path.
 * Returns ERROR_FAIL, logged, if xenstored refuses or does not answer.
 */
int libxl__xs_find(libxl__gc *gc, xs_transaction_t t, const char *path,
                   const char **value_r);

/*
 * A decimal number at path.  ERROR_NOTFOUND where there is no such path,
 * ERROR_INVAL, logged, where there is something else than a number.
 */
int libxl__xs_read_u32(libxl__gc *gc, xs_transaction_t t, const char *path,
                       uint32_t *value_r);

/*
 * The names below path and their number; none if there is no such path.
 * Returns ERROR_FAIL, logged, if xenstored refuses or does not answer.
 */
int libxl__xs_directory(libxl__gc *gc, xs_transaction_t t, const char *path,
                        char ***names_r, unsigned int *count_r);

/* ERROR_FAIL, logged, unless value stands at path now. */
int libxl__xs_write(libxl__gc *gc, xs_transaction_t t, const char *path,
                    const char *value);
int libxl__xs_writef(libxl__gc *gc, xs_transaction_t t, const char *path,
                     const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Removes path and all below it; a path that is not there is no error. */
int libxl__xs_rm(libxl__gc *gc, xs_transaction_t t, const char *path);

/*
 * Run body in a transaction, again from its start when others got in between.
 * body returns 0 to commit, an ERROR_… that it has logged, or
 * LIBXL__XS_INTERFERED, not logged, to be run again.  What xenstored refuses is
 * logged as "cannot" and what.
 */
#define LIBXL__XS_INTERFERED 1
typedef int libxl__xs_body(libxl__gc *gc, xs_transaction_t t, void *opaque);
int libxl__xs_transaction(libxl__gc *gc, const char *what, libxl__xs_body *body,
                          void *opaque);

/*
 * Whether xenstored answers so within a transaction, or at its end, if another
 * client has removed what it changes, or has destroyed the domain that owned
 * it.
 */
bool libxl__xs_is_interference(int error);

/* /local/domain/DOMID, which xenstored need not be asked for. */
char *libxl__xs_domain_path(libxl__gc *gc, uint32_t domid);

#endif
