/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The reader and the checker of finished device trees against hostile bytes.
 * Beyond not crashing: a tree that is called safe must be so when its entries
 * are compared with its claims one by one, without the checker's code.
 */
#include <stdlib.h>
#include <string.h>

#include "arm/guest_map.h"
#include "arm/tree_check.h"
#include "must.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t lines;

static void count_line(void *opaque, const char *text)
{
    if (strlen(text) == 0 || strchr(text, '\n'))
        abort();
    lines++;
}

/* A page passed through behind 512 MiB of RAM: a tree shows only the RAM. */
#define PASSED_FIRST 0x60000000
#define PASSED_LAST  0x60000fff

static void must_be_safe(const struct tree_view *view, bool passed,
                         unsigned int gpaddr_bits)
{
    must(view->has_hypervisor && view->nr_entries > 0);
    must(view->nr_entries <= 257 && (view->nr_entries == 1 || !view->is_32bit));
    for (size_t i = 0; i < view->nr_entries; i++) {
        const struct dt_range *entry = &view->entries[i];
        uint64_t last = entry->base + entry->size - 1;

        must(entry->size > 0 && last >= entry->base);
        for (size_t j = 0; j < view->claims.count; j++)
            must(view->claims.claims[j].last < entry->base ||
                 view->claims.claims[j].first > last);
        must(!passed || last < PASSED_FIRST || entry->base > PASSED_LAST);
        if (i == 0)
            continue;
        must(gpaddr_bits == 0 || gpaddr_bits > 63 || last >> gpaddr_bits == 0);
        must(entry->base % 0x200000 == 0 && entry->size % 0x200000 == 0);
        must(entry->size >= 0x4000000);
        must(i == 1 || view->entries[i - 1].base + view->entries[i - 1].size <
                           entry->base);
    }
}

static const struct addrmap *config_map(void)
{
    static const struct arm_iomem iomem = { 0x9010, 1, PASSED_FIRST >> 12 };
    static const uint64_t bank_pages[GUEST_RAM_BANKS] = { 0x20000 };
    static const struct arm_guest guest = {
        .gpaddr_bits = 40,
        .gic = ARM_GIC_V3,
        .iomem = &iomem,
        .nr_iomem = 1,
    };
    static struct addrmap map;
    struct arm_error error = { 0 };

    if (map.count == 0)
        must(!arm_guest_map(&guest, bank_pages, &map, &error));
    return &map;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tree_faults faults = { .report = count_line };
    struct arm_error error = { 0 };
    struct tree_view view;
    unsigned int gpaddr_bits;
    bool passed;
    void *fdt = malloc(size + 1);

    /* A copy of its own, so that reading behind its end is seen. */
    must(fdt != NULL);
    if (size > 0)
        memcpy(fdt, data, size);
    fdt = realloc(fdt, size ? size : 1);
    lines = 0;
    /* Both vary with the input, and need no byte of it. */
    passed = size % 2;
    gpaddr_bits = size % 65;
    if (!tree_view_read(fdt, size, &view, &faults, &error)) {
        tree_check(&view, passed ? config_map() : NULL, gpaddr_bits, &faults);
        must(lines <= TREE_FAULTS_MAX + 1);
        must((lines == 0) == (faults.count == 0));
        if (faults.count == 0)
            must_be_safe(&view, passed, gpaddr_bits);
        tree_view_dispose(&view);
    } else {
        must(error.message[0] != '\0');
    }
    free(fdt);
    return 0;
}
