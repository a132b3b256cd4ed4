/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Counts tables.  The bounds hold for every plan of regions, since the pool is
 * sized before the guest's regions are known.
 */
#include "arm/paging_pool.h"

#include "arm/regions.h"

#define PAGE_KB UINT64_C(4)

enum { LEVEL_3_SHIFT = 21, LEVEL_2_SHIFT = 30, LEVEL_1_SHIFT = 39 };

_Static_assert(REGION_ALIGNMENT == UINT64_C(1) << LEVEL_3_SHIFT,
               "a region begins and ends where a table of level 3 does");
_Static_assert(GUEST_RAM1_BASE + GUEST_RAM1_SIZE <= UINT64_C(2)
                                                        << LEVEL_1_SHIFT,
               "two tables of level 1 reach the end of the windows");

/* What Debian's library sets, for any number of vCPUs and any memory. */
uint64_t arm_pool_default_kb(uint64_t vcpus, uint64_t ram_kb)
{
    return (256 * vcpus + ram_kb / 1024) * PAGE_KB + 512;
}

/*
 * Level 3: regions begin and end at multiples of 2 MiB, so that two share no
 * table and none is for less than 2 MiB: size / 2 MiB.
 *
 * Pieces, the parts of different regions: all but the last are whole regions,
 * of REGION_MIN_SIZE or more.  n pieces therefore have more than
 * (n - 1) * REGION_MIN_SIZE bytes: n <= size / REGION_MIN_SIZE + 1.
 *
 * Level 2: a piece of l bytes touches at most l / 1 GiB + 2 blocks of 1 GiB,
 * with a part of one at either end: in all size / 1 GiB + 2 * pieces.
 *
 * Level 1: 2, as all regions lie inside the windows.
 */
uint64_t arm_pool_pages_for(uint64_t size)
{
    uint64_t pieces = size / REGION_MIN_SIZE + 1;

    if (size == 0)
        return 0;
    if (pieces > REGIONS_MAX)
        pieces = REGIONS_MAX;
    return (size >> LEVEL_3_SHIFT) + (size >> LEVEL_2_SHIFT) + 2 * pieces + 2;
}

uint64_t arm_pool_kb_for(uint64_t size)
{
    return arm_pool_pages_for(size) * PAGE_KB;
}

uint64_t arm_pool_mappable(uint64_t pages, uint64_t most)
{
    uint64_t fit = 0, above = (most >> LEVEL_3_SHIFT) + 1;

    /* More bytes never take fewer pages. */
    while (above - fit > 1) {
        uint64_t middle = fit + (above - fit) / 2;

        if (arm_pool_pages_for(middle << LEVEL_3_SHIFT) <= pages)
            fit = middle;
        else
            above = middle;
    }
    return fit << LEVEL_3_SHIFT;
}

/* How many blocks of 2^shift bytes the claims touch. */
static uint64_t count_blocks(const struct addrmap *map, unsigned int shift)
{
    uint64_t count = 0, next = 0; /* blocks below next are counted */

    for (size_t i = 0; i < map->count; i++) {
        uint64_t first = map->claims[i].first >> shift;
        uint64_t end = (map->claims[i].last >> shift) + 1;

        if (first < next)
            first = next;
        if (end <= first)
            continue;
        count += end - first;
        next = end;
    }
    return count;
}

uint64_t arm_pool_pages_of_map(const struct addrmap *map)
{
    return count_blocks(map, LEVEL_3_SHIFT) + count_blocks(map, LEVEL_2_SHIFT) +
           count_blocks(map, LEVEL_1_SHIFT);
}
