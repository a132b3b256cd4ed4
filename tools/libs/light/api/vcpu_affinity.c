/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * CPUs that a domain's vCPUs may (hard) and should (soft) run on, and NUMA
 * nodes of its memory.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <libxl.h>
#include <libxl_utils.h>

#include "base/ctx.h"
#include "base/log.h"
#include "base/memory.h"
#include "domain/affinity.h"
#include "domain/info.h"

int libxl_set_vcpuaffinity(libxl_ctx *ctx, uint32_t domid, uint32_t vcpuid,
                           const libxl_bitmap *cpumap_hard,
                           const libxl_bitmap *cpumap_soft)
{
    return libxl__vcpu_affinity_set(ctx, domid, vcpuid, cpumap_hard,
                                    cpumap_soft, 0);
}

int libxl_set_vcpuaffinity_force(libxl_ctx *ctx, uint32_t domid,
                                 uint32_t vcpuid,
                                 const libxl_bitmap *cpumap_hard,
                                 const libxl_bitmap *cpumap_soft)
{
    return libxl__vcpu_affinity_set(ctx, domid, vcpuid, cpumap_hard,
                                    cpumap_soft, XEN_VCPUAFFINITY_FORCE);
}

/* Try each vCPU, even after a failure. */
int libxl_set_vcpuaffinity_all(libxl_ctx *ctx, uint32_t domid,
                               unsigned int max_vcpus,
                               const libxl_bitmap *cpumap_hard,
                               const libxl_bitmap *cpumap_soft)
{
    unsigned int vcpu;
    int rc = 0;

    for (vcpu = 0; vcpu < max_vcpus; vcpu++)
        if (libxl__vcpu_affinity_set(ctx, domid, vcpu, cpumap_hard, cpumap_soft,
                                     0))
            rc = ERROR_FAIL;
    return rc;
}

int libxl_domain_set_nodeaffinity(libxl_ctx *ctx, uint32_t domid,
                                  libxl_bitmap *nodemap)
{
    return libxl__node_affinity_set(ctx, domid, nodemap);
}

int libxl_domain_get_nodeaffinity(libxl_ctx *ctx, uint32_t domid,
                                  libxl_bitmap *nodemap)
{
    int size = xc_get_nodemap_size(ctx->xch);
    LIBXL__GC(gc, ctx);
    uint8_t *map;
    int rc = 0;

    if (libxl__domid_check(ctx, domid))
        return ERROR_FAIL;
    map = libxl__zalloc(gc, size > 0 ? size : 0);
    if (size <= 0 || xc_domain_node_getaffinity(ctx->xch, domid, map)) {
        libxl__error_errno(ctx, "cannot read the NUMA nodes of domain %" PRIu32,
                           domid);
        rc = ERROR_FAIL;
    } else if (nodemap->size) {
        libxl_bitmap_set_none(nodemap);
        memcpy(nodemap->map, map,
               nodemap->size < (uint32_t)size ? nodemap->size : (uint32_t)size);
    }
    return rc;
}
