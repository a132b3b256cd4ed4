/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The QEMU of a domain: a program in dom0 that serves those of its devices that
 * Linux has no backends for.  A domain has one at most.
 */
#ifndef LIBXL_DEVICE_QEMU_H
#define LIBXL_DEVICE_QEMU_H

#include "device/device.h"

/* The name by which the QEMU of a domain knows a channel. */
#define QEMU_CHANNEL "libxl-channel%" PRIu32

/* Whether the QEMU of its domain serves the device. */
bool libxl__device_is_of_qemu(const struct libxl__device *device);
bool libxl__device_is_not_of_qemu(const struct libxl__device *device);

/*
 * Checks, before the domain exists, that there is a QEMU if any device needs
 * one.  Returns ERROR_INVAL or ERROR_NI, logged.
 */
int libxl__qemu_check(libxl__gc *gc, const libxl_domain_config *config,
                      const struct libxl__devices *devices);

/*
 * Starts a QEMU for the domain of devices if any of them needs one, and waits
 * until it is ready.  On failure logs its last words, and leaves nothing.
 */
int libxl__qemu_start(libxl__gc *gc, const libxl_domain_config *config,
                      const struct libxl__devices *devices);

/*
 * The same for a running domain, which may have a QEMU already.  *started_r:
 * it had none.
 */
int libxl__qemu_need(libxl__gc *gc, const struct libxl__devices *devices,
                     bool *started_r);

/*
 * Ends the QEMU of a domain, if it has one, and removes what belongs to it.
 * Returns ERROR_FAIL, logged, if xenstored does not answer.
 */
int libxl__qemu_stop(libxl__gc *gc, uint32_t domid);

#endif
