/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Takes the two steps of creating a guest's tree, with the RAM where the
 * builder will put it.
 */
#include "memmap/plan.h"

#include "arm/guest_map.h"

int memmap_plan_make(const struct arm_guest *guest, struct memmap_plan *plan_r,
                     struct arm_error *error)
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
