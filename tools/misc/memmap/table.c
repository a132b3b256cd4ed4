/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The map as a table with what it was made from above, and sums and interrupts
 * below.
 */
#include <inttypes.h>

#include "arm/linux_use.h"
#include "arm/map_text.h"
#include "memmap/report.h"

const char *memmap_about_text(uint64_t size, char text[SIZE_TEXT_SIZE])
{
    double gib = (double)(size >> 20) / 1024;

    if (size % (1 << 20) || gib < 1)
        return size_text(size, text);
    snprintf(text, SIZE_TEXT_SIZE, "%.*f GiB", size % (1 << 30) ? 1 : 0, gib);
    return text;
}

const char *memmap_facts(const struct memmap_report *report,
                         char text[FACTS_SIZE])
{
    const struct arm_guest *guest = &report->config->guest;
    char size[SIZE_TEXT_SIZE];

    snprintf(text, FACTS_SIZE,
             "%s of RAM, %u vCPU%s, %s-bit kernel, GICv%d, %u-bit guest "
             "addresses, Xen %u.%u",
             size_text(guest->ram_pages << ARM_PAGE_SHIFT, size), guest->vcpus,
             guest->vcpus == 1 ? "" : "s", guest->is_64bit ? "64" : "32",
             guest->gic, guest->gpaddr_bits, guest->xen_major,
             guest->xen_minor);
    return text;
}

const char *memmap_warning(const struct memmap_report *report, size_t number)
{
    const char *const all[] = {
        report->config->partial.warning, report->plan->report.warning,
        report->plan->report.overlap,    report->plan->report.budget,
        report->plan->report.acpi,
    };

    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
        if (all[i][0] && number-- == 0)
            return all[i];
    return NULL;
}

/* Facts that were neither given nor found, by the option for them. */
static void write_assumptions(FILE *to, const struct memmap_report *report)
{
    const struct memmap_machine *machine = report->machine;
    const struct {
        bool assumed;
        const char *option;
    } all[] = {
        { machine->assumed_kernel, "--bits" },
        { machine->assumed_gic && report->config->gic_is_hosts, "--gic" },
        { machine->assumed_gpaddr_bits, "--gpaddr-bits" },
        { machine->assumed_xen, "--release" },
    };
    const char *before = "assumed, with no kernel or host here to ask: ";

    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
        if (all[i].assumed) {
            fprintf(to, "%s%s", before, all[i].option);
            before = ", ";
        }
    if (before[0] == ',')
        fputc('\n', to);
}

static void write_interrupts(FILE *to, const struct irqmap *map)
{
    fputs("interrupt  what\n", to);
    for (unsigned int intid = 0; intid <= IRQ_LAST_SPI; intid++) {
        const struct irq_claim *claim = &map->intid[intid];
        char source[IRQ_SOURCE_SIZE];

        if (claim->name)
            fprintf(to, "%9u  %s (%s)\n", intid, claim->name,
                    irq_claim_source(claim, source));
    }
}

static void write_sums(FILE *to, const struct memmap_report *report)
{
    const struct region_plan *regions = &report->plan->report.regions;
    uint64_t all = 0, small = 0, large = 0;
    char text[3][SIZE_TEXT_SIZE];

    if (regions->count == 0) {
        fprintf(to,
                "no extended regions%s: foreign pages take the place of "
                "RAM\n",
                report->config->guest.is_64bit ? "" : " for 32 bits");
        return;
    }
    for (unsigned int i = 0; i < regions->count; i++) {
        all += regions->region[i].size;
        small += linux_usable(&regions->region[i], LINUX_SECTION_4K);
        large += linux_usable(&regions->region[i], LINUX_SECTION_64K);
    }
    fprintf(to,
            "%u extended region%s, %s; Linux can use %s with pages of 4 or "
            "16 KiB, %s with 64 KiB\n",
            regions->count, regions->count == 1 ? "" : "s",
            memmap_about_text(all, text[0]), memmap_about_text(small, text[1]),
            memmap_about_text(large, text[2]));
}

static void write_pool(FILE *to, const struct memmap_report *report)
{
    const struct memmap_plan *plan = report->plan;
    char text[SIZE_TEXT_SIZE];

    fprintf(to, "paging pool of %" PRIu64 " KiB", plan->pool_kb);
    if (plan->report.regions.count > 0)
        fprintf(to, ", for at least %s of foreign pages side by side",
                size_text(plan->mappable, text));
    fputc('\n', to);
}

void memmap_write_table(FILE *to, const struct memmap_report *report)
{
    const struct memmap_plan *plan = report->plan;
    char facts[FACTS_SIZE];

    fprintf(to, "guest '%s' of %s: %s\n", report->config->name, report->path,
            memmap_facts(report, facts));
    write_assumptions(to, report);
    if (report->policy)
        fprintf(to, "with the settings of %s\n", report->policy);
    fputc('\n', to);
    map_text_write(to, &plan->map, &plan->report.regions);
    fputc('\n', to);
    write_sums(to, report);
    write_pool(to, report);
    fputc('\n', to);
    write_interrupts(to, &report->config->irqs);
}
