/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Fuzzes the administrator's file.  What is accepted must hold for the
 * regions of a guest: their sizes, the highest address, what is to be free.
 */
#include <stdlib.h>

#include "arm/guest_map.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint64_t pages[GUEST_RAM_BANKS] = { 0x20000 };
    struct arm_guest guest = { .gpaddr_bits = 44, .gic = ARM_GIC_V3 };
    struct arm_error error = { 0 };
    struct addrmap map = { 0 };
    struct region_plan plan;

    if (arm_policy_parse("fuzz", (const char *)data, size, &guest.policy,
                         &error)) {
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
    addrmap_dispose(&map);
    return 0;
}
