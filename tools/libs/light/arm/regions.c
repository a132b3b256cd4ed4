/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The planner: one sweep over windows and claims, both ascending, that turns
 * each gap into a candidate.  Counts in units of the regions' alignment, where
 * every address, and the one behind the last, is a small number: nothing can
 * wrap, and what is a whole number of units is aligned.
 */
#include "arm/regions.h"

#include <inttypes.h>
#include <stdbool.h>

#define UNIT      REGION_ALIGNMENT
#define MIN_UNITS (REGION_MIN_SIZE / UNIT)

_Static_assert(MIN_UNITS > 0, "what ends where it begins is no region");

static uint64_t smaller(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static uint64_t larger(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

static uint64_t window_last(const struct region_window *window)
{
    return window->base + (window->size - 1);
}

/* The first unit that begins at address or behind it. */
static uint64_t unit_from(uint64_t address)
{
    return address / UNIT + (address % UNIT != 0);
}

/* The unit behind those that end at the last address or before it. */
static uint64_t unit_behind(uint64_t last)
{
    return last / UNIT + (last % UNIT == UNIT - 1);
}

/* Of all and the one too many; of equals, the one at the highest address. */
static size_t smallest(const struct region_plan *plan)
{
    size_t least = REGIONS_MAX;

    for (size_t i = REGIONS_MAX; i > 0; i--)
        if (plan->region[i - 1].size < plan->region[least].size)
            least = i - 1;
    return least;
}

static void close_gap(struct region_plan *plan, size_t index)
{
    for (size_t i = index; i < REGIONS_MAX; i++)
        plan->region[i] = plan->region[i + 1];
    plan->count = REGIONS_MAX;
}

/*
 * Add the candidate, which lies above all others.  Of one too many the
 * smallest goes.
 */
static void keep(struct region_plan *plan, struct region candidate)
{
    size_t least = REGIONS_MAX;

    plan->region[plan->count++] = candidate;
    if (plan->count <= REGIONS_MAX)
        return;

    /* Those kept are no smaller than those that went: often no need to look. */
    if (candidate.size > plan->dropped_largest) {
        least = smallest(plan);
        plan->dropped_largest = plan->region[least].size;
    }
    plan->dropped++;
    plan->dropped_bytes += plan->region[least].size;
    close_gap(plan, least);
}

/*
 * The units from start up to end are free: a region, if they are enough.
 * Returns where the next may begin; a guest drops regions that touch.
 */
static uint64_t consider_gap(struct region_plan *plan, uint64_t start,
                             uint64_t end)
{
    if (end < start + MIN_UNITS)
        return start;

    keep(plan, (struct region) {
                   .base = start * UNIT,
                   .size = (end - start) * UNIT,
               });
    return end + 1;
}

/* Turns what is free in the windows up to the highest address into regions. */
static void sweep(uint64_t highest, const struct region_window *windows,
                  size_t nr_windows, const struct claim *claims,
                  size_t nr_claims, struct region_plan *plan)
{
    uint64_t start = 0; /* no claim seen so far reaches this unit */
    size_t next = 0;    /* the first claim not seen so far */

    for (size_t i = 0; i < nr_windows; i++) {
        uint64_t last = smaller(window_last(&windows[i]), highest);
        uint64_t end = unit_behind(last);

        start = larger(start, unit_from(windows[i].base));
        for (; next < nr_claims && claims[next].first <= last; next++) {
            start = consider_gap(plan, start, claims[next].first / UNIT);
            start = larger(start, claims[next].last / UNIT + 1);
        }
        start = consider_gap(plan, start, end);
    }
}

static int check_windows(const struct region_window *windows, size_t nr_windows,
                         struct arm_error *error)
{
    for (size_t i = 0; i < nr_windows; i++) {
        const struct region_window *window = &windows[i];

        if (window->size == 0 || window->size - 1 > UINT64_MAX - window->base)
            return arm_error_set(error, ARM_FAULT_BUG,
                                 "RAM window %zu: %#" PRIx64
                                 " bytes at %#" PRIx64 " are no range",
                                 i, window->size, window->base);
        if (i > 0 && window->base <= window_last(&windows[i - 1]))
            return arm_error_set(error, ARM_FAULT_BUG,
                                 "RAM windows %zu and %zu are out of order",
                                 i - 1, i);
    }
    return 0;
}

int regions_plan(unsigned int gpaddr_bits, const struct region_window *windows,
                 size_t nr_windows, const struct claim *claims,
                 size_t nr_claims, struct region_plan *plan_r,
                 struct arm_error *error)
{
    uint64_t highest;

    if (gpaddr_last(gpaddr_bits, &highest, error) ||
        check_windows(windows, nr_windows, error))
        return -1;

    plan_r->count = 0;
    plan_r->dropped = 0;
    plan_r->dropped_largest = 0;
    plan_r->dropped_bytes = 0;
    sweep(highest, windows, nr_windows, claims, nr_claims, plan_r);
    return 0;
}

/* A claim at an end of a window takes from it, but leaves it in one piece. */
static bool splits(const struct claim *claim,
                   const struct region_window *window)
{
    return claim->first > window->base && claim->last < window_last(window);
}

unsigned int regions_bound(const struct region_window *windows,
                           size_t nr_windows, const struct claim *claims,
                           size_t nr_claims)
{
    size_t bound = nr_windows;

    for (size_t i = 0; i < nr_windows; i++)
        for (size_t j = 0; j < nr_claims; j++)
            bound += splits(&claims[j], &windows[i]);
    return smaller(bound, REGIONS_MAX);
}
