/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * From a guest's description to its address map.  Owns which window belongs
 * to which option.  The windows themselves are those of xen/arch-arm.h.
 */
#include "arm/guest_map.h"

#include <inttypes.h>
#include <stdio.h>

#include "arm/slots.h"

#define PAGE_SIZE (UINT64_C(1) << ARM_PAGE_SHIFT)

const struct region_window arm_ram_windows[GUEST_RAM_BANKS] = {
    { GUEST_RAM0_BASE, GUEST_RAM0_SIZE },
    { GUEST_RAM1_BASE, GUEST_RAM1_SIZE },
};

static const char *const ram_names[GUEST_RAM_BANKS] = {
    "RAM bank 0",
    "RAM bank 1",
};

/* More banks in a newer header: the two tables above want rows. */
_Static_assert(GUEST_RAM_BANKS == 2, "a name and a window for each bank");

int arm_ram_spread(uint64_t pages, uint64_t bank_pages_r[GUEST_RAM_BANKS],
                   struct arm_error *error)
{
    uint64_t spread[GUEST_RAM_BANKS], left = pages;

    for (int i = 0; i < GUEST_RAM_BANKS; i++) {
        uint64_t room = arm_ram_windows[i].size >> ARM_PAGE_SHIFT;

        spread[i] = left < room ? left : room;
        left -= spread[i];
    }
    if (left > 0)
        return arm_error_set(error, ARM_FAULT_CONFIG,
                             "memory: %" PRIu64 " MiB; a guest has room for "
                             "%" PRIu64 " MiB",
                             pages >> (20 - ARM_PAGE_SHIFT),
                             GUEST_RAM_MAX >> 20);

    for (int i = 0; i < GUEST_RAM_BANKS; i++)
        bank_pages_r[i] = spread[i];
    return 0;
}

static int add_ram(struct addrmap *map,
                   const uint64_t bank_pages[GUEST_RAM_BANKS],
                   struct arm_error *error)
{
    for (int i = 0; i < GUEST_RAM_BANKS; i++) {
        const struct region_window *window = &arm_ram_windows[i];

        if (bank_pages[i] > window->size >> ARM_PAGE_SHIFT)
            return arm_error_set(error, ARM_FAULT_BUG,
                                 "%s: %" PRIu64 " pages are more than its "
                                 "window holds",
                                 ram_names[i], bank_pages[i]);
        if (bank_pages[i] > 0 &&
            addrmap_add(map, window->base, bank_pages[i] << ARM_PAGE_SHIFT,
                        CLAIM_RAM, ram_names[i], "memory", CLAIM_NO_INDEX,
                        error))
            return -1;
    }
    return 0;
}

/* A range at an address that the public interface fixes. */
static int add_platform(struct addrmap *map, const struct arm_guest *guest,
                        struct arm_error *error)
{
    const bool v2 = guest->gic == ARM_GIC_V2, v3 = guest->gic == ARM_GIC_V3;
    const struct {
        bool present;
        enum claim_kind kind;
        uint64_t base, size;
        const char *name, *origin;
    } fixed[] = {
        { v2, CLAIM_GIC_DISTRIBUTOR, GUEST_GICD_BASE, GUEST_GICD_SIZE,
          "GICv2 distributor", "gic_version" },
        { v2, CLAIM_GIC_CPU_INTERFACE, GUEST_GICC_BASE, GUEST_GICC_SIZE,
          "GICv2 CPU interface", "gic_version" },
        { v3, CLAIM_GIC_DISTRIBUTOR, GUEST_GICV3_GICD_BASE,
          GUEST_GICV3_GICD_SIZE, "GICv3 distributor", "gic_version" },
        { v3, CLAIM_GIC_REDISTRIBUTORS, GUEST_GICV3_GICR0_BASE,
          GUEST_GICV3_GICR0_SIZE, "GICv3 redistributors", "gic_version" },
        { true, CLAIM_GRANT_TABLE, GUEST_GNTTAB_BASE, GUEST_GNTTAB_SIZE,
          "grant table", "every guest" },
        { true, CLAIM_MAGIC, GUEST_MAGIC_BASE, GUEST_MAGIC_SIZE, "magic pages",
          "every guest" },
        { guest->vuart, CLAIM_UART, GUEST_PL011_BASE, GUEST_PL011_SIZE,
          "virtual PL011", "vuart" },
        { guest->vpci, CLAIM_VPCI, GUEST_VPCI_ECAM_BASE, GUEST_VPCI_ECAM_SIZE,
          "PCI configuration space", "pci" },
        { guest->vpci, CLAIM_VPCI, GUEST_VPCI_MEM_ADDR, GUEST_VPCI_MEM_SIZE,
          "PCI memory", "pci" },
        { guest->vpci, CLAIM_VPCI, GUEST_VPCI_PREFETCH_MEM_ADDR,
          GUEST_VPCI_PREFETCH_MEM_SIZE, "PCI prefetchable memory", "pci" },
        { guest->acpi, CLAIM_ACPI, GUEST_ACPI_BASE, GUEST_ACPI_SIZE,
          "ACPI tables", "acpi" },
    };

    for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++)
        if (fixed[i].present &&
            addrmap_add(map, fixed[i].base, fixed[i].size, fixed[i].kind,
                        fixed[i].name, fixed[i].origin, CLAIM_NO_INDEX, error))
            return -1;
    return 0;
}

/* Each slot by itself: its page is shared with the slots beside it. */
static int add_virtio(struct addrmap *map, const struct arm_guest *guest,
                      struct arm_error *error)
{
    for (unsigned int i = 0; i < guest->nr_virtio; i++) {
        const struct arm_virtio *virtio = &guest->virtio[i];

        if (addrmap_add(map, virtio->base, ARM_SLOT_SIZE, CLAIM_VIRTIO_MMIO,
                        "virtio device", virtio->origin, virtio->index, error))
            return -1;
    }
    return 0;
}

static int add_iomem(struct addrmap *map, const struct arm_guest *guest,
                     struct arm_error *error)
{
    const uint64_t frames = UINT64_C(1) << (64 - ARM_PAGE_SHIFT);

    for (unsigned int i = 0; i < guest->nr_iomem; i++) {
        const struct arm_iomem *iomem = &guest->iomem[i];
        uint64_t gfn =
            iomem->gfn == ARM_IOMEM_SAME_GFN ? iomem->mfn : iomem->gfn;

        if (iomem->pages == 0)
            return arm_error_set(error, ARM_FAULT_CONFIG,
                                 "iomem[%u]: 0 pages at machine frame %#" PRIx64
                                 "; give a number of pages or leave it out",
                                 i, iomem->mfn);
        /* Frames must not wrap when they become addresses. */
        if (iomem->mfn >= frames || iomem->pages > frames - iomem->mfn ||
            gfn >= frames || iomem->pages > frames - gfn)
            return arm_error_set(error, ARM_FAULT_CONFIG,
                                 "iomem[%u]: %#" PRIx64 " pages at machine "
                                 "frame %#" PRIx64 ", guest frame %#" PRIx64
                                 ", pass the last frame, %#" PRIx64,
                                 i, iomem->pages, iomem->mfn, gfn, frames - 1);
        /* All of the frames there are: 2^64 bytes fit into no size. */
        if (iomem->pages == frames)
            return arm_error_set(error, ARM_FAULT_CONFIG,
                                 "iomem[%u]: the whole address space cannot "
                                 "be passed through",
                                 i);
        if (addrmap_add(map, gfn << ARM_PAGE_SHIFT,
                        iomem->pages << ARM_PAGE_SHIFT, CLAIM_IOMEM,
                        "passed-through memory", "iomem", i, error))
            return -1;
    }
    return 0;
}

static int add_partial(struct addrmap *map, const struct arm_guest *guest,
                       struct arm_error *error)
{
    const struct arm_partial *partial = guest->partial;

    for (size_t i = 0; partial && i < partial->nr_ranges; i++) {
        const struct arm_partial_range *range = &partial->ranges[i];

        if (addrmap_add(map, range->base, range->size, CLAIM_PARTIAL,
                        range->node, range->origin, range->entry, error))
            return -1;
    }
    return 0;
}

/* If the administrator tolerates overlaps, they are reported later. */
static int finish(struct addrmap *map, const struct arm_policy *policy,
                  struct arm_error *error)
{
    struct arm_error later = { 0 };

    if (!policy->overlap_warns)
        return addrmap_finish(map, error);
    addrmap_finish(map, &later);
    return 0;
}

/* The hypervisor cannot map what a guest physical address cannot reach. */
static int check_width(const struct addrmap *map, unsigned int gpaddr_bits,
                       struct arm_error *error)
{
    const struct claim *claim = map->claims;
    char source[CLAIM_SOURCE_SIZE], name[ARM_NAME_SIZE];
    uint64_t last;

    if (gpaddr_last(gpaddr_bits, &last, error))
        return -1;
    for (size_t i = 0; i < map->count; i++)
        if (map->claims[i].last > claim->last)
            claim = &map->claims[i];
    if (claim->last > last)
        return arm_error_set(error, ARM_FAULT_CONFIG,
                             "%s (%s) at %#" PRIx64 "-%#" PRIx64
                             " lies beyond this machine's %u-bit guest "
                             "addresses",
                             arm_name_text(claim->name, name),
                             claim_source(claim, source, sizeof(source)),
                             claim->first, claim->last, gpaddr_bits);
    return 0;
}

int arm_guest_map(const struct arm_guest *guest,
                  const uint64_t bank_pages[GUEST_RAM_BANKS],
                  struct addrmap *map_r, struct arm_error *error)
{
    struct addrmap map = { 0 };

    if (add_ram(&map, bank_pages, error) || add_platform(&map, guest, error) ||
        add_virtio(&map, guest, error) || add_iomem(&map, guest, error) ||
        add_partial(&map, guest, error) ||
        finish(&map, &guest->policy, error) ||
        check_width(&map, guest->gpaddr_bits, error)) {
        addrmap_dispose(&map);
        return -1;
    }
    *map_r = map;
    return 0;
}
