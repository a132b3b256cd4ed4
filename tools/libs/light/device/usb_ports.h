/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The USB controllers of a configuration, and the devices at their ports.
 * Nothing here knows of xenstore or of the host.
 */
#ifndef LIBXL_DEVICE_USB_PORTS_H
#define LIBXL_DEVICE_USB_PORTS_H

#include <libxl.h>

#include "base/memory.h"

#define USB_DEFAULT_PORTS 8 /* xl.cfg(5) */

/* Numbers the controllers that have no number, above all others. */
void libxl__usb_number_controllers(libxl_domain_config *config);

/*
 * Chooses a free port for usbdevs[i], and adds a controller if there is none.
 * Returns ERROR_INVAL, logged after label, if it names one that cannot be.
 */
int libxl__usb_choose_port(libxl__gc *gc, const char *label,
                           libxl_domain_config *config, int i);

void libxl__usb_append(libxl_domain_config *config,
                       const libxl_device_usbdev *usbdev);

/* Removes the device at this port. */
void libxl__usb_forget(libxl_domain_config *config, int ctrl, int port);

/* Copies the ports to stored, and adds the controllers that were added. */
void libxl__usb_keep(const libxl_domain_config *config,
                     libxl_domain_config *stored);

#endif
