/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Random maps: the planner against the reference model.
 *
 *     MAPS=1000000 SEED=1 arm-random
 *
 * A map that fails is made smaller as long as it still fails, then printed;
 * with SHRINK=0 it is printed as it is.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "arm-model.h"

static uint64_t state;

/* splitmix64: small, and any seed is good. */
static uint64_t number(void)
{
    uint64_t z = state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static uint64_t below(uint64_t end)
{
    return number() % end;
}

static bool one_in(unsigned int n)
{
    return below(n) == 0;
}

/* -1, 0 or 1 byte beside a boundary, a page beside it, or anywhere. */
static uint64_t nudge(uint64_t address)
{
    static const int64_t by[] = { 0, 0, 0, 1, -1, 4096, -4096 };

    if (one_in(16))
        return address + below(REGION_ALIGNMENT);
    return address + by[below(sizeof(by) / sizeof(by[0]))];
}

/* Where maps are: at the bottom, at the top, around a power of two. */
static uint64_t make_origin(unsigned int *bits_r, uint64_t units)
{
    uint64_t size = units * REGION_ALIGNMENT;

    *bits_r = 64;
    switch (below(4)) {
    case 0:
        return 0;
    case 1:
        return -size;
    case 2:
        *bits_r = 30 + below(34);
        return (UINT64_C(1) << *bits_r) -
               below(size / REGION_ALIGNMENT) * REGION_ALIGNMENT;
    default:
        *bits_r = 40 + below(25);
        return below(1 << 18) * REGION_ALIGNMENT;
    }
}

/* Windows in the span of addresses from origin on, which does not wrap. */
static void make_windows(struct model_input *input, uint64_t origin,
                         uint64_t units)
{
    uint64_t count = 1 + below(MODEL_WINDOWS - 1), from = 0;

    for (uint64_t i = 0; i < count && from < units; i++) {
        uint64_t gap = one_in(3) ? 0 : below(units / 8 + 1);
        uint64_t size = 1 + below(i + 1 == count ? units : units / count + 1);
        uint64_t base, last;

        if (from + gap + size > units) {
            gap = 0;
            size = units - from;
        }
        base = origin + (from + gap) * REGION_ALIGNMENT;
        last = base + (size * REGION_ALIGNMENT - 1);
        from += gap + size;
        if (one_in(8))
            base += 1 + below(REGION_ALIGNMENT - 1);
        if (one_in(8))
            last -= below(REGION_ALIGNMENT - 1);
        if (last < base || last - base == UINT64_MAX)
            continue;
        input->windows[input->nr_windows++] =
            (struct region_window) { base, last - base + 1 };
    }
}

static int compare_claims(const void *left, const void *right)
{
    const struct claim *a = left, *b = right;

    return (a->first > b->first) - (a->first < b->first);
}

static void add_claim(struct model_input *input, uint64_t first, uint64_t size)
{
    uint64_t last = first + (size - 1);

    input->claims[input->nr_claims++] = (struct claim) {
        .first = first,
        .last = last < first ? UINT64_MAX : last,
    };
}

static void make_claims(struct model_input *input, uint64_t origin,
                        uint64_t units, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint64_t first = nudge(origin + below(units + 1) * REGION_ALIGNMENT);
        uint64_t size =
            one_in(2) ? 1 + below(4 * REGION_ALIGNMENT) : 4096 * (1 + below(3));

        if (one_in(32))
            size = nudge((1 + below(units)) * REGION_ALIGNMENT);
        if (one_in(512))
            size = UINT64_MAX;
        add_claim(input, first, size);
    }
}

/* Gaps of nearly the same size, around the least that may be a region. */
static void make_fence(struct model_input *input, uint64_t origin,
                       uint64_t units)
{
    uint64_t at = 0, spread = 1 + below(4);

    while (at < units && input->nr_claims < MODEL_CLAIMS) {
        at += 32 + below(spread);
        add_claim(input, nudge(origin + at * REGION_ALIGNMENT), 4096);
        at++;
    }
}

/* Most maps are small and dense; a few have more gaps than may be told. */
static void make_map(struct model_input *input)
{
    bool large = one_in(512);
    uint64_t units = large ? 8000 + below(MODEL_UNITS - 8000)
                           : 1 + below(one_in(4) ? 1000 : 250);
    uint64_t origin;

    input->nr_windows = input->nr_claims = 0;
    origin = make_origin(&input->gpaddr_bits, units);
    /* Around a power of two, the end of addresses may be too near. */
    if (origin > -(units * REGION_ALIGNMENT))
        origin = -(units * REGION_ALIGNMENT);
    make_windows(input, origin, units);
    if (large)
        make_fence(input, origin, units);
    else
        make_claims(input, origin, units, below(12));
    qsort(input->claims, input->nr_claims, sizeof(input->claims[0]),
          compare_claims);
}

static void remove_at(void *array, size_t *count, size_t size, size_t index)
{
    char *at = (char *)array + index * size;

    for (char *end = (char *)array + (*count - 1) * size; at < end; at++)
        *at = at[size];
    --*count;
}

/* Leaves out whatever the failure does not need. */
static void shrink(struct model_input *input)
{
    struct region_plan plan;
    bool smaller = true;

    while (smaller) {
        smaller = false;
        for (size_t i = 0; i < input->nr_claims + input->nr_windows; i++) {
            static struct model_input tried;

            tried = *input;
            if (i < tried.nr_claims)
                remove_at(tried.claims, &tried.nr_claims,
                          sizeof(tried.claims[0]), i);
            else
                remove_at(tried.windows, &tried.nr_windows,
                          sizeof(tried.windows[0]), i - tried.nr_claims);
            if (model_compare(&tried, &plan)) {
                *input = tried;
                smaller = true;
                i--;
            }
        }
    }
}

static uint64_t setting(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);

    return text && *text ? strtoull(text, NULL, 0) : otherwise;
}

int main(void)
{
    static struct model_input input;
    uint64_t maps = setting("MAPS", 1000000);
    uint64_t seed = setting("SEED", time(NULL));
    uint64_t regions = 0, none = 0, dropping = 0;

    state = seed;
    for (uint64_t i = 0; i < maps; i++) {
        struct region_plan plan;

        make_map(&input);
        if (model_compare(&input, &plan)) {
            if (setting("SHRINK", 1))
                shrink(&input);
            printf("map %" PRIu64 " of seed %" PRIu64 ": %s:\n", i, seed,
                   model_compare(&input, &plan));
            model_print(&input);
            return 1;
        }
        regions += plan.count;
        none += plan.count == 0;
        dropping += plan.dropped > 0;
    }
    printf("%" PRIu64 " random maps (seed %" PRIu64 "): as the model has them; "
           "%" PRIu64 " regions, none in %" PRIu64 " maps, more than %d in "
           "%" PRIu64 "\n",
           maps, seed, regions, none, REGIONS_MAX, dropping);
    return 0;
}
