/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * One device in or out of a running domain, and the stored configuration.
 */
#ifndef LIBXL_DEVICE_PLUG_H
#define LIBXL_DEVICE_PLUG_H

#include "device/device.h"

/*
 * Attaches the device of config, in which all is filled in; asked is what the
 * caller gave, and is stored for the next start.  Returns ERROR_DEVICE_EXISTS,
 * logged, if the domain has a device of that number.  Any failure leaves
 * nothing.
 */
int libxl__device_attach(libxl__gc *gc, uint32_t domid,
                         const struct libxl__device_kind *kind, void *config,
                         const void *asked);

/*
 * Detaches a device.  With DETACH_ASKED returns ERROR_TIMEDOUT, logged, if the
 * guest does not let go; the domain then keeps the device.
 */
int libxl__device_detach(libxl__gc *gc, uint32_t domid,
                         const struct libxl__device_kind *kind, uint32_t devid,
                         enum libxl__detach how);

/* Removes from config, as it was stored, the devices that domid has no more. */
int libxl__devices_drop_absent(libxl__gc *gc, uint32_t domid,
                               libxl_domain_config *config);

#endif
