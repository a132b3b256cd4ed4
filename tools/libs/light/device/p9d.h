/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * xen-9pfsd: the daemon of Xen 4.20 that serves the p9 devices of all domains.
 */
#ifndef LIBXL_DEVICE_P9D_H
#define LIBXL_DEVICE_P9D_H

#include "device/device.h"
#include "types-index.h"

/* The backend's name in xenstore of a device that it serves. */
#define P9D_BACKEND "xen_9pfs"

#ifdef LIBXL__HAS_DEVICE_P9_TYPE
/*
 * Checks, before the domain exists, that the daemon can be run if any device
 * needs it.  Returns ERROR_INVAL, logged.
 */
int libxl__p9d_check(libxl__gc *gc, const struct libxl__devices *devices);

/*
 * Starts the daemon if any device needs it and it does not run, and waits until
 * it is ready.  It goes on when the devices are gone: others may use it.
 */
int libxl__p9d_need(libxl__gc *gc, const struct libxl__devices *devices);
#else
static inline int libxl__p9d_check(libxl__gc *gc,
                                   const struct libxl__devices *devices)
{
    return 0;
}

static inline int libxl__p9d_need(libxl__gc *gc,
                                  const struct libxl__devices *devices)
{
    return 0;
}
#endif

#endif
