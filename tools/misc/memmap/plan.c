/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Takes the two steps of creating a guest's tree, with the RAM where the
 * builder will put it.
 */
#include "memmap/plan.h"

#include "arm/guest_map.h"
#include "arm/paging_pool.h"

/*
 * What the guest can map at least: its own addresses may take tables for each
 * of their pages, as they do when it gives some of them back.
 */
static void plan_pool(const struct arm_guest *guest, uint64_t pool_kb,
                      struct memmap_plan *plan)
{
    uint64_t own = arm_pool_pages_of_map(&plan->map), pages;

    /* Creation gives a 32-bit guest, which has no regions, no budget. */
    if (guest->is_64bit)
        pool_kb += arm_pool_kb_for(guest->policy.map_budget);
    plan->pool_kb = pool_kb;
    pages = pool_kb >> (ARM_PAGE_SHIFT - 10);
    plan->mappable = arm_pool_mappable(pages > own ? pages - own : 0,
                                       arm_report_room(&plan->report));
}

int memmap_plan_make(const struct arm_guest *guest, uint64_t pool_kb,
                     struct memmap_plan *plan_r, struct arm_error *error)
{
    struct arm_placement placement = { 0 };
    struct memmap_plan plan = { 0 };

    if (arm_tree_create(guest, &plan.tree, error) ||
        arm_ram_spread(guest->ram_pages, placement.bank_pages, error) ||
        arm_guest_map(guest, placement.bank_pages, &plan.map, error) ||
        arm_tree_finalise(plan.tree.fdt, plan.tree.size, guest, &placement,
                          &plan.report, error)) {
        memmap_plan_dispose(&plan);
        return -1;
    }
    plan_pool(guest, pool_kb, &plan);
    *plan_r = plan;
    return 0;
}

void memmap_plan_dispose(struct memmap_plan *plan)
{
    if (!plan)
        return;

    addrmap_dispose(&plan->map);
    arm_tree_dispose(&plan->tree);
}
