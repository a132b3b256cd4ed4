/* SPDX-License-Identifier: LGPL-2.1-only */
/* Tests of the planner's own edges; its rules have arm-rules.c. */
#include <stdio.h>

#include "arm-test.h"

#include "arm/regions.h"

static struct claim claim(uint64_t first, uint64_t last)
{
    return (struct claim) { .first = first, .last = last };
}

static struct region_plan plan(unsigned int bits,
                               const struct region_window *windows,
                               size_t nr_windows, const struct claim *claims,
                               size_t nr_claims)
{
    struct arm_error error = { 0 };
    struct region_plan result;

    assert_int_equal(regions_plan(bits, windows, nr_windows, claims, nr_claims,
                                  &result, &error),
                     0);
    return result;
}

static void a_window_without_claims_is_one_region(void **state)
{
    const struct region_window window = { GIB, GIB };
    struct region_plan result = plan(40, &window, 1, NULL, 0);

    assert_int_equal(result.count, 1);
    assert_true(result.region[0].base == GIB);
    assert_true(result.region[0].size == GIB);
}

static void no_window_is_no_region(void **state)
{
    assert_int_equal(plan(40, NULL, 0, NULL, 0).count, 0);
}

static void an_unaligned_window_is_rounded_inwards(void **state)
{
    const struct region_window window = { GIB + 1, GIB };
    struct region_plan result = plan(40, &window, 1, NULL, 0);

    assert_int_equal(result.count, 1);
    assert_true(result.region[0].base == GIB + 2 * MIB);
    assert_true(result.region[0].size == GIB - 2 * MIB);
}

static void claims_may_overlap(void **state)
{
    const struct region_window window = { 0, GIB };
    const struct claim claims[] = {
        claim(0, 500 * MIB),
        claim(100 * MIB, 200 * MIB),
        claim(300 * MIB, 600 * MIB - 1),
    };
    struct region_plan result = plan(40, &window, 1, claims, COUNT(claims));

    assert_int_equal(result.count, 1);
    assert_true(result.region[0].base == 600 * MIB);
}

static void one_claim_can_span_two_windows(void **state)
{
    const struct region_window windows[] = { { 0, GIB }, { 2 * GIB, GIB } };
    const struct claim claims[] = { claim(512 * MIB, 2560 * MIB - 1) };
    struct region_plan result =
        plan(40, windows, COUNT(windows), claims, COUNT(claims));

    assert_int_equal(result.count, 2);
    assert_true(result.region[0].size == 512 * MIB);
    assert_true(result.region[1].base == 2560 * MIB);
}

/* Where the window begins, so that rounding does not hide it. */
static void one_claimed_byte_counts(void **state)
{
    const struct region_window window = { GIB, GIB };
    const struct claim claims[] = { claim(0, GIB), claim(GIB, GIB) };

    for (size_t i = 0; i < COUNT(claims); i++) {
        struct region_plan result = plan(40, &window, 1, &claims[i], 1);

        assert_int_equal(result.count, 1);
        assert_true(result.region[0].base == GIB + 2 * MIB);
    }
}

static void claims_outside_the_windows_take_nothing(void **state)
{
    const struct region_window windows[] = { { GIB, GIB }, { 4 * GIB, GIB } };
    const struct claim claims[] = {
        claim(0, GIB - 1),
        claim(2 * GIB, 4 * GIB - 1),
        claim(5 * GIB, 6 * GIB),
    };
    struct region_plan result =
        plan(40, windows, COUNT(windows), claims, COUNT(claims));

    assert_int_equal(result.count, 2);
    assert_true(result.region[0].size == GIB);
    assert_true(result.region[1].size == GIB);
}

static void windows_out_of_order_are_our_bug(void **state)
{
    const struct region_window windows[] = { { GIB, GIB }, { GIB, GIB } };
    const struct region_window none = { 0, 0 };
    const struct region_window wraps = { UINT64_MAX, 2 };
    struct region_plan result = { .count = 42 };
    struct arm_error error = { 0 };

    assert_int_equal(regions_plan(40, windows, 2, NULL, 0, &result, &error),
                     -1);
    assert_int_equal(error.fault, ARM_FAULT_BUG);
    error = (struct arm_error) { 0 };
    assert_int_equal(regions_plan(40, &none, 1, NULL, 0, &result, &error), -1);
    assert_int_equal(error.fault, ARM_FAULT_BUG);
    assert_int_equal(regions_plan(40, &wraps, 1, NULL, 0, &result, &error), -1);
    assert_int_equal(result.count, 42);
}

static void windows_may_meet_but_not_share_a_byte(void **state)
{
    struct region_window windows[] = { { GIB, GIB }, { 2 * GIB, 1 } };
    struct region_plan result;
    struct arm_error error = { 0 };

    /* One byte is a window; it is just too small for a region. */
    assert_int_equal(plan(40, windows, 2, NULL, 0).count, 1);

    windows[1].base--;
    assert_int_equal(regions_plan(40, windows, 2, NULL, 0, &result, &error),
                     -1);
    assert_says(error, "windows 0 and 1 ");
}

/* A region may begin at address 0: no "no address" hides in there. */
static void a_region_can_begin_at_0(void **state)
{
    const struct region_window window = { 0, 64 * MIB };
    struct region_plan result = plan(40, &window, 1, NULL, 0);

    assert_int_equal(result.count, 1);
    assert_true(result.region[0].base == 0);
}

/*
 * Gap i is of rank i * factor % PRIME: no two are equal, in hundreds of
 * orders.  Those of the highest ranks stay.
 */
static void the_largest_stay_in_any_order(void **state)
{
    enum { PRIME = 1009 };
    const struct region_window window = { 0, UINT64_C(1) << 50 };
    static struct claim claims[PRIME];

    for (unsigned int factor = 1; factor < PRIME; factor += 3) {
        uint64_t at = 0, all = 0, kept = 0;
        struct region_plan result;

        for (uint64_t i = 0; i < PRIME; i++) {
            uint64_t size = 64 * MIB + (i * factor % PRIME) * 2 * MIB;

            claims[i] = claim(at + size, at + size);
            at += size + 2 * MIB;
            all += size;
        }
        claims[PRIME - 1].last = UINT64_MAX;
        result = plan(64, &window, 1, claims, PRIME);
        assert_int_equal(result.count, REGIONS_MAX);
        assert_int_equal(result.dropped, PRIME - REGIONS_MAX);
        for (unsigned int i = 0; i < result.count; i++) {
            assert_true(result.region[i].size >=
                        64 * MIB + (PRIME - REGIONS_MAX) * 2 * MIB);
            kept += result.region[i].size;
        }
        assert_true(result.dropped_bytes == all - kept);
    }
}

static void windows_report(unsigned int index)
{
    struct region_window windows[5];
    struct arm_error error = { 0 };
    struct region_plan result;
    char words[40];

    for (unsigned int i = 0; i < COUNT(windows); i++)
        windows[i] = (struct region_window) { i * GIB, GIB };
    windows[index].base--;
    snprintf(words, sizeof(words), "windows %u and %u ", index - 1, index);
    assert_int_equal(
        regions_plan(40, windows, COUNT(windows), NULL, 0, &result, &error),
        -1);
    assert_says(error, words);
}

static void the_windows_out_of_order_are_named(void **state)
{
    windows_report(1);
    windows_report(4);
}

static void the_bound_counts_windows_and_what_splits_them(void **state)
{
    const struct region_window windows[] = { { GIB, GIB }, { 4 * GIB, GIB } };
    const struct claim claims[] = {
        claim(0, 4095),                  /* outside */
        claim(GIB, GIB + 4095),          /* at the start: splits nothing */
        claim(GIB + MIB, GIB + MIB),     /* splits */
        claim(2 * GIB - 1, 2 * GIB - 1), /* at the end */
        claim(4 * GIB + 1, 5 * GIB - 2), /* splits, if into nothing much */
        claim(5 * GIB, 6 * GIB),         /* outside */
    };

    assert_int_equal(regions_bound(windows, 2, claims, COUNT(claims)), 4);
    assert_int_equal(regions_bound(windows, 2, NULL, 0), 2);
    assert_int_equal(regions_bound(NULL, 0, NULL, 0), 0);
}

static void the_bound_is_never_above_the_most(void **state)
{
    const struct region_window window = { 0, UINT64_C(1) << 40 };
    struct claim claims[1000];

    for (size_t i = 0; i < COUNT(claims); i++)
        claims[i] = claim((i + 1) << 30, (i + 1) << 30);
    for (size_t i = 0; i < COUNT(claims); i++)
        assert_int_equal(regions_bound(&window, 1, claims, i),
                         i < REGIONS_MAX ? i + 1 : REGIONS_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_window_without_claims_is_one_region),
        cmocka_unit_test(no_window_is_no_region),
        cmocka_unit_test(an_unaligned_window_is_rounded_inwards),
        cmocka_unit_test(claims_may_overlap),
        cmocka_unit_test(one_claim_can_span_two_windows),
        cmocka_unit_test(one_claimed_byte_counts),
        cmocka_unit_test(claims_outside_the_windows_take_nothing),
        cmocka_unit_test(windows_out_of_order_are_our_bug),
        cmocka_unit_test(windows_may_meet_but_not_share_a_byte),
        cmocka_unit_test(a_region_can_begin_at_0),
        cmocka_unit_test(the_largest_stay_in_any_order),
        cmocka_unit_test(the_windows_out_of_order_are_named),
        cmocka_unit_test(the_bound_counts_windows_and_what_splits_them),
        cmocka_unit_test(the_bound_is_never_above_the_most),
    };

    return cmocka_run_group_tests_name("arm-regions", tests, NULL, NULL);
}
