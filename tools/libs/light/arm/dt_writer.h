/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Writes a flattened device tree from top to bottom, over libfdt's sequential
 * functions.  Owns the buffer, which grows as needed, and the first error:
 * every later call does nothing, so that a node's code reads like the node
 * and dt_writer_finish() is the one place to ask.  Which nodes a guest has,
 * it does not know.
 */
#ifndef ARM_DT_WRITER_H
#define ARM_DT_WRITER_H

#include <stddef.h>
#include <stdint.h>

#include "arm/error.h"

struct dt_writer {
    void *fdt;
    size_t room;
    int depth;      /* nodes begun and not ended */
    int res;        /* the first error of libfdt, or 0 */
    char where[64]; /* the node or property that it struck */
};

/* One entry of a "reg" with two cells of address and two of size. */
struct dt_range {
    uint64_t base;
    uint64_t size;
};

/* One entry of "interrupts" with three cells, as the GIC bindings have it. */
struct dt_interrupt {
    uint32_t type;   /* 0: SPI, 1: PPI */
    uint32_t number; /* counted within its type */
    uint32_t flags;  /* trigger, and for a PPI the CPU mask */
};

/* Starts a tree; what was in *writer is forgotten. */
void dt_writer_init(struct dt_writer *writer);

/*
 * Ends the tree.  On success *fdt_r is for free(3) and *size_r is its
 * size, with nothing to spare; on failure both are untouched.  The writer is
 * disposed of in either case.
 */
int dt_writer_finish(struct dt_writer *writer, void **fdt_r, size_t *size_r,
                     struct arm_error *error);

/* Gives up a tree that is not wanted any more.  Idempotent, accepts NULL. */
void dt_writer_dispose(struct dt_writer *writer);

void dt_writer_begin(struct dt_writer *writer, const char *node);
void dt_writer_end(struct dt_writer *writer);

void dt_writer_empty(struct dt_writer *writer, const char *name);
void dt_writer_u32(struct dt_writer *writer, const char *name, uint32_t value);
void dt_writer_u64(struct dt_writer *writer, const char *name, uint64_t value);
void dt_writer_bytes(struct dt_writer *writer, const char *name,
                     const void *bytes, size_t size);
void dt_writer_string(struct dt_writer *writer, const char *name,
                      const char *text);
void dt_writer_strings(struct dt_writer *writer, const char *name,
                       const char *const *texts, size_t count);
void dt_writer_interrupts(struct dt_writer *writer,
                          const struct dt_interrupt *interrupts, size_t count);
void dt_writer_reg(struct dt_writer *writer, const struct dt_range *ranges,
                   size_t count);

/* A "reg" of zeroed ranges, to be filled in place later. */
void fdt_property_reg_placeholder(struct dt_writer *writer, size_t ranges);

#endif
