/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The guest's address map as text.  Owns columns and units only.
 */
#include "arm/map_text.h"

#include <inttypes.h>

#include "arm/linux_use.h"
#include "arm/map_rows.h"

#define HEADER                                                                 \
    "                                                     Linux can use,\n"    \
    "                                                     with pages of\n"     \
    "         first             last           size     4 KiB    64 KiB  "     \
    "what\n"

/* Sizes stay exact: in the largest unit that divides them. */
const char *size_text(uint64_t size, char text[SIZE_TEXT_SIZE])
{
    static const char *const units[] = { "B", "KiB", "MiB", "GiB" };
    size_t unit = 0;

    while (unit < 3 && size > 0 && size % 1024 == 0) {
        size /= 1024;
        unit++;
    }
    snprintf(text, SIZE_TEXT_SIZE, "%" PRIu64 " %s", size, units[unit]);
    return text;
}

static void write_region(FILE *to, const struct map_row *row)
{
    char small[SIZE_TEXT_SIZE], large[SIZE_TEXT_SIZE];

    fprintf(to, "%9s %9s  extended region %u\n",
            size_text(linux_usable(row->region, LINUX_SECTION_4K), small),
            size_text(linux_usable(row->region, LINUX_SECTION_64K), large),
            row->number);
}

void map_text_write(FILE *to, const struct addrmap *map,
                    const struct region_plan *regions)
{
    struct map_rows rows = map_rows_start(map, regions);
    struct map_row row;

    if (map->count > 0 || (regions && regions->count > 0))
        fputs(HEADER, to);
    while (map_rows_next(&rows, &row)) {
        char size[SIZE_TEXT_SIZE], source[CLAIM_SOURCE_SIZE];

        fprintf(to, "%#14" PRIx64 " - %#14" PRIx64 "  %11s  ", row.first,
                row.last, size_text(row.last - row.first + 1, size));
        if (row.region)
            write_region(to, &row);
        else
            fprintf(to, "%19s  %s (%s)\n", "", row.claim->name,
                    claim_source(row.claim, source, sizeof(source)));
    }
}
