/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Connects the devices of a new domain.  Their nodes were written before the
 * memory was populated, so the backends have had time to see them.
 */
#include "create/creation.h"
#include "device/p9d.h"
#include "device/qemu.h"
#include "device/usbdev.h"

int libxl__qemu_do(struct libxl__creation *creation)
{
    int rc = libxl__p9d_need(creation->gc, &creation->devices);

    return rc ? rc
              : libxl__qemu_start(creation->gc, &creation->config,
                                  &creation->devices);
}

void libxl__qemu_undo(struct libxl__creation *creation)
{
    libxl__qemu_stop(creation->gc, creation->domid);
}

int libxl__connect_do(struct libxl__creation *creation)
{
    int rc = libxl__devices_connect(&creation->devices);

    if (rc)
        return rc;
    rc = libxl__usbdevs_connect(creation->gc, creation->domid,
                                &creation->config);
    if (rc)
        libxl__connect_undo(creation);
    return rc;
}

void libxl__connect_undo(struct libxl__creation *creation)
{
    libxl__devices_disconnect(&creation->devices, DETACH_FORCED);
}
