/* SPDX-License-Identifier: LGPL-2.1-only */
/* Partial device trees for tests: what stands in /passthrough is theirs. */
#ifndef ARM_PARTIAL_TEST_H
#define ARM_PARTIAL_TEST_H

#include <stdlib.h>

#include <libfdt.h>

#include "arm-test.h"

#include "arm/partial.h"

#define CELLS(...)                                                             \
    (const uint32_t[]) { __VA_ARGS__ },                                        \
        sizeof((const uint32_t[]) { __VA_ARGS__ }) / 4

static inline void cells(struct dt_writer *writer, const char *name,
                         const uint32_t *values, size_t count)
{
    fdt32_t bytes[16];

    for (size_t i = 0; i < count; i++)
        bytes[i] = cpu_to_fdt32(values[i]);
    dt_writer_bytes(writer, name, bytes, 4 * count);
}

/* A tree up to the inside of /passthrough, a bus of two cells each. */
static inline void begin(struct dt_writer *writer)
{
    dt_writer_init(writer);
    dt_writer_begin(writer, "");
    dt_writer_begin(writer, "passthrough");
    dt_writer_empty(writer, "ranges");
    dt_writer_u32(writer, "#address-cells", 2);
    dt_writer_u32(writer, "#size-cells", 2);
}

/* Ends the node and the root, and parses it all. */
static inline struct arm_error end(struct dt_writer *writer,
                                   struct arm_partial *partial_r)
{
    struct arm_error error = { 0 };
    size_t size;
    void *fdt;

    dt_writer_end(writer);
    dt_writer_end(writer);
    dt_writer_finish(writer, &fdt, &size, &error);
    assert_ok(error);
    *partial_r = (struct arm_partial) { 0 };
    arm_partial_parse("part.dtb", fdt, size, partial_r, &error);
    free(fdt);
    return error;
}

#endif
