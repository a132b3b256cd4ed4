/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The planner: one sweep over windows and claims, both ascending, that turns
 * each gap into a candidate.  Works in units of the regions' alignment, where
 * every address, and the one behind the last, is a small number: nothing can
 * wrap, and what is a whole number of units is aligned.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>

#include "arm/regions.h"

#define UNIT_SHIFT 21
#define UNIT_MASK  (REGION_ALIGNMENT - 1)
#define MIN_UNITS  (REGION_MIN_SIZE >> UNIT_SHIFT)
#define NO_UNIT    UINT64_MAX

_Static_assert(REGION_ALIGNMENT == UINT64_C(1) << UNIT_SHIFT,
               "the shift and the alignment are the same fact");

struct planner {
    struct region_plan *plan;
    uint64_t previous_end; /* unit behind the last candidate, or NO_UNIT */
};

static uint64_t window_last(const struct region_window *window)
{
    return window->base + (window->size - 1);
}

static bool sooner_dropped(const struct region *a, const struct region *b)
{
    return a->size != b->size ? a->size < b->size : a->base > b->base;
}

/* Restores the heap below index: the sooner dropped stand above. */
static void sift_down(struct region *heap, size_t count, size_t index)
{
    for (;;) {
        size_t least = index;
        struct region moved;

        for (size_t i = 2 * index + 1; i <= 2 * index + 2 && i < count; i++)
            if (sooner_dropped(&heap[i], &heap[least]))
                least = i;
        if (least == index)
            return;

        moved = heap[index];
        heap[index] = heap[least];
        heap[least] = moved;
        index = least;
    }
}

/*
 * Keeps the largest REGIONS_MAX.  Up to that many stay in order of address;
 * the first one too many turns the array into a heap with the next to drop at
 * its root.
 */
static void keep(struct region_plan *plan, struct region candidate)
{
    struct region *heap = plan->region;
    struct region dropped = candidate;

    if (plan->count < REGIONS_MAX) {
        plan->region[plan->count++] = candidate;
        return;
    }

    if (plan->dropped == 0)
        for (size_t i = REGIONS_MAX / 2; i-- > 0;)
            sift_down(heap, REGIONS_MAX, i);

    if (sooner_dropped(&heap[0], &candidate)) {
        dropped = heap[0];
        heap[0] = candidate;
        sift_down(heap, REGIONS_MAX, 0);
    }
    plan->dropped++;
    plan->dropped_bytes += dropped.size;
}

static void consider_gap(struct planner *planner, uint64_t first, uint64_t last)
{
    uint64_t start = (first >> UNIT_SHIFT) + ((first & UNIT_MASK) != 0);
    uint64_t end = (last >> UNIT_SHIFT) + ((last & UNIT_MASK) == UNIT_MASK);

    /* Only where two windows meet: a guest drops regions that touch. */
    if (start == planner->previous_end)
        start++;
    if (end < start || end - start < MIN_UNITS)
        return;

    planner->previous_end = end;
    keep(planner->plan, (struct region) {
                            .base = start << UNIT_SHIFT,
                            .size = (end - start) << UNIT_SHIFT,
                        });
}

static int check_windows(const struct region_window *windows, size_t nr_windows,
                         struct arm_error *error)
{
    for (size_t i = 0; i < nr_windows; i++) {
        const struct region_window *window = &windows[i];

        if (window->size == 0 || window_last(window) < window->base)
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

static int compare_bases(const void *left, const void *right)
{
    const struct region *a = left, *b = right;

    return (a->base > b->base) - (a->base < b->base);
}

int regions_plan(unsigned int gpaddr_bits, const struct region_window *windows,
                 size_t nr_windows, const struct claim *claims,
                 size_t nr_claims, struct region_plan *ret_plan,
                 struct arm_error *error)
{
    struct region_plan plan = { 0 };
    struct planner planner = { .plan = &plan, .previous_end = NO_UNIT };
    size_t next = 0;        /* the first claim not seen so far */
    uint64_t free_from = 0; /* no claim seen so far reaches this address… */
    bool full = false;      /* …unless one of them ends at the very last */
    uint64_t highest;

    if (gpaddr_last(gpaddr_bits, &highest, error) ||
        check_windows(windows, nr_windows, error))
        return -1;

    for (size_t i = 0; i < nr_windows; i++) {
        uint64_t last = window_last(&windows[i]);

        if (last > highest)
            last = highest;
        if (free_from < windows[i].base)
            free_from = windows[i].base;

        for (; next < nr_claims && claims[next].first <= last; next++) {
            if (!full && claims[next].first > free_from)
                consider_gap(&planner, free_from, claims[next].first - 1);
            if (claims[next].last == UINT64_MAX)
                full = true;
            else if (claims[next].last >= free_from)
                free_from = claims[next].last + 1;
        }
        if (!full && free_from <= last)
            consider_gap(&planner, free_from, last);
    }

    if (plan.dropped > 0)
        qsort(plan.region, plan.count, sizeof(plan.region[0]), compare_bases);
    *ret_plan = plan;
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
    return bound < REGIONS_MAX ? bound : REGIONS_MAX;
}
