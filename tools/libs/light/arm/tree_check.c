/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The rules for extended regions as questions to a finished tree.  Each is
 * asked of each region, so that one run reports all faults.
 */
#include "arm/tree_check.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "arm/guest_map.h"

struct check {
    const struct tree_view *view;
    struct tree_faults *faults;
    bool in_windows;       /* the guest's RAM is where Xen's guests have it */
    uint64_t highest;      /* the last address of the guest */
    unsigned int bits;     /* 0: not known */
    struct addrmap claims; /* of the tree and the configuration, sorted */
};

/* Reporting is capped: stop searching once the cap is reached. */
static bool full(const struct check *check)
{
    return check->faults->count > TREE_FAULTS_MAX;
}

/* An entry as a range with both ends inside; false when it is none. */
static bool entry_range(const struct dt_range *entry, uint64_t *last_r)
{
    *last_r = entry->base + (entry->size - 1);
    return entry->size > 0 && *last_r >= entry->base;
}

/* "extended region 1 at 0x60000000-0xffffffff"; entry 0 is the grant table. */
#define ENTRY_TEXT_SIZE 96
static const char *entry_text(size_t index, const struct dt_range *entry,
                              char text[ENTRY_TEXT_SIZE])
{
    char name[40] = "the grant table (entry 0)";

    if (index > 0)
        snprintf(name, sizeof(name), "extended region %zu", index);
    snprintf(text, ENTRY_TEXT_SIZE, "%s at %#" PRIx64 "-%#" PRIx64, name,
             entry->base, entry->base + (entry->size - 1));
    return text;
}

static bool in_a_window(uint64_t first, uint64_t last)
{
    for (int i = 0; i < GUEST_RAM_BANKS; i++)
        if (first >= arm_ram_windows[i].base &&
            last - arm_ram_windows[i].base < arm_ram_windows[i].size)
            return true;
    return false;
}

/*
 * A guest's tree, with the RAM of Xen's public layout?  The trees of dom0 and
 * of directly mapped guests have a layout of their own.
 */
static bool has_guest_layout(const struct tree_view *view)
{
    bool ram = false;

    for (size_t i = 0; i < view->claims.count; i++) {
        const struct claim *claim = &view->claims.claims[i];

        if (claim->kind != CLAIM_RAM)
            continue;
        if (!in_a_window(claim->first, claim->last))
            return false;
        ram = true;
    }
    return ram && view->is_xenvm;
}

static int compare_claims(const void *left, const void *right)
{
    const struct claim *a = left, *b = right;

    if (a->first != b->first)
        return a->first < b->first ? -1 : 1;
    return (a->last > b->last) - (a->last < b->last);
}

/* The tree is the truth for these kinds; the rest it does not show. */
static bool shown_by_tree(enum claim_kind kind)
{
    switch (kind) {
    case CLAIM_RAM:
    case CLAIM_GIC_DISTRIBUTOR:
    case CLAIM_GIC_CPU_INTERFACE:
    case CLAIM_GIC_REDISTRIBUTORS:
    case CLAIM_GRANT_TABLE:
    case CLAIM_PARTIAL:
        return true;
    default:
        return false;
    }
}

/* False when memory runs out; then nothing was checked. */
static bool gather_claims(struct check *check, const struct addrmap *config)
{
    const struct addrmap *tree = &check->view->claims;
    struct claim *all =
        calloc(tree->count + (config ? config->count : 0) + 1, sizeof(*all));
    size_t count = 0;

    if (!all)
        return false;
    for (size_t i = 0; i < tree->count; i++)
        all[count++] = tree->claims[i];
    for (size_t i = 0; config && i < config->count; i++)
        if (!shown_by_tree(config->claims[i].kind))
            all[count++] = config->claims[i];
    qsort(all, count, sizeof(*all), compare_claims);
    check->claims.claims = all;
    check->claims.count = count;
    return true;
}

/* Rules 1 and 7, and how many there are. */
static void check_entries(struct check *check)
{
    const struct tree_view *view = check->view;
    uint64_t last;

    if (!view->has_hypervisor) {
        tree_fault(check->faults, "no node is compatible with \"xen,xen\": "
                                  "not the tree of a guest of Xen");
        return;
    }
    if (view->nr_entries == 0) {
        tree_fault(check->faults,
                   "the hypervisor's node has no \"reg\": entry 0, the grant "
                   "table, must always be there");
        return;
    }
    if (!entry_range(&view->entries[0], &last))
        tree_fault(check->faults,
                   "entry 0, the grant table, is no range: %#" PRIx64
                   " bytes at %#" PRIx64,
                   view->entries[0].size, view->entries[0].base);
    else if (check->in_windows && (view->entries[0].base != GUEST_GNTTAB_BASE ||
                                   view->entries[0].size != GUEST_GNTTAB_SIZE))
        tree_fault(check->faults,
                   "entry 0 at %#" PRIx64 "-%#" PRIx64 " is not the grant "
                   "table's window, %#" PRIx64 "-%#" PRIx64,
                   view->entries[0].base, last, (uint64_t)GUEST_GNTTAB_BASE,
                   (uint64_t)(GUEST_GNTTAB_BASE + (GUEST_GNTTAB_SIZE - 1)));
    if (view->nr_entries > REGIONS_MAX + 1)
        tree_fault(check->faults, "%zu extended regions; a guest can have %d",
                   view->nr_entries - 1, REGIONS_MAX);
    if (view->is_32bit && view->nr_entries > 1)
        tree_fault(check->faults,
                   "a 32-bit guest with extended regions: it must have "
                   "entry 0, the grant table, alone");
}

/* Rules 2, 3 and 4: what a region must be in itself. */
static void check_region(struct check *check, size_t index)
{
    const struct dt_range *entry = &check->view->entries[index];
    char text[ENTRY_TEXT_SIZE];
    uint64_t last;

    if (!entry_range(entry, &last)) {
        tree_fault(check->faults,
                   "extended region %zu is no range: %#" PRIx64
                   " bytes at %#" PRIx64,
                   index, entry->size, entry->base);
        return;
    }
    entry_text(index, entry, text);
    if (entry->base % REGION_ALIGNMENT || entry->size % REGION_ALIGNMENT)
        tree_fault(check->faults,
                   "%s: start and size must be multiples of "
                   "2 MiB",
                   text);
    if (entry->size < REGION_MIN_SIZE)
        tree_fault(check->faults, "%s is smaller than %" PRIu64 " MiB", text,
                   REGION_MIN_SIZE >> 20);
    if (check->in_windows && !in_a_window(entry->base, last))
        tree_fault(check->faults,
                   "%s is not inside a window for RAM, where alone a guest "
                   "may expect free addresses",
                   text);
    if (check->bits && last > check->highest)
        tree_fault(check->faults, "%s lies beyond %u-bit guest addresses", text,
                   check->bits);
}

/* Rule 5.  Linux drops all regions when one does not keep it. */
static void check_order(struct check *check)
{
    const struct tree_view *view = check->view;
    uint64_t reach = 0, last;
    size_t furthest = 0;

    for (size_t i = 1; i < view->nr_entries && !full(check); i++) {
        const struct dt_range *entry = &view->entries[i];

        if (!entry_range(entry, &last))
            continue;
        if (furthest && entry->base <= reach)
            tree_fault(check->faults,
                       "extended regions %zu and %zu overlap or do not "
                       "ascend: %#" PRIx64 "-%#" PRIx64 ", then %#" PRIx64
                       "-%#" PRIx64,
                       furthest, i, view->entries[furthest].base, reach,
                       entry->base, last);
        else if (furthest && entry->base - reach == 1)
            tree_fault(check->faults,
                       "extended regions %zu and %zu touch at %#" PRIx64
                       ": Linux uses none of them then",
                       furthest, i, entry->base);
        if (!furthest || last > reach) {
            reach = last;
            furthest = i;
        }
    }
}

static void tell_overlap(struct check *check, const char *what,
                         const struct claim *claim)
{
    char source[CLAIM_SOURCE_SIZE];

    tree_fault(check->faults, "%s overlaps %s (%s) at %#" PRIx64 "-%#" PRIx64,
               what, claim->name, claim_source(claim, source, sizeof(source)),
               claim->first, claim->last);
}

/* Rule 2: no region, and not the grant table either, lies on a claim. */
static void check_claims(struct check *check)
{
    const struct tree_view *view = check->view;
    char text[ENTRY_TEXT_SIZE];
    uint64_t last, table_last;

    for (size_t i = 0; i < view->nr_entries; i++) {
        const struct dt_range *entry = &view->entries[i];

        if (!entry_range(entry, &last))
            continue;
        entry_text(i, entry, text);
        for (size_t j = 0; j < check->claims.count && !full(check); j++) {
            const struct claim *claim = &check->claims.claims[j];

            if (claim->first > last)
                break;
            if (claim->last >= entry->base)
                tell_overlap(check, text, claim);
        }
        if (i > 0 && !full(check) &&
            entry_range(&view->entries[0], &table_last) &&
            entry->base <= table_last && last >= view->entries[0].base)
            tree_fault(check->faults, "%s overlaps the grant table (entry 0)",
                       text);
    }
}

/*
 * Rule 9: what the guest finds on top of its RAM.  Not asked of the tree of
 * a whole machine, which may describe one thing in several nodes.
 */
static void check_ram(struct check *check)
{
    for (size_t i = 0; check->in_windows && i < check->claims.count; i++) {
        const struct claim *ram = &check->claims.claims[i];
        char text[CLAIM_SOURCE_SIZE + 80];

        if (ram->kind != CLAIM_RAM)
            continue;
        snprintf(text, sizeof(text), "RAM (%.100s) at %#" PRIx64 "-%#" PRIx64,
                 ram->name, ram->first, ram->last);
        for (size_t j = 0; j < check->claims.count && !full(check); j++) {
            const struct claim *claim = &check->claims.claims[j];

            if (claim->first > ram->last)
                break;
            if (claim->last >= ram->first && j != i &&
                claim->kind != CLAIM_TREE_RESERVED &&
                (claim->kind != CLAIM_RAM || j > i))
                tell_overlap(check, text, claim);
        }
    }
}

void tree_check(const struct tree_view *view, const struct addrmap *config,
                unsigned int gpaddr_bits, struct tree_faults *faults)
{
    struct arm_error ignored = { 0 };
    struct check check = {
        .view = view,
        .faults = faults,
        .in_windows = has_guest_layout(view),
        .bits = gpaddr_bits,
    };

    if (gpaddr_bits && gpaddr_last(gpaddr_bits, &check.highest, &ignored))
        tree_fault(faults, "%s", ignored.message);
    if (!gather_claims(&check, config)) {
        tree_fault(faults, "no memory to check the tree's claims");
        return;
    }
    check_entries(&check);
    for (size_t i = 1; i < view->nr_entries && !full(&check); i++)
        check_region(&check, i);
    check_order(&check);
    check_claims(&check);
    check_ram(&check);
    free(check.claims.claims);
}
