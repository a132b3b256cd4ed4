/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Network interfaces of a running domain: looking them up.
 */
#include <stdlib.h>
#include <string.h>

#include <libxl.h>
#include <libxl_utils.h>

#include "api/device.h"
#include "device/kinds.h"
#include "types/text.h"
#include "types-index.h"

int libxl_mac_to_device_nic(libxl_ctx *ctx, uint32_t domid, const char *mac,
                            libxl_device_nic *nic)
{
    libxl_device_nic wanted, *nics;
    int i, count, rc = ERROR_INVAL;
    LIBXL__GC(gc, ctx);

    libxl_device_nic_init(nic);
    libxl_device_nic_init(&wanted);
    if (libxl__field_parse(gc, LIBXL__TYPE_DEVICE_NIC,
                           offsetof(libxl_device_nic, mac), &wanted, mac))
        return ERROR_INVAL;
    nics = libxl_device_nic_list(ctx, domid, &count);
    for (i = 0; i < count && rc; i++) {
        if (memcmp(nics[i].mac, wanted.mac, sizeof(wanted.mac)))
            continue;
        libxl_device_nic_copy(ctx, nic, &nics[i]);
        rc = 0;
    }
    libxl_device_nic_list_free(nics, count);
    return rc;
}
