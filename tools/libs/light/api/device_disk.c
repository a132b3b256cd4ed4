/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Disks of a running domain: looking them up, safe removal, ejection.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <libxl.h>
#include <libxl_utils.h>

#include "api/device.h"
#include "base/ctx.h"
#include "base/log.h"
#include "device/kinds.h"
#include "device/vdev.h"
#include "event/ao.h"
#include "event/eject.h"
#include "event/osevent.h"

int libxl_vdev_to_device_disk(libxl_ctx *ctx, uint32_t domid, const char *vdev,
                              libxl_device_disk *disk)
{
    uint32_t devid;

    libxl_device_disk_init(disk);
    if (libxl__vdev_parse(vdev, &devid, NULL, NULL))
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

/*
 * The drive without its medium, as libxl_cdrom_insert takes it; its backend and
 * name are those below /libxl.
 */
static int read_ejected(libxl_ctx *ctx, uint32_t domid, const char *vdev,
                        libxl_device_disk *disk)
{
    int rc = libxl_vdev_to_device_disk(ctx, domid, vdev, disk);

    if (rc)
        return rc;
    free(disk->pdev_path);
    disk->pdev_path = libxl__strdup_nogc("");
    disk->format = LIBXL_DISK_FORMAT_EMPTY;
    disk->removable = disk->is_cdrom = 1;
    disk->readwrite = 0;
    return 0;
}

int libxl_evenable_disk_eject(libxl_ctx *ctx, uint32_t domid, const char *vdev,
                              libxl_ev_user user,
                              libxl_evgen_disk_eject **evgen_out)
{
    uint32_t devid;
    int rc;

    if (libxl__vdev_parse(vdev, &devid, NULL, NULL))
        return libxl__fail(ctx, ERROR_INVAL,
                           "cannot watch the disk '%s' of domain %" PRIu32
                           ": use a name such as \"xvda\"",
                           vdev ? vdev : "", domid);
    libxl__ctx_lock(ctx);
    rc = libxl__osevents_start(ctx);
    if (!rc)
        rc = libxl__eject_add(ctx, domid, devid, vdev, user, read_ejected,
                              evgen_out);
    libxl__ctx_unlock(ctx);
    return rc;
}

void libxl_evdisable_disk_eject(libxl_ctx *ctx, libxl_evgen_disk_eject *evgen)
{
    if (!evgen)
        return;
    libxl__ctx_lock(ctx);
    libxl__eject_remove(ctx, evgen);
    libxl__ctx_unlock(ctx);
}

static int refuse_work(libxl__gc *gc, void *opaque)
{
    const uint32_t *domid = opaque;

    return libxl__fail(gc->ctx, ERROR_INVAL,
                       "domain %" PRIu32 ": cannot change the medium of a "
                       "disk: that takes an emulated drive, which guests on "
                       "Arm do not have; detach the disk and attach another, "
                       "with 'xl block-detach' and 'xl block-attach'",
                       *domid);
}

/* As an operation, so that a caller that does not wait gets its completion. */
int libxl_cdrom_insert(libxl_ctx *ctx, uint32_t domid, libxl_device_disk *disk,
                       const libxl_asyncop_how *ao_how)
{
    return libxl__ao_run(ctx, domid, ao_how, refuse_work, &domid,
                         sizeof(domid));
}

int libxl_string_to_backend(libxl_ctx *ctx, char *s,
                            libxl_disk_backend *backend)
{
    return libxl_disk_backend_from_string(s, backend);
}
