/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Lists cpupools and their CPUs, and the CPUs that are in none.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <libxl.h>
#include <libxl_utils.h>

#include "base/ctx.h"
#include "base/log.h"
#include "base/memory.h"
#include "domain/pool.h"

static int take_map(libxl_ctx *ctx, const uint8_t *from, libxl_bitmap *to)
{
    int size = xc_get_cpumap_size(ctx->xch);
    int rc = size > 0 ? libxl_cpu_bitmap_alloc(ctx, to, 0) : ERROR_FAIL;

    if (!rc)
        memcpy(to->map, from,
               to->size < (uint32_t)size ? to->size : (uint32_t)size);
    return rc;
}

/* cpumap stays empty if the number of CPUs cannot be determined. */
static void fill_info(libxl_ctx *ctx, const xc_cpupoolinfo_t *from,
                      libxl_cpupoolinfo *to)
{
    libxl_cpupoolinfo_init(to);
    to->poolid = from->cpupool_id;
    to->pool_name = libxl_cpupoolid_to_name(ctx, from->cpupool_id);
    to->sched = from->sched_id;
    to->n_dom = from->n_dom;
    take_map(ctx, from->cpumap, &to->cpumap);
}

int libxl_cpupool_info(libxl_ctx *ctx, libxl_cpupoolinfo *info, uint32_t poolid)
{
    xc_cpupoolinfo_t *pool = libxl__pool_find(ctx, poolid);

    if (!pool)
        return libxl__fail(ctx, ERROR_FAIL, "there is no cpupool %" PRIu32,
                           poolid);
    fill_info(ctx, pool, info);
    xc_cpupool_infofree(ctx->xch, pool);
    return 0;
}

libxl_cpupoolinfo *libxl_list_cpupool(libxl_ctx *ctx, int *nb_pool_out)
{
    libxl_cpupoolinfo *list = libxl__calloc_nogc(1, sizeof(*list));
    xc_cpupoolinfo_t *pool;
    uint32_t next = 0;
    int count = 0;

    while ((pool = xc_cpupool_getinfo(ctx->xch, next))) {
        list = libxl__realloc_nogc(list, (count + 1) * sizeof(*list));
        fill_info(ctx, pool, &list[count++]);
        next = pool->cpupool_id + 1;
        xc_cpupool_infofree(ctx->xch, pool);
    }
    *nb_pool_out = count;
    return list;
}

int libxl_get_freecpus(libxl_ctx *ctx, libxl_bitmap *cpumap)
{
    xc_cpumap_t map = xc_cpupool_freeinfo(ctx->xch);
    int rc;

    if (!map)
        return libxl__fail_errno(ctx, ERROR_FAIL,
                                 "cannot list the CPUs that are in no "
                                 "cpupool");
    rc = take_map(ctx, map, cpumap);
    free(map);
    return rc;
}
