/* SPDX-License-Identifier: LGPL-2.1-only */
/* Tests of the interrupts that a partial device tree describes. */
#include <stdio.h>

#include "arm-partial-test.h"

#include "arm/slots.h"

/* The claims in the order of their numbers: "NUMBER PATH ORIGIN[ENTRY]". */
static void expect(struct arm_partial *partial, const char *const *lines)
{
    for (int i = 0; partial->irqs && i <= IRQ_LAST_SPI; i++) {
        const struct irq_claim *claim = &partial->irqs->intid[i];
        char line[300];

        if (!claim->name)
            continue;
        assert_int_equal(claim->kind, IRQ_DESCRIBED);
        snprintf(line, sizeof(line), "%d %s %s[%d]", i, claim->name,
                 claim->origin, claim->index);
        assert_non_null(*lines);
        assert_string_equal(line, *lines++);
    }
    assert_null(*lines);
    arm_partial_dispose(partial);
}

#define LINES(...) ((const char *const[]) { __VA_ARGS__ __VA_OPT__(, ) NULL })

static void one_node(struct arm_partial *partial_r, const char *property,
                     const uint32_t *values, size_t count)
{
    struct dt_writer writer;
    struct arm_error error;

    begin(&writer);
    dt_writer_begin(&writer, "a");
    cells(&writer, property, values, count);
    dt_writer_end(&writer);
    error = end(&writer, partial_r);
    assert_ok(error);
}

static void spis_are_claimed(void **state)
{
    struct arm_partial partial;

    one_node(&partial, "interrupts",
             CELLS(0, 8, 4, 1, 9, 4, 0, 0, 1, 0, 987, 4));
    expect(&partial, LINES("32 /passthrough/a device_tree interrupts[2]",
                           "40 /passthrough/a device_tree interrupts[0]",
                           "1019 /passthrough/a device_tree interrupts[3]"));
    one_node(&partial, "interrupts-extended",
             CELLS(65000, 0, 1, 4, 65000, 0, 2, 4, 7, 0, 3, 4, 65000, 0, 4, 4));
    expect(&partial,
           LINES("33 /passthrough/a device_tree interrupts-extended[0]",
                 "34 /passthrough/a device_tree interrupts-extended[1]"));
}

static void what_is_no_spi_is_passed_over(void **state)
{
    struct arm_partial partial;

    one_node(&partial, "interrupts", CELLS(0, 988, 4, 2, 1, 4));
    expect(&partial, LINES());
    one_node(&partial, "interrupts", CELLS(0, 0xffffffff, 4, 0xffffffff, 1, 4));
    expect(&partial, LINES());
    one_node(&partial, "interrupts", CELLS(0, 1));
    expect(&partial, LINES());
    one_node(&partial, "interrupts", NULL, 0);
    expect(&partial, LINES());
    one_node(&partial, "interrupts", CELLS(0, 1, 4, 0, 2));
    expect(&partial, LINES("33 /passthrough/a device_tree interrupts[0]"));
    one_node(&partial, "interrupts-extended", CELLS(65000));
    expect(&partial, LINES());
}

static void interrupt(struct dt_writer *writer, const char *name, uint32_t spi)
{
    dt_writer_begin(writer, name);
    cells(writer, "interrupts", CELLS(0, spi, 4));
    dt_writer_end(writer);
}

/* From the node itself, or from the nearest above it; the root has the GIC. */
static void the_controller_is_found_above(void **state)
{
    struct arm_partial partial;
    struct dt_writer writer;
    struct arm_error error;

    begin(&writer);
    dt_writer_begin(&writer, "mux");
    dt_writer_u32(&writer, "phandle", 7);
    dt_writer_u32(&writer, "#interrupt-cells", 3);
    cells(&writer, "interrupts", CELLS(0, 1, 4));
    interrupt(&writer, "below", 2);
    dt_writer_begin(&writer, "back");
    dt_writer_u32(&writer, "interrupt-parent", 65000);
    interrupt(&writer, "c", 3);
    dt_writer_end(&writer);
    dt_writer_end(&writer);
    dt_writer_begin(&writer, "bus");
    dt_writer_u32(&writer, "interrupt-parent", 7);
    interrupt(&writer, "c", 4);
    dt_writer_end(&writer);
    interrupt(&writer, "last", 5);
    error = end(&writer, &partial);
    assert_ok(error);
    expect(&partial,
           LINES("33 /passthrough/mux device_tree interrupts[0]",
                 "35 /passthrough/mux/back/c device_tree interrupts[0]",
                 "37 /passthrough/last device_tree interrupts[0]"));
}

static void bridge(struct arm_partial *partial_r, uint32_t address_cells,
                   uint32_t interrupt_cells, const uint32_t *map, size_t count)
{
    struct dt_writer writer;
    struct arm_error error;

    begin(&writer);
    dt_writer_begin(&writer, "pcie");
    dt_writer_u32(&writer, "#address-cells", address_cells);
    dt_writer_u32(&writer, "#interrupt-cells", interrupt_cells);
    cells(&writer, "interrupt-map", map, count);
    dt_writer_end(&writer);
    error = end(&writer, partial_r);
    assert_ok(error);
}

/* Of PCI: three cells of address and one of the pin come first. */
static void pins_of_a_bridge_are_claimed(void **state)
{
    struct arm_partial partial;

    bridge(&partial, 3, 1,
           CELLS(0, 0, 0, 1, 65000, 0, 3, 4, 0x800, 0, 0, 1, 65000, 0, 4, 4));
    expect(&partial,
           LINES("35 /passthrough/pcie device_tree interrupt-map[0]",
                 "36 /passthrough/pcie device_tree interrupt-map[1]"));
    bridge(&partial, 2, 1, CELLS(0, 0, 0, 1, 65000, 0, 3, 4));
    expect(&partial, LINES());
    /* More cells than a tree can have. */
    bridge(&partial, 3, 5, CELLS(0, 0, 0, 0, 0, 0, 0, 0, 65000, 0, 3, 4));
    expect(&partial, LINES());
    bridge(&partial, 3, 0xffffffe0, CELLS(0, 0, 0, 1, 65000, 0, 3, 4));
    expect(&partial, LINES());
}

/* Two nodes with one interrupt share it, and irqs passes it through. */
static void what_irqs_pass_through_may_be_described(void **state)
{
    const uint32_t irqs[] = { 40 };
    const struct arm_guest plain = plain_guest();
    struct irq_guest guest = { .irqs = irqs, .nr_irqs = 1 };
    struct irqmap map = { 0 };
    struct arm_error error;
    struct arm_partial partial;
    struct arm_virtio virtio;
    struct dt_writer writer;
    uint32_t count;

    begin(&writer);
    interrupt(&writer, "a", 8);
    interrupt(&writer, "b", 8);
    interrupt(&writer, "c", 1);
    interrupt(&writer, "d", 100);
    error = end(&writer, &partial);
    guest.described = partial.irqs;
    irqmap_fill(&map, &guest, &error);
    irqmap_count_spis(&map, 0, &count, &error);
    assert_ok(error);
    assert_string_equal(map.intid[40].origin, "irqs");
    assert_string_equal(map.intid[132].name, "/passthrough/d");
    /* No interrupt comes from there: the GIC needs none for it. */
    assert_int_equal(count, 40 - 32 + 1);
    /* Neither does a virtio device get it. */
    arm_slot_take(&map, &plain, "disk", 0, &virtio, &error);
    assert_ok(error);
    assert_int_equal(virtio.irq, 34);
    arm_partial_dispose(&partial);
}

static void the_vuarts_interrupt_is_its_own(void **state)
{
    struct irq_guest guest = { .vuart = true };
    struct arm_error error = { 0 };
    struct irqmap map = { 0 };
    struct arm_partial partial;

    one_node(&partial, "interrupts", CELLS(0, 1, 4, 0, 0, 4));
    guest.described = partial.irqs;
    assert_int_equal(irqmap_fill(&map, &guest, &error), -1);
    assert_string_equal(error.message,
                        "interrupt 32 is claimed twice: by the vPL011 "
                        "('vuart') and by /passthrough/a ('device_tree "
                        "interrupts[1]'); remove one of them");
    arm_partial_dispose(&partial);
}

static void the_iommus_phandle_is_taken_with_grants(void **state)
{
    struct arm_virtio disk = { .base = 0x2000000, .irq = 33, .origin = "disk" };
    struct arm_guest guest = plain_guest();
    struct arm_error error = { 0 };
    struct arm_partial partial;
    struct arm_tree tree;

    one_node(&partial, "phandle", CELLS(65001));
    guest.partial = &partial;
    guest.virtio = &disk;
    guest.nr_virtio = 1;
    assert_int_equal(arm_tree_create(&guest, &tree, &error), 0);
    arm_tree_dispose(&tree);
    disk.grants = true;
    assert_int_equal(arm_tree_create(&guest, &tree, &error), -1);
    assert_int_equal(error.fault, ARM_FAULT_CONFIG);
    assert_says(error, "node '/passthrough/a': its phandle is 65001, as that "
                       "of the guest's /xen_iommu");
    arm_partial_dispose(&partial);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spis_are_claimed),
        cmocka_unit_test(what_is_no_spi_is_passed_over),
        cmocka_unit_test(the_controller_is_found_above),
        cmocka_unit_test(pins_of_a_bridge_are_claimed),
        cmocka_unit_test(what_irqs_pass_through_may_be_described),
        cmocka_unit_test(the_vuarts_interrupt_is_its_own),
        cmocka_unit_test(the_iommus_phandle_is_taken_with_grants),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
