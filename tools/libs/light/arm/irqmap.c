/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Claims of interrupts, and their conflicts.
 */
#include "arm/irqmap.h"

#include <inttypes.h>
#include <stdio.h>

#include "guest-layout.h"

const char *irq_claim_source(const struct irq_claim *claim,
                             char text[IRQ_SOURCE_SIZE])
{
    if (claim->index == IRQ_NO_INDEX)
        snprintf(text, IRQ_SOURCE_SIZE, "%s", claim->origin);
    else
        snprintf(text, IRQ_SOURCE_SIZE, "%s[%d]", claim->origin, claim->index);
    return text;
}

/* A node is called by its path. */
static const char *article_of(const struct irq_claim *claim)
{
    return claim->kind == IRQ_DESCRIBED ? "" : "the ";
}

int irqmap_add_spi(struct irqmap *map, uint32_t intid,
                   const struct irq_claim *claim, struct arm_error *error)
{
    char source[IRQ_SOURCE_SIZE], other[IRQ_SOURCE_SIZE],
        names[2][ARM_NAME_SIZE];
    const struct irq_claim *taken;

    if (intid < IRQ_FIRST_SPI || intid > IRQ_LAST_SPI)
        return arm_error_set(error, ARM_FAULT_CONFIG,
                             "'%s' asks for interrupt %" PRIu32
                             ", which is not "
                             "an SPI: choose one from %d to %d",
                             irq_claim_source(claim, source), intid,
                             IRQ_FIRST_SPI, IRQ_LAST_SPI);
    taken = &map->intid[intid];
    if (taken->name)
        return arm_error_set(
            error, ARM_FAULT_CONFIG,
            "interrupt %" PRIu32 " is claimed twice: by %s%s ('%s') and by "
            "%s%s ('%s'); remove one of them",
            intid, article_of(taken), arm_name_text(taken->name, names[0]),
            irq_claim_source(taken, other), article_of(claim),
            arm_name_text(claim->name, names[1]),
            irq_claim_source(claim, source));
    map->intid[intid] = *claim;
    return 0;
}

/* PPIs are fixed by the public header and cannot collide with options. */
static void add_ppis(struct irqmap *map)
{
    const struct irq_claim timer = { "timer", "arch-arm.h", IRQ_NO_INDEX,
                                     IRQ_PLATFORM };
    const struct irq_claim events = { "event channels", "arch-arm.h",
                                      IRQ_NO_INDEX, IRQ_PLATFORM };

    map->intid[GUEST_TIMER_VIRT_PPI] = timer;
    map->intid[GUEST_TIMER_PHYS_S_PPI] = timer;
    map->intid[GUEST_TIMER_PHYS_NS_PPI] = timer;
    map->intid[GUEST_EVTCHN_PPI] = events;
}

static int add_described(struct irqmap *map, const struct irqmap *described,
                         struct arm_error *error)
{
    for (uint32_t intid = IRQ_FIRST_SPI; intid <= IRQ_LAST_SPI; intid++) {
        const struct irq_claim *claim = &described->intid[intid];

        if (claim->name && map->intid[intid].kind != IRQ_PASSED &&
            irqmap_add_spi(map, intid, claim, error))
            return -1;
    }
    return 0;
}

int irqmap_fill(struct irqmap *map, const struct irq_guest *guest,
                struct arm_error *error)
{
    const struct irq_claim vuart = { "vPL011", "vuart", IRQ_NO_INDEX,
                                     IRQ_PLATFORM };
    size_t i;

    add_ppis(map);
    if (guest->vuart && irqmap_add_spi(map, GUEST_VPL011_SPI, &vuart, error))
        return -1;
    for (i = 0; i < guest->nr_irqs; i++) {
        const struct irq_claim irq = { "passed-through device", "irqs", i,
                                       IRQ_PASSED };

        if (irqmap_add_spi(map, guest->irqs[i], &irq, error))
            return -1;
    }
    return guest->described ? add_described(map, guest->described, error) : 0;
}

int irqmap_count_spis(const struct irqmap *map, uint32_t nr_spis,
                      uint32_t *count_r, struct arm_error *error)
{
    uint32_t intid = IRQ_LAST_SPI, needed;

    while (intid >= IRQ_FIRST_SPI &&
           (!map->intid[intid].name || map->intid[intid].kind == IRQ_DESCRIBED))
        intid--;
    needed = intid + 1 - IRQ_FIRST_SPI;
    if (nr_spis > IRQ_MAX_SPIS)
        return arm_error_set(error, ARM_FAULT_CONFIG,
                             "'nr_spis' is %" PRIu32 ": set it to %d at most",
                             nr_spis, IRQ_MAX_SPIS);
    *count_r = nr_spis > needed ? nr_spis : needed;
    return 0;
}
