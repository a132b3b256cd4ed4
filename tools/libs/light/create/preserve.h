/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Keeping a domain that has ended.
 */
#ifndef LIBXL_CREATE_PRESERVE_H
#define LIBXL_CREATE_PRESERVE_H

#include <libxl.h>

#include "base/memory.h"

/*
 * Adds name_suffix to the name of the domain and changes its UUID to new_uuid,
 * so that a new domain can have its own.  Logs its errors.
 */
int libxl__domain_preserve(libxl__gc *gc, uint32_t domid,
                           const char *name_suffix, const libxl_uuid *new_uuid);

#endif
