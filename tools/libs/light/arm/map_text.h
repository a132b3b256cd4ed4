/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The guest's address map as text for people.
 */
#ifndef ARM_MAP_TEXT_H
#define ARM_MAP_TEXT_H

#include <stdio.h>

#include "arm/addrmap.h"
#include "arm/regions.h"

/* One line for each claim and region, by address; regions may be NULL. */
void map_text_write(FILE *to, const struct addrmap *map,
                    const struct region_plan *regions);

#endif
