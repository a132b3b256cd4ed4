/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * PCI devices.  The host's can be made assignable; no guest on Arm has a PCI
 * bus to get one, whatever of its options are set.
 */
#include <inttypes.h>

#include <libxl.h>

#include "base/log.h"
#include "device/host_pci.h"
#include "event/ao.h"

int libxl_device_pci_assignable_add(libxl_ctx *ctx, libxl_device_pci *pci,
                                    int rebind)
{
    LIBXL__GC(gc, ctx);

    return libxl__host_pci_add(gc, pci, rebind);
}

int libxl_device_pci_assignable_remove(libxl_ctx *ctx, libxl_device_pci *pci,
                                       int rebind)
{
    LIBXL__GC(gc, ctx);

    return libxl__host_pci_remove(gc, pci, rebind);
}

libxl_device_pci *libxl_device_pci_assignable_list(libxl_ctx *ctx, int *num)
{
    libxl_device_pci *list;
    LIBXL__GC(gc, ctx);

    *num = 0;
    return libxl__host_pci_list(gc, &list, num) ? NULL : list;
}

static int refuse_add(libxl__gc *gc, void *opaque)
{
    const uint32_t *domid = opaque;

    return libxl__fail(gc->ctx, ERROR_FAIL,
                       "domain %" PRIu32 ": cannot attach a PCI device: guests "
                       "on Arm have no PCI bus; pass a device of the host's "
                       "device tree with 'dtdev'",
                       *domid);
}

static int refuse_remove(libxl__gc *gc, void *opaque)
{
    const uint32_t *domid = opaque;

    return libxl__fail(gc->ctx, ERROR_FAIL,
                       "domain %" PRIu32 " has no PCI devices: guests on Arm "
                       "have no PCI bus",
                       *domid);
}

int libxl_device_pci_add(libxl_ctx *ctx, uint32_t domid, libxl_device_pci *pci,
                         const libxl_asyncop_how *ao_how)
{
    return libxl__ao_run(ctx, domid, ao_how, refuse_add, &domid, sizeof(domid));
}

int libxl_device_pci_remove(libxl_ctx *ctx, uint32_t domid,
                            libxl_device_pci *pci,
                            const libxl_asyncop_how *ao_how)
{
    return libxl__ao_run(ctx, domid, ao_how, refuse_remove, &domid,
                         sizeof(domid));
}

int libxl_device_pci_destroy(libxl_ctx *ctx, uint32_t domid,
                             libxl_device_pci *pci,
                             const libxl_asyncop_how *ao_how)
{
    return libxl__ao_run(ctx, domid, ao_how, refuse_remove, &domid,
                         sizeof(domid));
}

libxl_device_pci *libxl_device_pci_list(libxl_ctx *ctx, uint32_t domid,
                                        int *num)
{
    *num = 0;
    return NULL; /* xl prints the head of a table for an empty list */
}
