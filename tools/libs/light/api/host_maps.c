/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Allocates bitmaps of this host's size for CPUs, nodes and sockets, and
 * converts between them. types/bitmap.c has the operations on bits.
 */
#include <libxl.h>
#include <libxl_utils.h>

#include "base/log.h"

/* Allocate a map for count bits; for as many as maximum returns if 0. */
static int alloc_map(libxl_ctx *ctx, libxl_bitmap *map, int count,
                     const char *what, int (*maximum)(libxl_ctx *ctx))
{
    if (count < 0)
        return libxl__fail(ctx, ERROR_INVAL, "cannot allocate a map for %d %s",
                           count, what);
    if (!count)
        count = maximum(ctx);
    if (count <= 0)
        return libxl__fail(ctx, ERROR_FAIL, "cannot determine the number of %s",
                           what);
    return libxl_bitmap_alloc(ctx, map, count);
}

int libxl_cpu_bitmap_alloc(libxl_ctx *ctx, libxl_bitmap *cpumap, int max_cpus)
{
    return alloc_map(ctx, cpumap, max_cpus, "CPUs", libxl_get_max_cpus);
}

int libxl_node_bitmap_alloc(libxl_ctx *ctx, libxl_bitmap *nodemap,
                            int max_nodes)
{
    return alloc_map(ctx, nodemap, max_nodes, "NUMA nodes",
                     libxl_get_max_nodes);
}

static int max_sockets(libxl_ctx *ctx)
{
    unsigned int cpus_per_socket;
    libxl_physinfo info;
    int count;

    libxl_physinfo_init(&info);
    count = libxl_get_physinfo(ctx, &info);
    cpus_per_socket = info.threads_per_core * info.cores_per_socket;
    if (!count && cpus_per_socket)
        count = (info.max_cpu_id + cpus_per_socket) / cpus_per_socket;
    libxl_physinfo_dispose(&info);
    return count;
}

int libxl_socket_bitmap_alloc(libxl_ctx *ctx, libxl_bitmap *socketmap,
                              int max_sockets_wanted)
{
    return alloc_map(ctx, socketmap, max_sockets_wanted, "sockets",
                     max_sockets);
}

/*
 * The hypervisor's "unknown" marker is beyond the end of any bitmap, so setting
 * it does nothing and testing it returns 0.
 */
int libxl_get_online_socketmap(libxl_ctx *ctx, libxl_bitmap *socketmap)
{
    int i, count;
    libxl_cputopology *cpus = libxl_get_cpu_topology(ctx, &count);

    if (!cpus)
        return ERROR_FAIL;
    libxl_bitmap_set_none(socketmap);
    for (i = 0; i < count; i++)
        libxl_bitmap_set(socketmap, cpus[i].socket);
    libxl_cputopology_list_free(cpus, count);
    return 0;
}

int libxl_nodemap_to_cpumap(libxl_ctx *ctx, const libxl_bitmap *nodemap,
                            libxl_bitmap *cpumap)
{
    int i, count;
    libxl_cputopology *cpus = libxl_get_cpu_topology(ctx, &count);

    if (!cpus)
        return ERROR_FAIL;
    libxl_bitmap_set_none(cpumap);
    for (i = 0; i < count; i++)
        if (libxl_bitmap_test(nodemap, cpus[i].node))
            libxl_bitmap_set(cpumap, i);
    libxl_cputopology_list_free(cpus, count);
    return 0;
}

int libxl_node_to_cpumap(libxl_ctx *ctx, int node, libxl_bitmap *cpumap)
{
    int i, count;
    libxl_cputopology *cpus = libxl_get_cpu_topology(ctx, &count);

    if (!cpus)
        return ERROR_FAIL;
    libxl_bitmap_set_none(cpumap);
    for (i = 0; i < count; i++)
        if (node >= 0 && cpus[i].node == (uint32_t)node)
            libxl_bitmap_set(cpumap, i);
    libxl_cputopology_list_free(cpus, count);
    return 0;
}

int libxl_cpumap_to_nodemap(libxl_ctx *ctx, const libxl_bitmap *cpumap,
                            libxl_bitmap *nodemap)
{
    int i, count;
    libxl_cputopology *cpus = libxl_get_cpu_topology(ctx, &count);

    if (!cpus)
        return ERROR_FAIL;
    libxl_bitmap_set_none(nodemap);
    for (i = 0; i < count; i++)
        if (libxl_bitmap_test(cpumap, i))
            libxl_bitmap_set(nodemap, cpus[i].node);
    libxl_cputopology_list_free(cpus, count);
    return 0;
}
