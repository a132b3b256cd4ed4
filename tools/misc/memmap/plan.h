/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The result that creation would have for a guest: its finished device tree,
 * its map, its regions and its paging pool, all by the guest machine room.
 */
#ifndef MEMMAP_PLAN_H
#define MEMMAP_PLAN_H

#include "arm/addrmap.h"
#include "arm/error.h"
#include "arm/guest.h"
#include "arm/tree.h"

struct memmap_plan {
    struct addrmap map;
    struct arm_tree tree; /* finished; its own totalsize may be smaller */
    struct arm_report report;
    uint64_t pool_kb;
    uint64_t mappable; /* bytes of its regions, side by side, at least */
};

/*
 * pool_kb is what the configuration gives the paging pool.
 *
 * Fails for what creation would refuse.  On success *plan_r is for
 * memmap_plan_dispose().  Where the builder will put a ramdisk nobody knows
 * before: the tree has 0 there.
 */
int memmap_plan_make(const struct arm_guest *guest, uint64_t pool_kb,
                     struct memmap_plan *plan_r, struct arm_error *error);

void memmap_plan_dispose(struct memmap_plan *plan);

#endif
