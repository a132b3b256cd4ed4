/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Reads a finished device tree in one walk.  Names that come from the tree
 * are kept as printable text.  What cannot be understood is reported as a
 * fault: nobody can say then whether a region is clear of it.
 */
#include "arm/tree_view.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arm/dt_bus.h"
#include "arm/dt_scan.h"
#include "arm/regions.h"

#define MAX_DEPTH 32
#define PATH_SIZE 160

struct tree_name {
    struct tree_name *next;
    char text[];
};

struct walk {
    const void *fdt;
    struct tree_view view;
    struct tree_faults *faults;
    struct arm_error *error;

    /* The node at hand and those above it. */
    struct dt_bus bus[MAX_DEPTH];
    size_t path_end[MAX_DEPTH];
    char path[PATH_SIZE];
    const char *name; /* of the node at hand, kept, or NULL so far */
    bool reserved;    /* below /reserved-memory */
};

void tree_fault(struct tree_faults *faults, const char *format, ...)
{
    char text[600];
    va_list args;

    if (faults->count++ > TREE_FAULTS_MAX)
        return;
    if (faults->count > TREE_FAULTS_MAX) {
        faults->report(faults->opaque, "and more: only so many are reported");
        return;
    }
    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    faults->report(faults->opaque, text);
}

/* Appends "/NAME" to the path of the parent; what has no room is cut. */
static void enter(struct walk *walk, int node, int depth)
{
    size_t end = depth ? walk->path_end[depth - 1] : 0;
    const char *name = fdt_get_name(walk->fdt, node, NULL);

    walk->name = NULL;
    if (depth != 0 && end < PATH_SIZE - 1)
        walk->path[end++] = '/';
    for (; depth != 0 && name && *name && end < PATH_SIZE - 1; name++)
        walk->path[end++] = *name > ' ' && *name < 0x7f ? *name : '?';
    walk->path[end] = '\0';
    walk->path_end[depth] = end;

    if (depth == 1)
        walk->reserved = strcmp(walk->path, "/reserved-memory") == 0;
    if (depth == 0)
        walk->reserved = false;
}

static const char *path_of(const struct walk *walk)
{
    return walk->path[0] ? walk->path : "/";
}

/* The path as a string that lives as long as the view. */
static const char *keep_name(struct walk *walk)
{
    const char *path = path_of(walk);
    struct tree_name *name;

    if (walk->name)
        return walk->name;
    name = malloc(sizeof(*name) + strlen(path) + 1);
    if (!name) {
        arm_error_set(walk->error, ARM_FAULT_NOMEM,
                      "no memory for the names of the device tree");
        return NULL;
    }
    strcpy(name->text, path);
    name->next = walk->view.names;
    walk->view.names = name;
    walk->name = name->text;
    return walk->name;
}

static int add_claim(struct walk *walk, struct dt_range range,
                     enum claim_kind kind, const char *name, const char *origin,
                     int index)
{
    if (walk->view.claims.count == TREE_VIEW_MAX_RANGES)
        return arm_error_set(walk->error, ARM_FAULT_CONFIG,
                             "the device tree has more than %d ranges of "
                             "addresses",
                             TREE_VIEW_MAX_RANGES);
    return addrmap_add(&walk->view.claims, range.base, range.size, kind, name,
                       origin, index, walk->error);
}

/* True for a range that the CPU can use; says what is wrong with others. */
static bool translate(struct walk *walk, const struct dt_bus *bus,
                      const char *property, int index, struct dt_range *range)
{
    if (range->size == 0)
        return false;
    switch (dt_bus_translate(bus, range->base, range->size, &range->base)) {
    case DT_BUS_OK:
        return true;
    case DT_BUS_STRADDLES:
        tree_fault(walk->faults,
                   "%s (%s[%d]): %#" PRIx64 " bytes at %#" PRIx64
                   " leave the \"ranges\" of a node above",
                   path_of(walk), property, index, range->size, range->base);
        return false;
    case DT_BUS_WRAPS:
        tree_fault(walk->faults,
                   "%s (%s[%d]): %#" PRIx64 " bytes at %#" PRIx64
                   " pass the last 64-bit address",
                   path_of(walk), property, index, range->size, range->base);
        return false;
    default:
        return false;
    }
}

/* "reg" as entries of one size, or NULL; a length that does not fit is
 * reported. */
static const fdt32_t *entries_of(struct walk *walk, int node,
                                 const char *property, int cells, int *count_r)
{
    int size;
    const fdt32_t *entries = fdt_getprop(walk->fdt, node, property, &size);

    if (!entries)
        return NULL;
    if (size % (4 * cells)) {
        tree_fault(walk->faults,
                   "%s: \"%s\" has %d bytes, which are no entries of %d cells",
                   path_of(walk), property, size, cells);
        return NULL;
    }
    *count_r = size / (4 * cells);
    return entries;
}

static int read_reg(struct walk *walk, int node, const struct dt_bus *bus,
                    enum claim_kind kind)
{
    const int cells = bus->address_cells + bus->size_cells;
    const fdt32_t *reg;
    int count;

    if (!bus->mapped)
        return 0;
    reg = entries_of(walk, node, "reg", cells, &count);
    for (int i = 0; reg && i < count; i++, reg += cells) {
        struct dt_range range = {
            .base = dt_cells(reg, bus->address_cells),
            .size = dt_cells(reg + bus->address_cells, bus->size_cells),
        };

        if (!translate(walk, bus, "reg", i, &range))
            continue;
        if (!keep_name(walk) ||
            add_claim(walk, range, kind, walk->name, "reg", i))
            return -1;
    }
    return 0;
}

static int read_pci_windows(struct walk *walk, int node,
                            const struct dt_bus *bus)
{
    struct dt_windows windows;

    if (dt_windows_read(walk->fdt, node, bus, &windows) != DT_BUS_OK)
        tree_fault(walk->faults,
                   "%s: \"ranges\" of this PCI host bridge is malformed: "
                   "its windows cannot be located",
                   path_of(walk));
    for (int i = 0; i < windows.count; i++) {
        struct dt_range range;

        dt_windows_get(&windows, i, &range.base, &range.size);
        if (!translate(walk, bus, "ranges", i, &range))
            continue;
        if (!keep_name(walk) ||
            add_claim(walk, range, CLAIM_TREE_NODE, walk->name, "ranges", i))
            return -1;
    }
    return 0;
}

/* Kept as they are, and in their order: what is wrong is for others to say. */
static int read_hypervisor(struct walk *walk, int node,
                           const struct dt_bus *bus)
{
    const int cells = bus->address_cells + bus->size_cells;
    const fdt32_t *reg;
    int count;

    if (walk->view.has_hypervisor) {
        tree_fault(walk->faults,
                   "%s is compatible with \"xen,xen\" as another node before "
                   "it: a guest reads only one of them",
                   path_of(walk));
        return 0;
    }
    walk->view.has_hypervisor = true;
    if (!bus->mapped) {
        tree_fault(walk->faults, "%s is where its addresses mean nothing",
                   path_of(walk));
        return 0;
    }
    reg = entries_of(walk, node, "reg", cells, &count);
    if (!reg || count == 0)
        return 0;
    if (count > TREE_VIEW_MAX_RANGES)
        return arm_error_set(walk->error, ARM_FAULT_CONFIG,
                             "%s has %d ranges of addresses; no guest can use "
                             "more than %d",
                             path_of(walk), count, REGIONS_MAX + 1);
    walk->view.entries = calloc(count, sizeof(*walk->view.entries));
    if (!walk->view.entries)
        return arm_error_set(walk->error, ARM_FAULT_NOMEM,
                             "no memory for %d ranges", count);
    for (int i = 0; i < count; i++, reg += cells) {
        struct dt_range *entry = &walk->view.entries[i];

        entry->base = dt_cells(reg, bus->address_cells);
        entry->size = dt_cells(reg + bus->address_cells, bus->size_cells);
        if (bus->parent)
            translate(walk, bus, "reg", i, entry);
    }
    walk->view.nr_entries = count;
    return 0;
}

static bool is_compatible(const struct walk *walk, int node, const char *with)
{
    return fdt_node_check_compatible(walk->fdt, node, with) == 0;
}

static bool has_type(const struct walk *walk, int node, const char *type)
{
    int size;
    const char *value = fdt_getprop(walk->fdt, node, "device_type", &size);

    return value && (size_t)size == strlen(type) + 1 &&
           memcmp(value, type, size) == 0;
}

static void note_machine(struct walk *walk, int node)
{
    static const char *const gic_v2[] = {
        "arm,cortex-a15-gic",
        "arm,cortex-a9-gic",
        "arm,gic-400",
    };
    struct tree_view *view = &walk->view;

    if (is_compatible(walk, node, "arm,gic-v3"))
        view->gic = ARM_GIC_V3;
    for (size_t i = 0; i < sizeof(gic_v2) / sizeof(gic_v2[0]); i++)
        if (view->gic == 0 && is_compatible(walk, node, gic_v2[i]))
            view->gic = ARM_GIC_V2;
    if (is_compatible(walk, node, "arm,armv7-timer") &&
        !is_compatible(walk, node, "arm,armv8-timer"))
        view->is_32bit = true;
}

static int visit(struct walk *walk, int node, int depth)
{
    const struct dt_bus *bus = depth ? &walk->bus[depth - 1] : NULL;

    enter(walk, node, depth);
    if (dt_bus_read(walk->fdt, node, bus, &walk->bus[depth]) != DT_BUS_OK)
        tree_fault(walk->faults,
                   "%s: its cells or \"ranges\" are malformed: "
                   "the nodes below it cannot be located",
                   path_of(walk));
    if (!bus) {
        walk->view.is_xenvm = is_compatible(walk, node, "xen,xenvm");
        return 0;
    }
    note_machine(walk, node);
    if (is_compatible(walk, node, "xen,xen"))
        return read_hypervisor(walk, node, bus);
    if (read_pci_windows(walk, node, bus))
        return -1;
    return read_reg(walk, node, bus,
                    has_type(walk, node, "memory") ? CLAIM_RAM
                    : walk->reserved               ? CLAIM_TREE_RESERVED
                                                   : CLAIM_TREE_NODE);
}

static int read_reservations(struct walk *walk)
{
    int count = fdt_num_mem_rsv(walk->fdt);

    for (int i = 0; i < count; i++) {
        struct dt_range range;

        if (fdt_get_mem_rsv(walk->fdt, i, &range.base, &range.size) ||
            range.size == 0)
            continue;
        if (range.base + (range.size - 1) < range.base)
            tree_fault(walk->faults,
                       "memory reservation %d: %#" PRIx64 " bytes at %#" PRIx64
                       " pass the last 64-bit address",
                       i, range.size, range.base);
        else if (add_claim(walk, range, CLAIM_TREE_RESERVED, "reserved memory",
                           "/memreserve/", i))
            return -1;
    }
    return 0;
}

/* Check what libfdt and kernels require before they read the tree. */
static int check_blob(const void *fdt, size_t size, struct arm_error *error)
{
    int res;

    if (size > TREE_VIEW_MAX_SIZE)
        return arm_error_set(error, ARM_FAULT_CONFIG,
                             "larger than %u MiB: no device tree of a guest",
                             TREE_VIEW_MAX_SIZE >> 20);
    res = dt_scan(fdt, size);
    if (res)
        return arm_error_set(error, ARM_FAULT_CONFIG,
                             "not a flattened device tree (%s)",
                             fdt_strerror(res));
    return 0;
}

static int walk_tree(struct walk *walk)
{
    int node, depth = 0;

    for (node = 0; node >= 0 && depth >= 0;
         node = fdt_next_node(walk->fdt, node, &depth)) {
        if (depth >= MAX_DEPTH)
            return arm_error_set(walk->error, ARM_FAULT_CONFIG,
                                 "a device tree that is more than %d nodes "
                                 "deep",
                                 MAX_DEPTH);
        if (visit(walk, node, depth))
            return -1;
    }
    return 0;
}

int tree_view_read(const void *fdt, size_t size, struct tree_view *view_r,
                   struct tree_faults *faults, struct arm_error *error)
{
    struct walk walk = { .fdt = fdt, .faults = faults, .error = error };

    if (check_blob(fdt, size, error) || read_reservations(&walk) ||
        walk_tree(&walk)) {
        tree_view_dispose(&walk.view);
        return -1;
    }
    *view_r = walk.view;
    return 0;
}

void tree_view_dispose(struct tree_view *view)
{
    if (!view)
        return;

    while (view->names) {
        struct tree_name *name = view->names;

        view->names = name->next;
        free(name);
    }
    free(view->entries);
    addrmap_dispose(&view->claims);
    *view = (struct tree_view) { 0 };
}
