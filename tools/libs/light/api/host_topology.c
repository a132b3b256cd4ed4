/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * CPU, NUMA and PCI topology of the host.  Xen's markers for unknown values are
 * returned as libxl's.
 */
#include <stdio.h>
#include <stdlib.h>

#include <libxl.h>

#include "base/ctx.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/sysfs.h"

_Static_assert(XEN_INVALID_CORE_ID == LIBXL_CPUTOPOLOGY_INVALID_ENTRY &&
                   XEN_INVALID_SOCKET_ID == LIBXL_CPUTOPOLOGY_INVALID_ENTRY &&
                   XEN_INVALID_NODE_ID == LIBXL_PCITOPOLOGY_INVALID_ENTRY &&
                   XEN_INVALID_MEM_SZ == LIBXL_NUMAINFO_INVALID_ENTRY &&
                   XEN_INVALID_NODE_DIST == LIBXL_NUMAINFO_INVALID_ENTRY,
               "marks can be handed on as they are");

int libxl_get_max_cpus(libxl_ctx *ctx)
{
    int count = xc_get_max_cpus(ctx->xch);

    return count > 0 ? count : ERROR_FAIL;
}

int libxl_get_online_cpus(libxl_ctx *ctx)
{
    int count = xc_get_online_cpus(ctx->xch);

    return count > 0 ? count : ERROR_FAIL;
}

int libxl_get_max_nodes(libxl_ctx *ctx)
{
    int count = xc_get_max_nodes(ctx->xch);

    return count > 0 ? count : ERROR_FAIL;
}

libxl_cputopology *libxl_get_cpu_topology(libxl_ctx *ctx, int *nb_cpu_out)
{
    libxl_cputopology *list = NULL;
    unsigned int i, count = 0;
    xc_cputopo_t *cpus;
    LIBXL__GC(gc, ctx);

    /* A call without a buffer returns the required size. */
    if (xc_cputopoinfo(ctx->xch, &count, NULL))
        goto out;
    cpus = libxl__calloc(gc, count, sizeof(*cpus));
    if (xc_cputopoinfo(ctx->xch, &count, cpus))
        goto out;

    list = libxl__calloc_nogc(count, sizeof(*list));
    for (i = 0; i < count; i++) {
        libxl_cputopology_init(&list[i]);
        list[i].core = cpus[i].core;
        list[i].socket = cpus[i].socket;
        list[i].node = cpus[i].node;
    }
    *nb_cpu_out = count;

out:
    if (!list)
        libxl__error_errno(ctx, "cannot read the CPU topology");
    return list;
}

libxl_numainfo *libxl_get_numainfo(libxl_ctx *ctx, int *nr)
{
    libxl_numainfo *list = NULL;
    unsigned int i, j, count = 0;
    xc_meminfo_t *memory;
    uint32_t *distances;
    LIBXL__GC(gc, ctx);

    if (xc_numainfo(ctx->xch, &count, NULL, NULL))
        goto out;
    memory = libxl__calloc(gc, count, sizeof(*memory));
    distances = libxl__calloc(gc, (size_t)count * count, sizeof(*distances));
    if (xc_numainfo(ctx->xch, &count, memory, distances))
        goto out;

    list = libxl__calloc_nogc(count, sizeof(*list));
    for (i = 0; i < count; i++) {
        libxl_numainfo_init(&list[i]);
        list[i].size = memory[i].memsize;
        list[i].free = memory[i].memfree;
        list[i].num_dists = count;
        list[i].dists = libxl__calloc_nogc(count, sizeof(*list[i].dists));
        for (j = 0; j < count; j++)
            list[i].dists[j] = distances[i * count + j];
    }
    *nr = count;

out:
    if (!list)
        libxl__error_errno(ctx, "cannot read the NUMA topology");
    return list;
}

/* List the PCI devices that Linux has; NULL, logged, on failure. */
static physdev_pci_device_t *list_pci(libxl__gc *gc, unsigned int *count_r)
{
    unsigned int segment, bus, device, function, i, names_count, count = 0;
    physdev_pci_device_t *list;
    const char **names;

    if (libxl__sysfs_list(gc, "pci/devices", &names, &names_count))
        return NULL;
    list = libxl__calloc(gc, names_count + 1, sizeof(*list));
    for (i = 0; i < names_count; i++) {
        if (sscanf(names[i], "%x:%x:%x.%u", &segment, &bus, &device,
                   &function) != 4)
            continue;
        list[count++] = (physdev_pci_device_t) {
            .seg = segment,
            .bus = bus,
            .devfn = device << 3 | function,
        };
    }
    *count_r = count;
    return list;
}

libxl_pcitopology *libxl_get_pci_topology(libxl_ctx *ctx, int *num_devs)
{
    libxl_pcitopology *list;
    physdev_pci_device_t *devices;
    unsigned int i, count;
    uint32_t *nodes;
    LIBXL__GC(gc, ctx);

    devices = list_pci(gc, &count);
    if (!devices)
        return NULL;
    nodes = libxl__calloc(gc, count, sizeof(*nodes));
    if (count && xc_pcitopoinfo(ctx->xch, count, devices, nodes)) {
        libxl__error_errno(ctx, "cannot read the NUMA nodes of PCI devices");
        return NULL;
    }

    list = libxl__calloc_nogc(count, sizeof(*list));
    for (i = 0; i < count; i++) {
        libxl_pcitopology_init(&list[i]);
        list[i].seg = devices[i].seg;
        list[i].bus = devices[i].bus;
        list[i].devfn = devices[i].devfn;
        /* Returned for devices that the hypervisor does not know, too. */
        list[i].node = nodes[i] == XEN_INVALID_DEV
                           ? LIBXL_PCITOPOLOGY_INVALID_ENTRY
                           : nodes[i];
    }
    *num_devs = count;
    return list;
}
