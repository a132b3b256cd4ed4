/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * On which CPUs a domain's vCPUs may run (hard) and should run (soft), and
 * which NUMA nodes its memory comes from.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <libxl.h>
#include <libxl_utils.h>

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

static int set_affinity(libxl_ctx *ctx, uint32_t domid, uint32_t vcpu,
                        const libxl_bitmap *hard, const libxl_bitmap *soft,
                        uint32_t flags)
{
    int size = xc_get_cpumap_size(ctx->xch);
    uint8_t *hard_map, *soft_map;
    libxl__gc gc[1];
    int rc = 0;

    if (!hard && !soft) {
        libxl__error(ctx, "neither a hard nor a soft affinity is given");
        return ERROR_INVAL;
    }
    if (libxl__domid_check(ctx, domid))
        return ERROR_FAIL;
    if (size <= 0) {
        libxl__error_errno(ctx, "cannot ask how many CPUs there can be");
        return ERROR_FAIL;
    }

    libxl__gc_init(gc, ctx);
    hard_map = whole_map(gc, hard, size);
    soft_map = whole_map(gc, soft, size);
    if (hard)
        flags |= XEN_VCPUAFFINITY_HARD;
    if (soft)
        flags |= XEN_VCPUAFFINITY_SOFT;
    if (xc_vcpu_setaffinity(ctx->xch, domid, vcpu, hard_map, soft_map, flags)) {
        libxl__error_errno(ctx,
                           "cannot set where vCPU %" PRIu32 " of domain "
                           "%" PRIu32 " runs",
                           vcpu, domid);
        rc = ERROR_FAIL;
    } else if (soft && is_empty(soft_map, size)) {
        /* The hypervisor gave back what of it counts. */
        libxl__warn(ctx,
                    "vCPU %" PRIu32 " of domain %" PRIu32 " can run on no CPU "
                    "of its soft affinity: only the hard one counts",
                    vcpu, domid);
    }
    libxl__gc_dispose(gc);
    return rc;
}

int libxl_set_vcpuaffinity(libxl_ctx *ctx, uint32_t domid, uint32_t vcpuid,
                           const libxl_bitmap *cpumap_hard,
                           const libxl_bitmap *cpumap_soft)
{
    return set_affinity(ctx, domid, vcpuid, cpumap_hard, cpumap_soft, 0);
}

int libxl_set_vcpuaffinity_force(libxl_ctx *ctx, uint32_t domid,
                                 uint32_t vcpuid,
                                 const libxl_bitmap *cpumap_hard,
                                 const libxl_bitmap *cpumap_soft)
{
    return set_affinity(ctx, domid, vcpuid, cpumap_hard, cpumap_soft,
                        XEN_VCPUAFFINITY_FORCE);
}

/* Each vCPU is tried, also after one that failed. */
int libxl_set_vcpuaffinity_all(libxl_ctx *ctx, uint32_t domid,
                               unsigned int max_vcpus,
                               const libxl_bitmap *cpumap_hard,
                               const libxl_bitmap *cpumap_soft)
{
    unsigned int vcpu;
    int rc = 0;

    for (vcpu = 0; vcpu < max_vcpus; vcpu++)
        if (set_affinity(ctx, domid, vcpu, cpumap_hard, cpumap_soft, 0))
            rc = ERROR_FAIL;
    return rc;
}

int libxl_domain_set_nodeaffinity(libxl_ctx *ctx, uint32_t domid,
                                  libxl_bitmap *nodemap)
{
    int size = xc_get_nodemap_size(ctx->xch);
    libxl__gc gc[1];
    int rc = 0;

    if (libxl__domid_check(ctx, domid))
        return ERROR_FAIL;
    libxl__gc_init(gc, ctx);
    if (size <= 0 || xc_domain_node_setaffinity(ctx->xch, domid,
                                                whole_map(gc, nodemap, size))) {
        libxl__error_errno(ctx, "cannot set the NUMA nodes of domain %" PRIu32,
                           domid);
        rc = ERROR_FAIL;
    }
    libxl__gc_dispose(gc);
    return rc;
}

int libxl_domain_get_nodeaffinity(libxl_ctx *ctx, uint32_t domid,
                                  libxl_bitmap *nodemap)
{
    int size = xc_get_nodemap_size(ctx->xch);
    libxl__gc gc[1];
    uint8_t *map;
    int rc = 0;

    if (libxl__domid_check(ctx, domid))
        return ERROR_FAIL;
    libxl__gc_init(gc, ctx);
    map = libxl__zalloc(gc, size > 0 ? size : 0);
    if (size <= 0 || xc_domain_node_getaffinity(ctx->xch, domid, map)) {
        libxl__error_errno(
            ctx, "cannot ask for the NUMA nodes of domain %" PRIu32, domid);
        rc = ERROR_FAIL;
    } else if (nodemap->size) {
        libxl_bitmap_set_none(nodemap);
        memcpy(nodemap->map, map,
               nodemap->size < (uint32_t)size ? nodemap->size : (uint32_t)size);
    }
    libxl__gc_dispose(gc);
    return rc;
}
