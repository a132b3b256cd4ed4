/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * USB devices of the host.  They are known by their names in sysfs, such as
 * "1-2.4".
 */
#ifndef LIBXL_DEVICE_HOST_USB_H
#define LIBXL_DEVICE_HOST_USB_H

#include <libxl.h>

#include "base/memory.h"

/*
 * Finds a device by its numbers.  Returns ERROR_INVAL, logged after label, if
 * there is none, or if no guest can have it.
 */
int libxl__host_usb_find(libxl__gc *gc, const char *label,
                         const libxl_device_usbdev *usbdev,
                         const char **name_r);

/* Stores the numbers of a device; 0 if it was unplugged. */
void libxl__host_usb_numbers(libxl__gc *gc, const char *name,
                             libxl_device_usbdev *usbdev);

/*
 * Gives each interface of a device to usbback, and remembers its driver in
 * xenstore.  Returns ERROR_FAIL, logged; libxl__host_usb_return is due then,
 * too.
 */
int libxl__host_usb_lend(libxl__gc *gc, const char *name);

/* Gives each interface back to its driver.  A failure is logged. */
void libxl__host_usb_return(libxl__gc *gc, const char *name);

#endif
