/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Slots by their number: the first that nothing else uses.
 */
#include "arm/slots.h"

#include <inttypes.h>
#include <stdbool.h>

_Static_assert(ARM_SLOTS *ARM_SLOT_SIZE <= GUEST_VIRTIO_MMIO_SIZE,
               "each interrupt has an address");

static uint64_t base_of(unsigned int slot)
{
    return GUEST_VIRTIO_MMIO_BASE + (uint64_t)slot * ARM_SLOT_SIZE;
}

static uint32_t irq_of(unsigned int slot)
{
    return GUEST_VIRTIO_MMIO_SPI_FIRST + slot;
}

/* Sizes are compared, not ends, which may wrap: entries are not checked yet. */
static bool is_within(uint64_t value, uint64_t first, uint64_t size)
{
    return value >= first && value - first < size;
}

/*
 * Whether the guest reaches the page of that address without a trap, or has
 * another device in it.
 */
static bool is_page_used(const struct arm_guest *guest, uint64_t address)
{
    const uint64_t size = UINT64_C(1) << ARM_PAGE_SHIFT;
    const uint64_t frame = address >> ARM_PAGE_SHIFT, page = frame * size;
    const struct arm_partial *partial = guest->partial;

    for (unsigned int i = 0; i < guest->nr_iomem; i++) {
        const struct arm_iomem *iomem = &guest->iomem[i];
        uint64_t gfn =
            iomem->gfn == ARM_IOMEM_SAME_GFN ? iomem->mfn : iomem->gfn;

        if (is_within(frame, gfn, iomem->pages))
            return true;
    }
    for (size_t i = 0; partial && i < partial->nr_ranges; i++) {
        const struct arm_partial_range *range = &partial->ranges[i];

        if (is_within(page, range->base, range->size) ||
            is_within(range->base, page, size))
            return true;
    }
    return false;
}

static int none_left(const struct irqmap *irqs, const char *origin, int index,
                     struct arm_error *error)
{
    unsigned int devices = 0;

    for (unsigned int slot = 0; slot < ARM_SLOTS; slot++)
        if (irqs->intid[irq_of(slot)].kind == IRQ_VIRTIO)
            devices++;
    if (devices == ARM_SLOTS)
        return arm_error_set(error, ARM_FAULT_CONFIG,
                             "%s[%d]: no slot is left for a virtio device: a "
                             "guest has %u; remove some of these devices",
                             origin, index, devices);
    return arm_error_set(error, ARM_FAULT_CONFIG,
                         "%s[%d]: no slot is left for a virtio device: this "
                         "guest has %u, because passed-through devices use "
                         "interrupts from %d to %d or memory at %#" PRIx64
                         "; remove some of these devices",
                         origin, index, devices, GUEST_VIRTIO_MMIO_SPI_FIRST,
                         GUEST_VIRTIO_MMIO_SPI_LAST, base_of(0));
}

int arm_slot_take(struct irqmap *irqs, const struct arm_guest *guest,
                  const char *origin, int index, struct arm_virtio *virtio_r,
                  struct arm_error *error)
{
    const struct irq_claim claim = { "virtio device", origin, index,
                                     IRQ_VIRTIO };

    for (unsigned int slot = 0; slot < ARM_SLOTS; slot++) {
        if (irqs->intid[irq_of(slot)].name ||
            is_page_used(guest, base_of(slot)))
            continue;
        if (irqmap_add_spi(irqs, irq_of(slot), &claim, error))
            return -1;
        *virtio_r = (struct arm_virtio) {
            .base = base_of(slot),
            .irq = irq_of(slot),
            .origin = origin,
            .index = index,
        };
        return 0;
    }
    return none_left(irqs, origin, index, error);
}
