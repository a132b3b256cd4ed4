/* SPDX-License-Identifier: LGPL-2.1-only */
/* Tests of what a guest's options claim. */
#include "arm-test.h"

#include "arm/guest_map.h"

/* The map of a guest whose RAM is spread as the builder does. */
static int map_guest(const struct arm_guest *guest, struct addrmap *map_r,
                     struct arm_error *error)
{
    uint64_t bank_pages[GUEST_RAM_BANKS];

    assert_int_equal(arm_ram_spread(guest->ram_pages, bank_pages, error), 0);
    return arm_guest_map(guest, bank_pages, map_r, error);
}

static void expect(const struct addrmap *map, enum claim_kind kind,
                   uint64_t base, uint64_t size)
{
    const struct claim *claim = addrmap_find(map, kind);

    assert_non_null(claim);
    assert_true(claim->first == base);
    assert_true(claim->last == base + size - 1);
}

static void every_guest_has_ram_grants_and_magic_pages(void **state)
{
    const struct arm_guest guest = plain_guest();
    struct arm_error error = { 0 };
    struct addrmap map;

    assert_int_equal(map_guest(&guest, &map, &error), 0);
    expect(&map, CLAIM_RAM, GUEST_RAM0_BASE, 128 * MIB);
    expect(&map, CLAIM_GRANT_TABLE, GUEST_GNTTAB_BASE, GUEST_GNTTAB_SIZE);
    expect(&map, CLAIM_MAGIC, GUEST_MAGIC_BASE, GUEST_MAGIC_SIZE);
    assert_int_equal(map.count, 5);
    addrmap_dispose(&map);
}

static void the_gic_is_of_one_version(void **state)
{
    struct arm_guest guest = plain_guest();
    struct arm_error error = { 0 };
    struct addrmap map;

    assert_int_equal(map_guest(&guest, &map, &error), 0);
    expect(&map, CLAIM_GIC_DISTRIBUTOR, GUEST_GICV3_GICD_BASE,
           GUEST_GICV3_GICD_SIZE);
    expect(&map, CLAIM_GIC_REDISTRIBUTORS, GUEST_GICV3_GICR0_BASE,
           GUEST_GICV3_GICR0_SIZE);
    assert_null(addrmap_find(&map, CLAIM_GIC_CPU_INTERFACE));
    addrmap_dispose(&map);

    guest.gic = ARM_GIC_V2;
    assert_int_equal(map_guest(&guest, &map, &error), 0);
    expect(&map, CLAIM_GIC_DISTRIBUTOR, GUEST_GICD_BASE, GUEST_GICD_SIZE);
    expect(&map, CLAIM_GIC_CPU_INTERFACE, GUEST_GICC_BASE, GUEST_GICC_SIZE);
    assert_null(addrmap_find(&map, CLAIM_GIC_REDISTRIBUTORS));
    addrmap_dispose(&map);
}

static void devices_claim_only_when_they_are_there(void **state)
{
    struct arm_guest guest = plain_guest();
    struct arm_error error = { 0 };
    struct addrmap map;

    guest.vuart = guest.acpi = guest.vpci = true;
    assert_int_equal(map_guest(&guest, &map, &error), 0);
    expect(&map, CLAIM_UART, GUEST_PL011_BASE, GUEST_PL011_SIZE);
    expect(&map, CLAIM_ACPI, GUEST_ACPI_BASE, GUEST_ACPI_SIZE);
    expect(&map, CLAIM_VPCI, GUEST_VPCI_ECAM_BASE, GUEST_VPCI_ECAM_SIZE);
    assert_int_equal(map.count, 5 + 2 + 3);
    addrmap_dispose(&map);
}

static void virtio_devices_claim_their_slots(void **state)
{
    const struct arm_virtio disks[] = {
        { .base = GUEST_VIRTIO_MMIO_BASE, .origin = "disk", .index = 1 },
        { .base = GUEST_VIRTIO_MMIO_BASE + 0x400, .origin = "disk" },
    };
    struct arm_iomem iomem = { .mfn = 0x2000, .pages = 1 };
    struct arm_guest guest = plain_guest();
    struct arm_error error = { 0 };
    struct addrmap map;

    guest.virtio = disks;
    guest.nr_virtio = 2;
    assert_int_equal(map_guest(&guest, &map, &error), 0);
    expect(&map, CLAIM_VIRTIO_MMIO, GUEST_VIRTIO_MMIO_BASE, 0x200);
    assert_int_equal(map.count, 5 + 2);
    addrmap_dispose(&map);

    iomem.gfn = ARM_IOMEM_SAME_GFN;
    guest.iomem = &iomem;
    guest.nr_iomem = 1;
    assert_int_equal(map_guest(&guest, &map, &error), -1);
    assert_says(error, "virtio device (disk[1]) at 0x2000000-0x20001ff and "
                       "passed-through memory (iomem[0])");
}

static void ram_fills_the_lowest_window_first(void **state)
{
    uint64_t banks[GUEST_RAM_BANKS];
    struct arm_error error = { 0 };

    assert_int_equal(arm_ram_spread(MIB_PAGES(3072), banks, &error), 0);
    assert_int_equal(banks[0], MIB_PAGES(3072));
    assert_int_equal(banks[1], 0);
    assert_int_equal(arm_ram_spread(MIB_PAGES(3073), banks, &error), 0);
    assert_int_equal(banks[0], MIB_PAGES(3072));
    assert_int_equal(banks[1], MIB_PAGES(1));
    assert_int_equal(
        arm_ram_spread(GUEST_RAM_MAX >> ARM_PAGE_SHIFT, banks, &error), 0);
    assert_true(banks[1] == GUEST_RAM1_SIZE >> ARM_PAGE_SHIFT);
}

static void more_ram_than_the_windows_hold_is_refused(void **state)
{
    uint64_t banks[GUEST_RAM_BANKS] = { 7, 7 };
    struct arm_error error = { 0 };

    assert_int_equal(
        arm_ram_spread((GUEST_RAM_MAX >> ARM_PAGE_SHIFT) + 1, banks, &error),
        -1);
    assert_says(error, "memory");
    assert_int_equal(error.fault, ARM_FAULT_CONFIG);
    assert_int_equal(banks[0], 7);
}

static void more_ram_than_a_bank_holds_is_our_bug(void **state)
{
    const uint64_t banks[] = { (GUEST_RAM0_SIZE >> ARM_PAGE_SHIFT) + 1, 0 };
    const struct arm_guest guest = plain_guest();
    struct arm_error error = { 0 };
    struct addrmap map;

    assert_int_equal(arm_guest_map(&guest, banks, &map, &error), -1);
    assert_int_equal(error.fault, ARM_FAULT_BUG);
}

static void iomem_is_claimed_at_its_guest_frame(void **state)
{
    const struct arm_iomem iomem[] = {
        { .mfn = 0x9010, .pages = 1, .gfn = 0x60000 },
        { .mfn = 0x9020, .pages = 4, .gfn = ARM_IOMEM_SAME_GFN },
    };
    struct arm_guest guest = plain_guest();
    struct arm_error error = { 0 };
    struct addrmap map;

    guest.iomem = iomem;
    guest.nr_iomem = COUNT(iomem);
    assert_int_equal(map_guest(&guest, &map, &error), 0);
    expect(&map, CLAIM_IOMEM, 0x9020000, 0x4000);
    assert_true(map.claims[map.count - 1].first == 0x60000000);
    assert_int_equal(map.claims[map.count - 1].index, 0);
    addrmap_dispose(&map);
}

static void refuses_iomem(uint64_t mfn, uint64_t pages, uint64_t gfn,
                          const char *words)
{
    const struct arm_iomem iomem[] = {
        { .mfn = 0x9010, .pages = 1, .gfn = 0x60000 },
        { .mfn = mfn, .pages = pages, .gfn = gfn },
    };
    struct arm_guest guest = plain_guest();
    struct arm_error error = { 0 };
    struct addrmap map;

    guest.iomem = iomem;
    guest.nr_iomem = COUNT(iomem);
    guest.gpaddr_bits = 64;
    assert_int_equal(map_guest(&guest, &map, &error), -1);
    assert_int_equal(error.fault, ARM_FAULT_CONFIG);
    assert_says(error, "iomem[1]");
    assert_says(error, words);
}

static void iomem_frames_do_not_wrap(void **state)
{
    const uint64_t frames = UINT64_C(1) << 52;

    refuses_iomem(frames, 1, 0, "pass the last frame");
    refuses_iomem(0, 1, frames, "pass the last frame");
    refuses_iomem(frames - 1, 2, 0, "pass the last frame");
    refuses_iomem(0, 2, frames - 1, "pass the last frame");
    refuses_iomem(frames + 5, 1, 0, "pass the last frame");
    refuses_iomem(0, 1, frames + 5, "pass the last frame");
    refuses_iomem(0, UINT64_MAX, 0, "pass the last frame");
    refuses_iomem(1, UINT64_MAX, 1, "pass the last frame");
    refuses_iomem(0, frames, 0, "whole address space");
    refuses_iomem(5, 0, ARM_IOMEM_SAME_GFN, "0 pages");
}

static void the_last_frame_can_be_passed_through(void **state)
{
    const struct arm_iomem iomem = {
        .mfn = (UINT64_C(1) << 52) - 1,
        .pages = 1,
        .gfn = ARM_IOMEM_SAME_GFN,
    };
    struct arm_guest guest = plain_guest();
    struct arm_error error = { 0 };
    struct addrmap map;

    guest.iomem = &iomem;
    guest.nr_iomem = 1;
    guest.gpaddr_bits = 64;
    assert_int_equal(map_guest(&guest, &map, &error), 0);
    assert_true(map.claims[map.count - 1].last == UINT64_MAX);
    addrmap_dispose(&map);
}

static void what_the_guest_cannot_address_is_refused(void **state)
{
    struct arm_iomem iomem = { .mfn = 1, .pages = 1, .gfn = 1 << 28 };
    struct arm_guest guest = plain_guest();
    struct arm_error error = { 0 };
    struct addrmap map;

    guest.iomem = &iomem;
    guest.nr_iomem = 1;
    guest.gpaddr_bits = 40;
    assert_int_equal(map_guest(&guest, &map, &error), -1);
    assert_says(error, "40-bit");
    assert_says(error, "iomem[0]");

    error = (struct arm_error) { 0 };
    iomem.gfn--;
    assert_int_equal(map_guest(&guest, &map, &error), 0);
    addrmap_dispose(&map);
}

static void a_failed_map_leaves_the_output_alone(void **state)
{
    const struct arm_iomem iomem = { .mfn = 1, .pages = 1, .gfn = 0x40000 };
    struct addrmap map = { .count = 42 };
    struct arm_guest guest = plain_guest();
    struct arm_error error = { 0 };

    guest.iomem = &iomem;
    guest.nr_iomem = 1;
    assert_int_equal(map_guest(&guest, &map, &error), -1);
    assert_int_equal(map.count, 42);
}

/* The range is told whatever the length of the name before it. */
static void a_long_name_leaves_room_for_the_range(void **state)
{
    char name[601] = { 0 };
    struct arm_partial_range range = {
        .base = UINT64_C(1) << 44,
        .size = 0x1000,
        .node = name,
        .origin = "device_tree reg",
    };
    const struct arm_partial partial = { .ranges = &range, .nr_ranges = 1 };
    struct arm_guest guest = plain_guest();
    struct arm_error error = { 0 };
    struct addrmap map;

    memset(name, 'x', 600);
    guest.partial = &partial;
    assert_int_equal(map_guest(&guest, &map, &error), -1);
    assert_says(error, "x (device_tree reg[0]) at 0x100000000000-"
                       "0x100000000fff lies beyond this machine's 44-bit");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_guest_has_ram_grants_and_magic_pages),
        cmocka_unit_test(the_gic_is_of_one_version),
        cmocka_unit_test(devices_claim_only_when_they_are_there),
        cmocka_unit_test(virtio_devices_claim_their_slots),
        cmocka_unit_test(ram_fills_the_lowest_window_first),
        cmocka_unit_test(more_ram_than_the_windows_hold_is_refused),
        cmocka_unit_test(more_ram_than_a_bank_holds_is_our_bug),
        cmocka_unit_test(iomem_is_claimed_at_its_guest_frame),
        cmocka_unit_test(iomem_frames_do_not_wrap),
        cmocka_unit_test(the_last_frame_can_be_passed_through),
        cmocka_unit_test(what_the_guest_cannot_address_is_refused),
        cmocka_unit_test(a_long_name_leaves_room_for_the_range),
        cmocka_unit_test(a_failed_map_leaves_the_output_alone),
    };

    return cmocka_run_group_tests_name("arm-guest-map", tests, NULL, NULL);
}
