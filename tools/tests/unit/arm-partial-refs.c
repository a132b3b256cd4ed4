/* SPDX-License-Identifier: LGPL-2.1-only */
/* Tests of the phandles in a partial device tree: each leads to one node. */
#include "arm-partial-test.h"

static void the_interrupt_controllers_phandle_is_taken(void **state)
{
    struct arm_partial partial;
    struct dt_writer writer;
    struct arm_error error;

    for (int old = 0; old < 2; old++) {
        begin(&writer);
        dt_writer_begin(&writer, "gic");
        dt_writer_u32(&writer, old ? "linux,phandle" : "phandle", 65000);
        dt_writer_end(&writer);
        error = end(&writer, &partial);
        assert_says(error, "node '/passthrough/gic'");
        assert_says(error, "is 65000, as that of the guest's "
                           "/interrupt-controller");
    }
}

/* A node of that name with one cell. */
static void node_with(struct dt_writer *writer, const char *name,
                      const char *property, uint32_t value)
{
    dt_writer_begin(writer, name);
    dt_writer_u32(writer, property, value);
    dt_writer_end(writer);
}

static void a_phandle_is_one_nodes(void **state)
{
    struct arm_partial partial;
    struct dt_writer writer;
    struct arm_error error;

    begin(&writer);
    node_with(&writer, "a", "phandle", 7);
    node_with(&writer, "b", "phandle", 8);
    dt_writer_begin(&writer, "c");
    node_with(&writer, "d", "linux,phandle", 7);
    dt_writer_end(&writer);
    error = end(&writer, &partial);
    assert_int_equal(error.fault, ARM_FAULT_CONFIG);
    assert_says(error, "node '/passthrough/c/d': its phandle is 7, as that of "
                       "'/passthrough/a': give one of them another");

    /* Two spellings, one node. */
    begin(&writer);
    dt_writer_begin(&writer, "a");
    dt_writer_u32(&writer, "phandle", 7);
    dt_writer_u32(&writer, "linux,phandle", 7);
    dt_writer_end(&writer);
    error = end(&writer, &partial);
    assert_ok(error);
    arm_partial_dispose(&partial);

    /* The number 0 is one as well. */
    begin(&writer);
    node_with(&writer, "a", "phandle", 0);
    error = end(&writer, &partial);
    assert_ok(error);
    arm_partial_dispose(&partial);
}

static void references_are_one_cell(void **state)
{
    static const char *const names[] = { "phandle", "linux,phandle",
                                         "interrupt-parent" };
    struct arm_partial partial;
    struct dt_writer writer;
    struct arm_error error;

    for (int i = 0; i < 3; i++) {
        begin(&writer);
        dt_writer_begin(&writer, "a");
        cells(&writer, names[i], CELLS(1, 2));
        dt_writer_end(&writer);
        error = end(&writer, &partial);
        assert_says(error, "node '/passthrough/a': '");
        assert_says(error, names[i]);
        assert_says(error, "' is not one cell");
    }
}

static void warns_of_parent(uint32_t phandle, const char *words)
{
    struct arm_partial partial;
    struct dt_writer writer;
    struct arm_error error;

    begin(&writer);
    node_with(&writer, "before", "interrupt-parent", 65000);
    node_with(&writer, "device", "interrupt-parent", phandle);
    node_with(&writer, "gpio", "phandle", 9);
    node_with(&writer, "gpio2", "linux,phandle", 4);
    node_with(&writer, "other", "interrupt-parent", 65000);
    error = end(&writer, &partial);
    assert_ok(error);
    assert_string_equal(partial.warning, words);
    arm_partial_dispose(&partial);
}

static void an_interrupt_parent_leads_to_a_node(void **state)
{
    struct arm_partial partial;
    struct dt_writer writer;

    begin(&writer);
    node_with(&writer, "first", "interrupt-parent", 1);
    assert_ok(end(&writer, &partial));
    assert_non_null(strstr(partial.warning, "node '/passthrough/first'"));
    arm_partial_dispose(&partial);
    warns_of_parent(65000, "");
    warns_of_parent(9, "");
    warns_of_parent(4, "");
    warns_of_parent(5, "device_tree 'part.dtb', node '/passthrough/device': no "
                       "node of the guest is its interrupt-parent, phandle 5; "
                       "the guest's interrupt controller is 65000");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_interrupt_controllers_phandle_is_taken),
        cmocka_unit_test(a_phandle_is_one_nodes),
        cmocka_unit_test(references_are_one_cell),
        cmocka_unit_test(an_interrupt_parent_leads_to_a_node),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
