/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The part of a region that Linux can use.  Counts sections instead of adding
 * sizes to addresses, so that a region at the very end does not wrap.
 */
#include "arm/linux_use.h"

uint64_t linux_usable(const struct region *region, uint64_t section)
{
    uint64_t first, end, last;

    if (region->size == 0)
        return 0;
    last = region->base + (region->size - 1);
    first = region->base / section + (region->base % section != 0);
    end = last / section + (last % section == section - 1);
    return end > first ? (end - first) * section : 0;
}
