/* SPDX-License-Identifier: LGPL-2.1-only */
/* Tests of the partial device tree: what is taken, copied and claimed. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <libfdt.h>

#include "arm-partial-test.h"
#include "arm-print.h"

#include "arm/dt_scan.h"
#include "arm/guest_map.h"

static struct arm_error parse_device(const uint32_t *reg, size_t count,
                                     struct arm_partial *partial_r)
{
    struct dt_writer writer;

    begin(&writer);
    dt_writer_begin(&writer, "device");
    cells(&writer, "reg", reg, count);
    dt_writer_end(&writer);
    return end(&writer, partial_r);
}

static void refuses_device(const char *words, const uint32_t *reg, size_t count)
{
    struct arm_partial partial;
    struct arm_error error = parse_device(reg, count, &partial);

    assert_int_equal(error.fault, ARM_FAULT_CONFIG);
    assert_says(error, "device_tree 'part.dtb', node '/passthrough/device'");
    assert_says(error, words);
}

static void range_is(const struct arm_partial *partial, size_t i,
                     const char *node, int entry, uint64_t base, uint64_t size)
{
    assert_true(i < partial->nr_ranges);
    assert_string_equal(partial->ranges[i].node, node);
    assert_int_equal(partial->ranges[i].entry, entry);
    assert_int_equal(partial->ranges[i].base, base);
    assert_int_equal(partial->ranges[i].size, size);
}

static void each_entry_of_reg_is_a_range(void **state)
{
    struct arm_partial partial;
    struct arm_error error =
        parse_device(CELLS(0, 0x10000000, 0, 0x1000, 2, 0, 1, 0), &partial);

    assert_ok(error);
    assert_int_equal(partial.nr_ranges, 2);
    range_is(&partial, 0, "/passthrough/device", 0, 0x10000000, 0x1000);
    range_is(&partial, 1, "/passthrough/device", 1, 8 * GIB, 4 * GIB);
    arm_partial_dispose(&partial);
    arm_partial_dispose(&partial);
    arm_partial_dispose(NULL);
}

static void bad_reg_is_refused(void **state)
{
    refuses_device("'reg' has 12 bytes", CELLS(0, 1, 2));
    refuses_device("'reg' has 0 bytes", NULL, 0);
    refuses_device("'reg' entry 1 has a size of 0",
                   CELLS(0, 0, 0, 1, 0, 8, 0, 0));
    refuses_device("'reg' entry 0 passes the end of the 64-bit",
                   CELLS(0xffffffff, 0xffffffff, 0, 2));
}

/* A bus that moves 0x0-0xfff to 0x10000000, with a device and a phy on it. */
static struct arm_error parse_bus(const uint32_t *reg, size_t count,
                                  bool bus_reg, struct arm_partial *partial_r)
{
    struct dt_writer writer;

    begin(&writer);
    dt_writer_begin(&writer, "bus");
    dt_writer_u32(&writer, "#address-cells", 1);
    dt_writer_u32(&writer, "#size-cells", 1);
    cells(&writer, "ranges", CELLS(0, 0, 0x10000000, 0x1000));
    if (bus_reg)
        cells(&writer, "reg", CELLS(0, 0x10000000, 0, 0x800));
    dt_writer_begin(&writer, "net");
    cells(&writer, "reg", reg, count);
    dt_writer_begin(&writer, "phy");
    cells(&writer, "reg", CELLS(0xc));
    dt_writer_end(&writer);
    dt_writer_end(&writer);
    dt_writer_end(&writer);
    return end(&writer, partial_r);
}

static void addresses_are_translated(void **state)
{
    struct arm_partial partial;
    struct arm_error error = parse_bus(CELLS(0x10, 0x20), false, &partial);

    assert_ok(error);
    assert_int_equal(partial.nr_ranges, 1);
    range_is(&partial, 0, "/passthrough/bus/net", 0, 0x10000010, 0x20);
    arm_partial_dispose(&partial);

    error = parse_bus(CELLS(0x1000, 0x20), false, &partial);
    assert_ok(error);
    assert_int_equal(partial.nr_ranges, 0);
    arm_partial_dispose(&partial);

    error = parse_bus(CELLS(0xff0, 0x20), false, &partial);
    assert_says(error, "node '/passthrough/bus/net': 'reg' entry 0 leaves");
}

static void a_node_may_speak_of_its_parents_range(void **state)
{
    struct arm_partial partial;
    struct arm_error error = parse_bus(CELLS(0, 0x800), true, &partial);

    assert_ok(error);
    assert_int_equal(partial.nr_ranges, 1);
    range_is(&partial, 0, "/passthrough/bus", 0, 0x10000000, 0x800);
    arm_partial_dispose(&partial);

    error = parse_bus(CELLS(1, 0x800), true, &partial);
    assert_ok(error);
    assert_int_equal(partial.nr_ranges, 2);
    arm_partial_dispose(&partial);
}

/* What is behind the bridge has no address of the CPU's; its windows have. */
static void a_pci_bridge_claims_its_windows(void **state)
{
    struct arm_partial partial;
    struct dt_writer writer;
    struct arm_error error;

    for (int other = 0; other < 2; other++) {
        begin(&writer);
        dt_writer_begin(&writer, "pcie");
        dt_writer_string(&writer, "device_type", other ? "pcx" : "pci");
        dt_writer_u32(&writer, "#address-cells", 3);
        dt_writer_u32(&writer, "#size-cells", 2);
        cells(&writer, "reg", CELLS(0, 0x10000000, 0, 0x1000));
        cells(&writer, "ranges",
              CELLS(0x2000000, 0, 0, 0, 0x60000000, 0, 0x10000, 0x3000000, 1, 0,
                    2, 0, 1, 0));
        dt_writer_begin(&writer, "device");
        cells(&writer, "reg", CELLS(1, 2, 3, 4, 5));
        dt_writer_end(&writer);
        dt_writer_end(&writer);
        error = end(&writer, &partial);
        assert_ok(error);
        assert_int_equal(partial.nr_ranges, other ? 1 : 3);
        range_is(&partial, 0, "/passthrough/pcie", 0, 0x10000000, 0x1000);
        assert_string_equal(partial.ranges[0].origin, "device_tree reg");
        if (!other) {
            range_is(&partial, 1, "/passthrough/pcie", 0, 0x60000000, 0x10000);
            range_is(&partial, 2, "/passthrough/pcie", 1, 8 * GIB, 4 * GIB);
            assert_string_equal(partial.ranges[1].origin, "device_tree ranges");
        }
        arm_partial_dispose(&partial);
    }
}

static void malformed_buses_are_refused(void **state)
{
    struct arm_partial partial;
    struct dt_writer writer;
    struct arm_error error;

    begin(&writer);
    dt_writer_begin(&writer, "bus");
    cells(&writer, "ranges", CELLS(1, 2));
    dt_writer_end(&writer);
    error = end(&writer, &partial);
    assert_says(error, "node '/passthrough/bus': 'ranges'");

    begin(&writer);
    dt_writer_begin(&writer, "pcie");
    dt_writer_string(&writer, "device_type", "pci");
    cells(&writer, "ranges", CELLS(1, 2, 3, 4, 5, 6, 7, 8));
    dt_writer_u32(&writer, "#address-cells", 3);
    dt_writer_end(&writer);
    error = end(&writer, &partial);
    assert_says(error, "node '/passthrough/pcie': 'ranges' of this PCI host");
}

static struct arm_error parse_depth(int depth, struct arm_partial *partial_r)
{
    struct dt_writer writer;

    begin(&writer);
    for (int i = 1; i < depth; i++)
        dt_writer_begin(&writer, "n");
    for (int i = 1; i < depth; i++)
        dt_writer_end(&writer);
    return end(&writer, partial_r);
}

static struct arm_error parse_many(int nodes, int properties, int entries,
                                   struct arm_partial *partial_r)
{
    fdt32_t *reg = calloc(entries + 1, 16);
    struct dt_writer writer;
    struct arm_error error;
    char name[200];

    begin(&writer);
    for (int i = 0; i < entries; i++) {
        reg[4 * i + 1] = cpu_to_fdt32(0x1000 * i);
        reg[4 * i + 3] = cpu_to_fdt32(0x1000);
    }
    dt_writer_begin(&writer, "d");
    for (int i = 0; i < properties; i++)
        dt_writer_empty(&writer, "p");
    if (entries)
        dt_writer_bytes(&writer, "reg", reg, 16 * entries);
    dt_writer_end(&writer);
    for (int i = 0; i < nodes; i++) {
        snprintf(name, sizeof(name), "n%d", i);
        dt_writer_begin(&writer, name);
        dt_writer_end(&writer);
    }
    error = end(&writer, partial_r);
    free(reg);
    return error;
}

static void limits_are_where_they_are_said_to_be(void **state)
{
    struct arm_partial partial;
    struct arm_error error;

    error = parse_depth(ARM_PARTIAL_MAX_DEPTH, &partial);
    assert_ok(error);
    arm_partial_dispose(&partial);
    error = parse_depth(ARM_PARTIAL_MAX_DEPTH + 1, &partial);
    assert_says(error, "nodes are nested more than 32 deep");

    error = parse_many(ARM_PARTIAL_MAX_NODES - 2,
                       ARM_PARTIAL_MAX_PROPERTIES - 3, 0, &partial);
    assert_ok(error);
    arm_partial_dispose(&partial);
    error = parse_many(0, 0, ARM_PARTIAL_MAX_RANGES, &partial);
    assert_ok(error);
    assert_int_equal(partial.nr_ranges, ARM_PARTIAL_MAX_RANGES);
    arm_partial_dispose(&partial);
    error = parse_many(ARM_PARTIAL_MAX_NODES - 1, 0, 0, &partial);
    assert_says(error, "more than 4096 nodes");
    error = parse_many(0, ARM_PARTIAL_MAX_PROPERTIES - 2, 0, &partial);
    assert_says(error, "more than 16384 properties");
    error = parse_many(0, 0, ARM_PARTIAL_MAX_RANGES + 1, &partial);
    assert_says(error, "more than 16384 ranges of addresses");
}

static void names_are_plain_text(void **state)
{
    static char longest[129];
    const char *const names[] = {
        "a\nb", "a b", "\x7f", "\xff", "a/b", longest
    };
    struct arm_partial partial;
    struct dt_writer writer;
    struct arm_error error;

    memset(longest, 'x', 128);
    for (size_t i = 0; i < COUNT(names); i++) {
        begin(&writer);
        dt_writer_begin(&writer, names[i]);
        dt_writer_end(&writer);
        error = end(&writer, &partial);
        assert_says(error, "node '/passthrough': the name of a node");

        begin(&writer);
        dt_writer_empty(&writer, names[i]);
        error = end(&writer, &partial);
        assert_says(error, "node '/passthrough': the name of a property");
    }
}

/* As deep as may be, each name as long as may be, and refused at the bottom. */
static void the_longest_path_has_room(void **state)
{
    static char longest[ARM_PARTIAL_MAX_NAME + 1];
    struct arm_partial partial;
    struct dt_writer writer;
    struct arm_error error;

    memset(longest, '~', ARM_PARTIAL_MAX_NAME);
    for (int bad = 0; bad < 2; bad++) {
        begin(&writer);
        for (int i = 1; i < ARM_PARTIAL_MAX_DEPTH; i++)
            dt_writer_begin(&writer, longest);
        dt_writer_u32(&writer, "phandle", bad ? 65000 : 1);
        dt_writer_empty(&writer, longest);
        for (int i = 1; i < ARM_PARTIAL_MAX_DEPTH; i++)
            dt_writer_end(&writer);
        error = end(&writer, &partial);
        if (bad)
            assert_says(error, "node '/passthrough/~~~~");
        else
            assert_ok(error);
        arm_partial_dispose(&partial);
    }
}

/* Of a path too long for an error, the node itself is told. */
static void a_deep_node_is_named(void **state)
{
    struct arm_partial partial;
    struct dt_writer writer;
    struct arm_error error;
    char name[ARM_PARTIAL_MAX_NAME + 1] = "";

    memset(name, '~', ARM_PARTIAL_MAX_NAME);
    begin(&writer);
    dt_writer_begin(&writer, name);
    dt_writer_begin(&writer, name);
    dt_writer_begin(&writer, "deep");
    dt_writer_u32(&writer, "phandle", 65000);
    for (int i = 0; i < 3; i++)
        dt_writer_end(&writer);
    error = end(&writer, &partial);
    assert_says(error, "node '/passthrough/~~~~");
    assert_says(error, "~~/deep': its phandle is 65000");

    begin(&writer);
    dt_writer_begin(&writer, name);
    dt_writer_begin(&writer, name);
    dt_writer_begin(&writer, "deep");
    dt_writer_u32(&writer, "interrupt-parent", 7);
    for (int i = 0; i < 3; i++)
        dt_writer_end(&writer);
    error = end(&writer, &partial);
    assert_ok(error);
    assert_non_null(strstr(partial.warning, "~~/deep': no node"));
    arm_partial_dispose(&partial);
}

/* The last of what the node above the one above claims. */
static void a_node_may_speak_of_any_range_above(void **state)
{
    struct arm_partial partial;
    struct dt_writer writer;
    struct arm_error error;

    begin(&writer);
    dt_writer_begin(&writer, "before");
    cells(&writer, "reg", CELLS(0, 0x20000000, 0, 0x1000));
    dt_writer_end(&writer);
    for (int i = 0; i < 3; i++) {
        dt_writer_begin(&writer, "bus");
        dt_writer_empty(&writer, "ranges");
        dt_writer_u32(&writer, "#address-cells", 2);
        dt_writer_u32(&writer, "#size-cells", 2);
        if (i == 0)
            cells(&writer, "reg",
                  CELLS(0, 0x10000000, 0, 0x1000, 0, 0x11000000, 0, 0x1000));
    }
    dt_writer_begin(&writer, "device");
    cells(&writer, "reg",
          CELLS(0, 0x11000800, 0, 0x800, 0, 0x11001000, 0, 0x1000));
    for (int i = 0; i < 4; i++)
        dt_writer_end(&writer);
    error = end(&writer, &partial);
    assert_ok(error);
    assert_int_equal(partial.nr_ranges, 4);
    range_is(&partial, 3, "/passthrough/bus/bus/bus/device", 1, 0x11001000,
             0x1000);
    arm_partial_dispose(&partial);
}

/* The guest's root has two cells each, whatever the partial tree's says. */
static void passthrough_stands_on_the_guests_root(void **state)
{
    struct arm_partial partial;
    struct dt_writer writer;
    struct arm_error error;

    dt_writer_init(&writer);
    dt_writer_begin(&writer, "");
    dt_writer_u32(&writer, "#address-cells", 1);
    dt_writer_u32(&writer, "#size-cells", 1);
    dt_writer_begin(&writer, "passthrough");
    dt_writer_u32(&writer, "#address-cells", 1);
    dt_writer_u32(&writer, "#size-cells", 1);
    cells(&writer, "ranges", CELLS(0, 1, 0x10000000, 0x1000));
    cells(&writer, "reg", CELLS(2, 0, 0, 0x1000));
    dt_writer_begin(&writer, "device");
    cells(&writer, "reg", CELLS(0x100, 0x200));
    dt_writer_end(&writer);
    error = end(&writer, &partial);
    assert_ok(error);
    assert_int_equal(partial.nr_ranges, 2);
    range_is(&partial, 0, "/passthrough", 0, 8 * GIB, 0x1000);
    range_is(&partial, 1, "/passthrough/device", 0, 0x110000100, 0x200);
    arm_partial_dispose(&partial);
}

static void passthrough_is_needed(void **state)
{
    struct arm_partial partial;
    struct dt_writer writer;
    struct arm_error error;

    dt_writer_init(&writer);
    dt_writer_begin(&writer, "");
    dt_writer_begin(&writer, "passthrough@1");
    error = end(&writer, &partial);
    assert_says(error, "device_tree 'part.dtb', node '/passthrough'");
}

static void what_is_no_tree_is_refused(void **state)
{
    static const char garbage[64] = "not a device tree";
    static char large[ARM_PARTIAL_MAX_SIZE + 1];
    struct arm_partial partial, whole;
    struct arm_error error = { 0 }, none = { 0 };
    char *bytes;

    arm_partial_parse("f", garbage, sizeof(garbage), &partial, &error);
    assert_says(error, "device_tree 'f': this is no device tree blob");
    error = none;
    arm_partial_parse("f", NULL, 0, &partial, &error);
    assert_says(error, "this is no device tree blob");
    error = none;
    arm_partial_parse("f", large, sizeof(large), &partial, &error);
    assert_says(error, "larger than 1024 KiB");

    /* Cut anywhere, it is none any more. */
    error = parse_device(CELLS(0, 0, 0, 1), &whole);
    assert_ok(error);
    bytes = whole.fdt;
    for (size_t size = 0; size < fdt_totalsize(bytes); size++) {
        error = none;
        assert_int_equal(arm_partial_parse("f", bytes, size, &partial, &error),
                         -1);
        assert_int_equal(error.fault, ARM_FAULT_CONFIG);
    }
    arm_partial_dispose(&whole);
}

/* libfdt 1.6.1 goes round in circles on a length like this. */
static void a_length_that_wraps_is_refused(void **state)
{
    struct arm_partial whole, partial;
    struct arm_error error = parse_device(CELLS(0, 0, 0, 1), &whole);
    uint32_t start;

    assert_ok(error);
    start = fdt_off_dt_struct(whole.fdt);
    for (uint32_t at = start; at < start + fdt_size_dt_struct(whole.fdt);
         at += 4) {
        fdt32_t *cell = (fdt32_t *)((char *)whole.fdt + at), before = *cell;

        for (uint32_t length = 0xffffffff; length > 0xfffffe00; length--) {
            error = (struct arm_error) { 0 };
            *cell = cpu_to_fdt32(length);
            if (!arm_partial_parse("f", whole.fdt, fdt_totalsize(whole.fdt),
                                   &partial, &error))
                arm_partial_dispose(&partial);
        }
        *cell = before;
    }
    arm_partial_dispose(&whole);
}

static void the_scan_agrees_with_libfdt(void **state)
{
    struct arm_partial whole;
    struct arm_error error = parse_device(CELLS(0, 0, 0, 1), &whole);
    size_t size;

    assert_ok(error);
    size = fdt_totalsize(whole.fdt);
    assert_int_equal(dt_scan(whole.fdt, size), 0);
    assert_int_equal(dt_scan(whole.fdt, size - 1), -FDT_ERR_TRUNCATED);
    fdt_set_version(whole.fdt, 16);
    assert_int_equal(dt_scan(whole.fdt, size), -FDT_ERR_BADVERSION);
    arm_partial_dispose(&whole);
}

static void files_are_read(void **state)
{
    struct arm_partial partial;
    struct arm_error error = { 0 };

    arm_partial_read("/nonexistent.dtb", &partial, &error);
    assert_says(error, "device_tree '/nonexistent.dtb': cannot read it: No");
    error = (struct arm_error) { 0 };
    arm_partial_read("/tmp", &partial, &error);
    assert_says(error, "device_tree '/tmp': cannot read it: it is not a file");
}

/* The guest with one device; iomem may be NULL. */
static struct arm_error create(const uint32_t *reg, size_t count,
                               const struct arm_iomem *iomem,
                               struct arm_report *report_r)
{
    struct arm_placement placement = { .bank_pages = { MIB_PAGES(128) } };
    struct arm_guest guest = plain_guest();
    struct arm_error error = { 0 };
    struct arm_partial partial;
    struct arm_tree tree;

    error = parse_device(reg, count, &partial);
    assert_ok(error);
    guest.partial = &partial;
    guest.iomem = iomem;
    guest.nr_iomem = iomem != NULL;
    if (!arm_tree_create(&guest, &tree, &error)) {
        arm_tree_finalise(tree.fdt, tree.size, &guest, &placement, report_r,
                          &error);
        arm_tree_dispose(&tree);
    }
    arm_partial_dispose(&partial);
    return error;
}

static void overlaps_name_both(void **state)
{
    struct arm_report report;
    struct arm_error error = create(CELLS(0, 0x40000000, 0, 1), NULL, &report);

    assert_says(error, "RAM bank 0 (memory)");
    assert_says(error, "/passthrough/device (device_tree reg[0])");
    error = create(CELLS(0, 0x3011000, 0, 0xf001), NULL, &report);
    assert_says(error, "GICv3 redistributors");
    error = create(CELLS(0, 0, 0, 2, 0, 1, 0, 1), NULL, &report);
    assert_says(error, "(device_tree reg[1])");
    error = create(CELLS(1, 0, 0, 1), NULL, &report);
    assert_ok(error);
    error = create(CELLS(0x1000, 0, 0, 1), NULL, &report);
    assert_says(error, "44-bit");
}

static void what_iomem_maps_may_be_told(void **state)
{
    const struct arm_iomem iomem = { .mfn = 0x9010,
                                     .pages = 2,
                                     .gfn = 0x60000 };
    struct arm_report report;
    struct arm_error error;

    error = create(CELLS(0, 0x60000000, 0, 0x1000), &iomem, &report);
    assert_ok(error);
    assert_int_equal(report.regions.count, 3);
    error = create(CELLS(0, 0x60000000, 0, 0x2000, 0, 0x60001fff, 0, 1), &iomem,
                   &report);
    assert_says(error, "device_tree reg[0]");
}

static void regions_leave_it_out(void **state)
{
    struct arm_report report;
    struct arm_error error =
        create(CELLS(0, 0x60000000, 0, 0x1000, 4, 0, 0, 1), NULL, &report);

    assert_ok(error);
    assert_int_equal(report.regions.count, 4);
    assert_int_equal(report.regions.region[0].size, 0x18000000);
    assert_int_equal(report.regions.region[1].base, 0x60200000);
    assert_int_equal(report.regions.region[3].base, 0x400200000);
}

static void both_nodes_are_copied_whole(void **state)
{
    static const char expected[] = "/passthrough\n"
                                   "    ranges\n"
                                   "    #address-cells 00000002\n"
                                   "    #size-cells 00000002\n"
                                   "    compatible \"simple-bus\"\n"
                                   "/passthrough/a\n"
                                   "/passthrough/a/b\n"
                                   "    x 00000007\n"
                                   "/passthrough/c\n"
                                   "/aliases\n"
                                   "    net \"/passthrough/a\"\n";
    struct arm_guest guest = plain_guest();
    struct arm_partial partial;
    struct dt_writer writer;
    struct arm_error error;
    struct arm_tree tree;
    char *printed = NULL;
    size_t size;
    FILE *to = open_memstream(&printed, &size);

    begin(&writer);
    dt_writer_string(&writer, "compatible", "simple-bus");
    dt_writer_begin(&writer, "a");
    dt_writer_begin(&writer, "b");
    dt_writer_u32(&writer, "x", 7);
    dt_writer_end(&writer);
    dt_writer_end(&writer);
    dt_writer_begin(&writer, "c");
    dt_writer_end(&writer);
    dt_writer_end(&writer);
    dt_writer_begin(&writer, "other");
    dt_writer_end(&writer);
    dt_writer_begin(&writer, "aliases");
    dt_writer_string(&writer, "net", "/passthrough/a");
    error = end(&writer, &partial);
    assert_ok(error);

    guest.partial = &partial;
    arm_tree_create(&guest, &tree, &error);
    assert_ok(error);
    print_tree(tree.fdt, to);
    fclose(to);
    assert_string_equal(strstr(printed, "/passthrough\n"), expected);
    free(printed);
    arm_tree_dispose(&tree);
    arm_partial_dispose(&partial);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_entry_of_reg_is_a_range),
        cmocka_unit_test(bad_reg_is_refused),
        cmocka_unit_test(addresses_are_translated),
        cmocka_unit_test(a_node_may_speak_of_its_parents_range),
        cmocka_unit_test(a_pci_bridge_claims_its_windows),
        cmocka_unit_test(malformed_buses_are_refused),
        cmocka_unit_test(limits_are_where_they_are_said_to_be),
        cmocka_unit_test(names_are_plain_text),
        cmocka_unit_test(the_longest_path_has_room),
        cmocka_unit_test(a_deep_node_is_named),
        cmocka_unit_test(a_node_may_speak_of_any_range_above),
        cmocka_unit_test(passthrough_stands_on_the_guests_root),
        cmocka_unit_test(passthrough_is_needed),
        cmocka_unit_test(what_is_no_tree_is_refused),
        cmocka_unit_test(a_length_that_wraps_is_refused),
        cmocka_unit_test(the_scan_agrees_with_libfdt),
        cmocka_unit_test(files_are_read),
        cmocka_unit_test(overlaps_name_both),
        cmocka_unit_test(what_iomem_maps_may_be_told),
        cmocka_unit_test(regions_leave_it_out),
        cmocka_unit_test(both_nodes_are_copied_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
