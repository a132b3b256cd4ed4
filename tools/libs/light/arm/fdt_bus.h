/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * From an address in a node's "reg" to one that the CPU uses: the cells and
 * the "ranges" of the buses above it (Devicetree Specification, 2.3).  The
 * tree is hostile input, but libfdt has checked its structure.
 */
#ifndef ARM_FDT_BUS_H
#define ARM_FDT_BUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <libfdt.h>

/* A node as its children's parent. */
struct fdt_bus {
    const struct fdt_bus *parent; /* NULL: the root */
    int address_cells;            /* of a child's "reg"; 1 or 2 if mapped */
    int size_cells;
    bool mapped;           /* children's addresses are known to the CPU */
    const fdt32_t *ranges; /* NULL if mapped: they are the same there */
    size_t nr_ranges;
};

enum fdt_bus_result {
    FDT_BUS_OK,
    FDT_BUS_UNMAPPED,  /* not an address that the CPU can use */
    FDT_BUS_STRADDLES, /* leaves the "ranges" it starts in */
    FDT_BUS_WRAPS,     /* passes the last 64-bit address */
    FDT_BUS_MALFORMED, /* a length that does not fit, cells that are none */
};

/* A tree with more than this many entries of "ranges" in a bus is refused. */
#define FDT_BUS_MAX_RANGES 256

/*
 * Reads what node says of its children's addresses.  parent is the bus that
 * the node stands on, or NULL for the root; it must outlive *ret_bus, and so
 * must fdt.  For FDT_BUS_MALFORMED the bus is filled, and not mapped.
 */
enum fdt_bus_result fdt_bus_read(const void *fdt, int node,
                                 const struct fdt_bus *parent,
                                 struct fdt_bus *ret_bus);

/*
 * The CPU's address of size bytes at base on that bus; size is not 0.
 * *ret_base is untouched unless FDT_BUS_OK.
 */
enum fdt_bus_result fdt_bus_translate(const struct fdt_bus *bus, uint64_t base,
                                      uint64_t size, uint64_t *ret_base);

/*
 * The windows of a PCI host bridge onto its parent's addresses: its "ranges"
 * have three cells for the PCI address and two for the size (PCI Bus Binding
 * to Open Firmware, 4.1).
 */
struct fdt_windows {
    const fdt32_t *entries;
    int count;
    int address_cells; /* of the parent's address */
};

/* Of a node on that bus; none for what is no such bridge, or not mapped. */
enum fdt_bus_result fdt_windows_read(const void *fdt, int node,
                                     const struct fdt_bus *parent,
                                     struct fdt_windows *ret_windows);

/* One of them, as an address on the parent's bus; the size may be 0. */
void fdt_windows_get(const struct fdt_windows *windows, int index,
                     uint64_t *ret_base, uint64_t *ret_size);

/* Up to two cells as a number. */
uint64_t fdt_cells(const fdt32_t *cells, int count);

#endif
