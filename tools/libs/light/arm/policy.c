/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The administrator's settings at work.  The planner stays as it is: ranges
 * to keep free are claims to it, the highest address ends its windows, and
 * sizes are seen to afterwards.  Reading the file is policy_file.c's.
 */
#include "arm/policy.h"

#include <stdlib.h>
#include <string.h>

static int compare_firsts(const void *left, const void *right)
{
    const struct claim *a = left, *b = right;

    return (a->first > b->first) - (a->first < b->first);
}

/* The map's claims and the ranges to keep free, for the planner's eyes only. */
static int gather_claims(const struct arm_policy *policy,
                         const struct addrmap *map, struct claim **claims_r,
                         struct arm_error *error)
{
    size_t count = map->count + policy->nr_keep_free;
    struct claim *claims = calloc(count, sizeof(*claims));

    if (!claims)
        return arm_error_set(error, ARM_FAULT_NOMEM,
                             "no memory for %zu ranges of the guest's address "
                             "map",
                             count);
    if (map->count > 0)
        memcpy(claims, map->claims, map->count * sizeof(*claims));
    for (unsigned int i = 0; i < policy->nr_keep_free; i++)
        claims[map->count + i] = (struct claim) {
            .first = policy->keep_free[i].first,
            .last = policy->keep_free[i].last,
        };
    qsort(claims, count, sizeof(*claims), compare_firsts);
    *claims_r = claims;
    return 0;
}

/* Cuts the windows at the highest address; returns how many are left. */
static size_t cut_windows(struct region_window *cut,
                          const struct region_window *windows,
                          size_t nr_windows, uint64_t end)
{
    size_t count = 0;

    for (size_t i = 0; i < nr_windows; i++) {
        if (end && windows[i].base >= end)
            break;
        cut[count] = windows[i];
        if (end && end - windows[i].base < windows[i].size)
            cut[count].size = end - windows[i].base;
        count++;
    }
    return count;
}

/* A region that is too large keeps its lower part. */
static void bound_sizes(const struct arm_policy *policy,
                        struct region_plan *plan)
{
    unsigned int kept = 0;

    for (unsigned int i = 0; i < plan->count; i++) {
        struct region region = plan->region[i];

        if (policy->max_size && region.size > policy->max_size)
            region.size = policy->max_size;
        if (region.size >= policy->min_size)
            plan->region[kept++] = region;
    }
    memset(&plan->region[kept], 0,
           (plan->count - kept) * sizeof(plan->region[0]));
    plan->count = kept;
    /* The largest that had no place is too small: they all are. */
    if (plan->dropped_largest < policy->min_size)
        plan->dropped = plan->dropped_largest = plan->dropped_bytes = 0;
}

int arm_policy_plan(const struct arm_policy *policy, unsigned int gpaddr_bits,
                    const struct region_window *windows, size_t nr_windows,
                    const struct addrmap *map, struct region_plan *plan_r,
                    struct arm_error *error)
{
    const struct claim *claims = map->claims;
    struct claim *gathered = NULL;
    struct region_window *cut = NULL;
    struct region_plan plan = { 0 };
    int rc = -1;

    if (policy->nr_keep_free > 0) {
        if (gather_claims(policy, map, &gathered, error))
            goto out;
        claims = gathered;
    }
    cut = calloc(nr_windows + 1, sizeof(*cut));
    if (!cut) {
        arm_error_set(error, ARM_FAULT_NOMEM, "no memory for %zu RAM windows",
                      nr_windows);
        goto out;
    }
    /* Off comes after the planner has checked what it was given. */
    if (regions_plan(gpaddr_bits, cut,
                     cut_windows(cut, windows, nr_windows, policy->max_address),
                     claims, map->count + policy->nr_keep_free, &plan, error))
        goto out;
    if (policy->regions_off)
        plan = (struct region_plan) { 0 };
    bound_sizes(policy, &plan);
    *plan_r = plan;
    rc = 0;

out:
    free(cut);
    free(gathered);
    return rc;
}

unsigned int arm_policy_bound(const struct arm_policy *policy,
                              const struct region_window *windows,
                              size_t nr_windows, const struct addrmap *map)
{
    unsigned int bound;

    if (policy->regions_off)
        return 0;
    /* Each range to keep free may split one window once more. */
    bound = regions_bound(windows, nr_windows, map->claims, map->count) +
            policy->nr_keep_free;
    return bound < REGIONS_MAX ? bound : REGIONS_MAX;
}
