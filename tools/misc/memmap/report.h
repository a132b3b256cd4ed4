/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * A plan for people and for programs: table, JSON, drawing.
 */
#ifndef MEMMAP_REPORT_H
#define MEMMAP_REPORT_H

#include <stdio.h>

#include "arm/map_text.h"
#include "memmap/config.h"
#include "memmap/machine.h"
#include "memmap/plan.h"

/* All that a report is made from; everything is borrowed. */
struct memmap_report {
    const char *path;   /* of the configuration, printable */
    const char *policy; /* the same of the administrator's file, or NULL */
    const struct memmap_config *config;
    const struct memmap_machine *machine;
    const struct memmap_plan *plan;
};

/* "1018.5 GiB": a sum of many sizes is of no round unit.  Returns text. */
const char *memmap_about_text(uint64_t size, char text[SIZE_TEXT_SIZE]);

#define FACTS_SIZE 160
/* "512 MiB, 1 vCPU, GICv3, 40-bit guest addresses, Xen 4.17" */
const char *memmap_facts(const struct memmap_report *report,
                         char text[FACTS_SIZE]);

/* What creation would warn of, or NULL: asked for 0, 1, … until then. */
const char *memmap_warning(const struct memmap_report *report, size_t number);

void memmap_write_table(FILE *to, const struct memmap_report *report);
/* These return 0, or -1 when memory runs out. */
int memmap_write_json(FILE *to, const struct memmap_report *report);
int memmap_write_svg(FILE *to, const struct memmap_report *report);

#endif
