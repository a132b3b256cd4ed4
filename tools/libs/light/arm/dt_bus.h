/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * From an address in a node's "reg" to one that the CPU uses: the cells and
 * the "ranges" of the buses above it (Devicetree Specification, 2.3).  The
 * tree is hostile input, but libfdt has checked its structure.
 */
#ifndef ARM_DT_BUS_H
#define ARM_DT_BUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <libfdt.h>

/* A node as its children's parent. */
struct dt_bus {
    const struct dt_bus *parent; /* NULL: the root */
    int address_cells;           /* of a child's "reg"; 1 or 2 if mapped */
    int size_cells;
    bool mapped;           /* children's addresses are known to the CPU */
    const fdt32_t *ranges; /* NULL if mapped: they are the same there */
    size_t nr_ranges;
};

enum dt_bus_result {
    DT_BUS_OK,
    DT_BUS_UNMAPPED,  /* not an address that the CPU can use */
    DT_BUS_STRADDLES, /* leaves the "ranges" it starts in */
    DT_BUS_WRAPS,     /* passes the last 64-bit address */
    DT_BUS_MALFORMED, /* a length that does not fit, cells that are none */
};

/* A tree with more than this many entries of "ranges" in a bus is refused. */
#define DT_BUS_MAX_RANGES 256

/*
 * Reads what node says of its children's addresses.  parent is the bus that
 * the node stands on, or NULL for the root; it must outlive *bus_r, and so
 * must fdt.  For DT_BUS_MALFORMED the bus is filled, and not mapped.
 */
enum dt_bus_result dt_bus_read(const void *fdt, int node,
                               const struct dt_bus *parent,
                               struct dt_bus *bus_r);

/*
 * The CPU's address of size bytes at base on that bus; size is not 0.
 * *base_r is untouched unless DT_BUS_OK.
 */
enum dt_bus_result dt_bus_translate(const struct dt_bus *bus, uint64_t base,
                                    uint64_t size, uint64_t *base_r);

/*
 * The windows of a PCI host bridge onto its parent's addresses: its "ranges"
 * have three cells for the PCI address and two for the size (PCI Bus Binding
 * to Open Firmware, 4.1).
 */
struct dt_windows {
    const fdt32_t *entries;
    int count;
    int address_cells; /* of the parent's address */
};

/* Of a node on that bus; none for what is no such bridge, or not mapped. */
enum dt_bus_result dt_windows_read(const void *fdt, int node,
                                   const struct dt_bus *parent,
                                   struct dt_windows *windows_r);

/* One of them, as an address on the parent's bus; the size may be 0. */
void dt_windows_get(const struct dt_windows *windows, int index,
                    uint64_t *base_r, uint64_t *size_r);

/* Up to two cells as a number. */
uint64_t dt_cells(const fdt32_t *cells, int count);

#endif
