/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The partial device tree of xl.cfg(5)'s device_tree: its nodes /passthrough
 * and /aliases become the guest's, with all below them.  Owns the checks of
 * what it may be, which guest addresses and interrupts it speaks of, and the
 * copying.
 */
#ifndef ARM_PARTIAL_H
#define ARM_PARTIAL_H

#include <stddef.h>
#include <stdint.h>

#include "arm/error.h"
#include "arm/dt_writer.h"
#include "arm/irqmap.h"

/* A tree that passes one of these is refused; boards have a tenth of them. */
#define ARM_PARTIAL_MAX_SIZE       (1 << 20) /* kernels take 2 MiB in all */
#define ARM_PARTIAL_MAX_STRINGS    65536     /* bytes, of property names */
#define ARM_PARTIAL_MAX_DEPTH      32        /* nodes below each other */
#define ARM_PARTIAL_MAX_NODES      4096
#define ARM_PARTIAL_MAX_PROPERTIES 16384
#define ARM_PARTIAL_MAX_RANGES     16384
#define ARM_PARTIAL_MAX_NAME       127 /* of a node or a property */

/*
 * One entry of a "reg", or of the "ranges" of a PCI host bridge, as the CPU's
 * address.
 */
struct arm_partial_range {
    uint64_t base;
    uint64_t size;      /* not 0 */
    const char *node;   /* its path */
    const char *origin; /* "device_tree reg", or ranges */
    int entry;          /* which one of that property */
};

struct arm_partial {
    void *fdt;
    int passthrough;                  /* offset of the node */
    int aliases;                      /* the same, or -1 */
    struct arm_partial_range *ranges; /* in the order of the tree */
    size_t nr_ranges;
    struct irqmap *irqs; /* SPIs by kind IRQ_DESCRIBED; NULL: none */
    char **paths;        /* what the nodes of both are called */
    size_t nr_paths;
    char warning[450]; /* empty: nothing to warn of */
};

/*
 * Checks size bytes, which may be anything, and keeps a copy.  file is their
 * name, for errors, which name the node as well.  A range inside of one that
 * a node above claims already is not reported again; a node whose address the
 * CPU cannot use (a parent without "ranges") has none.  A phandle must be one
 * node's; an interrupt-parent that leads nowhere is a warning.  On success
 * *partial_r is for arm_partial_dispose(); else it is untouched.
 */
int arm_partial_parse(const char *file, const void *bytes, size_t size,
                      struct arm_partial *partial_r, struct arm_error *error);

/* The same for a file. */
int arm_partial_read(const char *file, struct arm_partial *partial_r,
                     struct arm_error *error);

/* Accepts NULL and what was disposed already. */
void arm_partial_dispose(struct arm_partial *partial);

/* Writes the two nodes into the node that is open: the root. */
void arm_partial_write(const struct arm_partial *partial,
                       struct dt_writer *writer);

#endif
