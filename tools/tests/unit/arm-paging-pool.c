/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Tests of the pages that a paging pool needs: each bound is held against a
 * count of the tables that real plans of regions take, 2 MiB by 2 MiB.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "arm-test.h"

#include "arm/guest_map.h"
#include "arm/paging_pool.h"

#define UNIT (2 * MIB)
#define END  (1024 * GIB) /* of the windows */

/* The tables of the levels 3, 2 and 1 that are there. */
struct tables {
    bool level_3[END / UNIT];
    bool level_2[END / GIB];
    bool level_1[2];
    uint64_t count;
};

static void touch(struct tables *tables, uint64_t address)
{
    bool *const levels[] = {
        &tables->level_3[address / UNIT],
        &tables->level_2[address / GIB],
        &tables->level_1[address / (512 * GIB)],
    };

    for (size_t i = 0; i < COUNT(levels); i++) {
        tables->count += !*levels[i];
        *levels[i] = true;
    }
}

/*
 * Fills the regions from that one on, as a guest does that starts with none of
 * the tables.  Returns the most pages that were left over.
 */
static uint64_t fill(const struct region_plan *plan, unsigned int from)
{
    struct tables *tables = calloc(1, sizeof(*tables));
    uint64_t size = 0, most = 0, left;

    assert_non_null(tables);
    for (unsigned int i = from; i < plan->count; i++) {
        const struct region *region = &plan->region[i];

        for (uint64_t at = 0; at < region->size; at += UNIT) {
            touch(tables, region->base + at);
            size += UNIT;
            if (tables->count > arm_pool_pages_for(size))
                fail_msg("%" PRIu64 " MiB from region %u on take %" PRIu64
                         " tables, not %" PRIu64,
                         size / MIB, from, tables->count,
                         arm_pool_pages_for(size));
            left = arm_pool_pages_for(size) - tables->count;
            most = left > most ? left : most;
        }
    }
    free(tables);
    return most;
}

static struct region_plan plan_of(const struct arm_guest *guest)
{
    uint64_t banks[GUEST_RAM_BANKS];
    struct arm_error error = { 0 };
    struct addrmap map = { 0 };
    struct region_plan plan;

    arm_ram_spread(guest->ram_pages, banks, &error);
    assert_ok(error);
    arm_guest_map(guest, banks, &map, &error);
    assert_ok(error);
    arm_policy_plan(&guest->policy, guest->gpaddr_bits, arm_ram_windows,
                    GUEST_RAM_BANKS, &map, &plan, &error);
    assert_ok(error);
    addrmap_dispose(&map);
    return plan;
}

static void nothing_takes_nothing(void **state)
{
    assert_int_equal(arm_pool_pages_for(0), 0);
    assert_int_equal(arm_pool_kb_for(0), 0);
    assert_int_equal(arm_pool_mappable(0, END), 0);
}

/* By hand: tables of level 3, of level 2, and 2 of level 1. */
static void what_sizes_take(void **state)
{
    assert_int_equal(arm_pool_pages_for(2 * MIB), 1 + 2 + 2);
    assert_int_equal(arm_pool_pages_for(GIB), 512 + (1 + 2 * 17) + 2);
    assert_int_equal(arm_pool_kb_for(GIB), 4 * 549);
    assert_int_equal(arm_pool_pages_for(1019 * GIB),
                     1019 * 512 + (1019 + 2 * 256) + 2);
}

static void the_default_is_what_debian_has(void **state)
{
    assert_int_equal(arm_pool_default_kb(1, 512 << 10), 896 * 4);
    assert_int_equal(arm_pool_default_kb(1, 32 << 10), 416 * 4);
    assert_int_equal(arm_pool_default_kb(128, (1 << 20) + 1023),
                     4 * (256 * 128 + 1024) + 512);
}

static void a_plain_guest_never_takes_more(void **state)
{
    struct arm_guest guest = plain_guest();
    struct region_plan plan;

    for (uint64_t mib = 128; mib < 1019 * 1024; mib += 97 * mib / 64) {
        guest.ram_pages = MIB_PAGES(mib);
        plan = plan_of(&guest);
        for (unsigned int i = 0; i < plan.count; i++)
            fill(&plan, i);
    }
}

/* 254 regions of 64 MiB, each across a multiple of 4 GiB, far apart. */
static void regions_that_need_most_tables_of_level_2(void **state)
{
    struct region_plan plan = { 0 };

    for (uint64_t at = 8 * GIB; at < END - 4 * GIB; at += 4 * GIB)
        plan.region[plan.count++] = (struct region) { at - 32 * MIB, 64 * MIB };
    assert_int_equal(plan.count, 253);
    /* Only the piece that the last byte is in may be one too many. */
    assert_true(fill(&plan, 0) <= 253 * 64 * MIB / GIB + 3);
}

/* Not to be a multiple of what is needed. */
static void little_is_left_over_of_one_large_region(void **state)
{
    const struct arm_guest guest = plain_guest();
    struct region_plan plan = plan_of(&guest);

    assert_int_equal(plan.count, 2);
    assert_true(fill(&plan, 1) <= 2 * 256 + 2);
}

/* Passed-through pages anywhere cut the windows into regions of any size. */
static void random_plans_never_take_more(void **state)
{
    struct arm_iomem iomem[400];
    struct arm_guest guest = plain_guest();
    struct region_plan plan;

    srand(1);
    guest.iomem = iomem;
    for (unsigned int round = 0; round < 60; round++) {
        /* Few leave large regions, some lie close together. */
        uint64_t spread = (round % 3 ? 64 : 1016) * 512;

        guest.nr_iomem = 1 + rand() % COUNT(iomem);
        guest.policy.max_size = round % 4 ? 0 : (64 + 2 * (rand() % 99)) * MIB;
        guest.policy.overlap_warns = true;
        for (unsigned int i = 0; i < guest.nr_iomem; i++)
            iomem[i] = (struct arm_iomem) {
                .mfn = 0x9010,
                .pages = 1,
                .gfn = MIB_PAGES(8192 + 2 * (rand() % spread)),
            };
        plan = plan_of(&guest);
        fill(&plan, 0);
        fill(&plan, rand() % plan.count);
    }
}

static void more_never_takes_less(void **state)
{
    for (uint64_t size = 0; size < 1019 * GIB; size += UNIT)
        assert_true(arm_pool_pages_for(size) <=
                    arm_pool_pages_for(size + UNIT));
}

static void mappable_is_the_inverse(void **state)
{
    uint64_t pages, size;

    for (pages = 0; pages < 600000; pages += 1 + pages / 100) {
        size = arm_pool_mappable(pages, 1019 * GIB);
        assert_int_equal(size % UNIT, 0);
        assert_true(arm_pool_pages_for(size) <= pages);
        assert_true(size == 1019 * GIB ||
                    arm_pool_pages_for(size + UNIT) > pages);
        assert_true(arm_pool_mappable(pages, 64 * MIB) <= 64 * MIB);
    }
    assert_int_equal(arm_pool_mappable(UINT64_MAX, 1019 * GIB), 1019 * GIB);
    assert_int_equal(arm_pool_mappable(UINT64_MAX, 3 * MIB), UNIT);
    assert_int_equal(arm_pool_mappable(UINT64_MAX, 0), 0);
}

static uint64_t pages_of_claims(const uint64_t (*claims)[2], size_t count)
{
    struct arm_error error = { 0 };
    struct addrmap map = { 0 };
    uint64_t pages;

    for (size_t i = 0; i < count; i++)
        addrmap_add(&map, claims[i][0], claims[i][1], CLAIM_IOMEM, "a", "b", i,
                    &error);
    assert_ok(error);
    addrmap_finish(&map, &error); /* overlaps are wanted here */
    pages = arm_pool_pages_of_map(&map);
    addrmap_dispose(&map);
    return pages;
}

static void a_map_counts_each_table_once(void **state)
{
    const uint64_t page[][2] = { { 0x9010000, 0x1000 } };
    const uint64_t beside[][2] = { { 0x9010000, 0x1000 },
                                   { 0x9011000, 0x1000 } };
    const uint64_t across[][2] = { { 0x3ffff000, 0x2000 } };
    const uint64_t inside[][2] = { { 0x40000000, 64 * MIB },
                                   { 0x40200000, MIB },
                                   { 0x43f00000, 2 * MIB } };
    const uint64_t end[][2] = { { UINT64_MAX - 0xfff, 0x1000 }, { 0, 0x1000 } };

    assert_int_equal(pages_of_claims(NULL, 0), 0);
    assert_int_equal(pages_of_claims(page, 1), 3);
    assert_int_equal(pages_of_claims(beside, 2), 3);
    assert_int_equal(pages_of_claims(across, 1), 2 + 2 + 1);
    assert_int_equal(pages_of_claims(inside, 3), 33 + 1 + 1);
    assert_int_equal(pages_of_claims(end, 2), 6);
}

/* What a budget promises beyond a pool of the default size. */
static void a_budget_fits_on_top_of_the_default(void **state)
{
    static const uint64_t sizes[] = { 2, 64, 1024, 16384, 262144 };
    struct arm_guest guest = plain_guest();
    struct arm_error error = { 0 };
    uint64_t banks[GUEST_RAM_BANKS], own, pool;
    struct addrmap map = { 0 };

    for (uint64_t mib = 1; mib < 1019 * 1024; mib += 1 + mib / 8) {
        arm_ram_spread(MIB_PAGES(mib), banks, &error);
        arm_guest_map(&guest, banks, &map, &error);
        assert_ok(error);
        own = arm_pool_pages_of_map(&map);
        addrmap_dispose(&map);
        for (size_t i = 0; i < COUNT(sizes); i++) {
            pool = (arm_pool_default_kb(1, mib << 10) +
                    arm_pool_kb_for(sizes[i] * MIB)) /
                   4;
            assert_true(arm_pool_mappable(pool - own, END) >= sizes[i] * MIB);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_takes_nothing),
        cmocka_unit_test(what_sizes_take),
        cmocka_unit_test(the_default_is_what_debian_has),
        cmocka_unit_test(a_plain_guest_never_takes_more),
        cmocka_unit_test(regions_that_need_most_tables_of_level_2),
        cmocka_unit_test(little_is_left_over_of_one_large_region),
        cmocka_unit_test(random_plans_never_take_more),
        cmocka_unit_test(more_never_takes_less),
        cmocka_unit_test(mappable_is_the_inverse),
        cmocka_unit_test(a_map_counts_each_table_once),
        cmocka_unit_test(a_budget_fits_on_top_of_the_default),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
