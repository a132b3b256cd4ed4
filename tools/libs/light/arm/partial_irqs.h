/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The SPIs of the guest's own interrupt controller that a partial device tree
 * describes (Devicetree Specification, 2.4).  The tree is hostile input, but
 * libfdt has checked its structure.
 */
#ifndef ARM_PARTIAL_IRQS_H
#define ARM_PARTIAL_IRQS_H

#include <stdbool.h>
#include <stdint.h>

/* For one SPI, by its INTID; returns 0, or another value to stop. */
typedef int partial_irq_fn(void *opaque, uint32_t intid, const char *origin,
                           int entry);

/*
 * Whether the interrupts of a node go to the guest's controller, if those of
 * the node above it do so (inherited); and whether those of its children
 * without an interrupt-parent do.
 */
bool partial_irqs_to_gic(const void *fdt, int node, bool inherited);
bool partial_irqs_inherit(const void *fdt, int node, bool to_gic);

/*
 * Calls claim for each SPI in interrupts, interrupts-extended and
 * interrupt-map of a node with address_cells as its #address-cells.  Skips
 * what is malformed: the guest would find no interrupt there.  Stops in the
 * latter two at an entry for another controller, whose cells are not known
 * here.  Returns what claim returned last, or 0.
 */
int partial_irqs_read(const void *fdt, int node, bool to_gic, int address_cells,
                      partial_irq_fn *claim, void *opaque);

#endif
