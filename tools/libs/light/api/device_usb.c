/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * USB devices of the host on a guest's controllers.  The controllers are in
 * device.c, as all devices.
 */
#include <libxl.h>
#include <libxl_utils.h>

#include "device/usbdev.h"
#include "event/ao.h"

struct usb_job {
    uint32_t domid;
    libxl_device_usbdev usbdev;
    libxl_device_usbdev *caller; /* the caller's own, if it waits; or NULL */
};

static int add_work(libxl__gc *gc, void *opaque)
{
    struct usb_job *job = opaque;
    int rc = libxl__usbdev_attach(gc, job->domid, &job->usbdev);

    if (!rc && job->caller)
        *job->caller = job->usbdev;
    return rc;
}

int libxl_device_usbdev_add(libxl_ctx *ctx, uint32_t domid,
                            libxl_device_usbdev *usbdev,
                            const libxl_asyncop_how *ao_how)
{
    struct usb_job job = { domid, *usbdev, ao_how ? NULL : usbdev };

    return libxl__ao_run(ctx, domid, ao_how, add_work, &job, sizeof(job));
}

static int remove_work(libxl__gc *gc, void *opaque)
{
    const struct usb_job *job = opaque;

    return libxl__usbdev_detach(gc, job->domid, job->usbdev.ctrl,
                                job->usbdev.port);
}

int libxl_device_usbdev_remove(libxl_ctx *ctx, uint32_t domid,
                               libxl_device_usbdev *usbdev,
                               const libxl_asyncop_how *ao_how)
{
    struct usb_job job = { domid, *usbdev, NULL };

    return libxl__ao_run(ctx, domid, ao_how, remove_work, &job, sizeof(job));
}

libxl_device_usbdev *libxl_device_usbdev_list(libxl_ctx *ctx, uint32_t domid,
                                              int *num)
{
    libxl_device_usbdev *list;
    LIBXL__GC(gc, ctx);

    *num = 0;
    return libxl__usbdevs_list(gc, domid, &list, num) ? NULL : list;
}

int libxl_ctrlport_to_device_usbdev(libxl_ctx *ctx, uint32_t domid, int ctrl,
                                    int port, libxl_device_usbdev *usbdev)
{
    LIBXL__GC(gc, ctx);

    libxl_device_usbdev_init(usbdev);
    return libxl__usbdev_find(gc, domid, ctrl, port, usbdev);
}
