/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Which guest addresses a guest uses: fills an address map from the guest's
 * description.  The tree, the regions and every report read from that map;
 * no other file turns options into addresses.
 */
#ifndef ARM_GUEST_MAP_H
#define ARM_GUEST_MAP_H

#include "arm/addrmap.h"
#include "arm/guest.h"
#include "arm/regions.h"

/* The windows for RAM that the hypervisor's public interface gives. */
extern const struct region_window arm_ram_windows[GUEST_RAM_BANKS];

/*
 * How the builder spreads pages over the windows: the lowest is filled first.
 * Refuses more than they hold; bank_pages_r is untouched then.
 */
int arm_ram_spread(uint64_t pages, uint64_t bank_pages_r[GUEST_RAM_BANKS],
                   struct arm_error *error);

/*
 * The finished map of a guest with bank_pages pages of RAM in each window.
 * On success *map_r is for addrmap_dispose(); else it is untouched.
 * Refuses overlaps unless the policy lets them be, and claims beyond the
 * guest's address width.
 */
int arm_guest_map(const struct arm_guest *guest,
                  const uint64_t bank_pages[GUEST_RAM_BANKS],
                  struct addrmap *map_r, struct arm_error *error);

#endif
