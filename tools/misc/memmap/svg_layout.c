/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Cuts the address space into panels, puts the map's rows into them, and
 * spreads the labels.
 */
#include <stdlib.h>

#include "arm/guest_map.h"
#include "arm/linux_use.h"
#include "memmap/svg_layout.h"

#define MIN_TICKS 8

double svg_panel_position(const struct svg_panel *panel, uint64_t address)
{
    double size = (double)(panel->last - panel->first) + 1;

    return (double)(address - panel->first) / size;
}

/* The smallest power of two of which at most MIN_TICKS make the panel. */
static uint64_t tick_of(uint64_t first, uint64_t last)
{
    uint64_t tick = 1;

    while (tick < UINT64_C(1) << 63 && (last - first) / tick >= MIN_TICKS)
        tick *= 2;
    return tick;
}

static unsigned int lines_of(const struct map_row *row)
{
    if (!row->region)
        return 3;
    return linux_usable(row->region, LINUX_SECTION_4K) ==
                   linux_usable(row->region, LINUX_SECTION_64K)
               ? 4
               : 5;
}

static bool crosses(const struct map_row *row, const struct svg_panel *panel)
{
    return row->first <= panel->last && row->last >= panel->first;
}

static void put_item(struct svg_panel *panel, const struct map_row *row)
{
    panel->items[panel->nr_items++] = (struct svg_item) {
        .row = *row,
        .first = row->first > panel->first ? row->first : panel->first,
        .last = row->last < panel->last ? row->last : panel->last,
        .labelled = true,
        .lines = lines_of(row),
    };
}

/*
 * Ends an open panel above the banks a little behind what is last in it: the
 * rest of its space is empty, and may be very much.
 */
static void trim(struct svg_panel *panel)
{
    const uint64_t all = panel->last - panel->first;
    uint64_t used = panel->items[panel->nr_items - 1].last - panel->first;
    uint64_t size = 4096;

    used = used < all - used / 8 ? used + used / 8 : all;
    while (size - 1 < used && size < UINT64_C(1) << 63)
        size *= 2;
    if (size - 1 >= used && size - 1 < all)
        panel->last = panel->first + (size - 1);
}

/* Adds the panel if it is a window for RAM, or something is in it. */
static int add_panel(struct svg_layout *layout, uint64_t first, uint64_t last,
                     int window, const struct addrmap *map,
                     const struct region_plan *plan)
{
    struct svg_panel *panel = &layout->panels[layout->nr_panels];
    struct map_rows rows = map_rows_start(map, plan);
    struct map_row row;

    *panel = (struct svg_panel) {
        .first = first,
        .last = last,
        .window = window,
        .items = calloc(map->count + plan->count + 1, sizeof(*panel->items)),
    };
    if (!panel->items)
        return -1;
    while (map_rows_next(&rows, &row))
        if (crosses(&row, panel))
            put_item(panel, &row);
    if (panel->nr_items == 0 && window < 0) {
        free(panel->items);
        *panel = (struct svg_panel) { 0 };
        return 0;
    }
    if (window < 0 && panel->nr_items > 0 && layout->nr_panels > 0)
        trim(panel);
    panel->tick = tick_of(panel->first, panel->last);
    layout->nr_panels++;
    return 0;
}

static int add_panels(struct svg_layout *layout, const struct addrmap *map,
                      const struct region_plan *plan, uint64_t highest)
{
    uint64_t from = 0;

    for (int i = 0; i < GUEST_RAM_BANKS; i++) {
        const struct region_window *window = &arm_ram_windows[i];
        uint64_t last = window->base + (window->size - 1);

        if (window->base > highest)
            break;
        if (last > highest)
            last = highest;
        if ((window->base > from &&
             add_panel(layout, from, window->base - 1, -1, map, plan)) ||
            add_panel(layout, window->base, last, i, map, plan))
            return -1;
        from = last + 1;
    }
    if (from > 0 && from <= highest)
        return add_panel(layout, from, highest, -1, map, plan);
    return from == 0 ? add_panel(layout, 0, highest, -1, map, plan) : 0;
}

static int compare_sizes(const void *left, const void *right)
{
    const struct svg_item *a = *(struct svg_item *const *)left;
    const struct svg_item *b = *(struct svg_item *const *)right;
    uint64_t size_a = a->last - a->first, size_b = b->last - b->first;

    return (size_a < size_b) - (size_a > size_b);
}

/* With too many to name, the largest get a label. */
static int choose_labels(struct svg_panel *panel)
{
    struct svg_item **by_size;

    if (panel->nr_items <= SVG_MAX_LABELS)
        return 0;
    by_size = calloc(panel->nr_items, sizeof(*by_size));
    if (!by_size)
        return -1;
    for (size_t i = 0; i < panel->nr_items; i++)
        by_size[i] = &panel->items[i];
    qsort(by_size, panel->nr_items, sizeof(*by_size), compare_sizes);
    for (size_t i = SVG_MAX_LABELS; i < panel->nr_items; i++)
        by_size[i]->labelled = false;
    panel->unlabelled = panel->nr_items - SVG_MAX_LABELS;
    free(by_size);
    return 0;
}

static double label_height(const struct svg_item *item)
{
    return item->lines * SVG_LINE_HEIGHT + SVG_LABEL_GAP;
}

/* Minimum width for the panel's labels. */
static double labels_height(const struct svg_panel *panel)
{
    double height = 0;

    for (size_t i = 0; i < panel->nr_items; i++)
        if (panel->items[i].labelled)
            height += label_height(&panel->items[i]);
    return height;
}

static void place_items(struct svg_panel *panel, double column)
{
    for (size_t i = 0; i < panel->nr_items; i++) {
        struct svg_item *item = &panel->items[i];
        double top = svg_panel_position(panel, item->first) * column;
        double size = (double)(item->last - item->first) + 1;

        item->top = top;
        item->height =
            size / ((double)(panel->last - panel->first) + 1) * column;
        if (item->height < SVG_MIN_ITEM)
            item->height = SVG_MIN_ITEM;
        if (item->top > column - item->height)
            item->top = column - item->height;
    }
}

/* Each beside its item; then down until none covers the one above; then up. */
static void place_labels(struct svg_panel *panel, double column)
{
    double free_from = 0, free_to = column;

    for (size_t i = 0; i < panel->nr_items; i++) {
        struct svg_item *item = &panel->items[i];

        if (!item->labelled)
            continue;
        item->label_top = item->top + item->height / 2 - label_height(item) / 2;
        if (item->label_top < free_from)
            item->label_top = free_from;
        free_from = item->label_top + label_height(item);
    }
    for (size_t i = panel->nr_items; i-- > 0;) {
        struct svg_item *item = &panel->items[i];

        if (!item->labelled)
            continue;
        if (item->label_top > free_to - label_height(item))
            item->label_top = free_to - label_height(item);
        free_to = item->label_top;
    }
}

int svg_layout_make(const struct addrmap *map, const struct region_plan *plan,
                    uint64_t highest, struct svg_layout *layout_r)
{
    struct svg_layout layout = { .height = SVG_MIN_HEIGHT };

    if (add_panels(&layout, map, plan, highest))
        goto fail;
    for (size_t i = 0; i < layout.nr_panels; i++) {
        double needed;

        if (choose_labels(&layout.panels[i]))
            goto fail;
        needed = labels_height(&layout.panels[i]);
        if (layout.height < needed)
            layout.height = needed;
    }
    for (size_t i = 0; i < layout.nr_panels; i++) {
        place_items(&layout.panels[i], layout.height);
        place_labels(&layout.panels[i], layout.height);
    }
    *layout_r = layout;
    return 0;

fail:
    svg_layout_dispose(&layout);
    return -1;
}

void svg_layout_dispose(struct svg_layout *layout)
{
    for (size_t i = 0; i < SVG_MAX_PANELS; i++)
        free(layout->panels[i].items);
    *layout = (struct svg_layout) { 0 };
}
