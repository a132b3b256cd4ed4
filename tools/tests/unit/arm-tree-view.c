/* SPDX-License-Identifier: LGPL-2.1-only */
/* Tests of reading a finished tree: what is a claim, and what is a fault. */
#include "arm-tree-view-test.h"

static void our_own_trees_have_what_their_map_has(void **state)
{
    struct arm_placement placement = { { MIB_PAGES(3072), MIB_PAGES(100) } };
    struct tree_faults faults = { .report = note_fault };
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
    struct tree_faults faults = { .report = note_fault };
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
    struct dt_writer writer;
    struct tree_view view;
    struct seen seen;

    begin_root(&writer);
    node_at(&writer, "memory@1000", "memory", 0x1000, 0x1000);
    node_at(&writer, "thing@5000", NULL, 0x5000, 0x10);
    node_at(&writer, "nothing@9000", NULL, 0x9000, 0);
    dt_writer_begin(&writer, "reserved-memory");
    dt_writer_u32(&writer, "#address-cells", 2);
    dt_writer_u32(&writer, "#size-cells", 2);
    dt_writer_empty(&writer, "ranges");
    node_at(&writer, "kept@1800", NULL, 0x1800, 0x100);
    dt_writer_end(&writer);
    node_at(&writer, "after@7000", NULL, 0x7000, 0x10);
    dt_writer_begin(&writer, "cpus");
    dt_writer_u32(&writer, "#address-cells", 1);
    dt_writer_u32(&writer, "#size-cells", 0);
    dt_writer_begin(&writer, "cpu@0");
    dt_writer_u32(&writer, "reg", 0);
    dt_writer_end(&writer);
    dt_writer_end(&writer);
    dt_writer_end(&writer);
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
    struct dt_writer writer;
    struct tree_view view;
    struct seen seen;

    begin_root(&writer);
    dt_writer_begin(&writer, "pcie@10000000");
    dt_writer_string(&writer, "device_type", "pci");
    dt_writer_u32(&writer, "#address-cells", 3);
    dt_writer_u32(&writer, "#size-cells", 2);
    dt_writer_bytes(&writer, "ranges", ranges, sizeof(ranges));
    node_at(&writer, "device@0", NULL, 0x42, 0x42);
    dt_writer_end(&writer);
    dt_writer_end(&writer);
    view_tree(&writer, &view, &seen);
    assert_string_equal(seen.faults, "");
    assert_string_equal(seen.claims,
                        "/pcie@10000000 ranges[0] 20000000 2000ffff\n");
    tree_view_dispose(&view);
}

static void what_cannot_be_placed_is_a_fault(void **state)
{
    struct dt_writer writer;
    struct tree_view view;
    struct seen seen;

    begin_root(&writer);
    node_at(&writer, "wraps@0", NULL, UINT64_MAX, 2);
    dt_writer_begin(&writer, "odd@0");
    dt_writer_bytes(&writer, "reg", "12345678901234567890", 20);
    dt_writer_end(&writer);
    dt_writer_begin(&writer, "bus");
    dt_writer_bytes(&writer, "ranges", "123", 3);
    dt_writer_end(&writer);
    dt_writer_end(&writer);
    view_tree(&writer, &view, &seen);
    assert_string_equal(seen.claims, "");
    assert_string_equal(
        seen.faults,
        "/wraps@0 (reg[0]): 0x2 bytes at 0xffffffffffffffff pass the last "
        "64-bit address\n"
        "/odd@0: \"reg\" has 20 bytes, which are no entries of 4 cells\n"
        "/bus: its cells or \"ranges\" are malformed: the nodes below it "
        "cannot be located\n");
    tree_view_dispose(&view);
}

static void a_hundred_faults_are_enough(void **state)
{
    struct dt_writer writer;
    struct tree_view view;
    struct seen seen;
    size_t lines = 0;

    begin_root(&writer);
    for (int i = 0; i < TREE_FAULTS_MAX + 5; i++)
        node_at(&writer, "w", NULL, UINT64_MAX, 2);
    dt_writer_end(&writer);
    view_tree(&writer, &view, &seen);
    for (const char *at = seen.faults; *at; at++)
        lines += *at == '\n';
    assert_int_equal(lines, TREE_FAULTS_MAX + 1);
    assert_non_null(strstr(seen.faults, "\nand more: "));
    tree_view_dispose(&view);
}

static void a_hundred_faults_are_told(void **state)
{
    struct seen seen = { "", "" };
    struct tree_faults faults = { .report = note_fault, .opaque = &seen };

    for (int i = 0; i < TREE_FAULTS_MAX; i++)
        tree_fault(&faults, "%d", i);
    assert_non_null(strstr(seen.faults, "\n99\n"));
    assert_null(strstr(seen.faults, "more"));
    tree_fault(&faults, "100");
    assert_null(strstr(seen.faults, "\n100\n"));
    assert_non_null(strstr(seen.faults, "\nand more: "));
}

static void names_become_printable_and_are_cut(void **state)
{
    char name[400];
    struct dt_writer writer;
    struct tree_view view;
    struct seen seen;

    memset(name, 'x', sizeof(name));
    memcpy(name, "a\033[31m\n\x7f", 8);
    name[8] = '\xff';
    name[399] = '\0';
    begin_root(&writer);
    node_at(&writer, name, NULL, 0x1000, 0x10);
    dt_writer_end(&writer);
    view_tree(&writer, &view, &seen);
    assert_memory_equal(view.claims.claims[0].name, "/a?[31m???xx", 12);
    assert_true(strlen(view.claims.claims[0].name) < 200);
    tree_view_dispose(&view);
}

/* The second memory reservation passes the last address. */
static void memory_reservations_are_claims(void **state)
{
    struct seen seen = { "", "" };
    struct tree_faults faults = { .report = note_fault, .opaque = &seen };
    struct arm_error error = { 0 };
    struct dt_writer writer;
    struct tree_view view;
    size_t size;
    void *fdt, *larger;

    begin_root(&writer);
    dt_writer_end(&writer);
    dt_writer_finish(&writer, &fdt, &size, &error);
    assert_ok(error);
    larger = calloc(1, size + 200);
    assert_int_equal(fdt_open_into(fdt, larger, size + 200), 0);
    assert_int_equal(fdt_add_mem_rsv(larger, 0x1000, 1), 0);
    assert_int_equal(fdt_add_mem_rsv(larger, UINT64_MAX, 2), 0);
    assert_int_equal(fdt_add_mem_rsv(larger, UINT64_MAX, 1), 0);
    assert_int_equal(tree_view_read(larger, size + 200, &view, &faults, &error),
                     0);
    assert_string_equal(seen.faults,
                        "memory reservation 1: 0x2 bytes at "
                        "0xffffffffffffffff pass the last 64-bit address\n");
    assert_int_equal(view.claims.count, 2);
    assert_int_equal(view.claims.claims[0].first, 0x1000);
    assert_int_equal(view.claims.claims[0].last, 0x1000);
    assert_int_equal(view.claims.claims[0].kind, CLAIM_TREE_RESERVED);
    assert_int_equal(view.claims.claims[1].first, UINT64_MAX);
    assert_int_equal(view.claims.claims[1].index, 2);
    tree_view_dispose(&view);
    free(larger);
    free(fdt);
}

/* A bus that moves 0x0-0xffff to 0x70000000. */
static void begin_bus(struct dt_writer *writer)
{
    static const uint8_t ranges[] = {
        0, 0, 0, 0, 0,    0, 0, 0, /* there */
        0, 0, 0, 0, 0x70, 0, 0, 0, /* the CPU's */
        0, 0, 0, 0, 0,    1, 0, 0, /* 64 KiB */
    };

    dt_writer_begin(writer, "bus");
    dt_writer_u32(writer, "#address-cells", 2);
    dt_writer_u32(writer, "#size-cells", 2);
    dt_writer_bytes(writer, "ranges", ranges, sizeof(ranges));
}

static void addresses_are_translated(void **state)
{
    struct dt_writer writer;
    struct tree_view view;
    struct seen seen;

    begin_root(&writer);
    begin_bus(&writer);
    node_at(&writer, "in@1000", NULL, 0x1000, 0x1000);
    node_at(&writer, "across@f000", NULL, 0xf000, 0x1001);
    node_at(&writer, "out@10000", NULL, 0x10000, 0x1000);
    dt_writer_end(&writer);
    dt_writer_end(&writer);
    view_tree(&writer, &view, &seen);
    assert_string_equal(seen.claims, "/bus/in@1000 reg[0] 70001000 70001fff\n");
    assert_string_equal(seen.faults,
                        "/bus/across@f000 (reg[0]): 0x1001 bytes at 0xf000 "
                        "leave the \"ranges\" of a node above\n");
    tree_view_dispose(&view);
}

static void write_xen(struct dt_writer *writer, uint64_t base)
{
    const struct dt_range reg = { base, 0x1000 };

    dt_writer_begin(writer, "hypervisor");
    dt_writer_string(writer, "compatible", "xen,xen");
    dt_writer_reg(writer, &reg, 1);
    dt_writer_end(writer);
}

static void the_hypervisor_may_stand_on_a_bus(void **state)
{
    struct dt_writer writer;
    struct tree_view view;
    struct seen seen;

    begin_root(&writer);
    begin_bus(&writer);
    write_xen(&writer, 0x2000);
    dt_writer_end(&writer);
    write_xen(&writer, 0x3000);
    dt_writer_end(&writer);
    view_tree(&writer, &view, &seen);
    assert_int_equal(view.nr_entries, 1);
    assert_int_equal(view.entries[0].base, 0x70002000);
    assert_string_equal(seen.faults,
                        "/hypervisor is compatible with \"xen,xen\" as "
                        "another node before it: a guest reads only one of "
                        "them\n");
    tree_view_dispose(&view);

    begin_root(&writer);
    dt_writer_begin(&writer, "nowhere");
    write_xen(&writer, 0x2000);
    dt_writer_end(&writer);
    dt_writer_end(&writer);
    view_tree(&writer, &view, &seen);
    assert_true(view.has_hypervisor);
    assert_int_equal(view.nr_entries, 0);
    assert_string_equal(seen.faults, "/nowhere/hypervisor is where its "
                                     "addresses mean nothing\n");
    tree_view_dispose(&view);
}

static void gic_is(const char *first, const char *second, enum arm_gic expected)
{
    struct dt_writer writer;
    struct tree_view view;
    struct seen seen;

    begin_root(&writer);
    dt_writer_begin(&writer, "a");
    dt_writer_string(&writer, "compatible", first);
    dt_writer_end(&writer);
    dt_writer_begin(&writer, "b");
    dt_writer_string(&writer, "compatible", second);
    dt_writer_end(&writer);
    dt_writer_end(&writer);
    view_tree(&writer, &view, &seen);
    assert_int_equal(view.gic, expected);
    tree_view_dispose(&view);
}

static void the_interrupt_controller_is_known_by_its_names(void **state)
{
    gic_is("arm,cortex-a15-gic", "x", ARM_GIC_V2);
    gic_is("arm,cortex-a9-gic", "x", ARM_GIC_V2);
    gic_is("arm,gic-400", "x", ARM_GIC_V2);
    gic_is("arm,gic-v3", "arm,gic-400", ARM_GIC_V3);
    gic_is("arm,gic-400", "arm,gic-v3", ARM_GIC_V3);
    gic_is("arm,pl390", "x", 0);
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
        cmocka_unit_test(a_hundred_faults_are_told),
        cmocka_unit_test(names_become_printable_and_are_cut),
        cmocka_unit_test(memory_reservations_are_claims),
        cmocka_unit_test(addresses_are_translated),
        cmocka_unit_test(the_hypervisor_may_stand_on_a_bus),
        cmocka_unit_test(the_interrupt_controller_is_known_by_its_names),
    };

    return cmocka_run_group_tests_name("arm-tree-view", tests, NULL, NULL);
}
