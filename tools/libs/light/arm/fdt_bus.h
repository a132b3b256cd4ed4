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

/* Up to two cells as a number. */
uint64_t fdt_cells(const fdt32_t *cells, int count);

#endif
