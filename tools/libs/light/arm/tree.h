/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The guest's device tree, in the two steps that building a domain has.
 *
 *     struct arm_guest guest = { … };
 *     struct arm_error error = { 0 };
 *
 *     arm_tree_create(&guest, &tree, &error)       after xc_dom_parse_image
 *     xc_dom_devicetree_mem(dom, tree.fdt, tree.size)     it borrows the bytes
 *     xc_dom_mem_init, xc_dom_boot_mem_init       banks and ramdisk are known
 *     arm_tree_finalise(dom->devicetree_blob, dom->devicetree_size, &guest,
 *                       &placement, &report, &error)
 *     xc_dom_build_image                          the bytes go to the guest
 *     arm_tree_dispose(&tree)                             after xc_dom_release
 *
 * Creating refuses a guest whose address map has an overlap; no memory was
 * populated by then.  Finalising changes bytes in place and never needs more
 * room than creating has reserved.
 */
#ifndef ARM_TREE_H
#define ARM_TREE_H

#include <stddef.h>

#include "arm/acpi.h"
#include "arm/error.h"
#include "arm/guest.h"
#include "arm/regions.h"

struct arm_tree {
    void *fdt;
    size_t size;
    struct arm_acpi acpi; /* empty but for a guest with ACPI */
};

/* What finalising reports to the user. */
struct arm_report {
    struct region_plan regions;
    char warning[300]; /* empty: nothing to warn of */
    char overlap[550]; /* the same: the policy lets claims overlap */
    char budget[200];  /* the same: the map_budget has no use */
    char acpi[200];    /* the same: what ACPI takes from the guest */
};

/* All that the regions hold, in bytes. */
uint64_t arm_report_room(const struct arm_report *report);

/*
 * Builds the whole tree, with zeroed placeholders for what is not known yet,
 * and the ACPI tables. On success *tree_r is for arm_tree_dispose(); else it is
 * untouched.
 */
int arm_tree_create(const struct arm_guest *guest, struct arm_tree *tree_r,
                    struct arm_error *error);

/* Accepts NULL and what was disposed already. */
void arm_tree_dispose(struct arm_tree *tree);

/*
 * Fills the placeholders of a tree of arm_tree_create(), wherever its bytes
 * are now, and removes what this guest does not need.  The finished tree's
 * totalsize may be smaller than size; the bytes behind it are zero.
 * *report_r is untouched on failure.
 */
int arm_tree_finalise(void *fdt, size_t size, const struct arm_guest *guest,
                      const struct arm_placement *placement,
                      struct arm_report *report_r, struct arm_error *error);

#endif
