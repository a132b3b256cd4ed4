/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The planner of extended regions: ranges of guest addresses inside the RAM
 * windows that nothing claims, for the guest to map foreign pages at.  Owns
 * the rules of what such a range may be.  Which addresses are claimed it is
 * told; it allocates nothing.
 */
#ifndef ARM_REGIONS_H
#define ARM_REGIONS_H

#include <stddef.h>
#include <stdint.h>

#include "arm/addrmap.h"
#include "arm/error.h"

/* Tests of every map of a small universe build with smaller numbers. */
#ifndef REGIONS_MAX
#define REGIONS_MAX     256
#define REGION_MIN_SIZE (UINT64_C(64) << 20)
#endif
#define REGION_ALIGNMENT (UINT64_C(2) << 20)

/* A window that holds RAM and may hold regions; size is not 0. */
struct region_window {
    uint64_t base;
    uint64_t size;
};

struct region {
    uint64_t base;
    uint64_t size;
};

struct region_plan {
    unsigned int count;
    /* Ascending, never touching; the last is room to choose from. */
    struct region region[REGIONS_MAX + 1];
    size_t dropped;           /* candidates beyond REGIONS_MAX */
    uint64_t dropped_largest; /* no region is smaller than this */
    uint64_t dropped_bytes;
};

/*
 * Plans the regions of one guest.  windows ascend and do not overlap; claims
 * ascend by their first address, and may overlap.  Fails for gpaddr_bits of 0
 * or above 64 and for windows out of order; finding no region is not a failure.
 * *plan_r is untouched on failure.
 */
int regions_plan(unsigned int gpaddr_bits, const struct region_window *windows,
                 size_t nr_windows, const struct claim *claims,
                 size_t nr_claims, struct region_plan *plan_r,
                 struct arm_error *error);

/*
 * The largest number of regions that any plan of these windows and claims can
 * have, whatever part of the windows RAM takes.
 */
unsigned int regions_bound(const struct region_window *windows,
                           size_t nr_windows, const struct claim *claims,
                           size_t nr_claims);

#endif
