/* SPDX-License-Identifier: LGPL-2.1-only */
/* Tests of the slots for virtio devices. */
#include "arm-test.h"

#include "arm/slots.h"

/* As the public header has it; Debian's library gives slot 0 the same. */
#define BASE  0x2000000
#define SPI   33
#define SLOTS 11

static struct irqmap fill(const uint32_t *irqs, size_t nr_irqs)
{
    struct irqmap map = { 0 };
    struct arm_error error = { 0 };

    irqmap_fill(
        &map,
        &(struct irq_guest) { .vuart = true, .irqs = irqs, .nr_irqs = nr_irqs },
        &error);
    assert_ok(error);
    return map;
}

static void expect(struct irqmap *map, const struct arm_guest *guest, int index,
                   unsigned int slot)
{
    struct arm_error error = { 0 };
    struct arm_virtio virtio;

    arm_slot_take(map, guest, "disk", index, &virtio, &error);
    assert_ok(error);
    assert_int_equal(virtio.base, BASE + 0x200 * slot);
    assert_int_equal(virtio.irq, SPI + slot);
    assert_string_equal(virtio.origin, "disk");
    assert_int_equal(virtio.index, index);
    assert_false(virtio.grants);
    assert_int_equal(virtio.backend, 0);
}

static void expect_refusal(struct irqmap *map, const struct arm_guest *guest,
                           int index, const char *words)
{
    struct arm_error error = { 0 };
    struct arm_virtio virtio = { .base = 42 };

    assert_int_equal(arm_slot_take(map, guest, "disk", index, &virtio, &error),
                     -1);
    assert_int_equal(error.fault, ARM_FAULT_CONFIG);
    assert_string_equal(error.message, words);
    assert_int_equal(virtio.base, 42);
}

static void slots_are_taken_in_order(void **state)
{
    const struct arm_guest guest = plain_guest();
    struct irqmap map = fill(NULL, 0);
    struct arm_error error = { 0 };
    uint32_t count;

    for (int i = 0; i < SLOTS; i++) {
        expect(&map, &guest, i, i);
        assert_int_equal(irqmap_count_spis(&map, 0, &count, &error), 0);
        assert_int_equal(count, SPI + i - 32 + 1);
    }
    expect_refusal(&map, &guest, SLOTS,
                   "disk[11]: no slot is left for a virtio device: a guest "
                   "has 11; remove some of these devices");
}

static void a_slot_is_claimed_by_name(void **state)
{
    const struct irq_claim irq = { "passed-through device", "irqs", 0,
                                   IRQ_PASSED };
    const struct arm_guest guest = plain_guest();
    struct irqmap map = fill(NULL, 0);
    struct arm_error error = { 0 };

    expect(&map, &guest, 2, 0);
    assert_int_equal(irqmap_add_spi(&map, SPI, &irq, &error), -1);
    assert_string_equal(error.message,
                        "interrupt 33 is claimed twice: by the virtio device "
                        "('disk[2]') and by the passed-through device "
                        "('irqs[0]'); remove one of them");
}

static void passed_through_interrupts_are_left_out(void **state)
{
    const uint32_t irqs[] = { 33, 35, 36, 43, 44 };
    const unsigned int slots[] = { 1, 4, 5, 6, 7, 8, 9 };
    const struct arm_guest guest = plain_guest();
    struct irqmap map = fill(irqs, COUNT(irqs));

    for (size_t i = 0; i < COUNT(slots); i++)
        expect(&map, &guest, i, slots[i]);
    expect_refusal(&map, &guest, 7,
                   "disk[7]: no slot is left for a virtio device: this guest "
                   "has 7, because passed-through devices use interrupts from "
                   "33 to 43 or memory at 0x2000000; remove some of these "
                   "devices");
}

/* Pages have eight slots each. */
static void passed_through_pages_are_left_out(void **state)
{
    struct arm_iomem iomem[] = {
        { .mfn = 0x1fff, .pages = 1, .gfn = ARM_IOMEM_SAME_GFN },
        { .mfn = 0x2000, .pages = 2, .gfn = 0x5000 },
        { .mfn = 0x9010, .pages = 2, .gfn = 0x1fff },
        { .mfn = ~UINT64_C(1), .pages = ~UINT64_C(0), .gfn = 0x2002 },
    };
    struct arm_guest guest = plain_guest();
    struct irqmap map = fill(NULL, 0);

    guest.iomem = iomem;
    guest.nr_iomem = 2;
    expect(&map, &guest, 0, 0);
    guest.nr_iomem = 4;
    expect(&map, &guest, 1, 8);
    iomem[0].pages = 3;
    expect_refusal(&map, &guest, 2,
                   "disk[2]: no slot is left for a virtio device: this guest "
                   "has 2, because passed-through devices use interrupts from "
                   "33 to 43 or memory at 0x2000000; remove some of these "
                   "devices");
}

/* A device may use less than a page, which its iomem entry maps whole. */
static void pages_of_a_partial_tree_are_left_out(void **state)
{
    struct arm_partial_range ranges[] = {
        { .base = BASE - 0x1000, .size = 0x1000 },
        { .base = BASE + 0x2000, .size = ~UINT64_C(0) - BASE - 0x2000 },
    };
    const struct arm_partial partial = { .ranges = ranges, .nr_ranges = 2 };
    struct arm_guest guest = plain_guest();
    struct irqmap map = fill(NULL, 0);

    guest.partial = &partial;
    expect(&map, &guest, 0, 0);
    ranges[0].size = 0x1001;
    expect(&map, &guest, 1, 8);
    ranges[0] = (struct arm_partial_range) { .base = BASE + 0xfff, .size = 1 };
    expect(&map, &guest, 2, 9);
    ranges[0].base = BASE + 0x1fff;
    expect(&map, &guest, 3, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slots_are_taken_in_order),
        cmocka_unit_test(a_slot_is_claimed_by_name),
        cmocka_unit_test(passed_through_interrupts_are_left_out),
        cmocka_unit_test(passed_through_pages_are_left_out),
        cmocka_unit_test(pages_of_a_partial_tree_are_left_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
