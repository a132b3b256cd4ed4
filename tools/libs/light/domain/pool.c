/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Finds one cpupool and its nodes.
 */
#include "domain/pool.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "base/ctx.h"
#include "base/xenstore.h"

xc_cpupoolinfo_t *libxl__pool_find(libxl_ctx *ctx, uint32_t poolid)
{
    /* Returns the first pool whose number is poolid or more. */
    xc_cpupoolinfo_t *pool = xc_cpupool_getinfo(ctx->xch, poolid);

    if (pool && pool->cpupool_id != poolid) {
        xc_cpupool_infofree(ctx->xch, pool);
        pool = NULL;
    }
    return pool;
}

char *libxl__pool_path(libxl__gc *gc, uint32_t poolid, const char *key)
{
    return libxl__sprintf(gc, "/local/pool/%" PRIu32 "%s%s", poolid,
                          key ? "/" : "", key ? key : "");
}

int libxl__pool_find_name(libxl__gc *gc, const char *name, uint32_t *poolid_r)
{
    xc_cpupoolinfo_t *pool;
    bool found = false;
    const char *has;
    uint32_t next = 0;
    int rc = 0;

    while (!found && !rc && (pool = xc_cpupool_getinfo(gc->ctx->xch, next))) {
        rc = libxl__xs_find(
            gc, XBT_NULL, libxl__pool_path(gc, pool->cpupool_id, "name"), &has);
        found = !rc && has && !strcmp(has, name);
        if (found)
            *poolid_r = pool->cpupool_id;
        next = pool->cpupool_id + 1;
        xc_cpupool_infofree(gc->ctx->xch, pool);
    }
    return rc || found ? rc : ERROR_INVAL;
}
