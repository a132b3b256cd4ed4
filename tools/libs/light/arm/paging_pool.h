/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The paging pool of a guest: the pages that the hypervisor has for the tables
 * of the guest's addresses.  Owns how many pages what a guest maps can take.
 * The tables are those of the second stage with 4 KiB pages (Arm ARM, DDI
 * 0487, "VMSAv8-64 translation using the 4KB granule"): one of level 3 is for
 * 2 MiB of addresses, one of level 2 for 1 GiB, one of level 1 for 512 GiB.
 * Each is a page.  The root is not from the pool.
 */
#ifndef ARM_PAGING_POOL_H
#define ARM_PAGING_POOL_H

#include <stdint.h>

#include "arm/addrmap.h"

#include "guest-layout.h"

/* The pool of a guest whose configuration does not set it, in KiB. */
uint64_t arm_pool_default_kb(uint64_t vcpus, uint64_t ram_kb);

/* All that the windows for regions hold. */
#define ARM_POOL_MAX_SIZE GUEST_RAM_MAX

/*
 * The most pages that the tables take for size bytes of foreign pages which
 * the guest maps in its regions side by side, from the start of a region on
 * into the next, wherever the regions are.  size is a multiple of 2 MiB and at
 * most ARM_POOL_MAX_SIZE.
 */
uint64_t arm_pool_pages_for(uint64_t size);

/* The same in KiB. */
uint64_t arm_pool_kb_for(uint64_t size);

/* The largest such size, at most most, whose tables take no more than pages. */
uint64_t arm_pool_mappable(uint64_t pages, uint64_t most);

/*
 * The most pages that the tables take for all claims of a finished map, each
 * mapped page by page.
 */
uint64_t arm_pool_pages_of_map(const struct addrmap *map);

#endif
