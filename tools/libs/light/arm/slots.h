/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The slots for virtio devices: each has a base address in the window for
 * virtio-mmio and an SPI of its own.  Owns which slot a device gets.
 */
#ifndef ARM_SLOTS_H
#define ARM_SLOTS_H

#include "arm/error.h"
#include "arm/guest.h"
#include "arm/irqmap.h"

#include "guest-layout.h"

/* Registers and configuration of one device; toolstacks agree on it. */
#define ARM_SLOT_SIZE 0x200

/* As many as the public header has interrupts for. */
#define ARM_SLOTS (GUEST_VIRTIO_MMIO_SPI_LAST - GUEST_VIRTIO_MMIO_SPI_FIRST + 1)

/*
 * Takes the first free slot for the device of entry index of the option
 * origin, and claims its SPI in *irqs, which irqmap_fill() has filled.  Skips
 * a slot whose SPI is claimed, and one whose page an iomem entry or the
 * partial device tree of *guest uses.  Fails when none is left; the error says
 * how many devices there can be.  Fills base, irq, origin and index of
 * *virtio_r; the rest is zero, and the caller's.
 */
int arm_slot_take(struct irqmap *irqs, const struct arm_guest *guest,
                  const char *origin, int index, struct arm_virtio *virtio_r,
                  struct arm_error *error);

#endif
