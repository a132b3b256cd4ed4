/* SPDX-License-Identifier: LGPL-2.1-only */
/* Tests of the device tree writer. */
#include <stdlib.h>

#include <libfdt.h>

#include "arm-test.h"

#include "arm/dt_writer.h"

struct tree {
    void *fdt;
    size_t size;
};

static struct tree finish(struct dt_writer *writer)
{
    struct arm_error error = { 0 };
    struct tree tree = { 0 };

    dt_writer_finish(writer, &tree.fdt, &tree.size, &error);
    assert_ok(error);
    assert_int_equal(fdt_check_full(tree.fdt, tree.size), 0);
    return tree;
}

static void expect(const struct tree *tree, const char *name, const void *value,
                   int size)
{
    int length;
    const void *got =
        fdt_getprop(tree->fdt, fdt_path_offset(tree->fdt, "/n"), name, &length);

    assert_non_null(got);
    assert_int_equal(length, size);
    assert_memory_equal(got, value, size);
}

static void values_are_big_endian_and_strings_end(void **state)
{
    static const char *const texts[] = { "a", "", "bc" };
    const struct dt_interrupt interrupt = { 1, 15, 0xf08 };
    const struct dt_range ranges[] = { { 1, 2 }, { UINT64_MAX, 3 } };
    struct dt_writer w;
    struct tree tree;

    dt_writer_init(&w);
    dt_writer_begin(&w, "");
    dt_writer_begin(&w, "n");
    dt_writer_empty(&w, "empty");
    dt_writer_u32(&w, "u32", 0x01020304);
    dt_writer_u64(&w, "u64", 0x0102030405060708);
    dt_writer_bytes(&w, "bytes", "\1\2\3", 3);
    dt_writer_string(&w, "string", "xyz");
    dt_writer_strings(&w, "strings", texts, COUNT(texts));
    dt_writer_interrupts(&w, &interrupt, 1);
    dt_writer_reg(&w, ranges, COUNT(ranges));
    dt_writer_end(&w);
    dt_writer_end(&w);
    tree = finish(&w);

    expect(&tree, "empty", "", 0);
    expect(&tree, "u32", "\1\2\3\4", 4);
    expect(&tree, "u64", "\1\2\3\4\5\6\7\10", 8);
    expect(&tree, "bytes", "\1\2\3", 3);
    expect(&tree, "string", "xyz", 4);
    expect(&tree, "strings", "a\0\0bc", 6);
    expect(&tree, "interrupts", "\0\0\0\1\0\0\0\17\0\0\17\10", 12);
    expect(&tree, "reg",
           "\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\2"
           "\377\377\377\377\377\377\377\377\0\0\0\0\0\0\0\3",
           32);
    free(tree.fdt);
}

static void a_placeholder_is_zeroed_ranges(void **state)
{
    static const char zeroes[5 * 16];
    struct dt_writer w;
    struct tree tree;

    dt_writer_init(&w);
    dt_writer_begin(&w, "");
    dt_writer_begin(&w, "n");
    fdt_property_reg_placeholder(&w, 5);
    dt_writer_end(&w);
    dt_writer_end(&w);
    tree = finish(&w);
    expect(&tree, "reg", zeroes, sizeof(zeroes));
    free(tree.fdt);
}

/* Through many sizes, so that each kind of call is the one that grows. */
static void the_buffer_grows_at_any_call(void **state)
{
    static const char bytes[8192];

    for (size_t filler = 3800; filler < 4096; filler++) {
        struct dt_writer w;
        struct tree tree;

        dt_writer_init(&w);
        dt_writer_begin(&w, "");
        dt_writer_bytes(&w, "filler", bytes, filler);
        dt_writer_begin(&w, "n");
        dt_writer_string(&w, "text", "more");
        fdt_property_reg_placeholder(&w, 2);
        dt_writer_end(&w);
        dt_writer_end(&w);
        tree = finish(&w);
        expect(&tree, "text", "more", 5);
        free(tree.fdt);
    }
}

static void one_value_can_be_larger_than_a_doubling(void **state)
{
    const size_t size = 100000;
    char *bytes = test_calloc(1, size);
    struct dt_writer w;
    struct tree tree;

    bytes[size - 1] = 7;
    dt_writer_init(&w);
    dt_writer_begin(&w, "");
    dt_writer_begin(&w, "n");
    dt_writer_bytes(&w, "large", bytes, size);
    dt_writer_end(&w);
    dt_writer_end(&w);
    tree = finish(&w);
    expect(&tree, "large", bytes, size);
    free(tree.fdt);
    test_free(bytes);
}

static void the_size_has_nothing_to_spare(void **state)
{
    struct dt_writer w;
    struct tree tree;

    dt_writer_init(&w);
    dt_writer_begin(&w, "");
    dt_writer_end(&w);
    tree = finish(&w);
    assert_int_equal(tree.size, fdt_totalsize(tree.fdt));
    assert_int_equal(tree.size, fdt_off_dt_strings(tree.fdt) +
                                    fdt_size_dt_strings(tree.fdt));
    free(tree.fdt);
}

/* What was asked for after the first mistake changes nothing. */
static void tell_at_end(struct dt_writer *w, const char *where)
{
    struct arm_error error = { 0 };
    struct tree tree = { .size = 42 };

    dt_writer_begin(w, "later");
    fdt_property_reg_placeholder(w, 1);
    dt_writer_end(w);
    assert_int_equal(dt_writer_finish(w, &tree.fdt, &tree.size, &error), -1);
    assert_int_equal(error.fault, ARM_FAULT_BUG);
    assert_says(error, where);
    assert_null(tree.fdt);
    assert_int_equal(tree.size, 42);
}

static void an_end_without_a_beginning_is_told_at_the_end(void **state)
{
    struct dt_writer w;

    dt_writer_init(&w);
    dt_writer_begin(&w, "");
    dt_writer_end(&w);
    dt_writer_end(&w);
    tell_at_end(&w, "end of a node");
}

static void a_property_of_no_node_is_told_at_the_end(void **state)
{
    struct dt_writer w;

    dt_writer_init(&w);
    dt_writer_u32(&w, "stray", 1);
    tell_at_end(&w, "'stray'");
}

static void an_open_node_is_told_at_the_end(void **state)
{
    struct dt_writer w;

    dt_writer_init(&w);
    dt_writer_begin(&w, "");
    tell_at_end(&w, "'the end'");
}

static void an_impossible_size_is_an_error(void **state)
{
    struct arm_error error = { 0 };
    struct tree tree = { 0 };
    struct dt_writer w;

    dt_writer_init(&w);
    dt_writer_begin(&w, "");
    fdt_property_reg_placeholder(&w, (size_t)1 << 40);
    dt_writer_end(&w);
    assert_int_equal(dt_writer_finish(&w, &tree.fdt, &tree.size, &error), -1);
    assert_int_equal(error.fault, ARM_FAULT_NOMEM);
    assert_says(error, "'reg'");
}

static void dispose_can_come_twice(void **state)
{
    struct arm_error error = { 0 };
    struct tree tree = { 0 };
    struct dt_writer w;

    dt_writer_init(&w);
    dt_writer_dispose(&w);
    dt_writer_dispose(&w);
    dt_writer_dispose(NULL);
    dt_writer_begin(&w, "");
    assert_int_equal(dt_writer_finish(&w, &tree.fdt, &tree.size, &error), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_big_endian_and_strings_end),
        cmocka_unit_test(a_placeholder_is_zeroed_ranges),
        cmocka_unit_test(the_buffer_grows_at_any_call),
        cmocka_unit_test(one_value_can_be_larger_than_a_doubling),
        cmocka_unit_test(the_size_has_nothing_to_spare),
        cmocka_unit_test(an_end_without_a_beginning_is_told_at_the_end),
        cmocka_unit_test(a_property_of_no_node_is_told_at_the_end),
        cmocka_unit_test(an_open_node_is_told_at_the_end),
        cmocka_unit_test(an_impossible_size_is_an_error),
        cmocka_unit_test(dispose_can_come_twice),
    };

    return cmocka_run_group_tests_name("arm-dt-writer", tests, NULL, NULL);
}
