/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The checker's files and words.  arm/tree_check.c has the rules.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arm/guest_map.h"
#include "arm/tree_check.h"
#include "memmap/check.h"
#include "memmap/file.h"
#include "memmap/report.h"

static void print_fault(void *opaque, const char *text)
{
    const char *path = opaque;

    printf("%s: %s\n", path, text);
}

/*
 * The claims of the configuration.  What it leaves to the machine the tree
 * tells; a width that nobody has told forbids nothing.
 */
static int map_config(struct memmap_config *config,
                      const struct memmap_machine *machine,
                      const struct tree_view *view, struct addrmap *map_r,
                      struct tree_faults *faults, struct arm_error *error)
{
    struct memmap_machine told = *machine;
    uint64_t bank_pages[GUEST_RAM_BANKS];

    if (view->gic)
        told.gic = view->gic;
    if (told.assumed_gpaddr_bits)
        told.gpaddr_bits = 64;
    memmap_config_place(config, &told);
    /* Report overlaps; even so, no region may lie on them. */
    config->guest.policy.overlap_warns = true;
    if (!arm_ram_spread(config->guest.ram_pages, bank_pages, error) &&
        !arm_guest_map(&config->guest, bank_pages, map_r, error) &&
        !addrmap_overlaps(map_r, error))
        return 0;
    if (error->fault != ARM_FAULT_CONFIG)
        return -1;
    tree_fault(faults, "%s", error->message);
    return 0;
}

static void print_verdict(const char *path, const struct tree_view *view,
                          bool has_config)
{
    size_t regions = view->nr_entries - 1;
    char text[SIZE_TEXT_SIZE];
    uint64_t all = 0;

    for (size_t i = 1; i < view->nr_entries; i++)
        all += view->entries[i].size;
    printf("%s: safe: %zu extended region%s, %s\n", path, regions,
           regions == 1 ? "" : "s", memmap_about_text(all, text));
    if (!has_config && view->is_xenvm)
        printf("%s: a tree does not show passed-through memory: name the "
               "guest's xl.cfg, too, to check that\n",
               path);
}

static int check_tree(const char *path, const void *fdt, size_t size,
                      struct memmap_config *config,
                      const struct memmap_machine *machine,
                      struct arm_error *error)
{
    char *shown = memmap_printable(path);
    struct tree_faults faults = { .report = print_fault, .opaque = shown };
    struct addrmap map = { 0 };
    struct tree_view view = { 0 };
    int rc = -1;

    if (!shown) {
        arm_error_set(error, ARM_FAULT_NOMEM, "no memory");
        goto out;
    }
    if (tree_view_read(fdt, size, &view, &faults, error) ||
        (config && map_config(config, machine, &view, &map, &faults, error)))
        goto out;
    tree_check(&view, &map,
               machine->assumed_gpaddr_bits ? 0 : machine->gpaddr_bits,
               &faults);
    if (faults.count == 0)
        print_verdict(shown, &view, config);
    rc = faults.count;

out:
    tree_view_dispose(&view);
    addrmap_dispose(&map);
    free(shown);
    return rc;
}

int memmap_check(const char *path, struct memmap_config *config,
                 const struct memmap_machine *machine, struct arm_error *error)
{
    size_t size;
    void *fdt = memmap_file_read(path, TREE_VIEW_MAX_SIZE, &size);
    int rc;

    if (!fdt)
        return arm_error_set(error, ARM_FAULT_CONFIG, "cannot read it: %s",
                             errno == EFBIG ? "too large for a device tree"
                                            : strerror(errno));
    rc = check_tree(path, fdt, size, config, machine, error);
    free(fdt);
    return rc;
}
