/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * pvcalls: sockets of the guest, which the backend's domain opens.  xl.cfg(5),
 * xen/io/pvcalls.h.
 */
#include <libxl.h>

#include "device/kinds.h"
#include "types-index.h"

static const struct libxl__device_key keys[] = { { NULL } };

const struct libxl__device_kind libxl__kind_pvcallsif = {
    .option = "pvcalls",
    .name = "pvcalls",
    .traits = DEVICE_XENBUS,
    DEVICE_OF(PVCALLSIF, pvcallsif, pvcallsifs),
    .devid = offsetof(libxl_device_pvcallsif, devid),
    .keys = keys,
};
