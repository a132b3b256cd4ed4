/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Names of cpupools, which only xenstore has.
 */
#include <inttypes.h>
#include <stdbool.h>

#include <libxl.h>
#include <libxl_utils.h>

#include "base/ctx.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/xenstore.h"
#include "domain/pool.h"

int libxl_cpupoolid_is_valid(libxl_ctx *ctx, uint32_t poolid)
{
    xc_cpupoolinfo_t *pool = libxl__pool_find(ctx, poolid);

    if (!pool)
        return 0;
    xc_cpupool_infofree(ctx->xch, pool);
    return 1;
}

/* Returns NULL if there is no such pool or it has no name. */
char *libxl_cpupoolid_to_name(libxl_ctx *ctx, uint32_t poolid)
{
    LIBXL__GC(gc, ctx);

    return libxl__strdup_nogc(
        libxl__xs_read(gc, XBT_NULL, libxl__pool_path(gc, poolid, "name")));
}

int libxl_name_to_cpupoolid(libxl_ctx *ctx, const char *name, uint32_t *poolid)
{
    LIBXL__GC(gc, ctx);

    return libxl__pool_find_name(gc, name, poolid);
}

/* A number is returned unchecked, even if there is no such pool. */
int libxl_cpupool_qualifier_to_cpupoolid(libxl_ctx *ctx, const char *p,
                                         uint32_t *poolid_r, int *was_name_r)
{
    LIBXL__GC(gc, ctx);
    bool is_number = libxl__number_parse_u32(p, poolid_r);

    if (was_name_r)
        *was_name_r = !is_number;
    return is_number ? 0 : libxl__pool_find_name(gc, p, poolid_r);
}

int libxl_cpupool_rename(libxl_ctx *ctx, const char *name, uint32_t poolid)
{
    LIBXL__GC(gc, ctx);

    if (!libxl_cpupoolid_is_valid(ctx, poolid))
        return libxl__fail(ctx, ERROR_FAIL, "there is no cpupool %" PRIu32,
                           poolid);
    return libxl__xs_write(gc, XBT_NULL, libxl__pool_path(gc, poolid, "name"),
                           name);
}
