/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * cpupools: what the hypervisor knows of one, and the paths of its nodes.
 */
#ifndef LIBXL_DOMAIN_POOL_H
#define LIBXL_DOMAIN_POOL_H

#include <libxl.h>
#include <xenctrl.h>

#include "base/memory.h"

/* Query a cpupool; NULL if there is none.  Free it with xc_cpupool_infofree. */
xc_cpupoolinfo_t *libxl__pool_find(libxl_ctx *ctx, uint32_t poolid);

/* /local/pool/POOLID/KEY; without /KEY if key is NULL. */
char *libxl__pool_path(libxl__gc *gc, uint32_t poolid, const char *key);

/*
 * Find the cpupool with this name.  Returns ERROR_INVAL, not logged, if there
 * is none, and ERROR_FAIL, logged, if xenstored refuses to give a name.
 */
int libxl__pool_find_name(libxl__gc *gc, const char *name, uint32_t *poolid_r);

#endif
