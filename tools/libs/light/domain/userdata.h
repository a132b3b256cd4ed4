/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Files that the library keeps for a domain as long as it lives.
 */
#ifndef LIBXL_DOMAIN_USERDATA_H
#define LIBXL_DOMAIN_USERDATA_H

#include <libxl.h>

#include "base/memory.h"

/* userid of the library's own file, the domain's configuration as JSON. */
#define LIBXL__USERDATA_CONFIG "libxl-json"

/* Like the public functions, for a domain whose UUID (as text) is known. */
int libxl__userdata_store(libxl__gc *gc, uint32_t domid, const char *uuid,
                          const char *userid, const void *data, size_t size);
int libxl__userdata_retrieve(libxl__gc *gc, uint32_t domid, const char *uuid,
                             const char *userid, char **data_r, size_t *size_r);

/*
 * Locks a file of the domain against other processes and threads, until
 * libxl__userdata_unlock.  Returns ERROR_DOMAIN_NOTFOUND, logged, if the file
 * is not there: the domain has ended.
 */
int libxl__userdata_lock(libxl__gc *gc, uint32_t domid, const char *uuid,
                         const char *userid, int *lock_r);

/* Does nothing if lock is -1. */
void libxl__userdata_unlock(int lock);

/* Rename every file of the domain for its new UUID. */
int libxl__userdata_move(libxl__gc *gc, uint32_t domid, const char *old_uuid,
                         const char *new_uuid);

/* Remove every file of the domain, whatever its userid. */
int libxl__userdata_destroy(libxl__gc *gc, uint32_t domid, const char *uuid);

#endif
