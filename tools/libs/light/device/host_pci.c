/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Moves PCI devices between their drivers and pciback.
 */
#include "device/host_pci.h"

#include <stdio.h>
#include <string.h>

#include <xenctrl.h>

#include "base/ctx.h"
#include "base/log.h"
#include "base/sysfs.h"
#include "base/xenstore.h"

#define BUS     "pci"
#define BACKEND "pciback"

/* Of one device: its names, and its number in hypercalls. */
struct host_pci {
    const char *name;   /* in sysfs: "0000:00:01.0" */
    const char *memory; /* its directory in xenstore */
    uint32_t sbdf;
};

static struct host_pci describe(libxl__gc *gc, const libxl_device_pci *pci)
{
    return (struct host_pci) {
        .name = libxl__sprintf(gc, "%04x:%02x:%02x.%x", pci->domain, pci->bus,
                               pci->dev, pci->func),
        .memory = libxl__sprintf(gc, "/libxl/pci/%04x-%02x-%02x-%x",
                                 pci->domain, pci->bus, pci->dev, pci->func),
        .sbdf = (uint32_t)pci->domain << 16 | pci->bus << 8 | pci->dev << 3 |
                pci->func,
    };
}

static bool parse(const char *name, libxl_device_pci *pci)
{
    unsigned int domain, bus, device, function;
    int end = 0;

    libxl_device_pci_init(pci);
    if (sscanf(name, "%x:%x:%x.%x%n", &domain, &bus, &device, &function,
               &end) != 4 ||
        name[end])
        return false;
    pci->domain = domain;
    pci->bus = bus;
    pci->dev = device;
    pci->func = function;
    return true;
}

static int check_backend(libxl__gc *gc)
{
    if (libxl__sysfs_has(gc, BUS "/drivers/" BACKEND))
        return 0;
    return libxl__fail(gc->ctx, ERROR_FAIL,
                       "dom0 has no driver '" BACKEND "', which holds the PCI "
                       "devices that guests can get: load 'xen-pciback'");
}

int libxl__host_pci_list(libxl__gc *gc, libxl_device_pci **list_r, int *count_r)
{
    libxl_device_pci *list;
    const char **names, *name;
    unsigned int i, count;
    int rc = check_backend(gc), found = 0;

    if (!rc)
        rc = libxl__sysfs_list(gc, BUS "/drivers/" BACKEND, &names, &count);
    if (rc)
        return rc;
    list = libxl__calloc_nogc(count + 1, sizeof(*list));
    for (i = 0; i < count; i++) {
        libxl_device_pci *pci = &list[found];
        const char *memory;

        if (!parse(names[i], pci))
            continue;
        memory = describe(gc, pci).memory;
        if (libxl__xs_readf(gc, XBT_NULL, "%s/domid", memory))
            continue; /* a guest has it */
        name = libxl__xs_readf(gc, XBT_NULL, "%s/name", memory);
        pci->name = name ? libxl__strdup_nogc(name) : NULL;
        found++;
    }
    *list_r = list;
    *count_r = found;
    return 0;
}

static bool is_assignable(libxl__gc *gc, const struct host_pci *device)
{
    const char *driver = libxl__sysfs_driver(gc, BUS, device->name);

    return driver && !strcmp(driver, BACKEND);
}

static int take_back(libxl__gc *gc, const struct host_pci *device, bool rebind)
{
    int rc = libxl__sysfs_return(gc, BUS, device->name, BACKEND,
                                 rebind ? device->memory : NULL);

    if (!rc)
        rc = libxl__sysfs_write(gc, BUS, BACKEND, "remove_slot", device->name);
    return rc ? rc : libxl__xs_rm(gc, XBT_NULL, device->memory);
}

/* pciback takes only a device that it has a slot for. */
static int lend(libxl__gc *gc, const struct host_pci *device, bool rebind)
{
    int rc = libxl__sysfs_write(gc, BUS, BACKEND, "new_slot", device->name);

    if (rc)
        return rc;
    rc = libxl__sysfs_lend(gc, BUS, device->name, BACKEND,
                           rebind ? device->memory : NULL);
    if (rc) {
        libxl__sysfs_write(gc, BUS, BACKEND, "remove_slot", device->name);
        libxl__xs_rm(gc, XBT_NULL, device->memory);
    }
    return rc;
}

static int set_name(libxl__gc *gc, const struct host_pci *device,
                    const char *name)
{
    const char *path = libxl__sprintf(gc, "%s/name", device->memory);

    return name ? libxl__xs_write(gc, XBT_NULL, path, name)
                : libxl__xs_rm(gc, XBT_NULL, path);
}

/* Until a guest has it, the device can reach no memory but that of DOMID_IO. */
static int quarantine(libxl__gc *gc, const struct host_pci *device)
{
    if (!xc_assign_device(gc->ctx->xch, DOMID_IO, device->sbdf,
                          XEN_DOMCTL_DEV_RDM_RELAXED))
        return 0;
    return libxl__fail_errno(gc->ctx, ERROR_FAIL,
                             "cannot make PCI device '%s' assignable: Xen "
                             "cannot keep it from memory, which takes an IOMMU "
                             "that Xen uses for PCI",
                             device->name);
}

int libxl__host_pci_add(libxl__gc *gc, const libxl_device_pci *pci, bool rebind)
{
    const struct host_pci device = describe(gc, pci);
    bool had;
    int rc;

    if (!libxl__sysfs_has(gc,
                          libxl__sprintf(gc, BUS "/devices/%s", device.name)))
        return libxl__fail(gc->ctx, ERROR_FAIL,
                           "the host has no PCI device '%s', see 'lspci -D'",
                           device.name);
    rc = check_backend(gc);
    if (rc)
        return rc;
    had = is_assignable(gc, &device);
    if (had)
        libxl__warn(gc->ctx, "PCI device '%s' is assignable already",
                    device.name);
    else
        rc = lend(gc, &device, rebind);
    if (!rc)
        rc = set_name(gc, &device, pci->name);
    if (rc)
        return rc;
    rc = quarantine(gc, &device);
    if (rc && !had)
        take_back(gc, &device, true);
    return rc;
}

/* One that the user has named when it was made assignable. */
static int find_named(libxl__gc *gc, const char *name,
                      struct host_pci *device_r)
{
    libxl_device_pci *list = NULL;
    int i, count = 0, rc = 0;

    /* A failure is logged, and of no other consequence. */
    libxl__host_pci_list(gc, &list, &count);
    for (i = 0; i < count; i++)
        if (list[i].name && !strcmp(list[i].name, name))
            break;
    if (i < count)
        *device_r = describe(gc, &list[i]);
    else
        rc = libxl__fail(gc->ctx, ERROR_NOTFOUND,
                         "no assignable PCI device has the name '%s', see "
                         "'xl pci-assignable-list -n'",
                         name);
    libxl_device_pci_assignable_list_free(list, count);
    return rc;
}

int libxl__host_pci_remove(libxl__gc *gc, const libxl_device_pci *pci,
                           bool rebind)
{
    struct host_pci device = describe(gc, pci);
    int rc = pci->name ? find_named(gc, pci->name, &device) : 0;

    if (rc)
        return rc;
    if (xc_deassign_device(gc->ctx->xch, DOMID_IO, device.sbdf))
        return libxl__fail_errno(gc->ctx, ERROR_FAIL,
                                 "cannot take PCI device '%s' back: Xen does "
                                 "not hold it, which takes an IOMMU that Xen "
                                 "uses for PCI",
                                 device.name);
    if (is_assignable(gc, &device))
        return take_back(gc, &device, rebind);
    libxl__warn(gc->ctx, "PCI device '%s' was not assignable", device.name);
    return 0;
}
