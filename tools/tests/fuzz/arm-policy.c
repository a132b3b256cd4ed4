/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Fuzzes the administrator's file.  What is accepted must hold for the
 * regions of a guest: their sizes, the highest address, what is to be free, and
 * the pages for its map_budget.
 */
#include <stdlib.h>

#include "arm/guest_map.h"
#include "arm/paging_pool.h"
#include "must.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_region(const struct arm_policy *policy,
                         const struct region *region)
{
    uint64_t last = region->base + (region->size - 1);

    must(region->size >= REGION_MIN_SIZE && last > region->base);
    must(region->size >= policy->min_size);
    must(!policy->max_size || region->size <= policy->max_size);
    must(!policy->max_address || last < policy->max_address);
    for (unsigned int i = 0; i < policy->nr_keep_free; i++)
        must(policy->keep_free[i].last < region->base ||
             policy->keep_free[i].first > last);
}

/* The budget, mapped from the first region on, takes no more than its pages. */
static void check_budget(const struct arm_policy *policy,
                         const struct region_plan *plan)
{
    uint64_t left = policy->map_budget, pages = arm_pool_pages_for(left);
    struct arm_error error = { 0 };
    struct addrmap map = { 0 };

    must(left % REGION_ALIGNMENT == 0 && left <= ARM_POOL_MAX_SIZE);
    for (unsigned int i = 0; i < plan->count && left; i++) {
        uint64_t size = plan->region[i].size;

        size = size < left ? size : left;
        must(!addrmap_add(&map, plan->region[i].base, size, CLAIM_IOMEM, "a",
                          "b", i, &error));
        left -= size;
    }
    must(!addrmap_finish(&map, &error));
    must(arm_pool_pages_of_map(&map) <= pages);
    addrmap_dispose(&map);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint64_t pages[GUEST_RAM_BANKS] = { 0x20000 };
    struct arm_guest guest = { .gpaddr_bits = 44, .gic = ARM_GIC_V3 };
    struct arm_error error = { 0 };
    struct addrmap map = { 0 };
    struct region_plan plan;

    if (arm_policy_parse("fuzz", (const char *)data, size, "guest-1",
                         &guest.policy, &error)) {
        must(error.fault == ARM_FAULT_CONFIG);
        return 0;
    }
    must(!arm_guest_map(&guest, pages, &map, &error));
    must(!arm_policy_plan(&guest.policy, guest.gpaddr_bits, arm_ram_windows,
                          GUEST_RAM_BANKS, &map, &plan, &error));
    must(plan.count <= arm_policy_bound(&guest.policy, arm_ram_windows,
                                        GUEST_RAM_BANKS, &map));
    for (unsigned int i = 0; i < plan.count; i++)
        check_region(&guest.policy, &plan.region[i]);
    check_budget(&guest.policy, &plan);
    addrmap_dispose(&map);
    return 0;
}
