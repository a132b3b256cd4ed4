/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Network interfaces of a running domain: looking them up.
 */
#include <stddef.h>

#include <libxl.h>
#include <libxl_utils.h>

#include "api/device.h"
#include "device/kinds.h"
#include "types/text.h"
#include "types-index.h"

int libxl_mac_to_device_nic(libxl_ctx *ctx, uint32_t domid, const char *mac,
                            libxl_device_nic *nic)
{
    libxl_device_nic wanted;
    LIBXL__GC(gc, ctx);

    libxl_device_nic_init(nic);
    libxl_device_nic_init(&wanted);
    if (libxl__field_parse(gc, LIBXL__TYPE_DEVICE_NIC,
                           offsetof(libxl_device_nic, mac), &wanted, mac))
        return ERROR_INVAL;
    return libxl__api_find_field(ctx, domid, &libxl__kind_nic,
                                 offsetof(libxl_device_nic, mac),
                                 sizeof(wanted.mac), wanted.mac, nic);
}
