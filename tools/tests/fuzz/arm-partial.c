/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Fuzzes the partial device tree.  A guest with one that is accepted must
 * get a sound tree, unless its addresses refuse it; and no region and no
 * virtio device of it may touch what the partial tree describes.
 */
#include <stdlib.h>

#include <libfdt.h>

#include "arm/irqmap.h"
#include "arm/slots.h"
#include "arm/tree.h"
#include "must.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_regions(const struct region_plan *plan,
                          const struct arm_partial *partial)
{
    for (unsigned int i = 0; i < plan->count; i++)
        for (size_t j = 0; j < partial->nr_ranges; j++) {
            const struct region *region = &plan->region[i];
            const struct arm_partial_range *range = &partial->ranges[j];

            must(range->base + (range->size - 1) < region->base ||
                 region->base + (region->size - 1) < range->base);
        }
}

/* What refers to a node must find that one. */
static void check_phandles(const void *fdt)
{
    for (int node = 0; node >= 0; node = fdt_next_node(fdt, node, NULL)) {
        uint32_t phandle = fdt_get_phandle(fdt, node);

        if (phandle != 0 && phandle != UINT32_MAX)
            must(fdt_node_offset_by_phandle(fdt, phandle) == node);
    }
}

/* Slots are where the tree describes nothing, neither memory nor interrupt. */
static unsigned int take_slots(const struct arm_guest *guest,
                               struct arm_virtio virtio[ARM_SLOTS])
{
    const struct irq_guest irqs = { .described = guest->partial->irqs };
    struct arm_error error = { 0 };
    struct irqmap map = { 0 };
    unsigned int count = 0;

    must(!irqmap_fill(&map, &irqs, &error));
    while (count < ARM_SLOTS &&
           !arm_slot_take(&map, guest, "disk", count, &virtio[count], &error)) {
        must(!irqs.described || !irqs.described->intid[virtio[count].irq].name);
        virtio[count].grants = count % 2 == 0;
        count++;
    }
    return count;
}

static void build(const struct arm_partial *partial)
{
    struct arm_guest guest = {
        .xen_major = 4,
        .xen_minor = 17,
        .gpaddr_bits = 48,
        .gic = ARM_GIC_V3,
        .is_64bit = true,
        .vcpus = 1,
        .ram_pages = 0x8000,
        .partial = partial,
    };
    struct arm_placement placement = { .bank_pages = { 0x8000 } };
    struct arm_error error = { 0 };
    struct arm_virtio virtio[ARM_SLOTS];
    struct arm_report report;
    struct arm_tree tree;

    guest.virtio = virtio;
    guest.nr_virtio = take_slots(&guest, virtio);
    if (arm_tree_create(&guest, &tree, &error)) {
        must(error.fault == ARM_FAULT_CONFIG);
        return;
    }
    must(!arm_tree_finalise(tree.fdt, tree.size, &guest, &placement, &report,
                            &error));
    must(!fdt_check_full(tree.fdt, tree.size));
    must(fdt_path_offset(tree.fdt, "/passthrough") > 0);
    check_phandles(tree.fdt);
    check_regions(&report.regions, partial);
    arm_tree_dispose(&tree);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arm_error error = { 0 };
    struct arm_partial partial;

    if (arm_partial_parse("fuzz", data, size, &partial, &error)) {
        must(error.fault == ARM_FAULT_CONFIG);
        return 0;
    }
    build(&partial);
    arm_partial_dispose(&partial);
    return 0;
}
