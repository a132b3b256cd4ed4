/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Tests of the checker: each rule has a tree that breaks it and no other, and
 * what our own planner makes keeps them all.  Longer than other files, so that
 * the rules stand below each other.
 */
#include <stdio.h>
#include <stdlib.h>

#include <libfdt.h>

#include "arm-test.h"
#include "arm/guest_map.h"
#include "arm/tree_check.h"

static char faults_seen[40000];

static void note_fault(void *opaque, const char *text)
{
    assert_true(strlen(faults_seen) + strlen(text) + 2 < sizeof(faults_seen));
    strcat(faults_seen, text);
    strcat(faults_seen, "\n");
}

/*
 * A guest's tree with 512 MiB of RAM and these entries after the grant table,
 * checked; further are nodes that stand there besides, "thing" and "other".
 */
struct sample {
    const struct dt_range *entries; /* the grant table is added */
    size_t count;
    const struct dt_range *further, *other, *more_ram; /* or NULL */
    const struct addrmap *config;
    unsigned int gpaddr_bits;
    bool not_xenvm, is_32bit, no_ram;
};

static const struct dt_range grant_table = { GUEST_GNTTAB_BASE,
                                             GUEST_GNTTAB_SIZE };

static void write_node(struct dt_writer *writer, const char *name,
                       const char *type, const struct dt_range *range)
{
    if (!range)
        return;
    dt_writer_begin(writer, name);
    if (type)
        dt_writer_string(writer, "device_type", type);
    dt_writer_reg(writer, range, 1);
    dt_writer_end(writer);
}

static void write_sample(struct dt_writer *writer, const struct sample *sample,
                         const struct dt_range *entries, size_t count)
{
    const struct dt_range ram = { GUEST_RAM0_BASE, 512 * MIB };

    dt_writer_init(writer);
    dt_writer_begin(writer, "");
    dt_writer_string(writer, "compatible",
                     sample->not_xenvm ? "some,machine" : "xen,xenvm");
    dt_writer_u32(writer, "#address-cells", 2);
    dt_writer_u32(writer, "#size-cells", 2);
    write_node(writer, "memory@40000000", "memory",
               sample->no_ram ? NULL : &ram);
    write_node(writer, "memory", "memory", sample->more_ram);
    dt_writer_begin(writer, "timer");
    dt_writer_string(writer, "compatible",
                     sample->is_32bit ? "arm,armv7-timer" : "arm,armv8-timer");
    dt_writer_end(writer);
    write_node(writer, "thing", NULL, sample->further);
    write_node(writer, "other", NULL, sample->other);
    dt_writer_begin(writer, "hypervisor");
    dt_writer_string(writer, "compatible", "xen,xen");
    dt_writer_reg(writer, entries, count);
    dt_writer_end(writer);
    dt_writer_end(writer);
}

static void check_entries(const struct sample *sample,
                          const struct dt_range *entries, size_t count)
{
    struct tree_faults faults = { .report = note_fault };
    struct arm_error error = { 0 };
    struct dt_writer writer;
    struct tree_view view;
    size_t size;
    void *fdt;

    faults_seen[0] = '\0';
    write_sample(&writer, sample, entries, count);
    dt_writer_finish(&writer, &fdt, &size, &error);
    assert_ok(error);
    tree_view_read(fdt, size, &view, &faults, &error);
    assert_ok(error);
    tree_check(&view, sample->config, sample->gpaddr_bits, &faults);
    tree_view_dispose(&view);
    free(fdt);
}

static void check(const struct sample *sample)
{
    struct dt_range *all = calloc(sample->count + 1, sizeof(*all));

    all[0] = grant_table;
    for (size_t i = 0; i < sample->count; i++)
        all[i + 1] = sample->entries[i];
    check_entries(sample, all, sample->count + 1);
    free(all);
}

/* The one fault that these entries have, or "" for none. */
static void entries_say(const struct dt_range *entries, size_t count,
                        const char *expected)
{
    const struct sample sample = { .entries = entries, .count = count };

    check(&sample);
    assert_string_equal(faults_seen, expected);
}

static void one_says(uint64_t base, uint64_t size, const char *expected)
{
    const struct dt_range entry = { base, size };

    entries_say(&entry, 1, expected);
}

static void a_good_tree_has_no_fault(void **state)
{
    const struct dt_range good[] = { { 0x60000000, 0xa0000000 },
                                     { GUEST_RAM1_BASE, GUEST_RAM1_SIZE } };

    entries_say(NULL, 0, "");
    entries_say(good, 2, "");
    one_says(0x60000000, 64 * MIB, "");
}

static void rule_1_entry_0_is_the_grant_table(void **state)
{
    const struct dt_range other = { 0x30000000, 16 * MIB };
    const struct dt_range none = { 0x30000000, 0 };
    const struct sample guest = { 0 }, machine = { .not_xenvm = true };

    check_entries(&guest, NULL, 0);
    assert_string_equal(faults_seen,
                        "the hypervisor's node has no \"reg\": entry 0, the "
                        "grant table, must always be there\n");
    check_entries(&guest, &other, 1);
    assert_string_equal(faults_seen,
                        "entry 0 at 0x30000000-0x30ffffff is not the grant "
                        "table's window, 0x38000000-0x38ffffff\n");
    check_entries(&guest, &none, 1);
    assert_string_equal(faults_seen, "entry 0, the grant table, is no range: "
                                     "0 bytes at 0x30000000\n");
    /* dom0 has it where there is room. */
    check_entries(&machine, &other, 1);
    assert_string_equal(faults_seen, "");
}

static void rule_2_regions_lie_in_a_window(void **state)
{
    const struct dt_range low = { 0x10000000, 64 * MIB };
    const struct sample machine = { .entries = &low,
                                    .count = 1,
                                    .not_xenvm = true };

    one_says(0x10000000, 64 * MIB,
             "extended region 1 at 0x10000000-0x13ffffff is not inside a "
             "window for RAM, where alone a guest may expect free "
             "addresses\n");
    one_says(0xf0000000, 512 * MIB,
             "extended region 1 at 0xf0000000-0x10fffffff is not inside a "
             "window for RAM, where alone a guest may expect free "
             "addresses\n");
    check(&machine);
    assert_string_equal(faults_seen, "");
}

/* Where RAM is elsewhere, as in a directly mapped guest, or not told at all. */
static void the_windows_are_those_of_the_public_layout(void **state)
{
    const struct dt_range low = { 0x10000000, 64 * MIB };
    const struct dt_range elsewhere = { 0x8000000, MIB };
    const struct dt_range behind = { GUEST_RAM0_BASE + GUEST_RAM0_SIZE - MIB,
                                     MIB + 1 };
    struct sample sample = { .entries = &low, .count = 1 };

    sample.more_ram = &elsewhere;
    check(&sample);
    assert_string_equal(faults_seen, "");
    sample.more_ram = &behind;
    check(&sample);
    assert_string_equal(faults_seen, "");
    sample.more_ram = NULL;
    sample.no_ram = true;
    check(&sample);
    assert_string_equal(faults_seen, "");
}

static void rule_2_regions_lie_below_the_width(void **state)
{
    struct dt_range entry = { GUEST_RAM1_BASE, 64 * MIB };
    struct sample sample = { .entries = &entry, .count = 1, .gpaddr_bits = 33 };

    check(&sample);
    assert_string_equal(faults_seen, "extended region 1 at 0x200000000-"
                                     "0x203ffffff lies beyond 33-bit guest "
                                     "addresses\n");
    sample.gpaddr_bits = 34;
    check(&sample);
    assert_string_equal(faults_seen, "");
    sample.gpaddr_bits = 65;
    check(&sample);
    assert_non_null(strstr(faults_seen, "addresses of 65 bits"));

    sample.gpaddr_bits = 34;
    entry = (struct dt_range) { 0x3fc000000, 64 * MIB };
    check(&sample);
    assert_string_equal(faults_seen, "");
    entry.size += 2 * MIB;
    check(&sample);
    assert_non_null(strstr(faults_seen, "lies beyond 34-bit"));
}

static void rule_2_regions_touch_no_node(void **state)
{
    const struct dt_range entry = { 0x60000000, 64 * MIB };
    struct dt_range thing = { 0x63ffffff, 1 };
    const struct sample sample = { .entries = &entry,
                                   .count = 1,
                                   .further = &thing };
    const char *expected = "extended region 1 at 0x60000000-0x63ffffff "
                           "overlaps /thing (reg[0]) at 0x63ffffff-"
                           "0x63ffffff\n";

    check(&sample);
    assert_string_equal(faults_seen, expected);
    thing.base++;
    check(&sample);
    assert_string_equal(faults_seen, "");
    thing = (struct dt_range) { 0x60000000, 1 };
    check(&sample);
    assert_non_null(strstr(faults_seen, "overlaps /thing"));
}

static void rule_2_nodes_may_come_in_any_order(void **state)
{
    const struct dt_range entry = { 0x60000000, 64 * MIB };
    struct dt_range high = { 0x90000000, 0x1000 };
    struct dt_range inside = { 0x62000000, 0x1000 };
    const struct sample sample = {
        .entries = &entry, .count = 1, .further = &high, .other = &inside
    };

    check(&sample);
    assert_string_equal(faults_seen,
                        "extended region 1 at 0x60000000-0x63ffffff overlaps "
                        "/other (reg[0]) at 0x62000000-0x62000fff\n");
    high = (struct dt_range) { 0x62000000, 0x2000 };
    check(&sample);
    assert_string_equal(faults_seen,
                        "extended region 1 at 0x60000000-0x63ffffff overlaps "
                        "/other (reg[0]) at 0x62000000-0x62000fff\n"
                        "extended region 1 at 0x60000000-0x63ffffff overlaps "
                        "/thing (reg[0]) at 0x62000000-0x62001fff\n");
}

static void rule_2_regions_do_not_lie_on_ram(void **state)
{
    one_says(0x50000000, GIB,
             "extended region 1 at 0x50000000-0x8fffffff overlaps "
             "/memory@40000000 (reg[0]) at 0x40000000-0x5fffffff\n");
}

static void rule_2_the_configuration_counts_as_well(void **state)
{
    const struct arm_iomem iomem = { 0x9010, 1, 0x60000 };
    const struct dt_range entry = { 0x60000000, 0xa0000000 };
    const uint64_t bank_pages[] = { MIB_PAGES(4), 0 };
    struct arm_guest guest = plain_guest();
    struct arm_error error = { 0 };
    struct addrmap map;
    struct sample sample = { .entries = &entry, .count = 1, .config = &map };

    guest.iomem = &iomem;
    guest.nr_iomem = 1;
    assert_int_equal(arm_guest_map(&guest, bank_pages, &map, &error), 0);
    check(&sample);
    assert_string_equal(faults_seen,
                        "extended region 1 at 0x60000000-0xffffffff overlaps "
                        "passed-through memory (iomem[0]) at 0x60000000-"
                        "0x60000fff\n");
    sample.config = NULL;
    check(&sample);
    assert_string_equal(faults_seen, "");
    addrmap_dispose(&map);
}

static void rule_2_the_grant_table_is_in_nobodys_way(void **state)
{
    const struct dt_range entries[] = { { 0x64000000, 16 * MIB },
                                        { 0x60000000, 128 * MIB } };
    const struct dt_range thing = { 0x64000000, 1 };
    const struct sample sample = { .not_xenvm = true, .further = &thing };

    check_entries(&sample, entries, 1);
    assert_string_equal(faults_seen,
                        "the grant table (entry 0) at 0x64000000-0x64ffffff "
                        "overlaps /thing (reg[0]) at 0x64000000-0x64000000\n");
    check_entries(&(struct sample) { .not_xenvm = true }, entries, 2);
    assert_string_equal(faults_seen,
                        "extended region 1 at 0x60000000-0x67ffffff overlaps "
                        "the grant table (entry 0)\n");
}

static void meets_grant_table(uint64_t base, uint64_t size, bool expected)
{
    const struct dt_range entries[] = { { 0x64000000, 16 * MIB },
                                        { base, size } };

    check_entries(&(struct sample) { .not_xenvm = true }, entries, 2);
    assert_int_equal(strstr(faults_seen, "the grant table") != NULL, expected);
}

static void rule_2_regions_end_where_the_grant_table_starts(void **state)
{
    meets_grant_table(0x60000000, 64 * MIB, false);
    meets_grant_table(0x60000000, 64 * MIB + 1, true);
    meets_grant_table(0x65000000, 64 * MIB, false);
    meets_grant_table(0x64ffffff, 64 * MIB, true);
}

static void rule_3_multiples_of_2_mib(void **state)
{
    const char *words = "start and size must be multiples of 2 MiB\n";
    const struct dt_range odd[] = { { 0x60100000, 64 * MIB },
                                    { 0x80000000, 65 * MIB },
                                    { 0x90000000, 66 * MIB } };
    const struct sample sample = { .entries = odd, .count = 3 };
    const char *first, *second;

    check(&sample);
    first = strstr(faults_seen, words);
    assert_non_null(first);
    second = strstr(first + 1, words);
    assert_non_null(second);
    assert_string_equal(second, words);
}

static void rule_4_at_least_64_mib(void **state)
{
    one_says(0x60000000, 62 * MIB,
             "extended region 1 at 0x60000000-0x63dfffff is smaller than 64 "
             "MiB\n");
}

static void rule_5_regions_ascend(void **state)
{
    const struct dt_range swapped[] = { { 0x80000000, 64 * MIB },
                                        { 0x60000000, 64 * MIB } };
    const struct dt_range nested[] = { { 0x60000000, 512 * MIB },
                                       { 0x64000000, 64 * MIB },
                                       { 0x70000000, 512 * MIB } };

    const struct dt_range later[] = { { 0x60000000, 64 * MIB },
                                      { 0x70000000, 64 * MIB },
                                      { 0x72000000, 64 * MIB } };
    const struct dt_range level[] = { { 0x60000000, 512 * MIB },
                                      { 0x70000000, 256 * MIB },
                                      { 0x78000000, 256 * MIB } };
    const struct dt_range byte[] = { { 0x60000000, 64 * MIB },
                                     { 0x63ffffff, 64 * MIB } };

    entries_say(later, 3,
                "extended regions 2 and 3 overlap or do not ascend: "
                "0x70000000-0x73ffffff, then 0x72000000-0x75ffffff\n");
    entries_say(level, 3,
                "extended regions 1 and 2 overlap or do not ascend: "
                "0x60000000-0x7fffffff, then 0x70000000-0x7fffffff\n"
                "extended regions 1 and 3 overlap or do not ascend: "
                "0x60000000-0x7fffffff, then 0x78000000-0x87ffffff\n");
    check(&(struct sample) { .entries = byte, .count = 2 });
    assert_non_null(strstr(faults_seen, "regions 1 and 2 overlap"));
    entries_say(swapped, 2,
                "extended regions 1 and 2 overlap or do not ascend: "
                "0x80000000-0x83ffffff, then 0x60000000-0x63ffffff\n");
    entries_say(nested, 3,
                "extended regions 1 and 2 overlap or do not ascend: "
                "0x60000000-0x7fffffff, then 0x64000000-0x67ffffff\n"
                "extended regions 1 and 3 overlap or do not ascend: "
                "0x60000000-0x7fffffff, then 0x70000000-0x8fffffff\n");
}

static void rule_5_regions_do_not_touch(void **state)
{
    const struct dt_range touching[] = { { 0x60000000, 64 * MIB },
                                         { 0x64000000, 64 * MIB } };

    entries_say(touching, 2,
                "extended regions 1 and 2 touch at 0x64000000: Linux uses "
                "none of them then\n");
}

static void many_entries(struct dt_range *entries, size_t count, uint64_t size)
{
    for (size_t i = 0; i < count; i++)
        entries[i] =
            (struct dt_range) { GUEST_RAM1_BASE + i * 128 * MIB, size };
}

static void rule_6_at_most_256(void **state)
{
    struct dt_range entries[257];

    many_entries(entries, 257, 64 * MIB);
    entries_say(entries, 256, "");
    entries_say(entries, 257, "257 extended regions; a guest can have 256\n");
}

static void rule_7_a_32_bit_guest_has_entry_0_alone(void **state)
{
    const struct dt_range entry = { 0x60000000, 64 * MIB };
    struct sample sample = { .entries = &entry, .count = 1, .is_32bit = true };

    check(&sample);
    assert_string_equal(faults_seen,
                        "a 32-bit guest with extended regions: it must have "
                        "entry 0, the grant table, alone\n");
    sample.count = 0;
    check(&sample);
    assert_string_equal(faults_seen, "");
}

static void rule_9_nothing_lies_on_ram(void **state)
{
    const struct dt_range thing = { 0x5ffff000, 0x2000 };
    struct sample sample = { .further = &thing };

    check(&sample);
    assert_string_equal(faults_seen,
                        "RAM (/memory@40000000) at 0x40000000-0x5fffffff "
                        "overlaps /thing (reg[0]) at 0x5ffff000-0x60000fff\n");
    sample.not_xenvm = true;
    check(&sample);
    assert_string_equal(faults_seen, "");
}

static void meets_ram(uint64_t base, uint64_t size, bool expected)
{
    const struct dt_range thing = { base, size };

    check(&(struct sample) { .further = &thing });
    assert_int_equal(faults_seen[0] != '\0', expected);
}

static void rule_9_to_the_last_byte_of_ram(void **state)
{
    meets_ram(0x3ffff000, 0x1000, false);
    meets_ram(0x3ffff000, 0x1001, true);
    meets_ram(0x5fffffff, 1, true);
    meets_ram(0x60000000, 0x1000, false);
}

static void rule_9_each_overlap_is_told_once(void **state)
{
    const struct dt_range twice = { 0x50000000, 512 * MIB };
    const struct dt_range high = { GUEST_RAM1_BASE, GIB };
    const struct dt_range low = { 0x10000000, 0x1000 };
    const struct dt_range thing = { GUEST_RAM1_BASE + MIB, 0x1000 };

    check(&(struct sample) { .more_ram = &twice });
    assert_string_equal(faults_seen,
                        "RAM (/memory@40000000) at 0x40000000-0x5fffffff "
                        "overlaps /memory (reg[0]) at 0x50000000-"
                        "0x6fffffff\n");
    check(&(struct sample) {
        .more_ram = &high, .further = &thing, .other = &low });
    assert_string_equal(faults_seen,
                        "RAM (/memory) at 0x200000000-0x23fffffff overlaps "
                        "/thing (reg[0]) at 0x200100000-0x200100fff\n");
}

static void rule_10_nothing_wraps(void **state)
{
    one_says(UINT64_MAX - 64 * MIB + 1 + 2 * MIB, 64 * MIB,
             "extended region 1 is no range: 0x4000000 bytes at "
             "0xfffffffffc200000\n");
    one_says(0x60000000, 0,
             "extended region 1 is no range: 0 bytes at 0x60000000\n");
}

static void a_tree_without_xen_is_told(void **state)
{
    struct tree_faults faults = { .report = note_fault };
    const struct tree_view view = { 0 };

    faults_seen[0] = '\0';
    tree_check(&view, NULL, 0, &faults);
    assert_string_equal(faults_seen, "no node is compatible with \"xen,xen\": "
                                     "not the tree of a guest of Xen\n");
    assert_int_equal(faults.count, 1);
}

static void a_hundred_faults_are_enough(void **state)
{
    /* Two faults each, and one. */
    const uint64_t sizes[] = { MIB, 62 * MIB };

    for (int i = 0; i < 2; i++) {
        struct dt_range entries[300];
        struct sample sample = { .entries = entries, .count = 300 };
        size_t lines = 0;

        many_entries(entries, 300, sizes[i]);
        check(&sample);
        for (const char *at = faults_seen; *at; at++)
            lines += *at == '\n';
        assert_int_equal(lines, TREE_FAULTS_MAX + 1);
        assert_non_null(
            strstr(faults_seen, "\nand more: only so many are reported\n"));
    }
}

/* Whatever one bit does, it is found, or harmless, but never a crash. */
static void every_flipped_bit_is_survived(void **state)
{
    struct arm_placement placement = { { MIB_PAGES(512), 0 } };
    struct arm_guest guest = plain_guest();
    struct arm_error error = { 0 };
    struct arm_report report;
    struct arm_tree tree;
    size_t refused = 0, faulty = 0, safe = 0;

    guest.ram_pages = MIB_PAGES(512);
    guest.vuart = true;
    assert_int_equal(arm_tree_create(&guest, &tree, &error), 0);
    assert_int_equal(arm_tree_finalise(tree.fdt, tree.size, &guest, &placement,
                                       &report, &error),
                     0);
    for (size_t bit = 0; bit < 8 * tree.size; bit++) {
        struct tree_faults faults = { .report = note_fault };
        struct arm_error why = { 0 };
        struct tree_view view;
        uint8_t *byte = (uint8_t *)tree.fdt + bit / 8;

        faults_seen[0] = '\0';
        *byte ^= 1 << bit % 8;
        if (tree_view_read(tree.fdt, tree.size, &view, &faults, &why)) {
            assert_string_not_equal(why.message, "");
            refused++;
        } else {
            tree_check(&view, NULL, 44, &faults);
            tree_view_dispose(&view);
            safe += faults.count == 0;
            faulty += faults.count != 0;
        }
        *byte ^= 1 << bit % 8;
    }
    assert_true(refused > 100 && faulty > 100 && safe > 100);
    arm_tree_dispose(&tree);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_tree_has_no_fault),
        cmocka_unit_test(rule_1_entry_0_is_the_grant_table),
        cmocka_unit_test(rule_2_regions_lie_in_a_window),
        cmocka_unit_test(the_windows_are_those_of_the_public_layout),
        cmocka_unit_test(rule_2_regions_lie_below_the_width),
        cmocka_unit_test(rule_2_regions_touch_no_node),
        cmocka_unit_test(rule_2_nodes_may_come_in_any_order),
        cmocka_unit_test(rule_2_regions_do_not_lie_on_ram),
        cmocka_unit_test(rule_2_the_configuration_counts_as_well),
        cmocka_unit_test(rule_2_the_grant_table_is_in_nobodys_way),
        cmocka_unit_test(rule_2_regions_end_where_the_grant_table_starts),
        cmocka_unit_test(rule_3_multiples_of_2_mib),
        cmocka_unit_test(rule_4_at_least_64_mib),
        cmocka_unit_test(rule_5_regions_ascend),
        cmocka_unit_test(rule_5_regions_do_not_touch),
        cmocka_unit_test(rule_6_at_most_256),
        cmocka_unit_test(rule_7_a_32_bit_guest_has_entry_0_alone),
        cmocka_unit_test(rule_9_nothing_lies_on_ram),
        cmocka_unit_test(rule_9_to_the_last_byte_of_ram),
        cmocka_unit_test(rule_9_each_overlap_is_told_once),
        cmocka_unit_test(rule_10_nothing_wraps),
        cmocka_unit_test(a_tree_without_xen_is_told),
        cmocka_unit_test(a_hundred_faults_are_enough),
        cmocka_unit_test(every_flipped_bit_is_survived),
    };

    return cmocka_run_group_tests_name("arm-tree-check", tests, NULL, NULL);
}
