/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * How the QEMU of a domain is called.
 */
#ifndef LIBXL_DEVICE_QEMU_ARGUMENTS_H
#define LIBXL_DEVICE_QEMU_ARGUMENTS_H

#include "device/device.h"

/* Followed by the domain's number. */
#define QEMU_DOMID_ARGUMENT "-xen-domid"

/* Whether QEMU shows the device. */
bool libxl__device_is_display(const struct libxl__device *device);

/* The first framebuffer of devices that QEMU shows, or NULL. */
const libxl_device_vfb *libxl__qemu_vfb(const struct libxl__devices *devices);

/* Whether a framebuffer (may be NULL) is shown by VNC, or asks for a password.
 */
bool libxl__vfb_has_vnc(const libxl_device_vfb *vfb);
bool libxl__vfb_has_password(const libxl_device_vfb *vfb);

/* Whether the address that VNC listens at has the number of its display. */
bool libxl__vnc_has_display(const char *listen);

/* Returns the command line, program first, ended by NULL. */
const char *const *libxl__qemu_arguments(libxl__gc *gc, const char *program,
                                         const libxl_domain_config *config,
                                         const struct libxl__devices *devices);

/* Returns what QEMU needs in its environment, as in libxl__child_spec. */
const char *const *libxl__qemu_environment(libxl__gc *gc,
                                           const libxl_device_vfb *vfb);

#endif
