/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * One test for each rule of extended regions, by the rule's number.  They go
 * through the finished device tree wherever the rule speaks of a guest, and
 * to the planner for addresses that no guest of today has.
 */
#include <stdio.h>
#include <stdlib.h>

#include <libfdt.h>

#include "arm-test.h"

#define MOST_REGIONS 300

/* What a guest reads of its /hypervisor node. */
struct seen {
    unsigned int count;
    struct region reg[MOST_REGIONS];
    struct arm_report report;
};

static struct seen see(const struct arm_guest *guest,
                       const struct arm_placement *placement)
{
    struct arm_error error = { 0 };
    struct arm_tree tree = { 0 };
    struct seen seen = { 0 };
    const fdt64_t *cells;
    int size;

    arm_tree_create(guest, &tree, &error);
    assert_ok(error);
    arm_tree_finalise(tree.fdt, tree.size, guest, placement, &seen.report,
                      &error);
    assert_ok(error);

    cells = fdt_getprop(tree.fdt, fdt_path_offset(tree.fdt, "/hypervisor"),
                        "reg", &size);
    assert_non_null(cells);
    seen.count = size / sizeof(struct region);
    assert_true(seen.count <= MOST_REGIONS);
    for (unsigned int i = 0; i < seen.count; i++) {
        seen.reg[i].base = fdt64_ld(&cells[2 * i]);
        seen.reg[i].size = fdt64_ld(&cells[2 * i + 1]);
    }
    arm_tree_dispose(&tree);
    return seen;
}

/* Where the builder puts the RAM of such a guest. */
static struct arm_placement place(const struct arm_guest *guest)
{
    const uint64_t low = GUEST_RAM0_SIZE >> ARM_PAGE_SHIFT;

    return (struct arm_placement){
        .bank_pages = {
            guest->ram_pages < low ? guest->ram_pages : low,
            guest->ram_pages < low ? 0 : guest->ram_pages - low,
        },
    };
}

static struct seen see_placed(const struct arm_guest *guest)
{
    const struct arm_placement placement = place(guest);

    return see(guest, &placement);
}

static struct region_plan plan(unsigned int bits,
                               const struct region_window *windows,
                               size_t nr_windows, const struct claim *claims,
                               size_t nr_claims)
{
    struct arm_error error = { 0 };
    struct region_plan result;

    regions_plan(bits, windows, nr_windows, claims, nr_claims, &result, &error);
    assert_ok(error);
    return result;
}

static void expect(const struct seen *seen, unsigned int index, uint64_t base,
                   uint64_t size)
{
    assert_true(index < seen->count);
    assert_true(seen->reg[index].base == base);
    assert_true(seen->reg[index].size == size);
}

static void rule_1_entry_0_is_the_grant_table(void **state)
{
    struct arm_guest guest = plain_guest();
    struct seen seen = see_placed(&guest);

    expect(&seen, 0, GUEST_GNTTAB_BASE, GUEST_GNTTAB_SIZE);

    guest.is_64bit = false;
    seen = see_placed(&guest);
    expect(&seen, 0, GUEST_GNTTAB_BASE, GUEST_GNTTAB_SIZE);
}

static void rule_2_regions_lie_inside_the_windows(void **state)
{
    struct arm_guest guest = plain_guest();
    struct seen seen = see_placed(&guest);

    assert_int_equal(seen.count, 3);
    expect(&seen, 1, GUEST_RAM0_BASE + 128 * MIB, GUEST_RAM0_SIZE - 128 * MIB);
    expect(&seen, 2, GUEST_RAM1_BASE, GUEST_RAM1_SIZE);
}

static void rule_2_regions_lie_below_the_address_width(void **state)
{
    struct arm_guest guest = plain_guest();
    struct seen seen;

    guest.gpaddr_bits = 39;
    seen = see_placed(&guest);
    assert_int_equal(seen.count, 3);
    expect(&seen, 2, GUEST_RAM1_BASE, 512 * GIB - GUEST_RAM1_BASE);

    /* 8 GiB: the second window begins where addresses end. */
    guest.gpaddr_bits = 33;
    assert_int_equal(see_placed(&guest).count, 2);

    guest.gpaddr_bits = 32;
    seen = see_placed(&guest);
    assert_int_equal(seen.count, 2);
    expect(&seen, 1, GUEST_RAM0_BASE + 128 * MIB, GUEST_RAM0_SIZE - 128 * MIB);
}

static void rule_2_regions_touch_no_claim(void **state)
{
    const struct arm_iomem iomem = { .mfn = 1, .pages = 1, .gfn = 0x60000 };
    struct arm_guest guest = plain_guest();
    struct seen seen;

    guest.ram_pages = MIB_PAGES(512);
    guest.iomem = &iomem;
    guest.nr_iomem = 1;
    seen = see_placed(&guest);
    assert_int_equal(seen.count, 3);
    expect(&seen, 1, 0x60200000, 0x100000000 - 0x60200000);
}

static void rule_3_fragments_are_multiples_of_2_mib(void **state)
{
    const struct arm_iomem iomem = { .mfn = 1, .pages = 3, .gfn = 0x800ff };
    struct arm_guest guest = plain_guest();
    struct seen seen;

    guest.ram_pages = MIB_PAGES(511) + 1;
    guest.iomem = &iomem;
    guest.nr_iomem = 1;
    seen = see_placed(&guest);
    assert_int_equal(seen.count, 4);
    expect(&seen, 1, 0x60000000, 0x80000000 - 0x60000000);
    expect(&seen, 2, 0x80200000, 0x100000000 - 0x80200000);
}

static void rule_4_no_region_is_smaller_than_64_mib(void **state)
{
    const struct region_window window = { 0, 256 * MIB };
    const struct claim leaves_64 = { .first = 64 * MIB, .last = 256 * MIB };
    const struct claim leaves_62 = { .first = 64 * MIB - 1, .last = 256 * MIB };
    struct region_plan result = plan(40, &window, 1, &leaves_64, 1);

    assert_int_equal(result.count, 1);
    assert_true(result.region[0].size == 64 * MIB);
    assert_int_equal(plan(40, &window, 1, &leaves_62, 1).count, 0);
}

static void rule_5_regions_ascend(void **state)
{
    struct arm_iomem iomem[100];
    struct arm_guest guest = plain_guest();
    struct seen seen;

    /* In no order. */
    for (unsigned int i = 0; i < COUNT(iomem); i++)
        iomem[i] = (struct arm_iomem) {
            .mfn = i,
            .pages = 1,
            .gfn = (GUEST_RAM1_BASE >> ARM_PAGE_SHIFT) +
                   (37 * i % COUNT(iomem) + 1) * MIB_PAGES(100),
        };
    guest.iomem = iomem;
    guest.nr_iomem = COUNT(iomem);
    seen = see_placed(&guest);
    assert_int_equal(seen.count, 1 + 1 + 1 + COUNT(iomem));
    for (unsigned int i = 1; i + 1 < seen.count; i++)
        assert_true(seen.reg[i].base + seen.reg[i].size < seen.reg[i + 1].base);
}

static void rule_5_regions_of_touching_windows_do_not_touch(void **state)
{
    const struct region_window windows[] = { { 0, GIB }, { GIB, GIB } };
    struct region_plan result = plan(40, windows, COUNT(windows), NULL, 0);

    assert_int_equal(result.count, 2);
    assert_true(result.region[0].size == GIB);
    assert_true(result.region[1].base == GIB + 2 * MIB);
    assert_true(result.region[1].size == GIB - 2 * MIB);
}

/* Gap i of 400 is 64 MiB, but every third is 2 MiB larger. */
static void rule_6_at_most_256_and_the_largest_stay(void **state)
{
    enum { GAPS = 400 };
    struct claim claims[GAPS];
    const struct region_window window = { 0, GAPS * 100 * MIB };
    struct region_plan result;
    unsigned int large = 0, index = 0;

    for (unsigned int i = 0; i < GAPS; i++) {
        uint64_t gap = i % 3 == 2 ? 66 * MIB : 64 * MIB;

        large += i % 3 == 2;
        claims[i] = (struct claim) {
            .first = i * 100 * MIB + gap,
            .last = (i + 1) * 100 * MIB - 1,
        };
    }
    result = plan(40, &window, 1, claims, GAPS);
    assert_int_equal(result.count, 256);
    assert_int_equal(result.dropped, GAPS - 256);
    assert_true(result.dropped_bytes == (GAPS - 256) * 64 * MIB);

    /* All of the larger ones; of the equal ones, those of lower address. */
    for (unsigned int i = 0, small = 0; i < GAPS; i++) {
        if (i % 3 != 2 && small++ >= 256 - large)
            continue;
        assert_true(result.region[index].base == i * 100 * MIB);
        assert_true(result.region[index].size ==
                    (i % 3 == 2 ? 66 * MIB : 64 * MIB));
        index++;
    }
    assert_int_equal(index, 256);
}

static void rule_6_a_warning_counts_what_is_left_out(void **state)
{
    struct arm_iomem iomem[300];
    struct arm_guest guest = plain_guest();
    struct seen seen;

    for (unsigned int i = 0; i < COUNT(iomem); i++)
        iomem[i] = (struct arm_iomem) {
            .mfn = i,
            .pages = 1,
            .gfn =
                (GUEST_RAM1_BASE >> ARM_PAGE_SHIFT) + (i + 1) * MIB_PAGES(66),
        };
    guest.iomem = iomem;
    guest.nr_iomem = COUNT(iomem);
    seen = see_placed(&guest);
    /* Two large ones, one of 66 MiB and 299 of 64 MiB: 46 too many. */
    assert_int_equal(seen.count, 1 + 256);
    assert_non_null(strstr(seen.report.warning, "46 extended regions"));
    assert_non_null(strstr(seen.report.warning, "2944 MiB"));
}

static void rule_7_a_32_bit_guest_gets_entry_0_alone(void **state)
{
    struct arm_guest guest = plain_guest();
    struct seen seen;

    guest.is_64bit = false;
    seen = see_placed(&guest);
    assert_int_equal(seen.count, 1);
    assert_int_equal(seen.report.regions.count, 0);
    assert_string_equal(seen.report.warning, "");
}

static void rule_8_no_room_is_a_warning_that_says_why(void **state)
{
    struct arm_guest guest = plain_guest();
    struct seen seen;

    /* All of the first window is RAM, and addresses end before the second. */
    guest.ram_pages = MIB_PAGES(3072 - 62);
    guest.gpaddr_bits = 32;
    seen = see_placed(&guest);
    assert_int_equal(seen.count, 1);
    assert_non_null(strstr(seen.report.warning, "no extended regions"));
    assert_non_null(strstr(seen.report.warning, "2^32"));

    guest.ram_pages = MIB_PAGES(3072 - 64);
    seen = see_placed(&guest);
    assert_int_equal(seen.count, 2);
    assert_string_equal(seen.report.warning, "");
}

static void refuses_at(uint64_t gfn, const char *name, const char *source)
{
    const struct arm_iomem iomem[] = {
        { .mfn = 7, .pages = 2, .gfn = 0x70000 },
        { .mfn = 8, .pages = 2, .gfn = gfn },
    };
    struct arm_guest guest = plain_guest();
    struct arm_error error = { 0 };
    struct arm_tree tree = { 0 };

    guest.iomem = iomem;
    guest.nr_iomem = COUNT(iomem);
    assert_int_equal(arm_tree_create(&guest, &tree, &error), -1);
    assert_int_equal(error.fault, ARM_FAULT_CONFIG);
    assert_says(error, name);
    assert_says(error, source);
    assert_says(error, "iomem[1]");
    assert_null(tree.fdt);
}

static void rule_9_an_overlap_is_refused_and_names_both(void **state)
{
    refuses_at(0x40000, "RAM bank 0", "memory");
    refuses_at(0x47fff, "RAM bank 0", "memory");
    refuses_at(0x3001, "GICv3 distributor", "gic_version");
    refuses_at(0x38000, "grant table", "every guest");
    refuses_at(0x70001, "passed-through memory", "iomem[0]");
}

static void rule_9_ram_counts_as_it_will_be_populated(void **state)
{
    const struct arm_iomem iomem = { .mfn = 1, .pages = 1, .gfn = 0x200000 };
    struct arm_guest guest = plain_guest();
    struct arm_error error = { 0 };
    struct arm_tree tree = { 0 };

    guest.iomem = &iomem;
    guest.nr_iomem = 1;
    guest.ram_pages = MIB_PAGES(3072);
    assert_int_equal(arm_tree_create(&guest, &tree, &error), 0);
    arm_tree_dispose(&tree);
    guest.ram_pages++;
    assert_int_equal(arm_tree_create(&guest, &tree, &error), -1);
    assert_says(error, "RAM bank 1");
}

static void rule_10_the_last_address_does_not_wrap(void **state)
{
    const struct region_window window = { UINT64_MAX - GIB + 1, GIB };
    const struct claim at_end = { .first = UINT64_MAX, .last = UINT64_MAX };
    const struct claim all = { .first = 0, .last = UINT64_MAX };
    struct region_plan result = plan(64, &window, 1, NULL, 0);

    assert_int_equal(result.count, 1);
    assert_true(result.region[0].base == window.base);
    assert_true(result.region[0].size == GIB);

    result = plan(64, &window, 1, &at_end, 1);
    assert_int_equal(result.count, 1);
    assert_true(result.region[0].size == GIB - 2 * MIB);

    assert_int_equal(plan(64, &window, 1, &all, 1).count, 0);
    assert_int_equal(plan(63, &window, 1, NULL, 0).count, 0);
}

static void rule_10_widths_out_of_range_are_refused(void **state)
{
    const struct region_window window = { GIB, GIB };
    struct region_plan result = { .count = 42 };
    struct arm_error error = { 0 };

    assert_int_equal(regions_plan(0, &window, 1, NULL, 0, &result, &error), -1);
    error = (struct arm_error) { 0 };
    assert_int_equal(regions_plan(65, &window, 1, NULL, 0, &result, &error),
                     -1);
    assert_int_equal(result.count, 42);
}

/* The numbers are those of the trees of Debian's library in arm-trees/. */
static void rule_11_without_claims_it_equals_debians(void **state)
{
    static const struct {
        uint64_t mib;
        unsigned int count;
        struct region reg[2];
    } debian[] = {
        { 128,
          2,
          { { 0x48000000, 0xb8000000 }, { 0x200000000, 0xfe00000000 } } },
        { 511,
          2,
          { { 0x60000000, 0xa0000000 }, { 0x200000000, 0xfe00000000 } } },
        { 3072, 1, { { 0x200000000, 0xfe00000000 } } },
        { 3073, 1, { { 0x200200000, 0xfdffe00000 } } },
        { 5000, 1, { { 0x278800000, 0xfd87800000 } } },
    };

    for (size_t i = 0; i < COUNT(debian); i++) {
        struct arm_guest guest = plain_guest();
        struct seen seen;

        guest.ram_pages = MIB_PAGES(debian[i].mib);
        seen = see_placed(&guest);
        assert_int_equal(seen.count, 1 + debian[i].count);
        for (unsigned int j = 0; j < debian[i].count; j++)
            expect(&seen, 1 + j, debian[i].reg[j].base, debian[i].reg[j].size);
    }
}

static void rule_11_the_configuration_is_not_reordered(void **state)
{
    const struct arm_iomem before[] = {
        { .mfn = 9, .pages = 1, .gfn = 0x90000 },
        { .mfn = 2, .pages = 1, .gfn = ARM_IOMEM_SAME_GFN },
        { .mfn = 5, .pages = 1, .gfn = 0x70000 },
    };
    struct arm_iomem iomem[COUNT(before)];
    struct arm_guest guest = plain_guest();

    memcpy(iomem, before, sizeof(before));
    guest.iomem = iomem;
    guest.nr_iomem = COUNT(iomem);
    see_placed(&guest);
    assert_memory_equal(iomem, before, sizeof(before));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rule_1_entry_0_is_the_grant_table),
        cmocka_unit_test(rule_2_regions_lie_inside_the_windows),
        cmocka_unit_test(rule_2_regions_lie_below_the_address_width),
        cmocka_unit_test(rule_2_regions_touch_no_claim),
        cmocka_unit_test(rule_3_fragments_are_multiples_of_2_mib),
        cmocka_unit_test(rule_4_no_region_is_smaller_than_64_mib),
        cmocka_unit_test(rule_5_regions_ascend),
        cmocka_unit_test(rule_5_regions_of_touching_windows_do_not_touch),
        cmocka_unit_test(rule_6_at_most_256_and_the_largest_stay),
        cmocka_unit_test(rule_6_a_warning_counts_what_is_left_out),
        cmocka_unit_test(rule_7_a_32_bit_guest_gets_entry_0_alone),
        cmocka_unit_test(rule_8_no_room_is_a_warning_that_says_why),
        cmocka_unit_test(rule_9_an_overlap_is_refused_and_names_both),
        cmocka_unit_test(rule_9_ram_counts_as_it_will_be_populated),
        cmocka_unit_test(rule_10_the_last_address_does_not_wrap),
        cmocka_unit_test(rule_10_widths_out_of_range_are_refused),
        cmocka_unit_test(rule_11_without_claims_it_equals_debians),
        cmocka_unit_test(rule_11_the_configuration_is_not_reordered),
    };

    return cmocka_run_group_tests_name("arm-rules", tests, NULL, NULL);
}
