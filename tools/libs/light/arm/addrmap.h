/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The guest address map: every range of guest physical addresses that is in
 * use, each with a name and the option or source that it comes from.  Owns
 * order and conflicts.  It does not know which ranges a guest has; that is
 * guest_map.h.
 */
#ifndef ARM_ADDRMAP_H
#define ARM_ADDRMAP_H

#include <stddef.h>
#include <stdint.h>

#include "arm/error.h"

enum claim_kind {
    CLAIM_RAM,
    CLAIM_GIC_DISTRIBUTOR,
    CLAIM_GIC_CPU_INTERFACE,
    CLAIM_GIC_REDISTRIBUTORS,
    CLAIM_GRANT_TABLE,
    CLAIM_MAGIC,
    CLAIM_UART,
    CLAIM_VIRTIO_MMIO,
    CLAIM_VPCI,
    CLAIM_ACPI,
    CLAIM_IOMEM,
    CLAIM_PARTIAL,       /* a "reg" of the partial device tree */
    CLAIM_TREE_NODE,     /* found in a finished device tree */
    CLAIM_TREE_RESERVED, /* that a tree reserves: may lie inside its RAM */
    CLAIM_KINDS
};

#define CLAIM_NO_INDEX (-1)

/* Enough for any option's name with an index; longer text is cut. */
#define CLAIM_SOURCE_SIZE 120

/*
 * A range with both ends inside, so that one that ends at the last address
 * needs no 65th bit.  The strings are borrowed.
 */
struct claim {
    uint64_t first;
    uint64_t last;
    const char *name;   /* what is there: "RAM bank 0" */
    const char *origin; /* the option or interface that asks for it */
    int index;          /* which entry of that option, or CLAIM_NO_INDEX */
    enum claim_kind kind;
};

struct addrmap {
    struct claim *claims;
    size_t count;
    size_t room; /* for 32 at first, then twice as many whenever it is full */
};

/* An all-zero map is empty and needs no init. */
void addrmap_dispose(struct addrmap *map);

/*
 * Adds a range of size bytes at base.  Refuses a size of 0 and a range that
 * passes the last address.  The map is unsorted until addrmap_finish().
 */
int addrmap_add(struct addrmap *map, uint64_t base, uint64_t size,
                enum claim_kind kind, const char *name, const char *origin,
                int index, struct arm_error *error);

/*
 * Sorts the claims.  Two that overlap are an error that names both, their
 * ranges and where they come from; the map is sorted even so.  What iomem
 * maps and a partial device tree describes is one thing, not two.
 */
int addrmap_finish(struct addrmap *map, struct arm_error *error);

/*
 * Counts the claims that overlap one before them, in a map that is sorted
 * already.  The first of these overlaps is the error.
 */
size_t addrmap_overlaps(const struct addrmap *map, struct arm_error *error);

/* The lowest claim of that kind, or NULL. */
const struct claim *addrmap_find(const struct addrmap *map,
                                 enum claim_kind kind);

/*
 * The last address of guests with gpaddr_bits address bits; 0 and above 64 is
 * an error.
 */
int gpaddr_last(unsigned int gpaddr_bits, uint64_t *last_r,
                struct arm_error *error);

/* Where a claim comes from, for people: "memory", "iomem[2]".  Returns text. */
const char *claim_source(const struct claim *claim, char *text, size_t size);

#endif
