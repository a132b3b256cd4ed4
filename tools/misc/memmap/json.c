/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The map as JSON.  Addresses are strings of hexadecimal digits, because many
 * readers keep only 53 bits of a number; sizes are numbers of bytes.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <yajl/yajl_gen.h>

#include "arm/linux_use.h"
#include "arm/map_rows.h"
#include "memmap/file.h"
#include "memmap/report.h"

/* By enum claim_kind; the man page lists them. */
static const char *const kinds[CLAIM_KINDS] = {
    [CLAIM_RAM] = "ram",
    [CLAIM_GIC_DISTRIBUTOR] = "gic",
    [CLAIM_GIC_CPU_INTERFACE] = "gic",
    [CLAIM_GIC_REDISTRIBUTORS] = "gic",
    [CLAIM_GRANT_TABLE] = "grant-table",
    [CLAIM_MAGIC] = "magic-pages",
    [CLAIM_UART] = "uart",
    [CLAIM_VIRTIO_MMIO] = "virtio-mmio",
    [CLAIM_VPCI] = "pci",
    [CLAIM_ACPI] = "acpi",
    [CLAIM_IOMEM] = "iomem",
    [CLAIM_PARTIAL] = "device-tree",
};

static void put_text(yajl_gen gen, const char *text)
{
    yajl_gen_string(gen, (const unsigned char *)text, strlen(text));
}

static void put_string(yajl_gen gen, const char *key, const char *text)
{
    put_text(gen, key);
    put_text(gen, text);
}

static void put_number(yajl_gen gen, const char *key, uint64_t number)
{
    char digits[32];

    put_text(gen, key);
    snprintf(digits, sizeof(digits), "%" PRIu64, number);
    yajl_gen_number(gen, digits, strlen(digits));
}

static void put_address(yajl_gen gen, const char *key, uint64_t address)
{
    char digits[32];

    snprintf(digits, sizeof(digits), "%#" PRIx64, address);
    put_string(gen, key, digits);
}

static void put_row(yajl_gen gen, const struct map_row *row)
{
    char source[CLAIM_SOURCE_SIZE], name[40];

    yajl_gen_map_open(gen);
    put_address(gen, "first", row->first);
    put_address(gen, "last", row->last);
    put_number(gen, "size", row->last - row->first + 1);
    if (row->region) {
        snprintf(name, sizeof(name), "extended region %u", row->number);
        put_string(gen, "kind", "extended-region");
        put_string(gen, "name", name);
        put_number(gen, "linux_4k_pages",
                   linux_usable(row->region, LINUX_SECTION_4K));
        put_number(gen, "linux_64k_pages",
                   linux_usable(row->region, LINUX_SECTION_64K));
    } else {
        const char *kind = kinds[row->claim->kind];

        put_string(gen, "kind", kind ? kind : "other");
        put_string(gen, "name", row->claim->name);
        put_string(gen, "option",
                   claim_source(row->claim, source, sizeof(source)));
    }
    yajl_gen_map_close(gen);
}

/* By enum irq_kind; the man page lists them. */
static const char *const irq_kinds[] = {
    [IRQ_PLATFORM] = "platform",
    [IRQ_PASSED] = "passed-through",
    [IRQ_VIRTIO] = "virtio",
    [IRQ_DESCRIBED] = "device-tree",
};

static void put_interrupts(yajl_gen gen, const struct irqmap *map)
{
    put_text(gen, "interrupts");
    yajl_gen_array_open(gen);
    for (unsigned int intid = 0; intid <= IRQ_LAST_SPI; intid++) {
        const struct irq_claim *claim = &map->intid[intid];
        char source[IRQ_SOURCE_SIZE];

        if (!claim->name)
            continue;
        yajl_gen_map_open(gen);
        put_number(gen, "intid", intid);
        put_string(gen, "kind", irq_kinds[claim->kind]);
        put_string(gen, "name", claim->name);
        put_string(gen, "option", irq_claim_source(claim, source));
        yajl_gen_map_close(gen);
    }
    yajl_gen_array_close(gen);
}

static void put_assumed(yajl_gen gen, const struct memmap_report *report)
{
    const struct memmap_machine *machine = report->machine;

    put_text(gen, "assumed");
    yajl_gen_array_open(gen);
    if (machine->assumed_kernel)
        put_text(gen, "kernel_bits");
    if (machine->assumed_gic && report->config->gic_is_hosts)
        put_text(gen, "gic");
    if (machine->assumed_gpaddr_bits)
        put_text(gen, "gpaddr_bits");
    if (machine->assumed_xen)
        put_text(gen, "xen");
    yajl_gen_array_close(gen);
}

/* A warning quotes names of files, which may be any bytes. */
static void put_warning(yajl_gen gen, const char *text)
{
    char *shown = memmap_printable(text);

    put_text(gen, shown ? shown : "no memory");
    free(shown);
}

static void put_all(yajl_gen gen, const struct memmap_report *report)
{
    const struct arm_guest *guest = &report->config->guest;
    const struct memmap_plan *plan = report->plan;
    struct map_rows rows = map_rows_start(&plan->map, &plan->report.regions);
    struct map_row row;
    char xen[40];

    yajl_gen_map_open(gen);
    put_string(gen, "file", report->path);
    put_string(gen, "name", report->config->name);
    put_number(gen, "memory", guest->ram_pages << ARM_PAGE_SHIFT);
    put_number(gen, "vcpus", guest->vcpus);
    put_number(gen, "kernel_bits", guest->is_64bit ? 64 : 32);
    put_number(gen, "gic", guest->gic);
    put_number(gen, "gpaddr_bits", guest->gpaddr_bits);
    snprintf(xen, sizeof(xen), "%u.%u", guest->xen_major, guest->xen_minor);
    put_string(gen, "xen", xen);
    put_assumed(gen, report);
    if (report->policy)
        put_string(gen, "policy", report->policy);
    put_number(gen, "paging_pool", plan->pool_kb << 10);
    if (guest->policy.map_budget)
        put_number(gen, "map_budget", guest->policy.map_budget);
    put_number(gen, "mappable", plan->mappable);
    put_text(gen, "map");
    yajl_gen_array_open(gen);
    while (map_rows_next(&rows, &row))
        put_row(gen, &row);
    yajl_gen_array_close(gen);
    put_interrupts(gen, &report->config->irqs);
    put_text(gen, "warnings");
    yajl_gen_array_open(gen);
    for (size_t i = 0; memmap_warning(report, i); i++)
        put_warning(gen, memmap_warning(report, i));
    yajl_gen_array_close(gen);
    yajl_gen_map_close(gen);
}

int memmap_write_json(FILE *to, const struct memmap_report *report)
{
    const unsigned char *text;
    size_t size;
    yajl_gen gen = yajl_gen_alloc(NULL);
    int rc = -1;

    if (!gen)
        return -1;
    yajl_gen_config(gen, yajl_gen_beautify, 1);
    yajl_gen_config(gen, yajl_gen_indent_string, "    ");
    put_all(gen, report);
    /* A generator that met an error has no whole text to give. */
    if (yajl_gen_get_buf(gen, &text, &size) == yajl_gen_status_ok && size) {
        fwrite(text, 1, size, to);
        rc = 0;
    }
    yajl_gen_free(gen);
    return rc;
}
