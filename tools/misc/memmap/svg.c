/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The map as a drawing.  A guest's ranges go from a page to nearly a TiB, and
 * no one scale shows them all.  So there is a bar with everything to one
 * scale, and below it a panel for each part of the address space to a scale
 * of its own, with a name beside each range.  Addresses grow to the right in
 * the bar and downwards in the panels.
 */
#include <inttypes.h>
#include <string.h>

#include "arm/linux_use.h"
#include "arm/map_text.h"
#include "memmap/report.h"
#include "memmap/svg_layout.h"

#define MARGIN       24.0
#define BAR_Y        126.0
#define BAR_HEIGHT   26.0
#define COLUMN_Y     276.0
#define PANEL_WIDTH  420.0
#define COLUMN_X     70.0 /* from the panel's left: room for the ticks */
#define COLUMN_WIDTH 88.0
#define LABEL_X      (COLUMN_X + COLUMN_WIDTH + 26.0)
#define BOTTOM       48.0

/* Colours that people with colour blindness can tell apart. */
enum paint { RAM, REGION, DEVICE, XEN, PASSED, PAINTS };

static const struct {
    const char *class, *legend;
    double width; /* of the legend's words: nobody measures text here */
} paints[PAINTS] = {
    [RAM] = { "ram", "RAM", 30 },
    [REGION] = { "region", "extended region: room for foreign pages", 246 },
    [DEVICE] = { "device", "emulated device", 106 },
    [XEN] = { "xen", "pages shared with Xen", 140 },
    [PASSED] = { "passed", "passed-through memory", 150 },
};

static const char style[] =
    "text { font-family: 'DejaVu Sans', Verdana, Helvetica, Arial, "
    "sans-serif; font-size: 12px; fill: #222 }\n"
    ".title { font-size: 21px; font-weight: bold }\n"
    ".head { font-size: 15px; font-weight: bold }\n"
    ".name { font-weight: bold }\n"
    ".faint { fill: #666 }\n"
    ".address { font-family: 'DejaVu Sans Mono', Menlo, Consolas, monospace; "
    "font-size: 11px; fill: #444 }\n"
    ".tick { font-size: 11px; fill: #666; text-anchor: end }\n"
    ".inside { fill: #fff; font-weight: bold; text-anchor: middle }\n"
    ".line { stroke: #999; fill: none }\n"
    ".frame { stroke: #555; fill: none }\n"
    ".zoom { fill: #000; fill-opacity: 0.06 }\n"
    ".ram, .region, .device, .xen, .passed { stroke: #fff; stroke-width: 0.5 "
    "}\n"
    ".bar rect { stroke: none }\n"
    ".ram { fill: #0072b2 }\n"
    ".region { fill: #009e73 }\n"
    ".device { fill: #e69f00 }\n"
    ".xen { fill: #a5689a }\n"
    ".passed { fill: #d03c1e }\n";

static enum paint paint_of(const struct map_row *row)
{
    if (row->region)
        return REGION;
    switch (row->claim->kind) {
    case CLAIM_RAM:
        return RAM;
    case CLAIM_IOMEM:
    case CLAIM_PARTIAL:
        return PASSED;
    case CLAIM_GRANT_TABLE:
    case CLAIM_MAGIC:
        return XEN;
    default:
        return DEVICE;
    }
}

/* Text of ours and of the configuration, which is printable ASCII by now. */
static void put_text(FILE *to, const char *text)
{
    for (; *text; text++)
        switch (*text) {
        case '&':
            fputs("&amp;", to);
            break;
        case '<':
            fputs("&lt;", to);
            break;
        case '>':
            fputs("&gt;", to);
            break;
        default:
            fputc(*text, to);
        }
}

static void text_at(FILE *to, double x, double y, const char *class,
                    const char *text)
{
    fprintf(to, "<text x=\"%.1f\" y=\"%.1f\" class=\"%s\">", x, y, class);
    put_text(to, text);
    fputs("</text>\n", to);
}

static void box_at(FILE *to, double x, double y, double width, double height,
                   const char *class)
{
    fprintf(to,
            "<rect x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" height=\"%.2f\" "
            "class=\"%s\"/>\n",
            x, y, width, height, class);
}

/* A round address in the unit that fits it: "1.5 GiB". */
static const char *address_text(uint64_t address, char text[SIZE_TEXT_SIZE])
{
    static const char *const units[] = { "KiB", "MiB", "GiB",
                                         "TiB", "PiB", "EiB" };
    double value = (double)address / 1024;
    size_t unit = 0;

    if (address == 0)
        return "0";
    while (unit < 5 && value >= 1024) {
        value /= 1024;
        unit++;
    }
    snprintf(text, SIZE_TEXT_SIZE, "%.4g %s", value, units[unit]);
    return text;
}

#define ROW_NAME_SIZE 120
static const char *row_name(const struct map_row *row, char text[ROW_NAME_SIZE])
{
    if (row->claim)
        return row->claim->name;
    snprintf(text, ROW_NAME_SIZE, "extended region %u", row->number);
    return text;
}

/* What has room beside a column; of a long path, the end tells most. */
#define LABEL_NAME_LENGTH 25
static void put_label_name(FILE *to, const struct map_row *row, double x,
                           double y)
{
    char text[ROW_NAME_SIZE], cut[4 + LABEL_NAME_LENGTH];
    const char *name = row_name(row, text);
    size_t length = strlen(name);

    if (length > LABEL_NAME_LENGTH) {
        snprintf(cut, sizeof(cut), "...%s",
                 name + length - (LABEL_NAME_LENGTH - 2));
        name = cut;
    }
    text_at(to, x, y, "name", name);
}

static const char *end_text(uint64_t last, char text[SIZE_TEXT_SIZE])
{
    return last == UINT64_MAX ? "the end" : address_text(last + 1, text);
}

static void put_head(FILE *to, const struct memmap_report *report)
{
    char text[400], facts[FACTS_SIZE];

    snprintf(text, sizeof(text), "Guest physical addresses of '%.100s'",
             report->config->name);
    text_at(to, MARGIN, 38, "title", text);
    snprintf(text, sizeof(text), "%s%s%.150s", memmap_facts(report, facts),
             report->policy ? "; settings of " : "",
             report->policy ? report->policy : "");
    text_at(to, MARGIN, 60, "faint", text);
}

/* Only what this map has. */
static void put_legend(FILE *to, const struct svg_layout *layout)
{
    bool seen[PAINTS] = { false };
    double x = MARGIN;

    for (size_t i = 0; i < layout->nr_panels; i++)
        for (size_t j = 0; j < layout->panels[i].nr_items; j++)
            seen[paint_of(&layout->panels[i].items[j].row)] = true;
    for (int i = 0; i < PAINTS; i++) {
        if (!seen[i])
            continue;
        box_at(to, x, 78, 14, 14, paints[i].class);
        text_at(to, x + 20, 90, "", paints[i].legend);
        x += 20 + paints[i].width + 22;
    }
    box_at(to, x, 78, 14, 14, "unused frame");
    text_at(to, x + 20, 90, "", "unused");
}

struct bar {
    double width;
    double end; /* the address behind the last one, as a number */
};

static double bar_x(const struct bar *bar, uint64_t address)
{
    return MARGIN + (double)address / bar->end * bar->width;
}

/* From a panel's part of the bar to its column. */
static void put_zoom(FILE *to, const struct bar *bar,
                     const struct svg_panel *panel, double left)
{
    const double column = left + COLUMN_X;

    fprintf(to,
            "<path d=\"M%.2f %.1f L%.2f %.1f L%.2f %.1f L%.2f %.1f z\" "
            "class=\"zoom\"/>\n",
            bar_x(bar, panel->first), BAR_Y + BAR_HEIGHT,
            bar_x(bar, panel->last), BAR_Y + BAR_HEIGHT, column + COLUMN_WIDTH,
            COLUMN_Y, column, COLUMN_Y);
}

static void put_bar(FILE *to, const struct svg_layout *layout,
                    const struct bar *bar)
{
    const uint64_t last = layout->panels[layout->nr_panels - 1].last;
    char text[ROW_NAME_SIZE], end[SIZE_TEXT_SIZE];

    snprintf(text, sizeof(text), "All addresses from 0 to %s, to one scale",
             end_text(last, end));
    text_at(to, MARGIN, BAR_Y - 7, "faint", text);
    box_at(to, MARGIN, BAR_Y, bar->width, BAR_HEIGHT, "unused");
    /* RAM may be thinner than the line between two ranges. */
    fputs("<g class=\"bar\">\n", to);
    for (size_t i = 0; i < layout->nr_panels; i++)
        for (size_t j = 0; j < layout->panels[i].nr_items; j++) {
            const struct svg_item *item = &layout->panels[i].items[j];
            double x = bar_x(bar, item->first);

            double width = bar_x(bar, item->last) - x;

            box_at(to, x, BAR_Y, width, BAR_HEIGHT,
                   paints[paint_of(&item->row)].class);
            if (width >= 150)
                text_at(to, x + width / 2, BAR_Y + BAR_HEIGHT / 2 + 4, "inside",
                        row_name(&item->row, text));
        }
    fputs("</g>\n", to);
    box_at(to, MARGIN, BAR_Y, bar->width, BAR_HEIGHT, "frame");
}

static void put_panel_head(FILE *to, const struct svg_layout *layout,
                           const struct svg_panel *panel, double left,
                           const struct bar *bar)
{
    char text[200], first[SIZE_TEXT_SIZE], end[SIZE_TEXT_SIZE];
    double times = layout->height / ((double)(panel->last - panel->first) + 1) /
                   (bar->width / bar->end);

    if (panel->window >= 0)
        snprintf(text, sizeof(text), "Window for RAM bank %d", panel->window);
    else
        snprintf(text, sizeof(text), "%s",
                 panel->first == 0 ? "Below the RAM" : "Outside the windows");
    text_at(to, left + LABEL_X, COLUMN_Y - 40, "head", text);
    snprintf(text, sizeof(text), "%s to %s", address_text(panel->first, first),
             end_text(panel->last, end));
    text_at(to, left + LABEL_X, COLUMN_Y - 22, "faint", text);
    if (times >= 2) {
        snprintf(text, sizeof(text), "%.0f times the scale of the bar", times);
        text_at(to, left + LABEL_X, COLUMN_Y - 6, "faint", text);
    }
}

static void put_ticks(FILE *to, const struct svg_layout *layout,
                      const struct svg_panel *panel, double left)
{
    const double x = left + COLUMN_X;
    uint64_t address = panel->first;
    char text[SIZE_TEXT_SIZE];

    for (;;) {
        double y =
            COLUMN_Y + svg_panel_position(panel, address) * layout->height;

        fprintf(to, "<path d=\"M%.1f %.2f h-6\" class=\"line\"/>\n", x, y);
        text_at(to, x - 9, y + 4, "tick", address_text(address, text));
        address = address / panel->tick * panel->tick;
        /* The end has its own tick, and there may be none behind it. */
        if (panel->last - address < panel->tick + panel->tick / 2)
            break;
        address += panel->tick;
    }
    fprintf(to, "<path d=\"M%.1f %.2f h-6\" class=\"line\"/>\n", x,
            COLUMN_Y + layout->height);
    text_at(to, x - 9, COLUMN_Y + layout->height + 4, "tick",
            end_text(panel->last, text));
}

static void put_item(FILE *to, const struct svg_item *item, double left)
{
    const double x = left + COLUMN_X, y = COLUMN_Y + item->top;
    const char *paint = paints[paint_of(&item->row)].class;
    char size[SIZE_TEXT_SIZE], name[ROW_NAME_SIZE];

    fputs("<g><title>", to);
    put_text(to, row_name(&item->row, name));
    fprintf(to, ": %#" PRIx64 " - %#" PRIx64 "</title>\n", item->row.first,
            item->row.last);
    box_at(to, x, y, COLUMN_WIDTH, item->height, paint);
    fputs("</g>\n", to);
    /* For a quick look; the exact size is next to it. */
    memmap_about_text(item->row.last - item->row.first + 1, size);
    if (item->height >= 18)
        text_at(to, x + COLUMN_WIDTH / 2, y + item->height / 2 + 4, "inside",
                size);
}

static void put_label_lines(FILE *to, const struct svg_item *item, double x,
                            double y)
{
    const struct map_row *row = &item->row;
    char text[240], size[SIZE_TEXT_SIZE], use[SIZE_TEXT_SIZE];
    char source[CLAIM_SOURCE_SIZE];

    put_label_name(to, row, x, y);
    snprintf(text, sizeof(text), "%#" PRIx64 " - %#" PRIx64, row->first,
             row->last);
    text_at(to, x, y += SVG_LINE_HEIGHT, "address", text);
    size_text(row->last - row->first + 1, size);
    if (row->claim) {
        snprintf(text, sizeof(text), "%s (%s)", size,
                 claim_source(row->claim, source, sizeof(source)));
        text_at(to, x, y += SVG_LINE_HEIGHT, "", text);
        return;
    }
    text_at(to, x, y += SVG_LINE_HEIGHT, "", size);
    snprintf(text, sizeof(text), "Linux can use %s",
             size_text(linux_usable(row->region, LINUX_SECTION_4K), use));
    text_at(to, x, y += SVG_LINE_HEIGHT, "", text);
    if (item->lines < 5)
        return;
    snprintf(text, sizeof(text), "(with 64 KiB pages %s)",
             size_text(linux_usable(row->region, LINUX_SECTION_64K), use));
    text_at(to, x, y + SVG_LINE_HEIGHT, "", text);
}

static void put_label(FILE *to, const struct svg_item *item, double left)
{
    const double y = COLUMN_Y + item->label_top + SVG_LABEL_GAP / 2;
    const double from = COLUMN_Y + item->top + item->height / 2;
    const double middle = y + item->lines * SVG_LINE_HEIGHT / 2;

    fprintf(to,
            "<path d=\"M%.1f %.2f h3 L%.1f %.2f h5\" "
            "class=\"line\"/>\n",
            left + COLUMN_X + COLUMN_WIDTH, from, left + LABEL_X - 9, middle);
    put_label_lines(to, item, left + LABEL_X, y + SVG_LINE_HEIGHT - 4);
}

static void put_panel(FILE *to, const struct svg_layout *layout,
                      const struct svg_panel *panel, double left)
{
    char text[120];

    box_at(to, left + COLUMN_X, COLUMN_Y, COLUMN_WIDTH, layout->height,
           "unused");
    put_ticks(to, layout, panel, left);
    /* Draw small ranges on top of large ones. */
    for (int large = 1; large >= 0; large--)
        for (size_t i = 0; i < panel->nr_items; i++)
            if ((panel->items[i].height > SVG_MIN_ITEM) == large)
                put_item(to, &panel->items[i], left);
    box_at(to, left + COLUMN_X, COLUMN_Y, COLUMN_WIDTH, layout->height,
           "frame");
    for (size_t i = 0; i < panel->nr_items; i++)
        if (panel->items[i].labelled)
            put_label(to, &panel->items[i], left);
    if (panel->unlabelled) {
        snprintf(text, sizeof(text),
                 "%zu smaller ranges are drawn without a name",
                 panel->unlabelled);
        text_at(to, left + COLUMN_X, COLUMN_Y + layout->height + 26, "faint",
                text);
    }
}

int memmap_write_svg(FILE *to, const struct memmap_report *report)
{
    const struct memmap_plan *plan = report->plan;
    struct arm_error ignored = { 0 };
    struct svg_layout layout;
    struct bar bar;
    uint64_t highest;
    double width, height;

    if (gpaddr_last(report->machine->gpaddr_bits, &highest, &ignored) ||
        svg_layout_make(&plan->map, &plan->report.regions, highest, &layout))
        return -1;
    width = 2 * MARGIN + layout.nr_panels * PANEL_WIDTH;
    height = COLUMN_Y + layout.height + BOTTOM;
    bar.width = width - 2 * MARGIN;
    bar.end = (double)layout.panels[layout.nr_panels - 1].last + 1;

    fprintf(to,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" "
            "height=\"%.0f\" viewBox=\"0 0 %.0f %.0f\">\n<style>\n%s"
            ".unused { fill: url(#unused) }\n</style>\n"
            "<defs><pattern id=\"unused\" width=\"7\" height=\"7\" "
            "patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">"
            "<rect width=\"7\" height=\"7\" fill=\"#f7f7f7\"/>"
            "<rect width=\"1.5\" height=\"7\" fill=\"#ddd\"/>"
            "</pattern></defs>\n"
            "<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n",
            width, height, width, height, style);
    put_head(to, report);
    put_legend(to, &layout);
    for (size_t i = 0; i < layout.nr_panels; i++)
        put_zoom(to, &bar, &layout.panels[i], MARGIN + i * PANEL_WIDTH);
    put_bar(to, &layout, &bar);
    for (size_t i = 0; i < layout.nr_panels; i++) {
        put_panel_head(to, &layout, &layout.panels[i], MARGIN + i * PANEL_WIDTH,
                       &bar);
        put_panel(to, &layout, &layout.panels[i], MARGIN + i * PANEL_WIDTH);
    }
    fputs("</svg>\n", to);
    svg_layout_dispose(&layout);
    return 0;
}
