/* SPDX-License-Identifier: LGPL-2.1-only */
/* Tests of what Linux can use of a region. */
#include "arm-test.h"

#include "arm/linux_use.h"

static uint64_t usable(uint64_t base, uint64_t size, uint64_t section)
{
    const struct region region = { .base = base, .size = size };

    return linux_usable(&region, section);
}

static void whole_sections_count(void **state)
{
    assert_int_equal(usable(GIB, GIB, LINUX_SECTION_4K), GIB);
    assert_int_equal(usable(GIB, GIB, LINUX_SECTION_64K), GIB);
    assert_int_equal(usable(0, 128 * MIB, LINUX_SECTION_4K), 128 * MIB);
}

static void what_sticks_out_at_both_ends_does_not(void **state)
{
    assert_int_equal(usable(GIB + 2 * MIB, GIB - 2 * MIB, LINUX_SECTION_4K),
                     GIB - 128 * MIB);
    assert_int_equal(usable(GIB, GIB - 2 * MIB, LINUX_SECTION_64K), 512 * MIB);
    assert_int_equal(usable(GIB + 2 * MIB, GIB, LINUX_SECTION_64K), 512 * MIB);
}

static void too_small_is_nothing(void **state)
{
    assert_int_equal(usable(GIB, 64 * MIB, LINUX_SECTION_4K), 0);
    assert_int_equal(usable(GIB + 64 * MIB, 128 * MIB, LINUX_SECTION_4K), 0);
    assert_int_equal(usable(GIB, 0, LINUX_SECTION_4K), 0);
}

static void the_last_section_counts(void **state)
{
    assert_int_equal(usable(-(256 * MIB), 256 * MIB, LINUX_SECTION_4K),
                     256 * MIB);
    assert_int_equal(usable(-(256 * MIB), 256 * MIB, LINUX_SECTION_64K), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_sections_count),
        cmocka_unit_test(what_sticks_out_at_both_ends_does_not),
        cmocka_unit_test(too_small_is_nothing),
        cmocka_unit_test(the_last_section_counts),
    };

    return cmocka_run_group_tests_name("arm-linux-use", tests, NULL, NULL);
}
