/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The reference model of extended regions.  All arithmetic is in 128 bits:
 * there is nothing that could wrap, and nothing to be clever about.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "arm-model.h"

typedef unsigned __int128 wide;

#define UNIT ((wide)REGION_ALIGNMENT)

static wide address_end(unsigned int gpaddr_bits)
{
    return (wide)1 << gpaddr_bits;
}

/* Which whole units of the window are free: bytes, from unit *first_r. */
static size_t mark_units(const struct model_input *input,
                         const struct region_window *window, bool *free_units,
                         wide *first_r)
{
    wide first = (window->base + UNIT - 1) / UNIT;
    wide end = ((wide)window->base + window->size) / UNIT;
    size_t count = end > first ? end - first : 0;

    for (size_t i = 0; i < count; i++)
        free_units[i] =
            (first + i + 1) * UNIT <= address_end(input->gpaddr_bits);

    for (size_t i = 0; i < input->nr_claims; i++) {
        const struct claim *claim = &input->claims[i];

        for (wide unit = claim->first / UNIT; unit <= claim->last / UNIT;
             unit++) {
            if (unit >= end)
                break;
            if (unit < first) {
                unit = first - 1 < claim->last / UNIT ? first - 1
                                                      : claim->last / UNIT;
                continue;
            }
            free_units[unit - first] = false;
        }
    }
    *first_r = first;
    return count;
}

/* Of too many, the smallest goes; of equals, the one at the highest address. */
static void drop_one(struct region *regions, size_t *count,
                     struct region_plan *plan)
{
    size_t worst = 0;

    for (size_t i = 1; i < *count; i++)
        if (regions[i].size <= regions[worst].size)
            worst = i;
    plan->dropped++;
    if (regions[worst].size > plan->dropped_largest)
        plan->dropped_largest = regions[worst].size;
    plan->dropped_bytes += regions[worst].size;
    memmove(&regions[worst], &regions[worst + 1],
            (*count - worst - 1) * sizeof(*regions));
    --*count;
}

void model_plan(const struct model_input *input, struct region_plan *plan_r)
{
    static bool free_units[MODEL_UNITS];
    static struct region regions[MODEL_CLAIMS + MODEL_WINDOWS];
    struct region_plan plan = { 0 };
    size_t count = 0;
    wide touching = 0; /* the end of the last region; 0 touches nothing */

    for (size_t w = 0; w < input->nr_windows; w++) {
        wide first;
        size_t units =
            mark_units(input, &input->windows[w], free_units, &first);

        for (size_t i = 0, run; i < units; i += run ? run : 1) {
            wide base = (first + i) * UNIT, size;

            for (run = 0; i + run < units && free_units[i + run]; run++)
                ;
            size = run * UNIT;
            if (run > 0 && touching > 0 && base == touching) {
                base += UNIT;
                size -= UNIT;
            }
            if (size < REGION_MIN_SIZE)
                continue;
            touching = base + size;
            regions[count++] = (struct region) { base, size };
        }
    }

    while (count > REGIONS_MAX)
        drop_one(regions, &count, &plan);
    plan.count = count;
    memcpy(plan.region, regions, count * sizeof(*regions));
    *plan_r = plan;
}

static bool inside_a_window(const struct model_input *input, wide base,
                            wide end)
{
    for (size_t i = 0; i < input->nr_windows; i++) {
        const struct region_window *window = &input->windows[i];

        if (base >= window->base && end <= (wide)window->base + window->size)
            return true;
    }
    return false;
}

static bool touches_a_claim(const struct model_input *input, wide base,
                            wide end)
{
    for (size_t i = 0; i < input->nr_claims; i++)
        if (input->claims[i].first < end && input->claims[i].last >= base)
            return true;
    return false;
}

const char *model_broken_rule(const struct model_input *input,
                              const struct region_plan *plan)
{
    if (plan->count > REGIONS_MAX)
        return "rule 6: too many";

    for (unsigned int i = 0; i < plan->count; i++) {
        wide base = plan->region[i].base;
        wide end = base + plan->region[i].size;

        if (!inside_a_window(input, base, end))
            return "rule 2: outside of the windows";
        if (end > address_end(input->gpaddr_bits))
            return "rule 2: beyond the address width";
        if (touches_a_claim(input, base, end))
            return "rule 2: touches a claim";
        if (base % UNIT || end % UNIT)
            return "rule 3: not a multiple of 2 MiB";
        if (end - base < REGION_MIN_SIZE)
            return "rule 4: too small";
        if (i > 0 &&
            base <= (wide)plan->region[i - 1].base + plan->region[i - 1].size)
            return "rule 5: does not ascend, or touches";
    }
    if (plan->count > regions_bound(input->windows, input->nr_windows,
                                    input->claims, input->nr_claims))
        return "more regions than the tree has room for";
    return NULL;
}

const char *model_compare(const struct model_input *input,
                          struct region_plan *plan_r)
{
    struct arm_error error = { 0 };
    struct region_plan model;
    const char *broken;

    if (regions_plan(input->gpaddr_bits, input->windows, input->nr_windows,
                     input->claims, input->nr_claims, plan_r, &error))
        return "the planner refuses it";

    model_plan(input, &model);
    broken = model_broken_rule(input, plan_r);
    if (broken)
        return broken;
    if (plan_r->count != model.count)
        return "another number of regions than the model's";
    if (memcmp(plan_r->region, model.region,
               model.count * sizeof(model.region[0])) != 0)
        return "other regions than the model's";
    if (plan_r->dropped != model.dropped ||
        plan_r->dropped_largest != model.dropped_largest ||
        plan_r->dropped_bytes != model.dropped_bytes)
        return "another count or sum of what was left out than the model's";
    return NULL;
}

void model_print(const struct model_input *input)
{
    printf("gpaddr_bits %u\n", input->gpaddr_bits);
    for (size_t i = 0; i < input->nr_windows; i++)
        printf("window %#" PRIx64 " size %#" PRIx64 "\n",
               input->windows[i].base, input->windows[i].size);
    for (size_t i = 0; i < input->nr_claims; i++)
        printf("claim  %#" PRIx64 " - %#" PRIx64 "\n", input->claims[i].first,
               input->claims[i].last);
}
