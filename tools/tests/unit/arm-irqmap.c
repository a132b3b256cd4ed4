/* SPDX-License-Identifier: LGPL-2.1-only */
/* Tests of the guest interrupt map. */
#include "arm-test.h"

#include "arm/irqmap.h"

#include "guest-layout.h"

/* Fills a map and counts its SPIs; -1 with the error. */
static int64_t count(const struct irq_guest *guest, struct arm_error *error)
{
    struct irqmap map = { 0 };
    uint32_t count;

    if (irqmap_fill(&map, guest, error) ||
        irqmap_count_spis(&map, guest->nr_spis, &count, error))
        return -1;
    return count;
}

static void expect_refusal(const struct irq_guest *guest, const char *words)
{
    struct arm_error error = { 0 };

    assert_int_equal(count(guest, &error), -1);
    assert_int_equal(error.fault, ARM_FAULT_CONFIG);
    assert_string_equal(error.message, words);
}

static void spis_are_counted_up_to_the_highest(void **state)
{
    const uint32_t irqs[] = { 40, 112, 33 }, last[] = { 1019 };
    struct arm_error error = { 0 };

    assert_int_equal(count(&(struct irq_guest) { 0 }, &error), 0);
    assert_int_equal(count(&(struct irq_guest) { .vuart = true }, &error),
                     GUEST_VPL011_SPI - 32 + 1);
    assert_int_equal(
        count(&(struct irq_guest) { .irqs = irqs, .nr_irqs = 3 }, &error),
        112 - 32 + 1);
    assert_int_equal(
        count(&(struct irq_guest) { .irqs = last, .nr_irqs = 1 }, &error),
        1019 - 32 + 1);
    assert_int_equal(error.fault, ARM_FAULT_NONE);
}

static void two_claims_of_one_interrupt_are_named(void **state)
{
    const uint32_t uart[] = { 40, 32 }, twice[] = { 40, 41, 40 };

    expect_refusal(
        &(struct irq_guest) { .vuart = true, .irqs = uart, .nr_irqs = 2 },
        "interrupt 32 is claimed twice: by the vPL011 ('vuart') and by the "
        "passed-through device ('irqs[1]'); remove one of them");
    expect_refusal(&(struct irq_guest) { .irqs = twice, .nr_irqs = 3 },
                   "interrupt 40 is claimed twice: by the passed-through "
                   "device ('irqs[0]') and by the passed-through device "
                   "('irqs[2]'); remove one of them");
}

static void only_spis_can_be_passed_through(void **state)
{
    const uint32_t ppi[] = { 31 }, special[] = { 1020 }, huge[] = { ~0u };

    expect_refusal(&(struct irq_guest) { .irqs = ppi, .nr_irqs = 1 },
                   "'irqs[0]' asks for interrupt 31, which is not an SPI: "
                   "choose one from 32 to 1019");
    expect_refusal(&(struct irq_guest) { .irqs = special, .nr_irqs = 1 },
                   "'irqs[0]' asks for interrupt 1020, which is not an SPI: "
                   "choose one from 32 to 1019");
    expect_refusal(&(struct irq_guest) { .irqs = huge, .nr_irqs = 1 },
                   "'irqs[0]' asks for interrupt 4294967295, which is not an "
                   "SPI: choose one from 32 to 1019");
}

static void nr_spis_can_only_add_to_what_is_needed(void **state)
{
    const uint32_t irqs[] = { 40 };
    struct irq_guest guest = { .irqs = irqs, .nr_irqs = 1, .nr_spis = 8 };
    struct arm_error error = { 0 };

    assert_int_equal(count(&guest, &error), 9);
    guest.nr_spis = 10;
    assert_int_equal(count(&guest, &error), 10);
    guest.nr_spis = 991;
    assert_int_equal(count(&guest, &error), 991);
    guest.nr_spis = 992;
    expect_refusal(&guest, "'nr_spis' is 992: set it to 991 at most");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spis_are_counted_up_to_the_highest),
        cmocka_unit_test(two_claims_of_one_interrupt_are_named),
        cmocka_unit_test(only_spis_can_be_passed_through),
        cmocka_unit_test(nr_spis_can_only_add_to_what_is_needed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
