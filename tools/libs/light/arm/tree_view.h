/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The addresses that a finished device tree gives its guest, whichever
 * toolstack made it.  Owns reading and translation; the bytes are hostile
 * input.  tree_check.h has the rules.
 */
#ifndef ARM_TREE_VIEW_H
#define ARM_TREE_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arm/addrmap.h"
#include "arm/error.h"
#include "arm/dt_writer.h"
#include "arm/guest.h"

/* More than any kernel takes: Linux reads no larger tree than 2 MiB. */
#define TREE_VIEW_MAX_SIZE   (4u << 20)
#define TREE_VIEW_MAX_RANGES 20000

struct tree_name;

struct tree_view {
    /*
     * Each "reg" that translates to a range of the guest's addresses, each
     * window of a PCI host bridge, each memory reservation: in the tree's
     * order, not sorted, and they may overlap.
     */
    struct addrmap claims;

    /* "reg" of the node that is compatible with "xen,xen", in its order. */
    bool has_hypervisor;
    struct dt_range *entries;
    size_t nr_entries;

    bool is_xenvm;    /* made for a guest, not the tree of a whole machine */
    bool is_32bit;    /* its timer is that of ARMv7 */
    enum arm_gic gic; /* 0: none that is known here */

    struct tree_name *names; /* what the claims' names point to */
};

/*
 * Called with each fault of the tree as one line.  After TREE_FAULTS_MAX, one
 * more line says that there are others; all are counted.
 */
#define TREE_FAULTS_MAX 100
struct tree_faults {
    void (*report)(void *opaque, const char *text);
    void *opaque;
    size_t count;
};

void tree_fault(struct tree_faults *faults, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * Reads a tree of size bytes, aligned to 8.  Fails for what is no device tree
 * at all, or not one that a kernel would take.  On success *view_r is for
 * tree_view_dispose(), and borrows nothing from fdt; else it is untouched.
 */
int tree_view_read(const void *fdt, size_t size, struct tree_view *view_r,
                   struct tree_faults *faults, struct arm_error *error);

/* Accepts NULL and what was disposed already. */
void tree_view_dispose(struct tree_view *view);

#endif
