/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Finds one cpupool and its nodes.
 */
#include "domain/pool.h"

#include <inttypes.h>

#include "base/ctx.h"

xc_cpupoolinfo_t *libxl__pool_find(libxl_ctx *ctx, uint32_t poolid)
{
    /* It gives the first pool that is not below poolid. */
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
