/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Devices of the host and their drivers, as Linux shows them below /sys/bus.
 * Every path is relative to that: "pci/devices/0000:00:01.0".
 */
#ifndef LIBXL_BASE_SYSFS_H
#define LIBXL_BASE_SYSFS_H

#include <stdbool.h>

#include "base/memory.h"

/* Whether there is such a file or folder. */
bool libxl__sysfs_has(libxl__gc *gc, const char *path);

/*
 * Returns the first line of a file; NULL, not logged, if it cannot be read.
 * format makes the path.
 */
const char *libxl__sysfs_readf(libxl__gc *gc, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * Lists the names in a folder; none if there is no such folder.  Returns
 * ERROR_FAIL, logged, if it cannot be read.
 */
int libxl__sysfs_list(libxl__gc *gc, const char *folder, const char ***names_r,
                      unsigned int *count_r);

/* Writes text to a file of a driver.  Returns ERROR_FAIL, logged. */
int libxl__sysfs_write(libxl__gc *gc, const char *bus, const char *driver,
                       const char *file, const char *text);

/* Returns the name of the driver of a device; NULL if it has none. */
const char *libxl__sysfs_driver(libxl__gc *gc, const char *bus,
                                const char *device);

/*
 * Takes a device away from its driver and gives it to another one.  The name of
 * the old one is kept in xenstore, in the node driver_path of memory, unless
 * memory is NULL; a device without a driver leaves that as it is.  Does nothing
 * if the device is there already.  Returns ERROR_FAIL, logged, and then the
 * device has its old driver.
 */
int libxl__sysfs_lend(libxl__gc *gc, const char *bus, const char *device,
                      const char *driver, const char *memory);

/*
 * Takes a device away from driver, if it has it, and gives it back to the one
 * that memory names.  memory may be NULL.  Returns ERROR_FAIL, logged.
 */
int libxl__sysfs_return(libxl__gc *gc, const char *bus, const char *device,
                        const char *driver, const char *memory);

#endif
