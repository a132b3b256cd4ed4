/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The layout of a map's drawing.  Owns scales, and labels that do
 * not cover each other; how things look is svg.c's.  Lengths are pixels, from
 * the top of a panel's column.
 */
#ifndef MEMMAP_SVG_LAYOUT_H
#define MEMMAP_SVG_LAYOUT_H

#include "arm/guest.h"
#include "arm/map_rows.h"

/* Each window for RAM, and what is below, between and above them. */
#define SVG_MAX_PANELS (2 * GUEST_RAM_BANKS + 1)

#define SVG_LINE_HEIGHT 15.0
#define SVG_LABEL_GAP   10.0
#define SVG_MIN_HEIGHT  540.0 /* of a column */
#define SVG_MIN_ITEM    4.0   /* a page must be seen, too */
#define SVG_MAX_LABELS  24    /* in one panel; the smallest go without */

struct svg_item {
    struct map_row row;
    uint64_t first, last; /* what of it lies in this panel */
    double top, height;
    bool labelled;
    unsigned int lines; /* of its label */
    double label_top;
};

struct svg_panel {
    uint64_t first, last;
    int window; /* the bank whose window this is, or -1 */
    uint64_t tick;
    struct svg_item *items;
    size_t nr_items;
    size_t unlabelled;
};

struct svg_layout {
    struct svg_panel panels[SVG_MAX_PANELS];
    size_t nr_panels; /* ascending; parts with nothing in them have none */
    double height;    /* of each column */
};

/*
 * Lays out what a guest with that last address has.  Returns 0, or -1 when
 * memory runs out; on success *layout_r is for svg_layout_dispose().
 */
int svg_layout_make(const struct addrmap *map, const struct region_plan *plan,
                    uint64_t highest, struct svg_layout *layout_r);

void svg_layout_dispose(struct svg_layout *layout);

/* How far into the panel an address is: 0 to 1. */
double svg_panel_position(const struct svg_panel *panel, uint64_t address);

#endif
