/* SPDX-License-Identifier: LGPL-2.1-only */
/* Tests of which finished trees are not read at all. */
#include <unistd.h>

#include "arm-tree-view-test.h"

#include "arm/dt_scan.h"
#include "arm/tree.h"

static void refused(const void *fdt, size_t size, const char *words)
{
    struct tree_faults faults = { .report = note_fault };
    struct arm_error error = { 0 };
    struct tree_view view;

    assert_int_equal(tree_view_read(fdt, size, &view, &faults, &error), -1);
    assert_int_equal(error.fault, ARM_FAULT_CONFIG);
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
    struct tree_faults faults = { .report = note_fault };
    struct arm_error error = { 0 };
    struct dt_writer writer;
    uint32_t start, end;
    size_t size;
    void *fdt;

    begin_root(&writer);
    node_at(&writer, "node@1000", NULL, 0x1000, 0x10);
    dt_writer_end(&writer);
    dt_writer_finish(&writer, &fdt, &size, &error);
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
    struct tree_faults faults = { .report = note_fault };
    struct arm_error error = { 0 };
    char name[DT_SCAN_MAX_NAME + 2];
    struct tree_view view;
    size_t size;
    void *fdt;

    for (size_t length = DT_SCAN_MAX_NAME; length < sizeof(name); length++) {
        struct dt_writer writer;

        memset(name, 'x', length);
        name[length] = '\0';
        begin_root(&writer);
        dt_writer_empty(&writer, name);
        dt_writer_end(&writer);
        dt_writer_finish(&writer, &fdt, &size, &error);
        assert_ok(error);
        if (length > DT_SCAN_MAX_NAME) {
            refused(fdt, size, "FDT_ERR_BADOFFSET");
        } else {
            tree_view_read(fdt, size, &view, &faults, &error);
            assert_ok(error);
            tree_view_dispose(&view);
        }
        free(fdt);
    }
}

static void refused_or_not(struct dt_writer *writer, const char *words)
{
    struct seen seen = { "", "" };
    struct tree_faults faults = { .report = note_fault, .opaque = &seen };
    struct arm_error error = { 0 };
    struct tree_view view;
    size_t size;
    void *fdt;

    dt_writer_finish(writer, &fdt, &size, &error);
    assert_ok(error);
    if (words) {
        refused(fdt, size, words);
    } else {
        assert_int_equal(tree_view_read(fdt, size, &view, &faults, &error), 0);
        tree_view_dispose(&view);
    }
    free(fdt);
}

static void a_bottomless_tree_is_refused(void **state)
{
    struct dt_writer writer;

    /* The root is one of them. */
    for (int below = 31; below <= 32; below++) {
        begin_root(&writer);
        for (int i = 0; i < below; i++)
            dt_writer_begin(&writer, "down");
        for (int i = 0; i <= below; i++)
            dt_writer_end(&writer);
        refused_or_not(&writer, below > 31 ? "more than 32 nodes deep" : NULL);
    }
}

static void ranges_of(const char *compatible, size_t count, const char *words)
{
    struct dt_range *reg = calloc(count, sizeof(*reg));
    struct dt_writer writer;

    for (size_t i = 0; i < count; i++)
        reg[i] = (struct dt_range) { i * 0x1000, 0x1000 };
    begin_root(&writer);
    dt_writer_begin(&writer, "much");
    dt_writer_string(&writer, "compatible", compatible);
    dt_writer_reg(&writer, reg, count);
    dt_writer_end(&writer);
    dt_writer_end(&writer);
    refused_or_not(&writer, words);
    free(reg);
}

static void too_many_ranges_are_refused(void **state)
{
    ranges_of("thing", TREE_VIEW_MAX_RANGES, NULL);
    ranges_of("thing", TREE_VIEW_MAX_RANGES + 1, "more than 20000 ranges");
    ranges_of("xen,xen", TREE_VIEW_MAX_RANGES, NULL);
    ranges_of("xen,xen", TREE_VIEW_MAX_RANGES + 1,
              "/much has 20001 ranges of addresses; no guest can use more "
              "than 257");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_no_tree_is_refused),
        cmocka_unit_test(a_length_that_wraps_is_refused),
        cmocka_unit_test(a_name_without_end_is_refused),
        cmocka_unit_test(a_bottomless_tree_is_refused),
        cmocka_unit_test(too_many_ranges_are_refused),
    };

    return cmocka_run_group_tests_name("arm-tree-limits", tests, NULL, NULL);
}
