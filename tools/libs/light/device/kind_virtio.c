/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * virtio: any device on a slot of virtio-mmio but a disk, served by a program
 * that watches xenstore.  xl.cfg(5), from Xen 4.20 on.
 */
#include <inttypes.h>
#include <string.h>

#include "device/kinds.h"
#include "types-index.h"

#ifdef LIBXL__HAS_DOMAIN_CONFIG_NUM_VIRTIOS

#define TYPE "virtio,device"

#define KEY(name, field, where) DEVICE_KEY(virtio, name, field, where)

static const struct libxl__device_key keys[] = {
    KEY("type", type, DEVICE_BACK),
    KEY("transport", transport, DEVICE_BACK),
    KEY("irq", irq, DEVICE_BACK),
    KEY("grant_usage", grant_usage, DEVICE_BACK),
    { NULL },
};

/* TYPE, or TYPE and a number in small hexadecimal digits. */
static bool is_type(const char *type)
{
    const char *digits = "0123456789abcdef";

    return type && !strncmp(type, TYPE, strlen(TYPE)) &&
           !type[strlen(TYPE) + strspn(type + strlen(TYPE), digits)];
}

static int prepare(libxl__gc *gc, struct libxl__device *device)
{
    libxl_device_virtio *virtio = device->config;

    if (!is_type(virtio->type))
        return libxl__device_refuse(gc, device,
                                    "has the 'type' '%s': set it to \"" TYPE
                                    "\" and the device's number in "
                                    "hexadecimal, such as \"" TYPE "1a\"",
                                    virtio->type ? virtio->type : "");
    virtio->transport = LIBXL_VIRTIO_TRANSPORT_MMIO;
    libxl_defbool_setdefault(&virtio->grant_usage,
                             device->backend_domid != DEVICE_OWN_DOMID);
    return 0;
}

/* A backend in dom0 may map any page of the guest. */
static bool uses_grants(const struct libxl__device *device)
{
    const libxl_device_virtio *virtio = device->config;

    return libxl_defbool_val(virtio->grant_usage);
}

static const char *slot_type(const void *config)
{
    const libxl_device_virtio *virtio = config;

    return virtio->type;
}

static void set_slot(void *config, uint64_t base, uint32_t irq)
{
    libxl_device_virtio *virtio = config;

    virtio->base = base;
    virtio->irq = irq;
}

static void add_nodes(const struct libxl__device *device,
                      struct libxl__device_nodes *nodes)
{
    const libxl_device_virtio *virtio = device->config;

    libxl__device_nodef(nodes, DEVICE_BACK, "base", "%#" PRIx64, virtio->base);
}

const struct libxl__device_kind libxl__kind_virtio = {
    .option = "virtio",
    .name = "virtio",
    .traits = DEVICE_XENBUS | DEVICE_SLOT,
    DEVICE_OF(VIRTIO, virtio, virtios),
    .devid = offsetof(libxl_device_virtio, devid),
    .keys = keys,
    .prepare = prepare,
    .uses_grants = uses_grants,
    .slot_type = slot_type,
    .set_slot = set_slot,
    .add_nodes = add_nodes,
};

#endif
