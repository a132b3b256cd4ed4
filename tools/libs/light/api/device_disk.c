/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Disks of a running domain: looking them up, safe removal.
 */
#include <stdlib.h>
#include <string.h>

#include <libxl.h>
#include <libxl_utils.h>

#include "api/device.h"
#include "base/log.h"
#include "device/kinds.h"
#include "device/vdev.h"

int libxl_device_disk_getinfo(libxl_ctx *ctx, uint32_t domid,
                              const libxl_device_disk *disk,
                              libxl_diskinfo *info)
{
    uint32_t devid = libxl__device_devid(&libxl__kind_disk, disk);
    const struct libxl__device *device;
    struct libxl__devices devices;
    LIBXL__GC(gc, ctx);
    int rc = libxl__device_find(gc, domid, &libxl__kind_disk, devid, &devices);

    if (rc)
        return rc;
    device = devices.list;
    libxl_diskinfo_init(info);
    info->backend = libxl__strdup_nogc(device->backend_path);
    info->backend_id = device->backend_domid;
    info->frontend = libxl__strdup_nogc(device->frontend_path);
    info->frontend_id = domid;
    info->devid = devid;
    info->state = libxl__device_front_number(gc, device, "state");
    info->evtch = libxl__device_front_number(gc, device, "event-channel");
    info->rref = libxl__device_front_number(gc, device, "ring-ref");
    return 0;
}

int libxl_vdev_to_device_disk(libxl_ctx *ctx, uint32_t domid, const char *vdev,
                              libxl_device_disk *disk)
{
    unsigned int number, partition;
    uint32_t devid;

    libxl_device_disk_init(disk);
    if (libxl__vdev_parse(vdev, &devid, &number, &partition))
        return ERROR_INVAL;
    return libxl__api_find(ctx, domid, &libxl__kind_disk, devid, disk);
}

/* The guest is never made to let go. */
int libxl_device_disk_safe_remove(libxl_ctx *ctx, uint32_t domid,
                                  libxl_device_disk *disk,
                                  const libxl_asyncop_how *ao_how)
{
    return libxl__api_detach(ctx, domid, &libxl__kind_disk, disk, DETACH_ASKED,
                             ao_how);
}

int libxl_string_to_backend(libxl_ctx *ctx, char *s,
                            libxl_disk_backend *backend)
{
    return libxl_disk_backend_from_string(s, backend);
}
