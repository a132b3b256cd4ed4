/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * One walk over a partial device tree checks it and collects its addresses;
 * a second one, over what was found good, copies it.  Both go from tag to tag
 * with a stack of fixed depth.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libfdt.h>

#include "arm/fdt_bus.h"
#include "arm/fdt_scan.h"
#include "arm/file.h"
#include "arm/partial.h"

#include "guest-layout.h"

/* A slash and a name for each node, and the end. */
#define PATH_ROOM ((ARM_PARTIAL_MAX_NAME + 1) * ARM_PARTIAL_MAX_DEPTH + 1)

/* The root, by the cells that the guest's own root has. */
static const struct fdt_bus guest_root = {
    .address_cells = GUEST_ROOT_ADDRESS_CELLS,
    .size_cells = GUEST_ROOT_SIZE_CELLS,
    .mapped = true,
};

/* A node that the walk stands in. */
struct level {
    struct fdt_bus bus;
    size_t path_end;    /* the length of its path */
    size_t first_range; /* its own ranges, among all */
    size_t end_range;
};

struct walk {
    const char *file;
    const void *fdt;
    struct arm_partial *partial;
    struct arm_error *error;
    int depth; /* nodes that are open */
    unsigned int nodes, properties;
    struct level level[ARM_PARTIAL_MAX_DEPTH];
    char path[PATH_ROOM];
};

__attribute__((format(printf, 4, 5))) static int refuse(const char *file,
                                                        const char *node,
                                                        struct arm_error *error,
                                                        const char *format, ...)
{
    char cause[200];
    va_list args;

    va_start(args, format);
    vsnprintf(cause, sizeof(cause), format, args);
    va_end(args);
    return arm_error_set(error, ARM_FAULT_CONFIG,
                         "device_tree '%.100s', node '%.150s': %s", file, node,
                         cause);
}

/* Names end up in messages and paths: plain text, and no slash. */
static bool is_name(const char *name, size_t size)
{
    if (size == 0 || size > ARM_PARTIAL_MAX_NAME)
        return false;
    for (size_t i = 0; i < size; i++)
        if (name[i] <= ' ' || name[i] > '~' || name[i] == '/')
            return false;
    return true;
}

static int no_memory(struct walk *walk)
{
    return arm_error_set(walk->error, ARM_FAULT_NOMEM,
                         "device_tree '%.100s': no memory for its addresses",
                         walk->file);
}

/* Keeps the path of the node for its ranges; NULL without memory. */
static const char *keep_path(struct walk *walk)
{
    struct arm_partial *partial = walk->partial;
    size_t count = partial->nr_paths;
    char **paths;

    paths = reallocarray(partial->paths, count + 1, sizeof(*paths));
    if (!paths)
        return NULL;
    partial->paths = paths;
    paths[count] = strdup(walk->path);
    if (!paths[count])
        return NULL;
    partial->nr_paths++;
    return paths[count];
}

/* A node may speak of what the nodes above it claim: that is one thing. */
static bool is_claimed_above(const struct walk *walk, uint64_t base,
                             uint64_t size)
{
    const struct arm_partial_range *ranges = walk->partial->ranges;

    for (int depth = 0; depth < walk->depth - 1; depth++) {
        const struct level *level = &walk->level[depth];

        for (size_t i = level->first_range; i < level->end_range; i++)
            if (base >= ranges[i].base &&
                base - ranges[i].base < ranges[i].size &&
                size <= ranges[i].size - (base - ranges[i].base))
                return true;
    }
    return false;
}

static int claim_range(struct walk *walk, int entry, uint64_t base,
                       uint64_t size, const char **path)
{
    struct arm_partial *partial = walk->partial;
    struct arm_partial_range *ranges = partial->ranges;

    if (is_claimed_above(walk, base, size))
        return 0;
    if (partial->nr_ranges == ARM_PARTIAL_MAX_RANGES)
        return refuse(walk->file, walk->path, walk->error,
                      "the tree has more than %d entries of 'reg'",
                      ARM_PARTIAL_MAX_RANGES);
    /* In steps: room for one more at each power of two. */
    if ((partial->nr_ranges & (partial->nr_ranges - 1)) == 0) {
        size_t room = partial->nr_ranges ? 2 * partial->nr_ranges : 1;

        ranges = reallocarray(ranges, room, sizeof(*ranges));
        if (!ranges)
            return no_memory(walk);
        partial->ranges = ranges;
    }
    if (!*path)
        *path = keep_path(walk);
    if (!*path)
        return no_memory(walk);
    ranges[partial->nr_ranges++] = (struct arm_partial_range) {
        .base = base,
        .size = size,
        .node = *path,
        .entry = entry,
    };
    return 0;
}

/* Turns one entry of "reg" into a claim, if the CPU has an address for it. */
static int read_range(struct walk *walk, const struct fdt_bus *bus, int entry,
                      uint64_t base, uint64_t size, const char **path)
{
    if (size == 0)
        return refuse(walk->file, walk->path, walk->error,
                      "'reg' entry %d has a size of 0: give it a size, or "
                      "leave it out",
                      entry);
    switch (fdt_bus_translate(bus, base, size, &base)) {
    case FDT_BUS_OK:
        return claim_range(walk, entry, base, size, path);
    case FDT_BUS_UNMAPPED:
        return 0;
    case FDT_BUS_STRADDLES:
        return refuse(walk->file, walk->path, walk->error,
                      "'reg' entry %d leaves the 'ranges' of a node above it "
                      "that it starts in",
                      entry);
    default:
        return refuse(walk->file, walk->path, walk->error,
                      "'reg' entry %d passes the end of the 64-bit address "
                      "space",
                      entry);
    }
}

static int read_reg(struct walk *walk, int node, const struct fdt_bus *bus)
{
    const char *path = NULL;
    const fdt32_t *reg;
    int size, cells;

    reg = fdt_getprop(walk->fdt, node, "reg", &size);
    if (!reg || !bus->mapped)
        return 0;
    cells = bus->address_cells + bus->size_cells;
    if (size == 0 || size % (4 * cells))
        return refuse(walk->file, walk->path, walk->error,
                      "'reg' has %d bytes; the node above says %d for each "
                      "entry (#address-cells, #size-cells)",
                      size, 4 * cells);
    for (int entry = 0; entry < size / (4 * cells); entry++) {
        uint64_t base = fdt_cells(reg, bus->address_cells);
        uint64_t length = fdt_cells(reg + bus->address_cells, bus->size_cells);

        if (read_range(walk, bus, entry, base, length, &path))
            return -1;
        reg += cells;
    }
    return 0;
}

/* The guest's own tree uses these numbers. */
static int check_phandle(struct walk *walk, int node, const char *name)
{
    const fdt32_t *value;
    uint32_t phandle;
    int size;

    value = fdt_getprop(walk->fdt, node, name, &size);
    if (!value)
        return 0;
    if (size != sizeof(*value))
        return refuse(walk->file, walk->path, walk->error,
                      "'%s' has %d bytes; it is 4", name, size);
    phandle = fdt32_to_cpu(*value);
    if (phandle == GUEST_PHANDLE_GIC)
        return refuse(walk->file, walk->path, walk->error,
                      "'%s' is %u, the guest's interrupt controller's: give "
                      "the node another",
                      name, phandle);
    return 0;
}

static int enter_node(struct walk *walk, int node)
{
    struct arm_partial *partial = walk->partial;
    const struct fdt_bus *above = &guest_root;
    struct level *level;
    size_t path_end = 0;
    const char *name;
    int size;

    if (walk->depth > 0) {
        above = &walk->level[walk->depth - 1].bus;
        path_end = walk->level[walk->depth - 1].path_end;
    }
    name = fdt_get_name(walk->fdt, node, &size);
    if (!name || !is_name(name, size))
        return refuse(walk->file, walk->depth ? walk->path : "/", walk->error,
                      "the name of a node below it is not 1 to %d characters "
                      "of plain text",
                      ARM_PARTIAL_MAX_NAME);
    if (walk->depth == ARM_PARTIAL_MAX_DEPTH)
        return refuse(walk->file, walk->path, walk->error,
                      "more than %d nodes stand below each other",
                      ARM_PARTIAL_MAX_DEPTH);
    level = &walk->level[walk->depth++];
    level->path_end = path_end + 1 + size;
    walk->path[path_end] = '/';
    memcpy(walk->path + path_end + 1, name, size + 1);

    if (++walk->nodes > ARM_PARTIAL_MAX_NODES)
        return refuse(walk->file, walk->path, walk->error,
                      "the tree has more than %d nodes", ARM_PARTIAL_MAX_NODES);
    if (fdt_bus_read(walk->fdt, node, above, &level->bus) != FDT_BUS_OK)
        return refuse(walk->file, walk->path, walk->error,
                      "'ranges', '#address-cells' or '#size-cells' is "
                      "malformed: their sizes do not fit together");
    level->first_range = partial->nr_ranges;
    if (check_phandle(walk, node, "phandle") ||
        check_phandle(walk, node, "linux,phandle") ||
        read_reg(walk, node, above))
        return -1;
    level->end_range = partial->nr_ranges;
    return 0;
}

static int check_property(struct walk *walk, int offset)
{
    const char *name;
    int size = 0;

    if (++walk->properties > ARM_PARTIAL_MAX_PROPERTIES)
        return refuse(walk->file, walk->path, walk->error,
                      "the tree has more than %d properties",
                      ARM_PARTIAL_MAX_PROPERTIES);
    if (!fdt_getprop_by_offset(walk->fdt, offset, &name, &size))
        return refuse(walk->file, walk->path, walk->error,
                      "a property cannot be read: %s", fdt_strerror(size));
    if (!is_name(name, strnlen(name, ARM_PARTIAL_MAX_NAME + 1)))
        return refuse(walk->file, walk->path, walk->error,
                      "the name of a property is not 1 to %d characters of "
                      "plain text",
                      ARM_PARTIAL_MAX_NAME);
    return 0;
}

static int walk_node(struct walk *walk, int node)
{
    int offset = node, next;

    do {
        uint32_t tag = fdt_next_tag(walk->fdt, offset, &next);

        if (tag == FDT_BEGIN_NODE && enter_node(walk, offset))
            return -1;
        if (tag == FDT_PROP && check_property(walk, offset))
            return -1;
        /* fdt_scan() has seen to it that each node ends. */
        if (tag == FDT_END)
            return refuse(walk->file, walk->path, walk->error,
                          "the tree ends inside of it");
        if (tag == FDT_END_NODE && --walk->depth > 0)
            walk->path[walk->level[walk->depth - 1].path_end] = '\0';
        offset = next;
    } while (walk->depth > 0);
    return 0;
}

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
    int res = fdt_scan(fdt, size);

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
                      struct arm_partial *ret_partial, struct arm_error *error)
{
    struct arm_partial partial = { 0 };
    struct walk *walk = NULL;
    int rc = -1;

    if (size > ARM_PARTIAL_MAX_SIZE)
        return arm_error_set(error, ARM_FAULT_CONFIG,
                             "device_tree '%.100s': larger than %d KiB", file,
                             ARM_PARTIAL_MAX_SIZE >> 10);
    /* libfdt wants it aligned. */
    partial.fdt = malloc(size + 1);
    walk = calloc(1, sizeof(*walk));
    if (!partial.fdt || !walk) {
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
        refuse(file, "/passthrough", error,
               "there is none: put what the guest shall see into it");
        goto out;
    }
    *walk = (struct walk) {
        .file = file,
        .fdt = partial.fdt,
        .partial = &partial,
        .error = error,
    };
    if (walk_node(walk, partial.passthrough) ||
        (partial.aliases >= 0 && walk_node(walk, partial.aliases)))
        goto out;
    *ret_partial = partial;
    partial = (struct arm_partial) { 0 };
    rc = 0;

out:
    free(walk);
    arm_partial_dispose(&partial);
    return rc;
}

int arm_partial_read(const char *file, struct arm_partial *ret_partial,
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
    r = arm_partial_parse(file, bytes, size, ret_partial, error);
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
    free(partial->fdt);
    *partial = (struct arm_partial) { 0 };
}

static void copy_node(const void *fdt, int node, struct fdt_writer *writer)
{
    int offset = node, next, depth = 0;

    do {
        const char *name;
        const void *value;
        int size;

        switch (fdt_next_tag(fdt, offset, &next)) {
        case FDT_BEGIN_NODE:
            fdt_writer_begin(writer, fdt_get_name(fdt, offset, NULL));
            depth++;
            break;
        case FDT_PROP:
            value = fdt_getprop_by_offset(fdt, offset, &name, &size);
            fdt_writer_bytes(writer, name, value, size);
            break;
        case FDT_END_NODE:
            fdt_writer_end(writer);
            depth--;
            break;
        default:
            break;
        }
        offset = next;
    } while (depth > 0);
}

void arm_partial_write(const struct arm_partial *partial,
                       struct fdt_writer *writer)
{
    copy_node(partial->fdt, partial->passthrough, writer);
    if (partial->aliases >= 0)
        copy_node(partial->fdt, partial->aliases, writer);
}
