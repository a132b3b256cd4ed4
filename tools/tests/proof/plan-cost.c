/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * One guest's address map with as many claims as it is told, in no order, and
 * its plan: what callgrind counts the instructions of.
 *
 *     plan-cost even|growing CLAIMS
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "arm/regions.h"

#define MIB        UINT64_C(1048576)
#define MOST       10000
#define CLAIM_SIZE 4096

static const struct region_window windows[] = {
    { UINT64_C(1) << 30, UINT64_C(3) << 30 },
    { UINT64_C(8) << 30, UINT64_C(1016) << 30 },
};

/* Each gap is a candidate; they are of one of three sizes. */
static uint64_t even_gap(uint64_t index)
{
    return (72 + index % 3 * 8) * MIB;
}

/*
 * The worst there is: a gap costs a look at all that are kept when it is
 * larger than what was left out.  So each size comes as often as regions are
 * kept, and the next is as little larger as it can be.  The windows have no
 * room for more such gaps than MOST.
 */
static uint64_t growing_gap(uint64_t index)
{
    return REGION_MIN_SIZE + index / (REGIONS_MAX + 1) * REGION_ALIGNMENT;
}

/* Each claim takes one unit, behind its gap. */
static void place_claims(uint64_t *base, uint64_t count,
                         uint64_t (*gap)(uint64_t index))
{
    uint64_t at = windows[1].base;

    for (uint64_t i = 0; i < count; i++) {
        at += gap(i);
        base[i] = at;
        at += REGION_ALIGNMENT;
    }
}

/* As many numbers below count, each once: 7919 is a prime. */
static uint64_t shuffled(uint64_t index, uint64_t count)
{
    return count % 7919 ? index * 7919 % count : index;
}

static int make_map(struct addrmap *map, const uint64_t *base, uint64_t count,
                    struct arm_error *error)
{
    for (uint64_t i = 0; i < count; i++)
        if (addrmap_add(map, base[shuffled(i, count)], CLAIM_SIZE, CLAIM_IOMEM,
                        "claim", "iomem", (int)i, error))
            return -1;
    return addrmap_finish(map, error);
}

int main(int argc, char **argv)
{
    static uint64_t base[MOST];
    bool growing = argc == 3 && strcmp(argv[1], "growing") == 0;
    uint64_t count = argc == 3 ? strtoull(argv[2], NULL, 10) : 0;
    const size_t nr_windows = sizeof(windows) / sizeof(windows[0]);
    struct arm_error error = { 0 };
    struct addrmap map = { 0 };
    struct region_plan plan;
    clock_t began, ended;
    unsigned int bound;

    if (count > MOST) {
        fprintf(stderr, "plan-cost: at most %d claims\n", MOST);
        return 1;
    }
    place_claims(base, count, growing ? growing_gap : even_gap);
    if (make_map(&map, base, count, &error))
        goto out;
    began = clock();
    if (regions_plan(48, windows, nr_windows, map.claims, map.count, &plan,
                     &error))
        goto out;
    ended = clock();
    bound = regions_bound(windows, nr_windows, map.claims, map.count);
    printf("%u regions of at most %u, %zu left out; planned in %.1f ms\n",
           plan.count, bound, plan.dropped,
           (double)(ended - began) * 1000 / CLOCKS_PER_SEC);

out:
    if (error.message[0])
        fprintf(stderr, "plan-cost: %s\n", error.message);
    addrmap_dispose(&map);
    return error.message[0] != '\0';
}
