/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * How nodes of a partial device tree point to each other: by phandles, which
 * must be one node's each, and which a copy of some of the nodes may cut.
 * Only "interrupt-parent" is followed: what else is a phandle, each binding
 * says in its own way.
 */
#ifndef ARM_PARTIAL_REFS_H
#define ARM_PARTIAL_REFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arm/partial.h"

struct partial_ref {
    uint32_t phandle;
    int node; /* offset in the tree */
};

/* All zeroes are none. */
struct partial_refs {
    /* Phandles of nodes: each may have the old spelling as well. */
    struct partial_ref given[2 * ARM_PARTIAL_MAX_NODES];
    size_t nr_given;

    /* Their interrupt parents, in the order of the tree. */
    struct partial_ref parents[ARM_PARTIAL_MAX_NODES];
    size_t nr_parents;
};

/*
 * Notes what a node says; call it once for each of at most
 * ARM_PARTIAL_MAX_NODES, in the order of the tree.  Returns NULL, or the name
 * of a property that is not one cell.
 */
const char *partial_refs_note(struct partial_refs *refs, const void *fdt,
                              int node);

/* When all are noted, and before anything is asked. */
void partial_refs_sort(struct partial_refs *refs);

/* The first node with that phandle, or NULL. */
const struct partial_ref *partial_refs_find(const struct partial_refs *refs,
                                            uint32_t phandle);

/* The first of two different nodes with one phandle, the other next to it. */
const struct partial_ref *partial_refs_twice(const struct partial_refs *refs);

/*
 * The first interrupt-parent that leads to no node here, nor to the phandle
 * known; NULL if none.
 */
const struct partial_ref *partial_refs_lost(const struct partial_refs *refs,
                                            uint32_t known);

#endif
