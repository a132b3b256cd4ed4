/* SPDX-License-Identifier: LGPL-2.1-only */
/* Tests of reading a finished tree: what is a claim, and what is refused. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <libfdt.h>

#include "arm-test.h"
#include "arm/fdt_scan.h"
#include "arm/tree_view.h"

/* What a test looks at: claims as text, and the faults, a line for each. */
struct seen {
    char claims[4000];
    char faults[20000];
};

static void note_fault(void *opaque, const char *text)
{
    struct seen *seen = opaque;

    strcat(seen->faults, text);
    strcat(seen->faults, "\n");
}

static void view_tree(struct fdt_writer *writer, struct tree_view *view,
                      struct seen *seen)
{
    struct tree_faults faults = { .tell = note_fault, .opaque = seen };
    struct arm_error error = { 0 };
    size_t size;
    void *fdt;

    *seen = (struct seen) { "", "" };
    fdt_writer_finish(writer, &fdt, &size, &error);
    assert_ok(error);
    tree_view_read(fdt, size, view, &faults, &error);
    assert_ok(error);
    /* Nothing of the view may lie in the tree's bytes. */
    memset(fdt, 0xee, size);
    free(fdt);
    for (size_t i = 0; i < view->claims.count; i++) {
        const struct claim *claim = &view->claims.claims[i];
        char source[CLAIM_SOURCE_SIZE], line[400];

        snprintf(line, sizeof(line), "%s %s %" PRIx64 " %" PRIx64 "%s\n",
                 claim->name, claim_source(claim, source, sizeof(source)),
                 claim->first, claim->last,
                 claim->kind == CLAIM_RAM             ? " ram"
                 : claim->kind == CLAIM_TREE_RESERVED ? " reserved"
                                                      : "");
        strcat(seen->claims, line);
    }
}

static void begin_root(struct fdt_writer *writer)
{
    fdt_writer_init(writer);
    fdt_writer_begin(writer, "");
    fdt_writer_u32(writer, "#address-cells", 2);
    fdt_writer_u32(writer, "#size-cells", 2);
}

static void node_at(struct fdt_writer *writer, const char *name,
                    const char *type, uint64_t base, uint64_t size)
{
    const struct fdt_range reg = { base, size };

    fdt_writer_begin(writer, name);
    if (type)
        fdt_writer_string(writer, "device_type", type);
    fdt_writer_reg(writer, &reg, 1);
    fdt_writer_end(writer);
}

static void our_own_trees_have_what_their_map_has(void **state)
{
    struct arm_placement placement = { { MIB_PAGES(3072), MIB_PAGES(100) } };
    struct tree_faults faults = { .tell = note_fault };
    struct arm_guest guest = plain_guest();
    struct arm_error error = { 0 };
    struct arm_report report;
    struct tree_view view;
    struct arm_tree tree;

    guest.ram_pages = MIB_PAGES(3172);
    guest.vuart = true;
    assert_int_equal(arm_tree_create(&guest, &tree, &error), 0);
    assert_int_equal(arm_tree_finalise(tree.fdt, tree.size, &guest, &placement,
                                       &report, &error),
                     0);
    assert_int_equal(
        tree_view_read(tree.fdt, tree.size, &view, &faults, &error), 0);
    assert_int_equal(faults.count, 0);
    assert_true(view.is_xenvm);
    assert_false(view.is_32bit);
    assert_int_equal(view.gic, ARM_GIC_V3);
    assert_int_equal(view.claims.count, 5);
    assert_int_equal(view.nr_entries, 2);
    assert_int_equal(view.entries[0].base, GUEST_GNTTAB_BASE);
    assert_int_equal(view.entries[1].base, report.regions.region[0].base);
    assert_int_equal(view.entries[1].size, report.regions.region[0].size);
    tree_view_dispose(&view);
    tree_view_dispose(&view);
    tree_view_dispose(NULL);
    arm_tree_dispose(&tree);
}

static void a_32_bit_guest_is_told_by_its_timer(void **state)
{
    struct arm_guest guest = plain_guest();
    struct tree_faults faults = { .tell = note_fault };
    struct arm_error error = { 0 };
    struct tree_view view;
    struct arm_tree tree;

    guest.is_64bit = false;
    guest.gic = ARM_GIC_V2;
    assert_int_equal(arm_tree_create(&guest, &tree, &error), 0);
    assert_int_equal(
        tree_view_read(tree.fdt, tree.size, &view, &faults, &error), 0);
    assert_true(view.is_32bit);
    assert_int_equal(view.gic, ARM_GIC_V2);
    tree_view_dispose(&view);
    arm_tree_dispose(&tree);
}

static void each_kind_of_node_is_a_claim(void **state)
{
    struct fdt_writer writer;
    struct tree_view view;
    struct seen seen;

    begin_root(&writer);
    node_at(&writer, "memory@1000", "memory", 0x1000, 0x1000);
    node_at(&writer, "thing@5000", NULL, 0x5000, 0x10);
    node_at(&writer, "nothing@9000", NULL, 0x9000, 0);
    fdt_writer_begin(&writer, "reserved-memory");
    fdt_writer_u32(&writer, "#address-cells", 2);
    fdt_writer_u32(&writer, "#size-cells", 2);
    fdt_writer_empty(&writer, "ranges");
    node_at(&writer, "kept@1800", NULL, 0x1800, 0x100);
    fdt_writer_end(&writer);
    node_at(&writer, "after@7000", NULL, 0x7000, 0x10);
    fdt_writer_begin(&writer, "cpus");
    fdt_writer_u32(&writer, "#address-cells", 1);
    fdt_writer_u32(&writer, "#size-cells", 0);
    fdt_writer_begin(&writer, "cpu@0");
    fdt_writer_u32(&writer, "reg", 0);
    fdt_writer_end(&writer);
    fdt_writer_end(&writer);
    fdt_writer_end(&writer);
    view_tree(&writer, &view, &seen);
    assert_string_equal(seen.faults, "");
    assert_string_equal(seen.claims,
                        "/memory@1000 reg[0] 1000 1fff ram\n"
                        "/thing@5000 reg[0] 5000 500f\n"
                        "/reserved-memory/kept@1800 reg[0] 1800 18ff reserved\n"
                        "/after@7000 reg[0] 7000 700f\n");
    assert_false(view.has_hypervisor);
    assert_false(view.is_xenvm);
    tree_view_dispose(&view);
}

/* Memory windows are claims; the addresses of what is behind it are not. */
static void a_pci_bridge_claims_its_windows(void **state)
{
    static const uint8_t ranges[] = {
        2, 0, 0, 0, 0,    0, 0, 0, 0x20, 0, 0, 0, /* PCI address */
        0, 0, 0, 0, 0x20, 0, 0, 0,                /* the CPU's */
        0, 0, 0, 0, 0,    1, 0, 0,                /* 64 KiB */
    };
    struct fdt_writer writer;
    struct tree_view view;
    struct seen seen;

    begin_root(&writer);
    fdt_writer_begin(&writer, "pcie@10000000");
    fdt_writer_string(&writer, "device_type", "pci");
    fdt_writer_u32(&writer, "#address-cells", 3);
    fdt_writer_u32(&writer, "#size-cells", 2);
    fdt_writer_bytes(&writer, "ranges", ranges, sizeof(ranges));
    node_at(&writer, "device@0", NULL, 0x42, 0x42);
    fdt_writer_end(&writer);
    fdt_writer_end(&writer);
    view_tree(&writer, &view, &seen);
    assert_string_equal(seen.faults, "");
    assert_string_equal(seen.claims,
                        "/pcie@10000000 ranges[0] 20000000 2000ffff\n");
    tree_view_dispose(&view);
}

static void what_cannot_be_placed_is_a_fault(void **state)
{
    struct fdt_writer writer;
    struct tree_view view;
    struct seen seen;

    begin_root(&writer);
    node_at(&writer, "wraps@0", NULL, UINT64_MAX, 2);
    fdt_writer_begin(&writer, "odd@0");
    fdt_writer_bytes(&writer, "reg", "12345678901234567890", 20);
    fdt_writer_end(&writer);
    fdt_writer_begin(&writer, "bus");
    fdt_writer_bytes(&writer, "ranges", "123", 3);
    fdt_writer_end(&writer);
    fdt_writer_end(&writer);
    view_tree(&writer, &view, &seen);
    assert_string_equal(seen.claims, "");
    assert_string_equal(
        seen.faults,
        "/wraps@0 (reg[0]): 0x2 bytes at 0xffffffffffffffff pass the last "
        "64-bit address\n"
        "/odd@0: \"reg\" has 20 bytes, which are no entries of 4 cells\n"
        "/bus: its cells or \"ranges\" are malformed: where the nodes below "
        "it are cannot be told\n");
    tree_view_dispose(&view);
}

static void a_hundred_faults_are_enough(void **state)
{
    struct fdt_writer writer;
    struct tree_view view;
    struct seen seen;
    size_t lines = 0;

    begin_root(&writer);
    for (int i = 0; i < TREE_FAULTS_MAX + 5; i++)
        node_at(&writer, "w", NULL, UINT64_MAX, 2);
    fdt_writer_end(&writer);
    view_tree(&writer, &view, &seen);
    for (const char *at = seen.faults; *at; at++)
        lines += *at == '\n';
    assert_int_equal(lines, TREE_FAULTS_MAX + 1);
    assert_non_null(strstr(seen.faults, "\nand more: "));
    tree_view_dispose(&view);
}

static void names_become_printable_and_are_cut(void **state)
{
    char name[400];
    struct fdt_writer writer;
    struct tree_view view;
    struct seen seen;

    memset(name, 'x', sizeof(name));
    memcpy(name, "a\033[31m\n\x7f", 8);
    name[8] = '\xff';
    name[399] = '\0';
    begin_root(&writer);
    node_at(&writer, name, NULL, 0x1000, 0x10);
    fdt_writer_end(&writer);
    view_tree(&writer, &view, &seen);
    assert_memory_equal(view.claims.claims[0].name, "/a?[31m???xx", 12);
    assert_true(strlen(view.claims.claims[0].name) < 200);
    tree_view_dispose(&view);
}

static void refused(const void *fdt, size_t size, const char *words)
{
    struct tree_faults faults = { .tell = note_fault };
    struct arm_error error = { 0 };
    struct tree_view view;

    assert_int_equal(tree_view_read(fdt, size, &view, &faults, &error), -1);
    assert_says(error, words);
}

static void what_is_no_tree_is_refused(void **state)
{
    static uint64_t zeroes[8];
    struct arm_guest guest = plain_guest();
    struct arm_error error = { 0 };
    struct arm_tree tree;

    refused(zeroes, 0, "not a flattened device tree");
    refused(zeroes, sizeof(zeroes), "not a flattened device tree");
    refused(zeroes, TREE_VIEW_MAX_SIZE + 1, "larger than 4 MiB");
    assert_int_equal(arm_tree_create(&guest, &tree, &error), 0);
    for (size_t size = 0; size < tree.size; size++)
        refused(tree.fdt, size, "not a flattened device tree");
    fdt_set_version(tree.fdt, 4);
    fdt_set_last_comp_version(tree.fdt, 4);
    refused(tree.fdt, tree.size, "FDT_ERR_BADVERSION");
    arm_tree_dispose(&tree);
}

/* libfdt 1.6.1 goes round in circles on a length like these: an alarm ends. */
static void a_length_that_wraps_is_refused(void **state)
{
    struct tree_faults faults = { .tell = note_fault };
    struct arm_error error = { 0 };
    struct fdt_writer writer;
    uint32_t start, end;
    size_t size;
    void *fdt;

    begin_root(&writer);
    node_at(&writer, "node@1000", NULL, 0x1000, 0x10);
    fdt_writer_end(&writer);
    fdt_writer_finish(&writer, &fdt, &size, &error);
    assert_ok(error);
    start = fdt_off_dt_struct(fdt);
    end = start + fdt_size_dt_struct(fdt);
    alarm(30);
    for (uint32_t at = start; at < end; at += 4) {
        fdt32_t *cell = (fdt32_t *)((char *)fdt + at), before = *cell;

        for (uint32_t length = 0xffffffff; length > 0xffffff00; length--) {
            struct seen seen = { "", "" };
            struct tree_view view;

            faults = (struct tree_faults) { note_fault, &seen, 0 };
            *cell = cpu_to_fdt32(length);
            if (!tree_view_read(fdt, size, &view, &faults, &error))
                tree_view_dispose(&view);
        }
        *cell = before;
    }
    alarm(0);
    free(fdt);
}

static void a_name_without_end_is_refused(void **state)
{
    struct tree_faults faults = { .tell = note_fault };
    struct arm_error error = { 0 };
    char name[FDT_SCAN_MAX_NAME + 2];
    struct tree_view view;
    size_t size;
    void *fdt;

    for (size_t length = FDT_SCAN_MAX_NAME; length < sizeof(name); length++) {
        struct fdt_writer writer;

        memset(name, 'x', length);
        name[length] = '\0';
        begin_root(&writer);
        fdt_writer_empty(&writer, name);
        fdt_writer_end(&writer);
        fdt_writer_finish(&writer, &fdt, &size, &error);
        assert_ok(error);
        if (length > FDT_SCAN_MAX_NAME) {
            refused(fdt, size, "FDT_ERR_BADOFFSET");
        } else {
            tree_view_read(fdt, size, &view, &faults, &error);
            assert_ok(error);
            tree_view_dispose(&view);
        }
        free(fdt);
    }
}

static void a_bottomless_tree_is_refused(void **state)
{
    struct arm_error error = { 0 };
    struct fdt_writer writer;
    size_t size;
    void *fdt;

    begin_root(&writer);
    for (int i = 0; i < 40; i++)
        fdt_writer_begin(&writer, "down");
    for (int i = 0; i < 41; i++)
        fdt_writer_end(&writer);
    fdt_writer_finish(&writer, &fdt, &size, &error);
    assert_ok(error);
    refused(fdt, size, "more than 32 nodes deep");
    free(fdt);
}

static void too_many_ranges_are_refused(void **state)
{
    const size_t count = TREE_VIEW_MAX_RANGES + 1;
    struct fdt_range *reg = calloc(count, sizeof(*reg));
    struct arm_error error = { 0 };
    struct fdt_writer writer;
    size_t size;
    void *fdt;

    for (size_t i = 0; i < count; i++)
        reg[i] = (struct fdt_range) { i * 0x1000, 0x1000 };
    begin_root(&writer);
    fdt_writer_begin(&writer, "much");
    fdt_writer_reg(&writer, reg, count);
    fdt_writer_end(&writer);
    fdt_writer_end(&writer);
    fdt_writer_finish(&writer, &fdt, &size, &error);
    assert_ok(error);
    refused(fdt, size, "more than 10000 ranges");
    free(fdt);
    free(reg);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(our_own_trees_have_what_their_map_has),
        cmocka_unit_test(a_32_bit_guest_is_told_by_its_timer),
        cmocka_unit_test(each_kind_of_node_is_a_claim),
        cmocka_unit_test(a_pci_bridge_claims_its_windows),
        cmocka_unit_test(what_cannot_be_placed_is_a_fault),
        cmocka_unit_test(a_hundred_faults_are_enough),
        cmocka_unit_test(names_become_printable_and_are_cut),
        cmocka_unit_test(what_is_no_tree_is_refused),
        cmocka_unit_test(a_length_that_wraps_is_refused),
        cmocka_unit_test(a_name_without_end_is_refused),
        cmocka_unit_test(a_bottomless_tree_is_refused),
        cmocka_unit_test(too_many_ranges_are_refused),
    };

    return cmocka_run_group_tests_name("arm-tree-view", tests, NULL, NULL);
}
