/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * A partial device tree from its file to the guest's own: what
 * partial_walk.c finds good is copied tag by tag.
 */
#include "arm/partial.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <libfdt.h>

#include "arm/dt_scan.h"
#include "arm/file.h"
#include "arm/partial_walk.h"

/* By its whole name: fdt_subnode_offset() is content with "NAME@…". */
static int find_node(const void *fdt, const char *wanted)
{
    int node;

    fdt_for_each_subnode(node, fdt, 0)
    {
        const char *name = fdt_get_name(fdt, node, NULL);

        if (name && !strcmp(name, wanted))
            return node;
    }
    return -1;
}

static int check_blob(const char *file, const void *fdt, size_t size,
                      struct arm_error *error)
{
    int res = dt_scan(fdt, size);

    if (res)
        return arm_error_set(error, ARM_FAULT_CONFIG,
                             "device_tree '%.100s': this is no device tree "
                             "blob, or a damaged one (%s): compile it with "
                             "dtc",
                             file, fdt_strerror(res));
    if (fdt_size_dt_strings(fdt) > ARM_PARTIAL_MAX_STRINGS)
        return arm_error_set(error, ARM_FAULT_CONFIG,
                             "device_tree '%.100s': the names of its "
                             "properties take more than %d bytes",
                             file, ARM_PARTIAL_MAX_STRINGS);
    return 0;
}

int arm_partial_parse(const char *file, const void *bytes, size_t size,
                      struct arm_partial *partial_r, struct arm_error *error)
{
    struct arm_partial partial = { 0 };
    int rc = -1;

    if (size > ARM_PARTIAL_MAX_SIZE)
        return arm_error_set(error, ARM_FAULT_CONFIG,
                             "device_tree '%.100s': larger than %d KiB", file,
                             ARM_PARTIAL_MAX_SIZE >> 10);
    /* libfdt wants it aligned. */
    partial.fdt = malloc(size + 1);
    if (!partial.fdt) {
        arm_error_set(error, ARM_FAULT_NOMEM,
                      "device_tree '%.100s': no memory for a copy", file);
        goto out;
    }
    if (size > 0)
        memcpy(partial.fdt, bytes, size);
    if (check_blob(file, partial.fdt, size, error))
        goto out;

    partial.passthrough = find_node(partial.fdt, "passthrough");
    partial.aliases = find_node(partial.fdt, "aliases");
    if (partial.passthrough < 0) {
        arm_error_set(error, ARM_FAULT_CONFIG,
                      "device_tree '%.100s', node '/passthrough': there is "
                      "none: put what the guest shall see into it",
                      file);
        goto out;
    }
    if (partial_walk(file, &partial, error))
        goto out;
    *partial_r = partial;
    partial = (struct arm_partial) { 0 };
    rc = 0;

out:
    arm_partial_dispose(&partial);
    return rc;
}

int arm_partial_read(const char *file, struct arm_partial *partial_r,
                     struct arm_error *error)
{
    size_t size;
    char *bytes;
    int r = arm_file_read(file, ARM_PARTIAL_MAX_SIZE, &bytes, &size);

    if (r == EFBIG)
        return arm_error_set(error, ARM_FAULT_CONFIG,
                             "device_tree '%.100s': larger than %d KiB", file,
                             ARM_PARTIAL_MAX_SIZE >> 10);
    if (r)
        return arm_error_set(error,
                             r == ENOMEM ? ARM_FAULT_NOMEM : ARM_FAULT_CONFIG,
                             "device_tree '%.100s': cannot read it: %s", file,
                             r == EINVAL ? "it is not a file" : strerror(r));
    r = arm_partial_parse(file, bytes, size, partial_r, error);
    free(bytes);
    return r;
}

void arm_partial_dispose(struct arm_partial *partial)
{
    if (!partial)
        return;

    for (size_t i = 0; i < partial->nr_paths; i++)
        free(partial->paths[i]);
    free(partial->paths);
    free(partial->ranges);
    free(partial->irqs);
    free(partial->fdt);
    *partial = (struct arm_partial) { 0 };
}

static void copy_node(const void *fdt, int node, struct dt_writer *writer)
{
    int offset = node, next, depth = 0;

    do {
        const char *name;
        const void *value;
        int size;

        switch (fdt_next_tag(fdt, offset, &next)) {
        case FDT_BEGIN_NODE:
            dt_writer_begin(writer, fdt_get_name(fdt, offset, NULL));
            depth++;
            break;
        case FDT_PROP:
            value = fdt_getprop_by_offset(fdt, offset, &name, &size);
            dt_writer_bytes(writer, name, value, size);
            break;
        case FDT_END_NODE:
            dt_writer_end(writer);
            depth--;
            break;
        default:
            break;
        }
        offset = next;
    } while (depth > 0);
}

void arm_partial_write(const struct arm_partial *partial,
                       struct dt_writer *writer)
{
    copy_node(partial->fdt, partial->passthrough, writer);
    if (partial->aliases >= 0)
        copy_node(partial->fdt, partial->aliases, writer);
}
