/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * cpupools: making, ending and listing them, and the domains in them.  Their
 * names stand in cpupool_name.c, their CPUs in cpupool_cpus.c.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <libxl.h>
#include <libxl_utils.h>

#include "base/ctx.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/xenstore.h"
#include "domain/pool.h"

static void fill_info(libxl_ctx *ctx, const xc_cpupoolinfo_t *from,
                      libxl_cpupoolinfo *to)
{
    int size = xc_get_cpumap_size(ctx->xch);

    libxl_cpupoolinfo_init(to);
    to->poolid = from->cpupool_id;
    to->pool_name = libxl_cpupoolid_to_name(ctx, from->cpupool_id);
    to->sched = from->sched_id;
    to->n_dom = from->n_dom;
    if (size > 0 && !libxl_cpu_bitmap_alloc(ctx, &to->cpumap, 0))
        memcpy(to->cpumap.map, from->cpumap,
               to->cpumap.size < (uint32_t)size ? to->cpumap.size
                                                : (uint32_t)size);
}

int libxl_cpupool_info(libxl_ctx *ctx, libxl_cpupoolinfo *info, uint32_t poolid)
{
    xc_cpupoolinfo_t *pool = libxl__pool_find(ctx, poolid);

    if (!pool) {
        libxl__error(ctx, "there is no cpupool %" PRIu32, poolid);
        return ERROR_FAIL;
    }
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

/* The pool's nodes: its UUID, which nothing else keeps, and its name. */
static int write_nodes(libxl_ctx *ctx, uint32_t poolid, const char *name,
                       const libxl_uuid *uuid)
{
    libxl__gc gc[1];
    int rc;

    libxl__gc_init(gc, ctx);
    rc = libxl__xs_writef(gc, XBT_NULL, libxl__pool_path(gc, poolid, "uuid"),
                          LIBXL_UUID_FMT, LIBXL_UUID_BYTES(*uuid));
    if (!rc)
        rc = libxl__xs_write(gc, XBT_NULL, libxl__pool_path(gc, poolid, "name"),
                             name);
    if (rc)
        libxl__xs_rm(gc, XBT_NULL, libxl__pool_path(gc, poolid, NULL));
    libxl__gc_dispose(gc);
    return rc;
}

int libxl_cpupool_create(libxl_ctx *ctx, const char *name,
                         libxl_scheduler sched, libxl_bitmap cpumap,
                         libxl_uuid *uuid, uint32_t *poolid)
{
    uint32_t id = *poolid;
    int rc;

    if (!name || !*name) {
        libxl__error(ctx, "the new cpupool has no name");
        return ERROR_INVAL;
    }
    if (xc_cpupool_create(ctx->xch, &id, sched)) {
        libxl__error_errno(ctx,
                           "cannot create cpupool '%s' with the "
                           "scheduler '%s'",
                           name, libxl_scheduler_to_string(sched) ?: "?");
        return ERROR_FAIL;
    }
    rc = libxl_cpupool_cpuadd_cpumap(ctx, id, &cpumap);
    if (!rc)
        rc = write_nodes(ctx, id, name, uuid);
    if (rc) {
        libxl_cpupool_cpuremove_cpumap(ctx, id, &cpumap);
        xc_cpupool_destroy(ctx->xch, id);
        return rc;
    }
    *poolid = id;
    return 0;
}

/* Its CPUs are free afterwards. */
int libxl_cpupool_destroy(libxl_ctx *ctx, uint32_t poolid)
{
    libxl_cpupoolinfo info;
    libxl__gc gc[1];
    int rc = libxl_cpupool_info(ctx, &info, poolid);

    if (rc)
        return rc;
    libxl__gc_init(gc, ctx);
    if (info.n_dom) {
        libxl__error(ctx,
                     "cpupool %" PRIu32 " has %" PRIu32 " domains: move them "
                     "to another one first",
                     poolid, info.n_dom);
        rc = ERROR_INVAL;
        goto out;
    }
    rc = libxl_cpupool_cpuremove_cpumap(ctx, poolid, &info.cpumap);
    if (rc)
        goto out;
    if (xc_cpupool_destroy(ctx->xch, poolid)) {
        libxl__error_errno(ctx, "cannot destroy cpupool %" PRIu32, poolid);
        rc = ERROR_FAIL;
        goto out;
    }
    rc = libxl__xs_rm(gc, XBT_NULL, libxl__pool_path(gc, poolid, NULL));

out:
    libxl__gc_dispose(gc);
    libxl_cpupoolinfo_dispose(&info);
    return rc;
}

int libxl_cpupool_movedomain(libxl_ctx *ctx, uint32_t poolid, uint32_t domid)
{
    if (xc_cpupool_movedomain(ctx->xch, poolid, domid)) {
        libxl__error_errno(ctx,
                           "cannot move domain %" PRIu32 " to cpupool %" PRIu32,
                           domid, poolid);
        return ERROR_FAIL;
    }
    return 0;
}
