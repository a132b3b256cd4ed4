/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * vTPMs of a running domain: looking them up.
 */
#include <stddef.h>

#include <libxl.h>
#include <libxl_utils.h>

#include "api/device.h"
#include "device/kinds.h"

int libxl_uuid_to_device_vtpm(libxl_ctx *ctx, uint32_t domid, libxl_uuid *uuid,
                              libxl_device_vtpm *vtpm)
{
    return libxl__api_find_field(ctx, domid, &libxl__kind_vtpm,
                                 offsetof(libxl_device_vtpm, uuid),
                                 sizeof(*uuid), uuid, vtpm);
}
