/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Goes from tag to tag with a stack of fixed depth.
 */
#include "arm/partial_walk.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libfdt.h>

#include "arm/dt_bus.h"
#include "arm/partial_irqs.h"
#include "arm/partial_refs.h"

#include "guest-layout.h"

/* A slash and a name for each node, and the end. */
#define PATH_ROOM ((ARM_PARTIAL_MAX_NAME + 1) * ARM_PARTIAL_MAX_DEPTH + 1)

/* The root, by the cells that the guest's own root has. */
static const struct dt_bus guest_root = {
    .address_cells = GUEST_ROOT_ADDRESS_CELLS,
    .size_cells = GUEST_ROOT_SIZE_CELLS,
    .mapped = true,
};

/* A node that the walk is in. */
struct level {
    struct dt_bus bus;
    size_t path_end;    /* the length of its path */
    const char *path;   /* that, kept for its claims, or NULL so far */
    size_t first_range; /* its own ranges, among all */
    size_t end_range;
    bool irqs_inherited; /* children's go to the guest's controller */
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
    struct partial_refs refs;
};

__attribute__((format(printf, 2, 3))) static int refuse(struct walk *walk,
                                                        const char *format, ...)
{
    char cause[200], path[ARM_NAME_SIZE];
    va_list args;

    va_start(args, format);
    vsnprintf(cause, sizeof(cause), format, args);
    va_end(args);
    return arm_error_set(walk->error, ARM_FAULT_CONFIG,
                         "device_tree '%.100s', node '%s': %s", walk->file,
                         arm_name_text(walk->path, path), cause);
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
                         "device_tree '%.100s': no memory for what it "
                         "describes",
                         walk->file);
}

/* Keeps the path of the node for its claims; NULL without memory. */
static const char *keep_path(struct walk *walk)
{
    struct level *level = &walk->level[walk->depth - 1];
    struct arm_partial *partial = walk->partial;
    size_t count = partial->nr_paths;
    char **paths;

    if (level->path)
        return level->path;
    paths = reallocarray(partial->paths, count + 1, sizeof(*paths));
    if (!paths)
        return NULL;
    partial->paths = paths;
    paths[count] = strdup(walk->path);
    if (!paths[count])
        return NULL;
    partial->nr_paths++;
    level->path = paths[count];
    return level->path;
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

/* What a range is read from, in the tree's words and in the map's. */
struct source {
    const char *property;
    const char *origin;
};

static const struct source from_reg = { "reg", "device_tree reg" };
static const struct source from_windows = { "ranges", "device_tree ranges" };

static int claim_range(struct walk *walk, const struct source *source,
                       int entry, uint64_t base, uint64_t size)
{
    struct arm_partial *partial = walk->partial;
    struct arm_partial_range *ranges = partial->ranges;
    const char *path;

    if (is_claimed_above(walk, base, size))
        return 0;
    if (partial->nr_ranges == ARM_PARTIAL_MAX_RANGES)
        return refuse(walk, "the tree has more than %d ranges of addresses",
                      ARM_PARTIAL_MAX_RANGES);
    /* In steps: room for one more at each power of two. */
    if ((partial->nr_ranges & (partial->nr_ranges - 1)) == 0) {
        size_t room = partial->nr_ranges ? 2 * partial->nr_ranges : 1;

        ranges = reallocarray(ranges, room, sizeof(*ranges));
        if (!ranges)
            return no_memory(walk);
        partial->ranges = ranges;
    }
    path = keep_path(walk);
    if (!path)
        return no_memory(walk);
    ranges[partial->nr_ranges++] = (struct arm_partial_range) {
        .base = base,
        .size = size,
        .node = path,
        .origin = source->origin,
        .entry = entry,
    };
    return 0;
}

/* Turns one entry into a claim, if the CPU has an address for it. */
static int read_range(struct walk *walk, const struct source *source,
                      const struct dt_bus *bus, int entry, uint64_t base,
                      uint64_t size)
{
    if (size == 0)
        return refuse(walk,
                      "'%s' entry %d has a size of 0: give it a size, or "
                      "leave it out",
                      source->property, entry);
    switch (dt_bus_translate(bus, base, size, &base)) {
    case DT_BUS_OK:
        return claim_range(walk, source, entry, base, size);
    case DT_BUS_UNMAPPED:
        return 0;
    case DT_BUS_STRADDLES:
        return refuse(walk,
                      "'%s' entry %d leaves the 'ranges' of a node above it "
                      "that it starts in",
                      source->property, entry);
    default:
        return refuse(walk,
                      "'%s' entry %d passes the end of the 64-bit address "
                      "space",
                      source->property, entry);
    }
}

/* The guest finds a PCI device's memory where the bridge has its windows. */
static int read_windows(struct walk *walk, int node, const struct dt_bus *bus)
{
    struct dt_windows windows;

    if (dt_windows_read(walk->fdt, node, bus, &windows) != DT_BUS_OK)
        return refuse(walk, "'ranges' of this PCI host bridge is malformed: "
                            "its size does not fit its entries");
    for (int entry = 0; entry < windows.count; entry++) {
        uint64_t base, size;

        dt_windows_get(&windows, entry, &base, &size);
        if (read_range(walk, &from_windows, bus, entry, base, size))
            return -1;
    }
    return 0;
}

static int read_reg(struct walk *walk, int node, const struct dt_bus *bus)
{
    const fdt32_t *reg;
    int size, cells;

    reg = fdt_getprop(walk->fdt, node, "reg", &size);
    if (!reg || !bus->mapped)
        return 0;
    cells = bus->address_cells + bus->size_cells;
    if (size == 0 || size % (4 * cells))
        return refuse(walk,
                      "'reg' has %d bytes; the node above says %d for each "
                      "entry (#address-cells, #size-cells)",
                      size, 4 * cells);
    for (int entry = 0; entry < size / (4 * cells); entry++) {
        uint64_t base = dt_cells(reg, bus->address_cells);
        uint64_t length = dt_cells(reg + bus->address_cells, bus->size_cells);

        if (read_range(walk, &from_reg, bus, entry, base, length))
            return -1;
        reg += cells;
    }
    return 0;
}

/* Nodes may share an interrupt: the first is its claim. */
static int claim_irq(void *opaque, uint32_t intid, const char *origin,
                     int entry)
{
    struct walk *walk = opaque;
    struct arm_partial *partial = walk->partial;
    const char *path;

    if (!partial->irqs)
        partial->irqs = calloc(1, sizeof(*partial->irqs));
    if (!partial->irqs)
        return no_memory(walk);
    if (partial->irqs->intid[intid].name)
        return 0;
    path = keep_path(walk);
    if (!path)
        return no_memory(walk);
    partial->irqs->intid[intid] = (struct irq_claim) {
        .name = path,
        .origin = origin,
        .index = entry,
        .kind = IRQ_DESCRIBED,
    };
    return 0;
}

static int read_irqs(struct walk *walk, int node)
{
    struct level *level = &walk->level[walk->depth - 1];
    bool inherited = walk->depth == 1 || level[-1].irqs_inherited;
    bool to_gic = partial_irqs_to_gic(walk->fdt, node, inherited);

    level->irqs_inherited = partial_irqs_inherit(walk->fdt, node, to_gic);
    return partial_irqs_read(walk->fdt, node, to_gic, level->bus.address_cells,
                             claim_irq, walk);
}

static int enter_node(struct walk *walk, int node)
{
    struct arm_partial *partial = walk->partial;
    const struct dt_bus *above = &guest_root;
    struct level *level;
    const char *name, *malformed;
    size_t path_end = 0;
    int size;

    if (walk->depth > 0) {
        above = &walk->level[walk->depth - 1].bus;
        path_end = walk->level[walk->depth - 1].path_end;
    }
    name = fdt_get_name(walk->fdt, node, &size);
    if (!name || !is_name(name, size))
        return refuse(walk,
                      "the name of a node below it is not 1 to %d characters "
                      "of plain text",
                      ARM_PARTIAL_MAX_NAME);
    if (walk->depth == ARM_PARTIAL_MAX_DEPTH)
        return refuse(walk, "nodes are nested more than %d deep",
                      ARM_PARTIAL_MAX_DEPTH);
    level = &walk->level[walk->depth++];
    level->path_end = path_end + 1 + size;
    level->path = NULL;
    walk->path[path_end] = '/';
    memcpy(walk->path + path_end + 1, name, size + 1);

    if (++walk->nodes > ARM_PARTIAL_MAX_NODES)
        return refuse(walk, "the tree has more than %d nodes",
                      ARM_PARTIAL_MAX_NODES);
    if (dt_bus_read(walk->fdt, node, above, &level->bus) != DT_BUS_OK)
        return refuse(walk, "'ranges', '#address-cells' or '#size-cells' is "
                            "malformed: their sizes do not fit together");
    level->first_range = partial->nr_ranges;
    malformed = partial_refs_note(&walk->refs, walk->fdt, node);
    if (malformed)
        return refuse(walk, "'%s' is not one cell of 4 bytes", malformed);
    if (read_reg(walk, node, above) || read_windows(walk, node, above) ||
        read_irqs(walk, node))
        return -1;
    level->end_range = partial->nr_ranges;
    return 0;
}

static int check_property(struct walk *walk, int offset)
{
    const char *name;
    int size = 0;

    if (++walk->properties > ARM_PARTIAL_MAX_PROPERTIES)
        return refuse(walk, "the tree has more than %d properties",
                      ARM_PARTIAL_MAX_PROPERTIES);
    if (!fdt_getprop_by_offset(walk->fdt, offset, &name, &size))
        return refuse(walk, "a property cannot be read: %s",
                      fdt_strerror(size));
    if (!is_name(name, strnlen(name, ARM_PARTIAL_MAX_NAME + 1)))
        return refuse(walk,
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
        /* dt_scan() has seen to it that each node ends. */
        if (tag == FDT_END)
            return refuse(walk, "the tree ends inside of it");
        if (tag == FDT_END_NODE && --walk->depth > 0)
            walk->path[walk->level[walk->depth - 1].path_end] = '\0';
        offset = next;
    } while (walk->depth > 0);
    return 0;
}

/* The walk is over: its path is that of a node once more.  All paths fit. */
static void go_back(struct walk *walk, int node)
{
    if (fdt_get_path(walk->fdt, node, walk->path, PATH_ROOM))
        strcpy(walk->path, "/");
}

/* A phandle must lead to one node of the guest's. */
static int check_refs(struct walk *walk)
{
    struct partial_refs *refs = &walk->refs;
    const struct partial_ref *ref;
    char other[PATH_ROOM], path[ARM_NAME_SIZE];

    partial_refs_sort(refs);
    ref = partial_refs_find(refs, GUEST_PHANDLE_GIC);
    if (ref) {
        go_back(walk, ref->node);
        return refuse(walk,
                      "its phandle is %u, as that of the guest's "
                      "/interrupt-controller: give the node another",
                      ref->phandle);
    }
    ref = partial_refs_twice(refs);
    if (ref) {
        go_back(walk, ref[0].node);
        strcpy(other, walk->path);
        go_back(walk, ref[1].node);
        return refuse(walk,
                      "its phandle is %u, as that of '%s': give one of them "
                      "another",
                      ref->phandle, arm_name_text(other, path));
    }
    ref = partial_refs_lost(refs, GUEST_PHANDLE_GIC);
    if (!ref)
        return 0;
    go_back(walk, ref->node);
    snprintf(walk->partial->warning, sizeof(walk->partial->warning),
             "device_tree '%.100s', node '%s': no node of the guest is its "
             "interrupt-parent, phandle %u; the guest's interrupt controller "
             "is %u",
             walk->file, arm_name_text(walk->path, path), ref->phandle,
             GUEST_PHANDLE_GIC);
    return 0;
}

int partial_walk(const char *file, struct arm_partial *partial,
                 struct arm_error *error)
{
    struct walk *walk = calloc(1, sizeof(*walk));
    int rc = -1;

    if (!walk)
        return arm_error_set(error, ARM_FAULT_NOMEM,
                             "device_tree '%.100s': no memory to check it",
                             file);
    walk->file = file;
    walk->fdt = partial->fdt;
    walk->partial = partial;
    walk->error = error;
    if (!walk_node(walk, partial->passthrough) &&
        (partial->aliases < 0 || !walk_node(walk, partial->aliases)))
        rc = check_refs(walk);
    free(walk);
    return rc;
}
