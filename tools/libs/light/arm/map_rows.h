/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The guest's claims and its extended regions as one list by address, for
 * whoever prints or draws them.  Owns the merging only.
 */
#ifndef ARM_MAP_ROWS_H
#define ARM_MAP_ROWS_H

#include <stdbool.h>

#include "arm/addrmap.h"
#include "arm/regions.h"

/* Either claim or region is set. */
struct map_row {
    uint64_t first;
    uint64_t last;
    const struct claim *claim;
    const struct region *region;
    unsigned int number; /* of the region, from 1 */
};

/* What was given to map_rows_start(), and how far the caller has come. */
struct map_rows {
    const struct addrmap *map;
    const struct region_plan *plan;
    size_t claim;
    unsigned int region;
};

/* map is finished; plan may be NULL. Both are borrowed. */
struct map_rows map_rows_start(const struct addrmap *map,
                               const struct region_plan *plan);

/* Fills *row_r, or returns false behind the last one. */
bool map_rows_next(struct map_rows *rows, struct map_row *row_r);

#endif
