/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The configuration that is stored for a domain.
 */
#ifndef LIBXL_DOMAIN_STORED_H
#define LIBXL_DOMAIN_STORED_H

#include <libxl.h>

#include "base/memory.h"

/* Stores config for the domain, whose UUID is uuid.  Logs its errors. */
int libxl__stored_write(libxl__gc *gc, uint32_t domid, const char *uuid,
                        const libxl_domain_config *config);

/*
 * Reads the stored configuration into config, which must be initialised, and
 * brings it up to date with the domain as it is now: name, UUID, cpupool,
 * memory, vCPUs and scheduler parameters.  Logs its errors.
 */
int libxl__stored_config(libxl__gc *gc, uint32_t domid,
                         libxl_domain_config *config);

/* Reads it into config, which must be initialised, as it was stored. */
int libxl__stored_read(libxl__gc *gc, uint32_t domid,
                       libxl_domain_config *config);

/*
 * Changes the stored configuration of the domain while no other process does:
 * change gets it as it was stored.  Returns what change returns, or ERROR_FAIL
 * or ERROR_DOMAIN_NOTFOUND, logged.
 */
int libxl__stored_change(libxl__gc *gc, uint32_t domid,
                         int (*change)(libxl__gc *gc,
                                       libxl_domain_config *config,
                                       void *opaque),
                         void *opaque);

#endif
