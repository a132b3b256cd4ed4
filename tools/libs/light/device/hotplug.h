/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Hotplug scripts: what they are given.
 */
#ifndef LIBXL_DEVICE_HOTPLUG_H
#define LIBXL_DEVICE_HOTPLUG_H

#include "device/device.h"

/*
 * Makes *script_io, which the configuration owns, the script of device: one
 * that is not absolute is below /etc/xen/scripts.
 */
void libxl__hotplug_choose(libxl__gc *gc, struct libxl__device *device,
                           char **script_io);

/*
 * Fills in how to run the script of device.  arguments follow its name, env are
 * variables beside those that every script gets; both end with NULL.
 */
void libxl__hotplug_script(libxl__gc *gc, const struct libxl__device *device,
                           const char *const *arguments, const char *const *env,
                           libxl__child_spec *spec);

/*
 * Wait for the scripts of devices that still run although the toolstack that
 * started them has ended: they may change what is to be undone.  Kill, and log,
 * those that have not ended after the time that a script may take.
 */
void libxl__hotplug_wait_for_strays(const struct libxl__devices *devices);

#endif
