/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * PCI devices of the host that can be assigned to guests: those that the
 * driver pciback has, and that Xen keeps from all others meanwhile.
 */
#ifndef LIBXL_DEVICE_HOST_PCI_H
#define LIBXL_DEVICE_HOST_PCI_H

#include <stdbool.h>

#include <libxl.h>

#include "base/memory.h"

/* The caller frees the list with libxl_device_pci_assignable_list_free. */
int libxl__host_pci_list(libxl__gc *gc, libxl_device_pci **list_r,
                         int *count_r);

/*
 * Makes a device assignable.  With rebind its driver is remembered.  A failure,
 * logged, leaves the device with its driver.
 */
int libxl__host_pci_add(libxl__gc *gc, const libxl_device_pci *pci,
                        bool rebind);

/*
 * Takes a device back, which may be given by its name alone; with rebind it
 * gets its driver again.
 */
int libxl__host_pci_remove(libxl__gc *gc, const libxl_device_pci *pci,
                           bool rebind);

#endif
