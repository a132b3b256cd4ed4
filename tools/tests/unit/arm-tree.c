/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Tests of the guest's whole device tree: against the trees that Debian's
 * library made for the same guests (arm-trees/, see its README), and of what
 * happens between the two steps.
 */
#include <stdio.h>
#include <stdlib.h>

#include <libfdt.h>

#include "arm-print.h"
#include "arm-test.h"
#include "arm/nodes.h"

struct finished {
    struct arm_tree tree; /* size as created */
    struct arm_report report;
};

static struct finished build(const struct arm_guest *guest,
                             const struct arm_placement *placement)
{
    struct arm_error error = { 0 };
    struct finished finished = { 0 };
    struct arm_tree *tree = &finished.tree;

    arm_tree_create(guest, tree, &error);
    assert_ok(error);
    arm_tree_finalise(tree->fdt, tree->size, guest, placement, &finished.report,
                      &error);
    assert_ok(error);
    assert_int_equal(fdt_check_full(tree->fdt, tree->size), 0);
    return finished;
}

static char *read_file(const char *name)
{
    char path[200], *text = NULL;
    size_t size = 0;
    FILE *file;

    snprintf(path, sizeof(path), "tools/tests/unit/arm-trees/%s.txt", name);
    file = fopen(path, "r");
    if (!file)
        fail_msg("cannot open %s", path);
    assert_true(getdelim(&text, &size, '\0', file) > 0);
    fclose(file);
    return text;
}

static void equals_debians(const char *name, const struct arm_guest *guest,
                           const struct arm_placement *placement)
{
    struct finished finished = build(guest, placement);
    char *expected = read_file(name), *printed = NULL;
    size_t size, same = 0;
    FILE *to = open_memstream(&printed, &size);

    print_tree(finished.tree.fdt, to);
    fclose(to);
    while (printed[same] && printed[same] == expected[same])
        same++;
    if (strcmp(printed, expected) != 0) {
        /* From the start of the line that differs. */
        while (same > 0 && printed[same - 1] != '\n')
            same--;
        fail_msg("%s: ours:   %.*s\nDebian's: %.*s", name,
                 (int)strcspn(printed + same, "\n"), printed + same,
                 (int)strcspn(expected + same, "\n"), expected + same);
    }
    free(printed);
    free(expected);
    arm_tree_dispose(&finished.tree);
}

static struct arm_placement place_mib(uint64_t low, uint64_t high)
{
    return (struct arm_placement) {
        .bank_pages = { MIB_PAGES(low), MIB_PAGES(high) },
    };
}

static void vcpus_equal(const char *name, unsigned int vcpus, uint64_t mib)
{
    struct arm_placement placement = place_mib(mib, 0);
    struct arm_guest guest = plain_guest();

    guest.vcpus = vcpus;
    guest.ram_pages = MIB_PAGES(mib);
    equals_debians(name, &guest, &placement);
}

static void cpus_equal_debians(void **state)
{
    vcpus_equal("one-vcpu", 1, 128);
    vcpus_equal("8-vcpus", 8, 128);
    vcpus_equal("17-vcpus", 17, 128);
    vcpus_equal("128-vcpus", 128, 256);
}

static void memory_equal(const char *name, uint64_t low, uint64_t high)
{
    struct arm_placement placement = place_mib(low, high);
    struct arm_guest guest = plain_guest();

    guest.ram_pages = MIB_PAGES(low + high);
    equals_debians(name, &guest, &placement);
}

static void memory_equals_debians(void **state)
{
    memory_equal("511-mib", 511, 0);
    memory_equal("bank-0-full", 3072, 0);
    memory_equal("both-banks", 3072, 1);
    memory_equal("5000-mib", 3072, 5000 - 3072);
}

static void chosen_equals_debians(void **state)
{
    struct arm_placement placement = place_mib(256, 0);
    struct arm_guest guest = plain_guest();

    guest.vcpus = 3;
    guest.ram_pages = MIB_PAGES(256);
    guest.cmdline = "a b c";
    guest.initrd = true;
    placement.initrd_start = 0x48000000;
    placement.initrd_end = 0x482dd000;
    equals_debians("ramdisk-cmdline", &guest, &placement);

    guest = plain_guest();
    guest.gic = ARM_GIC_V2;
    guest.cmdline = "";
    placement = place_mib(128, 0);
    equals_debians("empty-cmdline", &guest, &placement);
}

static void vuart_equals_debians(void **state)
{
    struct arm_placement placement = place_mib(128, 0);
    struct arm_guest guest = plain_guest();

    guest.vuart = true;
    equals_debians("vuart", &guest, &placement);
}

static void gicv2_equals_debians(void **state)
{
    struct arm_placement placement = place_mib(300, 0);
    struct arm_guest guest = plain_guest();

    guest.gic = ARM_GIC_V2;
    guest.vcpus = 2;
    guest.ram_pages = MIB_PAGES(300);
    guest.cmdline = "a b";
    guest.initrd = guest.vuart = true;
    placement.initrd_start = 0x48000000;
    placement.initrd_end = 0x482dd000;
    equals_debians("gicv2-vuart-ramdisk", &guest, &placement);
}

static void a_40_bit_machine_equals_debians(void **state)
{
    struct arm_placement placement = place_mib(128, 0);
    struct arm_guest guest = plain_guest();

    guest.gpaddr_bits = 40;
    equals_debians("40-bit", &guest, &placement);
}

static void virtio_equals_debians(void **state)
{
    struct arm_placement placement = place_mib(32, 0);
    struct arm_virtio disk = { .base = 0x2000000, .irq = 33 };
    struct arm_guest guest = plain_guest();

    guest.ram_pages = MIB_PAGES(32);
    guest.virtio = &disk;
    guest.nr_virtio = 1;
    disk.origin = "disk";
    equals_debians("virtio", &guest, &placement);
    disk.grants = true;
    disk.backend = 1;
    equals_debians("virtio-backend", &guest, &placement);
}

static void virtio_types_equal_debians(void **state)
{
    struct arm_placement placement = place_mib(16, 0);
    struct arm_virtio devices[] = {
        { .base = 0x2000000, .irq = 33, .type = "virtio,device22" },
        { .base = 0x2000200, .irq = 34, .type = "virtio,device29" },
    };
    struct arm_guest guest = plain_guest();

    guest.xen_minor = 20;
    guest.ram_pages = MIB_PAGES(16);
    guest.virtio = devices;
    guest.nr_virtio = 2;
    devices[0].origin = devices[1].origin = "virtio";
    devices[0].grants = true;
    equals_debians("virtio-types", &guest, &placement);
}

static uint32_t cell(const void *fdt, const char *path, const char *property,
                     int index)
{
    int size;
    const fdt32_t *cells =
        fdt_getprop(fdt, fdt_path_offset(fdt, path), property, &size);

    assert_non_null(cells);
    assert_true(size >= 4 * (index + 1));
    return fdt32_to_cpu(cells[index]);
}

/* Each has its own slot and backend; the node that they refer to is one. */
static void virtio_devices_share_the_iommu(void **state)
{
    struct arm_placement placement = place_mib(128, 0);
    const struct arm_virtio disks[] = {
        { 0x2000000, 33, true, 3, "disk", 0 },
        { 0x2000200, 34, false, 0, "disk", 1 },
        { 0x2001400, 43, true, 0, "disk", 2 },
    };
    struct arm_guest guest = plain_guest();
    struct finished finished;
    const void *fdt;
    int nodes = 0, node;

    guest.virtio = disks;
    guest.nr_virtio = 3;
    finished = build(&guest, &placement);
    fdt = finished.tree.fdt;
    fdt_for_each_subnode(node, fdt, 0) nodes +=
        !strcmp(fdt_get_name(fdt, node, NULL), "xen_iommu");
    assert_int_equal(nodes, 1);
    assert_int_equal(cell(fdt, "/xen_iommu", "phandle", 0),
                     GUEST_PHANDLE_IOMMU);
    assert_int_equal(cell(fdt, "/virtio@2000000", "iommus", 1), 3);
    assert_int_equal(cell(fdt, "/virtio@2001400", "iommus", 1), 0);
    assert_int_equal(cell(fdt, "/virtio@2001400", "interrupts", 1), 11);
    node = fdt_path_offset(fdt, "/virtio@2000200");
    assert_true(node > 0);
    assert_null(fdt_getprop(fdt, node, "iommus", NULL));
    arm_tree_dispose(&finished.tree);
}

/* But for the regions, which Debian's gives to 32-bit guests as well. */
static void a_32_bit_guest_equals_debians_but_for_regions(void **state)
{
    struct arm_placement placement = place_mib(128, 0);
    struct arm_guest guest = plain_guest();

    guest.is_64bit = false;
    guest.vcpus = 2;
    equals_debians("32-bit", &guest, &placement);
}

/* Seen where the hypervisor's refusal of the option was replaced. */
static void optee_equals_debians(void **state)
{
    struct arm_placement placement = place_mib(64, 0);
    struct arm_guest guest = plain_guest();

    guest.ram_pages = MIB_PAGES(64);
    guest.optee = true;
    equals_debians("optee", &guest, &placement);
}

static void a_newer_xen_equals_debians(void **state)
{
    struct arm_placement placement = place_mib(300, 0);
    struct arm_guest guest = plain_guest();

    guest.xen_minor = 20;
    guest.vcpus = 2;
    guest.ram_pages = MIB_PAGES(300);
    guest.cmdline = "a b";
    guest.initrd = guest.vuart = true;
    placement.initrd_start = 0x48000000;
    placement.initrd_end = 0x482dd000;
    equals_debians("trixie", &guest, &placement);
}

static void a_timer_frequency_is_told_when_the_host_tells_it(void **state)
{
    struct arm_placement placement = place_mib(128, 0);
    struct arm_guest guest = plain_guest();
    struct finished finished;
    const fdt32_t *frequency;
    int size;

    guest.clock_frequency = 62500000;
    finished = build(&guest, &placement);
    frequency = fdt_getprop(finished.tree.fdt,
                            fdt_path_offset(finished.tree.fdt, "/timer"),
                            "clock-frequency", &size);
    assert_non_null(frequency);
    assert_int_equal(size, 4);
    assert_int_equal(fdt32_to_cpu(*frequency), 62500000);
    arm_tree_dispose(&finished.tree);
}

static void the_seed_is_the_guests(void **state)
{
    struct arm_placement placement = place_mib(128, 0);
    struct arm_guest guest = plain_guest();
    struct finished finished;
    const char *seed;
    int size, chosen;

    for (int i = 0; i < ARM_RNG_SEED_SIZE; i++)
        guest.rng_seed[i] = 3 * i;
    finished = build(&guest, &placement);
    chosen = fdt_path_offset(finished.tree.fdt, "/chosen");
    seed = fdt_getprop(finished.tree.fdt, chosen, "rng-seed", &size);
    assert_int_equal(size, ARM_RNG_SEED_SIZE);
    assert_memory_equal(seed, guest.rng_seed, size);
    arm_tree_dispose(&finished.tree);

    guest.has_rng_seed = false;
    finished = build(&guest, &placement);
    chosen = fdt_path_offset(finished.tree.fdt, "/chosen");
    assert_null(fdt_getprop(finished.tree.fdt, chosen, "rng-seed", &size));
    arm_tree_dispose(&finished.tree);
}

static void affinities_are_clusters_of_16(void **state)
{
    assert_int_equal(vcpu_affinity(0), 0);
    assert_int_equal(vcpu_affinity(15), 0xf);
    assert_int_equal(vcpu_affinity(16), 0x100);
    assert_int_equal(vcpu_affinity(127), 0x70f);
}

/* The tree is made for its guest: two banks, no claims that split them. */
static void the_placeholder_is_no_larger_than_needed(void **state)
{
    struct arm_iomem iomem = { .mfn = 1, .pages = 1, .gfn = 0x80000 };
    struct arm_guest guest = plain_guest();
    struct arm_error error = { 0 };
    struct arm_tree tree, split, narrow;

    assert_int_equal(arm_tree_create(&guest, &tree, &error), 0);
    guest.iomem = &iomem;
    guest.nr_iomem = 1;
    assert_int_equal(arm_tree_create(&guest, &split, &error), 0);
    guest.is_64bit = false;
    assert_int_equal(arm_tree_create(&guest, &narrow, &error), 0);
    assert_int_equal(split.size, tree.size + 16);
    assert_true(narrow.size < tree.size);
    arm_tree_dispose(&tree);
    arm_tree_dispose(&split);
    arm_tree_dispose(&narrow);
    arm_tree_dispose(NULL);
}

/* What the builder copied elsewhere is finished there, within its size. */
static void a_copy_of_the_tree_can_be_finished(void **state)
{
    struct arm_placement placement = place_mib(128, 0);
    const struct arm_guest guest = plain_guest();
    struct arm_error error = { 0 };
    struct arm_report report;
    struct arm_tree tree;
    size_t used;
    char *copy;

    assert_int_equal(arm_tree_create(&guest, &tree, &error), 0);
    copy = test_malloc(tree.size);
    memcpy(copy, tree.fdt, tree.size);
    assert_int_equal(
        arm_tree_finalise(copy, tree.size, &guest, &placement, &report, &error),
        0);
    used = fdt_totalsize(copy);
    assert_true(used < tree.size);
    for (size_t i = used; i < tree.size; i++)
        assert_int_equal(copy[i], 0);
    test_free(copy);
    arm_tree_dispose(&tree);
}

/* The builder spread the RAM otherwise than foreseen: there is still room. */
static void ram_may_turn_out_elsewhere(void **state)
{
    struct arm_placement placement = place_mib(64, 64);
    const struct arm_guest guest = plain_guest();
    struct finished finished = build(&guest, &placement);

    assert_int_equal(finished.report.regions.count, 2);
    assert_true(finished.report.regions.region[1].base ==
                GUEST_RAM1_BASE + 64 * MIB);
    assert_true(fdt_path_offset(finished.tree.fdt, "/memory@200000000") > 0);
    arm_tree_dispose(&finished.tree);
}

static void a_broken_tree_is_our_bug(void **state)
{
    struct arm_placement placement = place_mib(128, 0);
    const struct arm_guest guest = plain_guest();
    struct arm_report report = { .regions.count = 42 };
    struct arm_error error = { 0 };
    struct arm_tree tree;

    assert_int_equal(arm_tree_create(&guest, &tree, &error), 0);
    assert_int_equal(arm_tree_finalise(tree.fdt, tree.size - 1, &guest,
                                       &placement, &report, &error),
                     -1);
    assert_int_equal(error.fault, ARM_FAULT_BUG);
    assert_int_equal(report.regions.count, 42);

    error = (struct arm_error) { 0 };
    memset(tree.fdt, 0, 4);
    assert_int_equal(arm_tree_finalise(tree.fdt, tree.size, &guest, &placement,
                                       &report, &error),
                     -1);
    assert_says(error, "device tree");
    arm_tree_dispose(&tree);
}

/* Finished for another guest than it was created for. */
static void a_tree_without_room_is_our_bug(void **state)
{
    const struct arm_iomem iomem = { .mfn = 1, .pages = 1, .gfn = 0x80000 };
    struct arm_placement placement = place_mib(128, 0);
    struct arm_guest guest = plain_guest();
    struct arm_error error = { 0 };
    struct arm_report report;
    struct arm_tree tree;

    assert_int_equal(arm_tree_create(&guest, &tree, &error), 0);
    guest.iomem = &iomem;
    guest.nr_iomem = 1;
    assert_int_equal(arm_tree_finalise(tree.fdt, tree.size, &guest, &placement,
                                       &report, &error),
                     -1);
    assert_int_equal(error.fault, ARM_FAULT_BUG);
    arm_tree_dispose(&tree);
}

static void refuses(const struct arm_guest *guest, enum arm_fault fault,
                    const char *words)
{
    struct arm_error error = { 0 };
    struct arm_tree tree = { 0 };

    assert_int_equal(arm_tree_create(guest, &tree, &error), -1);
    assert_int_equal(error.fault, fault);
    assert_says(error, words);
    assert_null(tree.fdt);
}

static void guests_that_cannot_be_are_refused(void **state)
{
    struct arm_guest guest = plain_guest();

    guest.vcpus = 0;
    refuses(&guest, ARM_FAULT_CONFIG, "vcpus: 0");
    guest.vcpus = 129;
    refuses(&guest, ARM_FAULT_CONFIG, "vcpus: 129");

    guest = plain_guest();
    guest.ram_pages = UINT64_MAX;
    refuses(&guest, ARM_FAULT_CONFIG, "memory");

    guest = plain_guest();
    guest.gpaddr_bits = 0;
    refuses(&guest, ARM_FAULT_CONFIG, "0 bits");

    guest = plain_guest();
    guest.gic = 0;
    refuses(&guest, ARM_FAULT_BUG, "GIC");
}

static void a_gicv2_is_for_8_vcpus(void **state)
{
    struct arm_guest guest = plain_guest();
    struct arm_error error = { 0 };
    struct arm_tree tree;

    guest.gic = ARM_GIC_V2;
    guest.vcpus = 9;
    refuses(&guest, ARM_FAULT_CONFIG, "vcpus: 9; a guest with a GICv2 has 8");
    guest.vcpus = 8;
    assert_int_equal(arm_tree_create(&guest, &tree, &error), 0);
    arm_tree_dispose(&tree);
    guest.gic = ARM_GIC_V3;
    guest.vcpus = 9;
    assert_int_equal(arm_tree_create(&guest, &tree, &error), 0);
    arm_tree_dispose(&tree);
}

static void an_acpi_guest_learns_where_its_tables_are(void **state)
{
    struct arm_placement placement = place_mib(128, 0);
    struct arm_guest guest = plain_guest();
    struct finished finished;
    fdt64_t reg[2];
    const void *bytes;
    int node, size;

    guest.acpi = true;
    finished = build(&guest, &placement);
    node = fdt_path_offset(finished.tree.fdt, "/chosen/module@20000000");
    assert_int_equal(
        fdt_node_check_compatible(finished.tree.fdt, node, "xen,guest-acpi"),
        0);
    bytes = fdt_getprop(finished.tree.fdt, node, "reg", &size);
    assert_int_equal(size, sizeof(reg));
    memcpy(reg, bytes, sizeof(reg));
    assert_int_equal(fdt64_to_cpu(reg[0]), GUEST_ACPI_BASE);
    assert_int_equal(fdt64_to_cpu(reg[1]), finished.tree.acpi.size);
    assert_non_null(strstr(finished.report.acpi, "extended regions"));
    arm_tree_dispose(&finished.tree);
}

static void what_has_no_node_yet_is_refused_by_name(void **state)
{
    struct arm_guest guest = plain_guest();

    guest.vpci = true;
    refuses(&guest, ARM_FAULT_CONFIG, "pci");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cpus_equal_debians),
        cmocka_unit_test(memory_equals_debians),
        cmocka_unit_test(chosen_equals_debians),
        cmocka_unit_test(vuart_equals_debians),
        cmocka_unit_test(gicv2_equals_debians),
        cmocka_unit_test(virtio_equals_debians),
        cmocka_unit_test(virtio_types_equal_debians),
        cmocka_unit_test(virtio_devices_share_the_iommu),
        cmocka_unit_test(a_40_bit_machine_equals_debians),
        cmocka_unit_test(a_32_bit_guest_equals_debians_but_for_regions),
        cmocka_unit_test(optee_equals_debians),
        cmocka_unit_test(a_newer_xen_equals_debians),
        cmocka_unit_test(a_timer_frequency_is_told_when_the_host_tells_it),
        cmocka_unit_test(the_seed_is_the_guests),
        cmocka_unit_test(affinities_are_clusters_of_16),
        cmocka_unit_test(the_placeholder_is_no_larger_than_needed),
        cmocka_unit_test(a_copy_of_the_tree_can_be_finished),
        cmocka_unit_test(ram_may_turn_out_elsewhere),
        cmocka_unit_test(a_broken_tree_is_our_bug),
        cmocka_unit_test(a_tree_without_room_is_our_bug),
        cmocka_unit_test(guests_that_cannot_be_are_refused),
        cmocka_unit_test(a_gicv2_is_for_8_vcpus),
        cmocka_unit_test(an_acpi_guest_learns_where_its_tables_are),
        cmocka_unit_test(what_has_no_node_yet_is_refused_by_name),
    };

    return cmocka_run_group_tests_name("arm-tree", tests, NULL, NULL);
}
