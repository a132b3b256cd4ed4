/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * USB devices of the host on the ports of a guest's controllers.
 *
 * The backend's node port/N of a controller has the name of the device in
 * sysfs, such as "1-2.4", or is empty.  usbback has each interface of the
 * device meanwhile; the driver that it was taken from is remembered below
 * /libxl/usbback.
 */
#ifndef LIBXL_DEVICE_USBDEV_H
#define LIBXL_DEVICE_USBDEV_H

#include "device/device.h"

/*
 * Chooses a port for each device of config that names none, and adds
 * controllers where there are not enough.  Logs its errors.
 * asked is what config is a copy of: xl sets no type where it is not named, and
 * then a copy has no numbers.
 */
int libxl__usbdevs_place(libxl__gc *gc, const libxl_domain_config *asked,
                         libxl_domain_config *config);

/*
 * Attaches all devices of config, whose controllers are connected.  After a
 * failure, closing the controllers gives back those that were attached.
 */
int libxl__usbdevs_connect(libxl__gc *gc, uint32_t domid,
                           const libxl_domain_config *config);

/* Gives the devices of a controller back to the host. */
void libxl__usbdevs_release(libxl__gc *gc, const struct libxl__device *ctrl);

/*
 * Attaches one device to a running domain, to a new controller if no port is
 * free, and fills in its port.  A failure leaves nothing.
 */
int libxl__usbdev_attach(libxl__gc *gc, uint32_t domid,
                         libxl_device_usbdev *usbdev);

/* Detaches the device at a port. */
int libxl__usbdev_detach(libxl__gc *gc, uint32_t domid, int ctrl, int port);

/* Lists the devices of a domain.  The caller frees the list. */
int libxl__usbdevs_list(libxl__gc *gc, uint32_t domid,
                        libxl_device_usbdev **list_r, int *count_r);

/* Finds the device at a port.  Returns ERROR_NOTFOUND, not logged. */
int libxl__usbdev_find(libxl__gc *gc, uint32_t domid, int ctrl, int port,
                       libxl_device_usbdev *usbdev_r);

/* Removes from config, as it was stored, the devices that domid has no more. */
int libxl__usbdevs_drop_absent(libxl__gc *gc, uint32_t domid,
                               libxl_domain_config *config);

#endif
