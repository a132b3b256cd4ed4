/* SPDX-License-Identifier: LGPL-2.1-only */
/* Tests of the map as people see it. */
#include <stdio.h>
#include <stdlib.h>

#include "arm-test.h"

#include "arm/guest_map.h"
#include "arm/map_text.h"

#define HEAD                                                                   \
    "                                                     Linux can use,\n"    \
    "                                                     with pages of\n"     \
    "         first             last           size     4 KiB    64 KiB  "     \
    "what\n"

static void text_is(const struct addrmap *map, const struct region_plan *plan,
                    const char *expected)
{
    char *text = NULL;
    size_t size;
    FILE *to = open_memstream(&text, &size);

    map_text_write(to, map, plan);
    fclose(to);
    assert_string_equal(text, expected);
    free(text);
}

static void claims_and_regions_stand_by_address(void **state)
{
    const struct arm_iomem iomem = { .mfn = 1, .pages = 1, .gfn = 0x60000 };
    const uint64_t bank_pages[] = { MIB_PAGES(512), 0 };
    struct arm_guest guest = plain_guest();
    struct arm_error error = { 0 };
    struct region_plan plan;
    struct addrmap map;

    guest.iomem = &iomem;
    guest.nr_iomem = 1;
    arm_guest_map(&guest, bank_pages, &map, &error);
    assert_ok(error);
    regions_plan(44, arm_ram_windows, GUEST_RAM_BANKS, map.claims, map.count,
                 &plan, &error);
    assert_ok(error);
    text_is(&map, &plan,
            HEAD "     0x3001000 -      0x3010fff       64 KiB  "
                 "                     GICv3 distributor (gic_version)\n"
                 "     0x3020000 -      0x401ffff       16 MiB  "
                 "                     GICv3 redistributors (gic_version)\n"
                 "    0x38000000 -     0x38ffffff       16 MiB  "
                 "                     grant table (every guest)\n"
                 "    0x39000000 -     0x39ffffff       16 MiB  "
                 "                     magic pages (every guest)\n"
                 "    0x40000000 -     0x5fffffff      512 MiB  "
                 "                     RAM bank 0 (memory)\n"
                 "    0x60000000 -     0x60000fff        4 KiB  "
                 "                     passed-through memory (iomem[0])\n"
                 "    0x60200000 -     0xffffffff     2558 MiB  "
                 " 2432 MiB     2 GiB  extended region 1\n"
                 "   0x200000000 -   0xffffffffff     1016 GiB  "
                 " 1016 GiB  1016 GiB  extended region 2\n");
    addrmap_dispose(&map);
}

/* A claim behind the last region, and a region behind the last claim. */
static void either_may_come_last(void **state)
{
    struct claim claims[] = { {
        .first = 0x80000000,
        .last = UINT64_MAX,
        .name = "thing",
        .origin = "option",
        .index = CLAIM_NO_INDEX,
    } };
    struct addrmap map = { .claims = claims, .count = 1 };
    struct region_plan plan = {
        .count = 1,
        .region = { { .base = 0x40000000, .size = 0x8000000 } },
    };

    text_is(&map, &plan,
            HEAD "    0x40000000 -     0x47ffffff      128 MiB  "
                 "  128 MiB       0 B  extended region 1\n"
                 "    0x80000000 - 0xffffffffffffffff  17179869182 GiB  "
                 "                     thing (option)\n");

    claims[0].first = 0x1000;
    claims[0].last = 0x1fff;
    text_is(&map, &plan,
            HEAD "        0x1000 -         0x1fff        4 KiB  "
                 "                     thing (option)\n"
                 "    0x40000000 -     0x47ffffff      128 MiB  "
                 "  128 MiB       0 B  extended region 1\n");
}

static void an_empty_map_is_no_text(void **state)
{
    const struct addrmap map = { 0 };

    text_is(&map, NULL, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(claims_and_regions_stand_by_address),
        cmocka_unit_test(either_may_come_last),
        cmocka_unit_test(an_empty_map_is_no_text),
    };

    return cmocka_run_group_tests_name("arm-map-text", tests, NULL, NULL);
}
