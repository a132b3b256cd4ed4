/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Three properties that list interrupts, with more or less before each.
 */
#include "arm/partial_irqs.h"

#include <libfdt.h>

#include "arm/irqmap.h"

#include "guest-layout.h"

/* Cells of an interrupt of the GIC's: type, number, flags. */
#define GIC_CELLS 3
#define GIC_SPI   0

static bool read_cell(const void *fdt, int node, const char *name,
                      uint32_t *value_r)
{
    int size;
    const fdt32_t *value = fdt_getprop(fdt, node, name, &size);

    if (!value || size != sizeof(*value))
        return false;
    *value_r = fdt32_ld(value);
    return true;
}

bool partial_irqs_to_gic(const void *fdt, int node, bool inherited)
{
    uint32_t parent;

    return read_cell(fdt, node, "interrupt-parent", &parent)
               ? parent == GUEST_PHANDLE_GIC
               : inherited;
}

/* A controller is the parent of the nodes below it. */
bool partial_irqs_inherit(const void *fdt, int node, bool to_gic)
{
    return to_gic && !fdt_getprop(fdt, node, "#interrupt-cells", NULL);
}

/* How a property lists interrupts. */
struct list {
    const char *property;
    const char *origin;
    int skipped;  /* cells before those of the controller */
    bool phandle; /* each entry has its controller's */
};

static int read_list(const void *fdt, int node, const struct list *list,
                     partial_irq_fn *claim, void *opaque)
{
    const int before = list->skipped + list->phandle;
    int size, rc = 0;
    const fdt32_t *cells = fdt_getprop(fdt, node, list->property, &size);

    if (!cells)
        return 0;
    for (int entry = 0; !rc && size >= 4 * (before + GIC_CELLS); entry++) {
        uint32_t number = fdt32_ld(cells + before + 1);

        if (list->phandle &&
            fdt32_ld(cells + list->skipped) != GUEST_PHANDLE_GIC)
            break;
        if (fdt32_ld(cells + before) == GIC_SPI &&
            number <= IRQ_LAST_SPI - IRQ_FIRST_SPI)
            rc = claim(opaque, IRQ_FIRST_SPI + number, list->origin, entry);
        cells += before + GIC_CELLS;
        size -= 4 * (before + GIC_CELLS);
    }
    return rc;
}

int partial_irqs_read(const void *fdt, int node, bool to_gic, int address_cells,
                      partial_irq_fn *claim, void *opaque)
{
    struct list interrupts = { "interrupts", "device_tree interrupts" };
    struct list extended = { "interrupts-extended",
                             "device_tree interrupts-extended", 0, true };
    struct list map = { "interrupt-map", "device_tree interrupt-map", 0, true };
    uint32_t interrupt_cells;
    int rc = 0;

    if (to_gic)
        rc = read_list(fdt, node, &interrupts, claim, opaque);
    if (!rc)
        rc = read_list(fdt, node, &extended, claim, opaque);
    if (rc || !read_cell(fdt, node, "#interrupt-cells", &interrupt_cells) ||
        interrupt_cells > FDT_MAX_NCELLS)
        return rc;
    map.skipped = address_cells + interrupt_cells;
    return read_list(fdt, node, &map, claim, opaque);
}
