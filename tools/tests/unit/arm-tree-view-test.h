/* SPDX-License-Identifier: LGPL-2.1-only */
/* Finished trees for tests, and what is read from them as text. */
#ifndef ARM_TREE_VIEW_TEST_H
#define ARM_TREE_VIEW_TEST_H

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <libfdt.h>

#include "arm-test.h"

#include "arm/tree_view.h"

/* What a test looks at: claims as text, and the faults, a line for each. */
struct seen {
    char claims[4000];
    char faults[20000];
};

static inline void note_fault(void *opaque, const char *text)
{
    struct seen *seen = opaque;

    strcat(seen->faults, text);
    strcat(seen->faults, "\n");
}

static inline void view_tree(struct dt_writer *writer, struct tree_view *view,
                             struct seen *seen)
{
    struct tree_faults faults = { .report = note_fault, .opaque = seen };
    struct arm_error error = { 0 };
    size_t size;
    void *fdt;

    *seen = (struct seen) { "", "" };
    dt_writer_finish(writer, &fdt, &size, &error);
    assert_ok(error);
    tree_view_read(fdt, size, view, &faults, &error);
    assert_ok(error);
    /* Nothing of the view may lie in the tree's bytes. */
    memset(fdt, 0xee, size);
    free(fdt);
    for (size_t i = 0; i < view->claims.count; i++) {
        const struct claim *claim = &view->claims.claims[i];
        char source[CLAIM_SOURCE_SIZE], line[400];

        snprintf(line, sizeof(line), "%s %s %" PRIx64 " %" PRIx64 "%s\n",
                 claim->name, claim_source(claim, source, sizeof(source)),
                 claim->first, claim->last,
                 claim->kind == CLAIM_RAM             ? " ram"
                 : claim->kind == CLAIM_TREE_RESERVED ? " reserved"
                                                      : "");
        strcat(seen->claims, line);
    }
}

static inline void begin_root(struct dt_writer *writer)
{
    dt_writer_init(writer);
    dt_writer_begin(writer, "");
    dt_writer_u32(writer, "#address-cells", 2);
    dt_writer_u32(writer, "#size-cells", 2);
}

static inline void node_at(struct dt_writer *writer, const char *name,
                           const char *type, uint64_t base, uint64_t size)
{
    const struct dt_range reg = { base, size };

    dt_writer_begin(writer, name);
    if (type)
        dt_writer_string(writer, "device_type", type);
    dt_writer_reg(writer, &reg, 1);
    dt_writer_end(writer);
}

#endif
