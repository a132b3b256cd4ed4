/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Creates and destroys cpupools and moves domains between them. cpupool_info.c
 * lists them, cpupool_name.c has their names, cpupool_cpus.c their CPUs.
 */
#include <inttypes.h>

#include <libxl.h>
#include <libxl_utils.h>

#include "base/ctx.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/xenstore.h"
#include "domain/info.h"
#include "domain/pool.h"

/*
 * Write the pool's nodes: its name, and its UUID, which is kept nowhere else.
 */
static int write_nodes(libxl_ctx *ctx, uint32_t poolid, const char *name,
                       const libxl_uuid *uuid)
{
    LIBXL__GC(gc, ctx);
    int rc;

    rc = libxl__xs_writef(gc, XBT_NULL, libxl__pool_path(gc, poolid, "uuid"),
                          LIBXL_UUID_FMT, LIBXL_UUID_BYTES(*uuid));
    if (!rc)
        rc = libxl__xs_write(gc, XBT_NULL, libxl__pool_path(gc, poolid, "name"),
                             name);
    if (rc)
        libxl__xs_rm(gc, XBT_NULL, libxl__pool_path(gc, poolid, NULL));
    return rc;
}

int libxl_cpupool_create(libxl_ctx *ctx, const char *name,
                         libxl_scheduler sched, libxl_bitmap cpumap,
                         libxl_uuid *uuid, uint32_t *poolid)
{
    uint32_t id = *poolid;
    int rc;

    if (!name || !*name)
        return libxl__fail(ctx, ERROR_INVAL, "the new cpupool has no name");
    if (xc_cpupool_create(ctx->xch, &id, sched))
        return libxl__fail_errno(ctx, ERROR_FAIL,
                                 "cannot create cpupool '%s' with the "
                                 "scheduler '%s'",
                                 name, libxl_scheduler_to_string(sched) ?: "?");
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

/* Remove all CPUs of the pool. */
int libxl_cpupool_destroy(libxl_ctx *ctx, uint32_t poolid)
{
    libxl_cpupoolinfo info;
    LIBXL__GC(gc, ctx);
    int rc = libxl_cpupool_info(ctx, &info, poolid);

    if (rc)
        return rc;
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
    libxl_cpupoolinfo_dispose(&info);
    return rc;
}

int libxl_cpupool_movedomain(libxl_ctx *ctx, uint32_t poolid, uint32_t domid)
{
    if (libxl__domid_check(ctx, domid))
        return ERROR_FAIL;
    if (xc_cpupool_movedomain(ctx->xch, poolid, domid))
        return libxl__fail_errno(ctx, ERROR_FAIL,
                                 "cannot move domain %" PRIu32
                                 " to cpupool %" PRIu32,
                                 domid, poolid);
    return 0;
}
