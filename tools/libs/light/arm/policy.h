/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The wishes of the host's administrator for every guest's addresses, for which
 * xl.cfg(5) has no word: arm-regions.conf(5).  Owns the file's syntax and
 * limits, and what its settings do to a plan of regions.
 */
#ifndef ARM_POLICY_H
#define ARM_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arm/addrmap.h"
#include "arm/error.h"
#include "arm/regions.h"

/* Where the file is: arm-regions.conf(5). */
#ifndef ARM_POLICY_FILE /* tests have their own */
#define ARM_POLICY_FILE "/etc/xen/arm-regions.conf"
#endif

/* A larger file is refused, and so are more ranges. */
#define ARM_POLICY_MAX_SIZE      65536
#define ARM_POLICY_MAX_KEEP_FREE 64
#define ARM_POLICY_MAX_BUDGETS   64

/* Both ends are inside. */
struct arm_policy_range {
    uint64_t first;
    uint64_t last;
};

/* All zeroes are the defaults: what happens without a file. */
struct arm_policy {
    bool restricts;       /* the file may leave a guest fewer regions */
    bool regions_off;     /* entry 0 alone */
    bool overlap_warns;   /* an overlap is no reason to refuse a guest */
    uint64_t min_size;    /* 0: the planner's own */
    uint64_t max_size;    /* 0: as large as the gap; else whole 2 MiB */
    uint64_t max_address; /* regions end below it; 0: no such limit */
    uint64_t map_budget;  /* room in the paging pool for so many bytes */
    unsigned int nr_keep_free;
    struct arm_policy_range keep_free[ARM_POLICY_MAX_KEEP_FREE];
};

/*
 * Reads size bytes of text, for the guest of that name; file is the text's
 * name, for errors, which name the line as well.  *policy_r is untouched on
 * failure.  Which text is a failure does not depend on the guest.
 */
int arm_policy_parse(const char *file, const char *text, size_t size,
                     const char *guest, struct arm_policy *policy_r,
                     struct arm_error *error);

/* The same for a file; one that does not exist gives the defaults. */
int arm_policy_read(const char *file, const char *guest,
                    struct arm_policy *policy_r, struct arm_error *error);

/*
 * Plans the regions of a guest with that finished map in the windows, as the
 * policy lets them be.  Finding none is not a failure; *plan_r is untouched on
 * failure.  What is dropped counts before the policy's own limits of size,
 * unless all of it is smaller than they let it be.
 */
int arm_policy_plan(const struct arm_policy *policy, unsigned int gpaddr_bits,
                    const struct region_window *windows, size_t nr_windows,
                    const struct addrmap *map, struct region_plan *plan_r,
                    struct arm_error *error);

/* The largest number of regions that such a plan can have. */
unsigned int arm_policy_bound(const struct arm_policy *policy,
                              const struct region_window *windows,
                              size_t nr_windows, const struct addrmap *map);

#endif
