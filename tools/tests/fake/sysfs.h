/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Devices of the host and their drivers: the folder "sys" in the place of
 * /sys/bus, in which a write to a driver's file does what Linux does.  It is
 * empty before each test.
 */
#ifndef FAKE_SYSFS_H
#define FAKE_SYSFS_H

/* A driver, with the files bind and unbind; pciback with new_slot, too. */
void fake_driver(const char *bus, const char *name);

/* A device, of a driver or, with NULL, of none. */
void fake_device(const char *bus, const char *name, const char *driver);

/* A file of a device. */
void fake_device_file(const char *bus, const char *name, const char *file,
                      const char *text);

/* Fails the test unless the device has this driver; NULL: none. */
void fake_driver_is(const char *bus, const char *name, const char *driver);

/* Writes to paths with this part fail with EIO, until it is NULL again. */
void fake_sysfs_refuse(const char *part);

#endif
