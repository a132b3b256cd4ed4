/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Sets affinities.  libxenctrl wants maps of the host's size, whatever size
 * the caller's have.
 */
#include "domain/affinity.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "base/ctx.h"
#include "base/log.h"
#include "base/memory.h"
#include "domain/info.h"

/*
 * A copy of map that is as long as libxenctrl takes for granted: size bytes,
 * whatever the caller allocated.  NULL for NULL.
 */
static uint8_t *whole_map(libxl__gc *gc, const libxl_bitmap *map, int size)
{
    uint8_t *copy;

    if (!map)
        return NULL;
    copy = libxl__zalloc(gc, size);
    if (map->size)
        memcpy(copy, map->map,
               map->size < (uint32_t)size ? map->size : (uint32_t)size);
    return copy;
}

static bool is_empty(const uint8_t *map, int size)
{
    int i;

    for (i = 0; i < size; i++)
        if (map[i])
            return false;
    return true;
}

int libxl__vcpu_affinity_set(libxl_ctx *ctx, uint32_t domid, uint32_t vcpu,
                             const libxl_bitmap *hard, const libxl_bitmap *soft,
                             uint32_t flags)
{
    int size = xc_get_cpumap_size(ctx->xch);
    uint8_t *hard_map, *soft_map;
    LIBXL__GC(gc, ctx);

    if (!hard && !soft)
        return libxl__fail(ctx, ERROR_INVAL,
                           "neither a hard nor a soft affinity is given");
    if (libxl__domid_check(ctx, domid))
        return ERROR_FAIL;
    if (size <= 0)
        return libxl__fail_errno(ctx, ERROR_FAIL,
                                 "cannot determine the number of CPUs");

    hard_map = whole_map(gc, hard, size);
    soft_map = whole_map(gc, soft, size);
    if (hard)
        flags |= XEN_VCPUAFFINITY_HARD;
    if (soft)
        flags |= XEN_VCPUAFFINITY_SOFT;
    if (xc_vcpu_setaffinity(ctx->xch, domid, vcpu, hard_map, soft_map, flags)) {
        if (errno == EINVAL)
            return libxl__fail(ctx, ERROR_FAIL,
                               "vCPU %" PRIu32 " of domain %" PRIu32 " does "
                               "not exist, or no CPU of its cpupool is in its "
                               "hard affinity: choose others",
                               vcpu, domid);
        return libxl__fail_errno(ctx, ERROR_FAIL,
                                 "cannot set where vCPU %" PRIu32 " of domain "
                                 "%" PRIu32 " runs",
                                 vcpu, domid);
    }
    if (soft && is_empty(soft_map, size))
        /* The hypervisor gave back what of it counts. */
        libxl__warn(ctx,
                    "vCPU %" PRIu32 " of domain %" PRIu32 " can run on no CPU "
                    "of its soft affinity: only the hard one counts",
                    vcpu, domid);
    return 0;
}

int libxl__node_affinity_set(libxl_ctx *ctx, uint32_t domid,
                             const libxl_bitmap *nodemap)
{
    int size = xc_get_nodemap_size(ctx->xch);
    LIBXL__GC(gc, ctx);

    if (libxl__domid_check(ctx, domid))
        return ERROR_FAIL;
    if (size <= 0 || xc_domain_node_setaffinity(ctx->xch, domid,
                                                whole_map(gc, nodemap, size)))
        return libxl__fail_errno(ctx, ERROR_FAIL,
                                 "cannot set the NUMA nodes of domain %" PRIu32,
                                 domid);
    return 0;
}
