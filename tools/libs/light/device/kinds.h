/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The kinds of devices, each in a file of its own: kind_NAME.c.
 */
#ifndef LIBXL_DEVICE_KINDS_H
#define LIBXL_DEVICE_KINDS_H

#include "device/device.h"

/* How many bytes of output xenconsoled keeps for a console, in its terms. */
#define CONSOLE_LIMIT "1048576"

extern const struct libxl__device_kind libxl__kind_console;
extern const struct libxl__device_kind libxl__kind_vuart;
extern const struct libxl__device_kind libxl__kind_disk;
extern const struct libxl__device_kind libxl__kind_virtio_disk;
extern const struct libxl__device_kind libxl__kind_nic;
extern const struct libxl__device_kind libxl__kind_usbctrl;
extern const struct libxl__device_kind libxl__kind_vtpm;
extern const struct libxl__device_kind libxl__kind_pvcallsif;
extern const struct libxl__device_kind libxl__kind_vdispl;
extern const struct libxl__device_kind libxl__kind_vsnd;
extern const struct libxl__device_kind libxl__kind_vkb;
extern const struct libxl__device_kind libxl__kind_p9;
extern const struct libxl__device_kind libxl__kind_vfb;
extern const struct libxl__device_kind libxl__kind_channel;
extern const struct libxl__device_kind libxl__kind_virtio; /* Xen 4.20 */

#endif
