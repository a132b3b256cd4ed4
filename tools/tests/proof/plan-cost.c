/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * One guest's address map with as many claims as it is told, in no order, and
 * its plan: what callgrind counts the instructions of.
 *
 *     plan-cost CLAIMS
 */
#include <stdio.h>
#include <stdlib.h>

#include "arm/regions.h"

#define MIB UINT64_C(1048576)
/* Far enough apart that each gap is a candidate, of one of three sizes. */
#define STEP (80 * MIB)

static const struct region_window windows[] = {
    { UINT64_C(1) << 30, UINT64_C(3) << 30 },
    { UINT64_C(8) << 30, UINT64_C(1016) << 30 },
};

/* As many numbers below count, each once: 7919 is a prime. */
static uint64_t shuffled(uint64_t index, uint64_t count)
{
    return count % 7919 ? index * 7919 % count : index;
}

static int make_map(struct addrmap *map, uint64_t count,
                    struct arm_error *error)
{
    for (uint64_t i = 0; i < count; i++) {
        uint64_t at = shuffled(i, count);
        uint64_t base = windows[1].base + (at + 1) * STEP + at % 3 * 4 * MIB;

        if (addrmap_add(map, base, 4096, CLAIM_IOMEM, "claim", "iomem", (int)i,
                        error))
            return -1;
    }
    return addrmap_finish(map, error);
}

int main(int argc, char **argv)
{
    uint64_t count = argc == 2 ? strtoull(argv[1], NULL, 10) : 0;
    const size_t nr_windows = sizeof(windows) / sizeof(windows[0]);
    struct arm_error error = { 0 };
    struct addrmap map = { 0 };
    struct region_plan plan;
    unsigned int bound;

    if (make_map(&map, count, &error) ||
        regions_plan(48, windows, nr_windows, map.claims, map.count, &plan,
                     &error)) {
        fprintf(stderr, "plan-cost: %s\n", error.message);
        return 1;
    }
    bound = regions_bound(windows, nr_windows, map.claims, map.count);
    printf("%u regions of at most %u, %zu left out\n", plan.count, bound,
           plan.dropped);
    addrmap_dispose(&map);
    return 0;
}
