/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The guest's address map as text.  Owns columns and units only.
 */
#include <inttypes.h>

#include "arm/map_text.h"

/* Sizes stay exact: in the largest unit that divides them. */
static void write_range(FILE *to, uint64_t first, uint64_t last)
{
    static const char *const units[] = { "B", "KiB", "MiB", "GiB" };
    uint64_t size = last - first + 1;
    size_t unit = 0;

    while (unit < 3 && size % 1024 == 0) {
        size /= 1024;
        unit++;
    }
    fprintf(to, "%#14" PRIx64 " - %#14" PRIx64 " %8" PRIu64 " %-3s  ", first,
            last, size, units[unit]);
}

void map_text_write(FILE *to, const struct addrmap *map,
                    const struct region_plan *regions)
{
    unsigned int nr_regions = regions ? regions->count : 0, region = 0;
    size_t claim = 0;

    while (claim < map->count || region < nr_regions) {
        const struct claim *next = &map->claims[claim];
        char source[CLAIM_SOURCE_SIZE];

        if (claim == map->count ||
            (region < nr_regions &&
             regions->region[region].base < next->first)) {
            const struct region *free = &regions->region[region++];

            write_range(to, free->base, free->base + (free->size - 1));
            fprintf(to, "extended region %u\n", region);
            continue;
        }
        write_range(to, next->first, next->last);
        fprintf(to, "%s (%s)\n", next->name,
                claim_source(next, source, sizeof(source)));
        claim++;
    }
}
