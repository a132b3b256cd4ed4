/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Tests of the look at a blob that comes before libfdt's: each blob ends where
 * its memory does, so that a sanitizer sees a step behind it.
 */
#include <stdlib.h>

#include <libfdt.h>

#include "arm-test.h"
#include "arm/dt_scan.h"

#define HEADER_SIZE sizeof(struct fdt_header)
#define RSV_SIZE    sizeof(struct fdt_reserve_entry)

/* The structure as cells, and the strings, of which the last byte counts. */
struct blob {
    const uint32_t *cells;
    size_t count;
    const char *strings;
    size_t strings_size;
};

#define BLOB(text, ...)                                                        \
    &(struct blob)                                                             \
    {                                                                          \
        (const uint32_t[]) { __VA_ARGS__ },                                    \
            sizeof((const uint32_t[]) { __VA_ARGS__ }) / 4, text,              \
            sizeof(text) - 1                                                   \
    }

/* The strings stand before the structure when first is set. */
static void *make(const struct blob *blob, bool strings_first, size_t *size_r)
{
    const size_t structure = 4 * blob->count;
    const size_t start = HEADER_SIZE + RSV_SIZE;
    const size_t strings_at = strings_first ? start : start + structure;
    const size_t at = strings_first ? start + blob->strings_size : start;
    size_t size = start + structure + blob->strings_size;
    char *fdt = calloc(1, size);

    assert_non_null(fdt);
    fdt_set_magic(fdt, FDT_MAGIC);
    fdt_set_totalsize(fdt, size);
    fdt_set_off_dt_struct(fdt, at);
    fdt_set_size_dt_struct(fdt, structure);
    fdt_set_off_dt_strings(fdt, strings_at);
    fdt_set_size_dt_strings(fdt, blob->strings_size);
    fdt_set_off_mem_rsvmap(fdt, HEADER_SIZE);
    fdt_set_version(fdt, 17);
    fdt_set_last_comp_version(fdt, 16);
    memcpy(fdt + strings_at, blob->strings, blob->strings_size);
    for (size_t i = 0; i < blob->count; i++)
        fdt32_st(fdt + at + 4 * i, blob->cells[i]);
    *size_r = size;
    return fdt;
}

/* With the strings behind the structure, and before it at the end. */
static void scans_as(const struct blob *blob, int expected)
{
    for (int i = 0; i < 2; i++) {
        size_t size;
        void *fdt = make(blob, i, &size);

        assert_int_equal(dt_scan(fdt, size), expected);
        free(fdt);
    }
}

static void a_root_is_enough(void **state)
{
    scans_as(BLOB("", FDT_BEGIN_NODE, 0, FDT_END_NODE, FDT_END), 0);
    scans_as(BLOB("ab\0\0", FDT_BEGIN_NODE, 0, FDT_PROP, 0, 1, FDT_NOP,
                  FDT_END_NODE, FDT_END),
             0);
}

static void the_structure_ends_itself(void **state)
{
    scans_as(BLOB("", FDT_BEGIN_NODE, 0, FDT_END_NODE), -FDT_ERR_TRUNCATED);
    scans_as(BLOB("", FDT_NOP), -FDT_ERR_TRUNCATED);
    /* What stands behind the end is nobody's. */
    scans_as(BLOB("", FDT_BEGIN_NODE, 0, FDT_END_NODE, FDT_END, 77), 0);
}

static void what_is_no_tag_is_refused(void **state)
{
    scans_as(BLOB("", 0, FDT_END), -FDT_ERR_BADSTRUCTURE);
    scans_as(BLOB("", 5, FDT_END), -FDT_ERR_BADSTRUCTURE);
}

static void names_of_nodes_end(void **state)
{
    const uint32_t x = 0x78787878;

    scans_as(BLOB("", FDT_BEGIN_NODE, x, x), -FDT_ERR_BADSTRUCTURE);
    scans_as(BLOB("", FDT_BEGIN_NODE), -FDT_ERR_BADSTRUCTURE);
    scans_as(BLOB("", FDT_BEGIN_NODE, 0, FDT_BEGIN_NODE, x, 0x78787800,
                  FDT_END_NODE, FDT_END_NODE, FDT_END),
             0);
}

static void properties_lie_in_the_structure(void **state)
{
    scans_as(BLOB("a\0\0\0", FDT_BEGIN_NODE, 0, FDT_PROP),
             -FDT_ERR_BADSTRUCTURE);
    scans_as(BLOB("a\0\0\0", FDT_BEGIN_NODE, 0, FDT_PROP, 0),
             -FDT_ERR_BADSTRUCTURE);
    /* One that ends with the structure lacks what ends that. */
    scans_as(BLOB("a\0\0\0", FDT_BEGIN_NODE, 0, FDT_PROP, 0, 0),
             -FDT_ERR_TRUNCATED);
    scans_as(BLOB("a\0\0\0", FDT_BEGIN_NODE, 0, FDT_PROP, 4, 0, 77),
             -FDT_ERR_TRUNCATED);
    scans_as(BLOB("a\0\0\0", FDT_BEGIN_NODE, 0, FDT_PROP, 5, 0, 77),
             -FDT_ERR_BADSTRUCTURE);
    scans_as(BLOB("a\0\0\0", FDT_BEGIN_NODE, 0, FDT_PROP, 0xfffffff0, 0, 77),
             -FDT_ERR_BADSTRUCTURE);
}

static void names_of_properties_lie_in_the_strings(void **state)
{
    for (uint32_t at = 0; at < 8; at++)
        scans_as(BLOB("abc\0def\0", FDT_BEGIN_NODE, 0, FDT_PROP, 0, at,
                      FDT_END_NODE, FDT_END),
                 0);
    for (uint32_t at = 8; at < 12; at++)
        scans_as(BLOB("abc\0def\0", FDT_BEGIN_NODE, 0, FDT_PROP, 0, at,
                      FDT_END_NODE, FDT_END),
                 -FDT_ERR_BADOFFSET);
    scans_as(BLOB("abc\0defg", FDT_BEGIN_NODE, 0, FDT_PROP, 0, 4, FDT_END_NODE,
                  FDT_END),
             -FDT_ERR_BADOFFSET);
    scans_as(BLOB("abc\0", FDT_BEGIN_NODE, 0, FDT_PROP, 0, 0xfffffffc,
                  FDT_END_NODE, FDT_END),
             -FDT_ERR_BADOFFSET);
}

/* A header that points out of the blob is refused, not followed. */
static void blocks_lie_in_the_blob(void **state)
{
    static const uint32_t wild[] = { 0x7fffffff, 0x80000000, 0xfffffff0,
                                     0xffffffff };
    size_t size;
    fdt32_t *fdt = make(BLOB("a\0\0\0", FDT_BEGIN_NODE, 0, FDT_PROP, 0, 0,
                             FDT_END_NODE, FDT_END),
                        false, &size);

    assert_int_equal(dt_scan(fdt, size), 0);
    /* totalsize, the offsets of structure and strings, and their sizes */
    for (int cell = 1; cell < 10; cell++) {
        const fdt32_t before = fdt[cell];

        if (cell > 3 && cell < 8)
            continue;
        for (size_t i = 0; i < sizeof(wild) / sizeof(wild[0]); i++) {
            fdt[cell] = cpu_to_fdt32(wild[i]);
            assert_true(dt_scan(fdt, size) < 0);
        }
        /* More than the strings, which are last. */
        fdt[cell] = cpu_to_fdt32(fdt32_to_cpu(before) + 8);
        assert_true(dt_scan(fdt, size) < 0);
        fdt[cell] = before;
    }
    fdt_set_totalsize(fdt, size - 1);
    assert_true(dt_scan(fdt, size) < 0);
    fdt_set_totalsize(fdt, size);
    assert_int_equal(dt_scan(fdt, size - 1), -FDT_ERR_TRUNCATED);
    assert_int_equal(dt_scan(fdt, HEADER_SIZE - 1), -FDT_ERR_TRUNCATED);
    free(fdt);
}

static void the_structure_is_aligned(void **state)
{
    size_t size;
    void *fdt = make(BLOB("a\0", FDT_BEGIN_NODE, 0, FDT_END_NODE, FDT_END),
                     true, &size);

    assert_int_equal(dt_scan(fdt, size), -FDT_ERR_ALIGNMENT);
    free(fdt);
}

static void old_formats_are_refused(void **state)
{
    size_t size;
    void *fdt =
        make(BLOB("", FDT_BEGIN_NODE, 0, FDT_END_NODE, FDT_END), false, &size);

    fdt_set_version(fdt, 16);
    assert_int_equal(dt_scan(fdt, size), -FDT_ERR_BADVERSION);
    fdt_set_version(fdt, 17);
    fdt_set_magic(fdt, FDT_MAGIC + 1);
    assert_int_equal(dt_scan(fdt, size), -FDT_ERR_BADMAGIC);
    free(fdt);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_root_is_enough),
        cmocka_unit_test(the_structure_ends_itself),
        cmocka_unit_test(what_is_no_tag_is_refused),
        cmocka_unit_test(names_of_nodes_end),
        cmocka_unit_test(properties_lie_in_the_structure),
        cmocka_unit_test(names_of_properties_lie_in_the_strings),
        cmocka_unit_test(blocks_lie_in_the_blob),
        cmocka_unit_test(the_structure_is_aligned),
        cmocka_unit_test(old_formats_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
