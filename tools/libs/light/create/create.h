/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Creation of a domain.
 */
#ifndef LIBXL_CREATE_CREATE_H
#define LIBXL_CREATE_CREATE_H

#include <libxl.h>

#include "base/memory.h"

/*
 * Creates a paused domain from config.  With console_how, reports when its
 * console can be used.  On failure nothing of the domain is left, and *domid_r
 * is untouched, except that it is INVALID_DOMID if the creation was aborted.
 * Logs its errors.
 */
int libxl__domain_create(libxl__gc *gc, const libxl_domain_config *config,
                         const libxl_asyncprogress_how *console_how,
                         uint32_t *domid_r);

#endif
