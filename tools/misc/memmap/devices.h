/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Devices on virtio-mmio, in a guest's xl.cfg: the options disk and virtio.
 * Owns which of them takes a slot.
 */
#ifndef MEMMAP_DEVICES_H
#define MEMMAP_DEVICES_H

#include "memmap/config.h"

/*
 * Adds the devices to config->virtio in the order of the library, after its
 * irqs and partial are read.
 */
int memmap_devices_read(XLU_Config *xlu, struct memmap_config *config,
                        struct arm_error *error);

#endif
