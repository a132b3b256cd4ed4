/* SPDX-License-Identifier: LGPL-2.1-only */
/* Tests of translating a node's addresses to the CPU's. */
#include <stdlib.h>

#include "arm-test.h"

#include "arm/dt_bus.h"
#include "arm/dt_writer.h"

#define NO_RANGES     NULL, 0
#define RANGES(bytes) bytes, sizeof(bytes)

/* One bus below a root of two cells each; its own cells and "ranges" vary. */
static enum dt_bus_result translate(unsigned int address_cells,
                                    unsigned int size_cells, const void *ranges,
                                    size_t size, uint64_t *base,
                                    uint64_t length)
{
    struct arm_error error = { 0 };
    struct dt_bus root, bus;
    struct dt_writer writer;
    enum dt_bus_result result;
    size_t tree_size;
    void *fdt;

    dt_writer_init(&writer);
    dt_writer_begin(&writer, "");
    dt_writer_u32(&writer, "#address-cells", 2);
    dt_writer_u32(&writer, "#size-cells", 2);
    dt_writer_begin(&writer, "bus");
    dt_writer_u32(&writer, "#address-cells", address_cells);
    dt_writer_u32(&writer, "#size-cells", size_cells);
    if (ranges)
        dt_writer_bytes(&writer, "ranges", ranges, size);
    dt_writer_end(&writer);
    dt_writer_end(&writer);
    dt_writer_finish(&writer, &fdt, &tree_size, &error);
    assert_ok(error);

    assert_int_equal(dt_bus_read(fdt, 0, NULL, &root), DT_BUS_OK);
    result = dt_bus_read(fdt, fdt_path_offset(fdt, "/bus"), &root, &bus);
    if (result == DT_BUS_OK)
        result = dt_bus_translate(&bus, *base, length, base);
    free(fdt);
    return result;
}

static void empty_ranges_are_the_same_addresses(void **state)
{
    uint64_t base = 0x123456789000;

    assert_int_equal(translate(2, 2, "", 0, &base, 0x1000), DT_BUS_OK);
    assert_int_equal(base, 0x123456789000);
}

static void no_ranges_are_no_addresses(void **state)
{
    uint64_t base = 0x1000;

    assert_int_equal(translate(2, 2, NO_RANGES, &base, 1), DT_BUS_UNMAPPED);
}

/* Child 0x1000 to 0x17ff is 0x2_0000_0000 of the CPU, then 0x5000 is 0x0. */
static const uint8_t two_ranges[] = {
    0, 0, 0x10, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0x08, 0, /* first */
    0, 0, 0x50, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10, 0, /* second */
};

static void each_range_moves_what_is_in_it(void **state)
{
    uint64_t base = 0x1100;

    assert_int_equal(translate(1, 1, RANGES(two_ranges), &base, 0x700),
                     DT_BUS_OK);
    assert_int_equal(base, 0x200000100);
    base = 0x5fff;
    assert_int_equal(translate(1, 1, RANGES(two_ranges), &base, 1), DT_BUS_OK);
    assert_int_equal(base, 0xfff);
}

static void outside_of_the_ranges_is_no_address(void **state)
{
    uint64_t base = 0x1800;

    assert_int_equal(translate(1, 1, RANGES(two_ranges), &base, 1),
                     DT_BUS_UNMAPPED);
    base = 0xfff;
    assert_int_equal(translate(1, 1, RANGES(two_ranges), &base, 1),
                     DT_BUS_UNMAPPED);
}

static void leaving_a_range_is_told(void **state)
{
    uint64_t base = 0x1100;

    assert_int_equal(translate(1, 1, RANGES(two_ranges), &base, 0x701),
                     DT_BUS_STRADDLES);
    assert_int_equal(base, 0x1100);
}

static void the_last_address_does_not_wrap(void **state)
{
    /* Child 0 is the CPU's last page but one; the length claims 8 pages. */
    static const uint8_t wraps[] = { 0,    0,    0,    0,    0xff, 0xff,
                                     0xff, 0xff, 0xff, 0xff, 0xe0, 0,
                                     0,    0,    0x80, 0 };
    uint64_t base = UINT64_MAX;

    assert_int_equal(translate(2, 2, "", 0, &base, 2), DT_BUS_WRAPS);
    assert_int_equal(translate(2, 2, "", 0, &base, 1), DT_BUS_OK);
    base = 0;
    assert_int_equal(translate(1, 1, RANGES(wraps), &base, 0x2001),
                     DT_BUS_WRAPS);
    base = 0x2000;
    assert_int_equal(translate(1, 1, RANGES(wraps), &base, 1), DT_BUS_WRAPS);
    base = 0x1fff;
    assert_int_equal(translate(1, 1, RANGES(wraps), &base, 1), DT_BUS_OK);
    assert_int_equal(base, UINT64_MAX);
}

static void ranges_that_are_cut_off_are_malformed(void **state)
{
    uint64_t base = 0x1100;

    assert_int_equal(translate(1, 1, two_ranges, 31, &base, 1),
                     DT_BUS_MALFORMED);
    assert_int_equal(translate(1, 1, two_ranges, 20, &base, 1),
                     DT_BUS_MALFORMED);
}

static void cells_that_are_none_are_malformed(void **state)
{
    uint64_t base = 0;

    assert_int_equal(translate(5, 1, "", 0, &base, 1), DT_BUS_MALFORMED);
    assert_int_equal(translate(1, 0x80000000, "", 0, &base, 1),
                     DT_BUS_MALFORMED);
}

/* PCI has three, and an interrupt controller none. */
static void addresses_that_are_no_numbers_are_not_mapped(void **state)
{
    uint64_t base = 0;

    assert_int_equal(translate(3, 2, "", 0, &base, 1), DT_BUS_UNMAPPED);
    assert_int_equal(translate(0, 1, "", 0, &base, 1), DT_BUS_UNMAPPED);
    assert_int_equal(translate(1, 0, "", 0, &base, 1), DT_BUS_UNMAPPED);
}

/* Devicetree Specification 2.3.5; the children of a bus without both. */
static void cells_left_out_are_two_and_one(void **state)
{
    struct arm_error error = { 0 };
    struct dt_writer writer;
    struct dt_bus root;
    size_t size;
    void *fdt;

    dt_writer_init(&writer);
    dt_writer_begin(&writer, "");
    dt_writer_end(&writer);
    dt_writer_finish(&writer, &fdt, &size, &error);
    assert_ok(error);
    assert_int_equal(dt_bus_read(fdt, 0, NULL, &root), DT_BUS_OK);
    assert_int_equal(root.address_cells, 2);
    assert_int_equal(root.size_cells, 1);
    assert_true(root.mapped);
    free(fdt);
}

static void limits_are_where_they_are_said_to_be(void **state)
{
    static uint8_t ranges[(DT_BUS_MAX_RANGES + 1) * 16];
    uint64_t base = 0;

    assert_int_equal(translate(4, 4, "", 0, &base, 1), DT_BUS_UNMAPPED);
    assert_int_equal(translate(1, 1, ranges, DT_BUS_MAX_RANGES * 16, &base, 1),
                     DT_BUS_UNMAPPED);
    assert_int_equal(translate(1, 1, RANGES(ranges), &base, 1),
                     DT_BUS_MALFORMED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(empty_ranges_are_the_same_addresses),
        cmocka_unit_test(no_ranges_are_no_addresses),
        cmocka_unit_test(each_range_moves_what_is_in_it),
        cmocka_unit_test(outside_of_the_ranges_is_no_address),
        cmocka_unit_test(leaving_a_range_is_told),
        cmocka_unit_test(the_last_address_does_not_wrap),
        cmocka_unit_test(ranges_that_are_cut_off_are_malformed),
        cmocka_unit_test(cells_that_are_none_are_malformed),
        cmocka_unit_test(addresses_that_are_no_numbers_are_not_mapped),
        cmocka_unit_test(cells_left_out_are_two_and_one),
        cmocka_unit_test(limits_are_where_they_are_said_to_be),
    };

    return cmocka_run_group_tests_name("arm-dt-bus", tests, NULL, NULL);
}
