/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * One cpupool: what the hypervisor knows of it, and where its nodes stand.
 */
#ifndef LIBXL_DOMAIN_POOL_H
#define LIBXL_DOMAIN_POOL_H

#include <libxl.h>
#include <xenctrl.h>

#include "base/memory.h"

/* NULL where there is none; else freed by xc_cpupool_infofree. */
xc_cpupoolinfo_t *libxl__pool_find(libxl_ctx *ctx, uint32_t poolid);

/* /local/pool/POOLID/KEY, or without /KEY where key is NULL. */
char *libxl__pool_path(libxl__gc *gc, uint32_t poolid, const char *key);

#endif
