/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Adds CPUs to cpupools and removes them.
 */
#include <errno.h>
#include <inttypes.h>

#include <libxl.h>
#include <libxl_utils.h>

#include "base/ctx.h"
#include "base/log.h"

int libxl_cpupool_cpuadd(libxl_ctx *ctx, uint32_t poolid, int cpu)
{
    if (xc_cpupool_addcpu(ctx->xch, poolid, cpu))
        return libxl__fail_errno(
            ctx, ERROR_FAIL, "cannot add CPU %d to cpupool %" PRIu32 "%s", cpu,
            poolid, errno == ENODEV ? ", it is in another one" : "");
    return 0;
}

int libxl_cpupool_cpuremove(libxl_ctx *ctx, uint32_t poolid, int cpu)
{
    if (xc_cpupool_removecpu(ctx->xch, poolid, cpu)) {
        libxl__error_errno(
            ctx, "cannot remove CPU %d from cpupool %" PRIu32 "%s", cpu, poolid,
            errno == EBUSY ? ", its domains need it" : "");
        return ERROR_FAIL;
    }
    return 0;
}

typedef int change_cpu(libxl_ctx *ctx, uint32_t poolid, int cpu);

/* Try each CPU, even after a failure; *done_r counts the successful ones. */
static int change_cpus(libxl_ctx *ctx, uint32_t poolid,
                       const libxl_bitmap *cpumap, change_cpu *change,
                       int *done_r)
{
    unsigned int cpu;
    int rc = 0, done = 0;

    libxl_for_each_set_bit(cpu, *cpumap)
    {
        if (change(ctx, poolid, cpu))
            rc = ERROR_FAIL;
        else
            done++;
    }
    if (done_r)
        *done_r = done;
    return rc;
}

int libxl_cpupool_cpuadd_cpumap(libxl_ctx *ctx, uint32_t poolid,
                                const libxl_bitmap *cpumap)
{
    return change_cpus(ctx, poolid, cpumap, libxl_cpupool_cpuadd, NULL);
}

int libxl_cpupool_cpuremove_cpumap(libxl_ctx *ctx, uint32_t poolid,
                                   const libxl_bitmap *cpumap)
{
    return change_cpus(ctx, poolid, cpumap, libxl_cpupool_cpuremove, NULL);
}

/* Intersect the CPUs of node with among.  The caller disposes of *both_r. */
static int cpus_of_node(libxl_ctx *ctx, int node, const libxl_bitmap *among,
                        libxl_bitmap *both_r)
{
    libxl_bitmap of_node;
    int rc;

    libxl_bitmap_init(&of_node);
    rc = libxl_cpu_bitmap_alloc(ctx, &of_node, 0);
    if (!rc)
        rc = libxl_node_to_cpumap(ctx, node, &of_node);
    if (!rc)
        rc = libxl_bitmap_and(ctx, both_r, &of_node, among);
    libxl_bitmap_dispose(&of_node);
    return rc;
}

int libxl_cpupool_cpuadd_node(libxl_ctx *ctx, uint32_t poolid, int node,
                              int *cpus)
{
    libxl_bitmap free_cpus, wanted;
    int rc;

    libxl_bitmap_init(&free_cpus);
    libxl_bitmap_init(&wanted);
    rc = libxl_get_freecpus(ctx, &free_cpus);
    if (!rc)
        rc = cpus_of_node(ctx, node, &free_cpus, &wanted);
    if (!rc)
        rc = change_cpus(ctx, poolid, &wanted, libxl_cpupool_cpuadd, cpus);
    libxl_bitmap_dispose(&free_cpus);
    libxl_bitmap_dispose(&wanted);
    return rc;
}

int libxl_cpupool_cpuremove_node(libxl_ctx *ctx, uint32_t poolid, int node,
                                 int *cpus)
{
    libxl_cpupoolinfo info;
    libxl_bitmap wanted;
    int rc;

    libxl_cpupoolinfo_init(&info);
    libxl_bitmap_init(&wanted);
    rc = libxl_cpupool_info(ctx, &info, poolid);
    if (!rc)
        rc = cpus_of_node(ctx, node, &info.cpumap, &wanted);
    if (!rc)
        rc = change_cpus(ctx, poolid, &wanted, libxl_cpupool_cpuremove, cpus);
    libxl_cpupoolinfo_dispose(&info);
    libxl_bitmap_dispose(&wanted);
    return rc;
}
