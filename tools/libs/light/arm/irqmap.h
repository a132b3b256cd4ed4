/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The guest interrupt map: every interrupt that is in use, by its INTID, with
 * a name and the option or interface that asks for it.  It is what addrmap.h
 * is for addresses.
 */
#ifndef ARM_IRQMAP_H
#define ARM_IRQMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arm/error.h"

/*
 * INTIDs by the GIC's architecture (GICv2 specification, 2.2.1): PPIs are 16
 * to 31, SPIs 32 to 1019.
 */
#define IRQ_FIRST_PPI 16
#define IRQ_FIRST_SPI 32
#define IRQ_LAST_SPI  1019

/* The largest number of SPIs of a domain: xl.cfg(5), nr_spis. */
#define IRQ_MAX_SPIS 991

#define IRQ_NO_INDEX (-1)

enum irq_kind {
    IRQ_PLATFORM, /* of the machine that the hypervisor emulates */
    IRQ_PASSED,   /* of a passed-through device: the option irqs */
    IRQ_VIRTIO,   /* of a slot for a virtio device: slots.h */

    /*
     * In the partial device tree: no interrupt comes from there, unless irqs
     * has it as well.
     */
    IRQ_DESCRIBED,
};

/* The strings are borrowed.  An all-zero claim is a free interrupt. */
struct irq_claim {
    const char *name;   /* "vPL011", "passed-through device" */
    const char *origin; /* "vuart", "irqs" */
    int index;          /* which entry of that option, or IRQ_NO_INDEX */
    enum irq_kind kind;
};

/* Enough for any option's name with an index; longer text is cut. */
#define IRQ_SOURCE_SIZE 120

/* Where a claim comes from, for people: "vuart", "irqs[2]".  Returns text. */
const char *irq_claim_source(const struct irq_claim *claim,
                             char text[IRQ_SOURCE_SIZE]);

/* An all-zero map is empty and needs no init. */
struct irqmap {
    struct irq_claim intid[IRQ_LAST_SPI + 1];
};

/* The part of a guest's configuration that decides about interrupts. */
struct irq_guest {
    bool vuart;
    const uint32_t *irqs; /* the option irqs: host SPIs, by INTID */
    size_t nr_irqs;
    const struct irqmap *described; /* in device_tree; NULL: none */
    uint32_t nr_spis;               /* the option nr_spis: at least so many */
};

/*
 * Adds one interrupt.  Refuses an SPI that cannot exist, and one that is
 * claimed already, with an error that names both claims.
 */
int irqmap_add_spi(struct irqmap *map, uint32_t intid,
                   const struct irq_claim *claim, struct arm_error *error);

/*
 * Fills an empty map with the interrupts of guest.  An interrupt that irqs
 * passes through may be described as well: that is one thing, not two.
 */
int irqmap_fill(struct irqmap *map, const struct irq_guest *guest,
                struct arm_error *error);

/*
 * Counts the SPIs that the guest's GIC needs: up to the highest one in the
 * map that is more than described, or nr_spis if that is more.  Refuses more
 * than IRQ_MAX_SPIS.
 */
int irqmap_count_spis(const struct irqmap *map, uint32_t nr_spis,
                      uint32_t *count_r, struct arm_error *error);

#endif
