/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Cells and "ranges".  A bus whose addresses need more than two cells (PCI)
 * is not mapped: its children's "reg" is no address of the CPU's.
 */
#include "arm/dt_bus.h"

#include <string.h>

uint64_t dt_cells(const fdt32_t *cells, int count)
{
    uint64_t value = 0;

    for (int i = 0; i < count; i++)
        value = value << 32 | fdt32_to_cpu(cells[i]);
    return value;
}

static bool is_number_of_cells(int cells)
{
    return cells == 1 || cells == 2;
}

/* libfdt's own reader takes no 0, which interrupt controllers have. */
static int read_cells(const void *fdt, int node, const char *name, int missing)
{
    const fdt32_t *value;
    int size;

    value = fdt_getprop(fdt, node, name, &size);
    if (!value)
        return missing;
    if (size != sizeof(*value) || fdt32_to_cpu(*value) > FDT_MAX_NCELLS)
        return -1;
    return fdt32_to_cpu(*value);
}

enum dt_bus_result dt_bus_read(const void *fdt, int node,
                               const struct dt_bus *parent,
                               struct dt_bus *bus_r)
{
    struct dt_bus bus = {
        .parent = parent,
        .address_cells = read_cells(fdt, node, "#address-cells", 2),
        .size_cells = read_cells(fdt, node, "#size-cells", 1),
    };
    const fdt32_t *ranges;
    int size, entry;

    *bus_r = bus;
    if (bus.address_cells < 0 || bus.size_cells < 0)
        return DT_BUS_MALFORMED;
    if (!is_number_of_cells(bus.address_cells) ||
        !is_number_of_cells(bus.size_cells) || (parent && !parent->mapped))
        return DT_BUS_OK;

    if (parent) {
        ranges = fdt_getprop(fdt, node, "ranges", &size);
        if (!ranges)
            return DT_BUS_OK;
        entry =
            4 * (bus.address_cells + parent->address_cells + bus.size_cells);
        if (size % entry || size / entry > DT_BUS_MAX_RANGES)
            return DT_BUS_MALFORMED;
        bus.ranges = size ? ranges : NULL;
        bus.nr_ranges = size / entry;
    }
    bus.mapped = true;
    *bus_r = bus;
    return DT_BUS_OK;
}

/* One step up, from bus to bus->parent. */
static enum dt_bus_result step_up(const struct dt_bus *bus, uint64_t size,
                                  uint64_t *base)
{
    const int parent_cells = bus->parent->address_cells;
    const fdt32_t *entry = bus->ranges;

    for (size_t i = 0; i < bus->nr_ranges; i++) {
        uint64_t child = dt_cells(entry, bus->address_cells), up, length;

        entry += bus->address_cells;
        up = dt_cells(entry, parent_cells);
        entry += parent_cells;
        length = dt_cells(entry, bus->size_cells);
        entry += bus->size_cells;

        if (*base < child || *base - child >= length)
            continue;
        if (size > length - (*base - child))
            return DT_BUS_STRADDLES;
        if (up > UINT64_MAX - (*base - child))
            return DT_BUS_WRAPS;
        *base = up + (*base - child);
        return DT_BUS_OK;
    }
    return DT_BUS_UNMAPPED;
}

enum dt_bus_result dt_bus_translate(const struct dt_bus *bus, uint64_t base,
                                    uint64_t size, uint64_t *base_r)
{
    if (!bus->mapped)
        return DT_BUS_UNMAPPED;
    for (;; bus = bus->parent) {
        enum dt_bus_result result = DT_BUS_OK;

        if (base + (size - 1) < base)
            return DT_BUS_WRAPS;
        if (!bus->parent)
            break;
        if (bus->ranges)
            result = step_up(bus, size, &base);
        if (result != DT_BUS_OK)
            return result;
    }
    *base_r = base;
    return DT_BUS_OK;
}

#define PCI_ADDRESS_CELLS 3
#define PCI_SIZE_CELLS    2

static int window_cells(int address_cells)
{
    return PCI_ADDRESS_CELLS + address_cells + PCI_SIZE_CELLS;
}

enum dt_bus_result dt_windows_read(const void *fdt, int node,
                                   const struct dt_bus *parent,
                                   struct dt_windows *windows_r)
{
    struct dt_windows windows = { .address_cells = parent->address_cells };
    const char *type;
    int size, entry;

    *windows_r = windows;
    type = fdt_getprop(fdt, node, "device_type", &size);
    if (!parent->mapped || !type || size != sizeof("pci") ||
        memcmp(type, "pci", size))
        return DT_BUS_OK;
    windows.entries = fdt_getprop(fdt, node, "ranges", &size);
    if (!windows.entries)
        return DT_BUS_OK;
    entry = 4 * window_cells(parent->address_cells);
    if (size % entry)
        return DT_BUS_MALFORMED;
    windows.count = size / entry;
    *windows_r = windows;
    return DT_BUS_OK;
}

void dt_windows_get(const struct dt_windows *windows, int index,
                    uint64_t *base_r, uint64_t *size_r)
{
    const fdt32_t *address = windows->entries + PCI_ADDRESS_CELLS +
                             index * window_cells(windows->address_cells);

    *base_r = dt_cells(address, windows->address_cells);
    *size_r = dt_cells(address + windows->address_cells, PCI_SIZE_CELLS);
}
