/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Merges two lists that ascend by address into one.
 */
#include "arm/map_rows.h"

struct map_rows map_rows_start(const struct addrmap *map,
                               const struct region_plan *plan)
{
    return (struct map_rows) { .map = map, .plan = plan };
}

bool map_rows_next(struct map_rows *rows, struct map_row *row_r)
{
    const struct claim *claim = NULL;
    const struct region *region = NULL;

    if (rows->claim < rows->map->count)
        claim = &rows->map->claims[rows->claim];
    if (rows->plan && rows->region < rows->plan->count)
        region = &rows->plan->region[rows->region];
    if (!claim && !region)
        return false;

    if (region && (!claim || region->base < claim->first)) {
        rows->region++;
        *row_r = (struct map_row) {
            .first = region->base,
            .last = region->base + (region->size - 1),
            .region = region,
            .number = rows->region,
        };
    } else {
        rows->claim++;
        *row_r = (struct map_row) {
            .first = claim->first,
            .last = claim->last,
            .claim = claim,
        };
    }
    return true;
}
