/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The guest's address map as text for people.
 */
#ifndef ARM_MAP_TEXT_H
#define ARM_MAP_TEXT_H

#include <stdio.h>

#include "arm/addrmap.h"
#include "arm/regions.h"

/* "512 MiB": exact, in the largest unit that divides it.  Returns text. */
#define SIZE_TEXT_SIZE 32
const char *size_text(uint64_t size, char text[SIZE_TEXT_SIZE]);

/*
 * A head, and one line for each claim and region, by address: where it is,
 * its size, what of a region Linux can use, and what it is.  regions may be
 * NULL.  Nothing at all for an empty map.
 */
void map_text_write(FILE *to, const struct addrmap *map,
                    const struct region_plan *regions);

#endif
