/* SPDX-License-Identifier: LGPL-2.1-only */
/* Tests of the address map itself: order, conflicts, ends of the space. */
#include <stdio.h>

#include "arm-test.h"

#include "arm/addrmap.h"

/* What malloc() cannot give is NULL, as without the sanitizer. */
const char *__asan_default_options(void);

const char *__asan_default_options(void)
{
    return "allocator_may_return_null=1";
}

static int add(struct addrmap *map, uint64_t base, uint64_t size,
               struct arm_error *error)
{
    return addrmap_add(map, base, size, CLAIM_IOMEM, "thing", "iomem",
                       (int)map->count, error);
}

static void claims_are_sorted(void **state)
{
    static const uint64_t bases[] = { 0x5000, 0x1000, 0x9000, 0x3000, 0 };
    struct arm_error error = { 0 };
    struct addrmap map = { 0 };

    for (size_t i = 0; i < COUNT(bases); i++)
        assert_int_equal(add(&map, bases[i], 0x1000, &error), 0);
    assert_int_equal(addrmap_finish(&map, &error), 0);
    assert_int_equal(map.count, COUNT(bases));
    for (size_t i = 1; i < map.count; i++)
        assert_true(map.claims[i - 1].last < map.claims[i].first);
    assert_int_equal(map.claims[0].index, 4);
    assert_int_equal(map.claims[4].index, 2);
    addrmap_dispose(&map);
}

static void neighbours_do_not_overlap(void **state)
{
    struct arm_error error = { 0 };
    struct addrmap map = { 0 };

    assert_int_equal(add(&map, 0x2000, 0x1000, &error), 0);
    assert_int_equal(add(&map, 0x1000, 0x1000, &error), 0);
    assert_int_equal(addrmap_finish(&map, &error), 0);
    addrmap_dispose(&map);
}

static void one_shared_byte_is_a_conflict(void **state)
{
    struct arm_error error = { 0 };
    struct addrmap map = { 0 };

    assert_int_equal(add(&map, 0x2000, 0x1000, &error), 0);
    assert_int_equal(add(&map, 0x1000, 0x1001, &error), 0);
    assert_int_equal(addrmap_finish(&map, &error), -1);
    assert_int_equal(error.fault, ARM_FAULT_CONFIG);
    addrmap_dispose(&map);
}

static void a_conflict_names_both(void **state)
{
    struct arm_error error = { 0 };
    struct addrmap map = { 0 };

    assert_int_equal(addrmap_add(&map, 0x40000000, 0x10000000, CLAIM_RAM,
                                 "RAM bank 0", "memory", CLAIM_NO_INDEX,
                                 &error),
                     0);
    assert_int_equal(addrmap_add(&map, 0x40010000, 0x1000, CLAIM_IOMEM,
                                 "passed-through memory", "iomem", 3, &error),
                     0);
    assert_int_equal(addrmap_finish(&map, &error), -1);
    assert_says(error, "RAM bank 0 (memory) at 0x40000000-0x4fffffff");
    assert_says(error,
                "passed-through memory (iomem[3]) at 0x40010000-0x40010fff");
    assert_says(error, "@GFN");
    addrmap_dispose(&map);
}

/* The second thing lies inside the first, the third behind the second. */
static void a_conflict_is_seen_across_a_nested_claim(void **state)
{
    struct arm_error error = { 0 };
    struct addrmap map = { 0 };

    assert_int_equal(add(&map, 0x1000, 0x10000, &error), 0);
    assert_int_equal(add(&map, 0x8000, 0x1000, &error), 0);
    assert_int_equal(addrmap_finish(&map, &error), -1);
    assert_says(error, "0x1000-0x10fff");
    addrmap_dispose(&map);
}

/* The third lies on two that may share addresses, the others on the third. */
static void claims_that_overlap_are_counted(void **state)
{
    struct claim claims[] = {
        { 0x1000, 0x1fff, "one", "iomem", 0, CLAIM_IOMEM },
        { 0x1000, 0x1fff, "two", "reg", 0, CLAIM_PARTIAL },
        { 0x1800, 0xffff, "three", "memory", 0, CLAIM_RAM },
        { 0x3000, 0x3fff, "four", "acpi", 0, CLAIM_ACPI },
        { 0x5000, 0x5fff, "five", "iomem", 0, CLAIM_IOMEM },
        { 0x10000, 0x1ffff, "six", "iomem", 0, CLAIM_IOMEM },
    };
    const size_t expected[] = { 0, 0, 0, 1, 2, 3, 3 };
    struct addrmap map = { .claims = claims };

    for (; map.count <= COUNT(claims); map.count++) {
        struct arm_error error = { 0 };

        assert_int_equal(addrmap_overlaps(&map, &error), expected[map.count]);
        if (expected[map.count] == 0)
            assert_ok(error);
        else
            assert_says(error, "one (iomem[0]) at 0x1000-0x1fff and three");
    }
}

static void nothing_is_no_claim(void **state)
{
    struct arm_error error = { 0 };
    struct addrmap map = { 0 };

    assert_int_equal(add(&map, 0x1000, 0, &error), -1);
    assert_says(error, "size of 0");
    assert_int_equal(error.fault, ARM_FAULT_CONFIG);
    assert_int_equal(map.count, 0);
    addrmap_dispose(&map);
}

static void the_last_address_can_be_claimed(void **state)
{
    struct arm_error error = { 0 };
    struct addrmap map = { 0 };

    assert_int_equal(add(&map, UINT64_MAX, 1, &error), 0);
    assert_int_equal(add(&map, 0, UINT64_MAX, &error), 0);
    assert_int_equal(addrmap_finish(&map, &error), 0);
    assert_true(map.claims[1].last == UINT64_MAX);
    addrmap_dispose(&map);
}

static void passing_the_last_address_is_refused(void **state)
{
    struct arm_error error = { 0 };
    struct addrmap map = { 0 };

    assert_int_equal(add(&map, UINT64_MAX - 0xfff, 0x1001, &error), -1);
    assert_says(error, "pass the end");
    assert_int_equal(error.fault, ARM_FAULT_CONFIG);
    addrmap_dispose(&map);
}

static void an_empty_map_is_fine(void **state)
{
    struct arm_error error = { 0 };
    struct addrmap map = { 0 };

    assert_int_equal(addrmap_finish(&map, &error), 0);
    assert_null(addrmap_find(&map, CLAIM_RAM));
    addrmap_dispose(&map);
    addrmap_dispose(&map);
    addrmap_dispose(NULL);
}

static void ten_thousand_claims_fit(void **state)
{
    struct arm_error error = { 0 };
    struct addrmap map = { 0 };

    for (uint64_t i = 10000; i-- > 0;)
        assert_int_equal(add(&map, i << 16, 0x1000, &error), 0);
    assert_int_equal(addrmap_finish(&map, &error), 0);
    assert_int_equal(map.count, 10000);
    assert_int_equal(map.claims[0].index, 9999);
    addrmap_dispose(&map);
}

/* Memory is not taken for each claim. */
static void room_doubles(void **state)
{
    struct arm_error error = { 0 };
    struct addrmap map = { 0 };
    size_t room = 32;

    for (uint64_t i = 0; i < 1000; i++) {
        if (i > room)
            room *= 2;
        assert_int_equal(map.room, i == 0 ? 0 : room);
        assert_int_equal(add(&map, i << 16, 0x1000, &error), 0);
    }
    addrmap_dispose(&map);
}

static void widths_of_1_to_64_bits_have_a_last_address(void **state)
{
    struct arm_error error = { 0 };
    uint64_t last;

    assert_int_equal(gpaddr_last(1, &last, &error), 0);
    assert_true(last == 1);
    assert_int_equal(gpaddr_last(40, &last, &error), 0);
    assert_true(last == UINT64_C(0xffffffffff));
    assert_int_equal(gpaddr_last(64, &last, &error), 0);
    assert_true(last == UINT64_MAX);
    assert_int_equal(gpaddr_last(0, &last, &error), -1);
    assert_says(error, "0 bits");
    assert_int_equal(error.fault, ARM_FAULT_CONFIG);
    error = (struct arm_error) { 0 };
    assert_int_equal(gpaddr_last(65, &last, &error), -1);
    assert_says(error, "65 bits");
}

/* Two claims in both orders: the same error, which names a before b. */
static void conflict_is_the_same(struct claim a, struct claim b,
                                 const char *words)
{
    const struct claim both[][2] = { { a, b }, { b, a } };

    for (size_t i = 0; i < COUNT(both); i++) {
        struct arm_error error = { 0 };
        struct addrmap map = { 0 };

        for (size_t j = 0; j < 2; j++) {
            const struct claim *claim = &both[i][j];

            assert_int_equal(addrmap_add(&map, claim->first,
                                         claim->last - claim->first + 1,
                                         claim->kind, claim->name, "option",
                                         claim->index, &error),
                             0);
        }
        assert_int_equal(addrmap_finish(&map, &error), -1);
        assert_says(error, words);
        addrmap_dispose(&map);
    }
}

static void a_conflict_does_not_depend_on_the_order(void **state)
{
    const struct claim claim = { 0x1000, 0x1fff, "one", NULL, 1, CLAIM_UART };
    struct claim other = claim;

    other.name = "two";
    other.first++;
    conflict_is_the_same(claim, other,
                         "one (option[1]) at 0x1000-0x1fff and two (option[1]) "
                         "at 0x1001-0x1fff; move or remove");

    /* What comes first is told by each of these only if all before are equal.
     */
    other = claim;
    other.name = "two";
    other.last++;
    other.kind = CLAIM_RAM;
    conflict_is_the_same(claim, other, "one (option[1]) at 0x1000-0x1fff and");

    other.last--;
    other.kind = CLAIM_ACPI;
    other.index = 0;
    conflict_is_the_same(claim, other, "one (option[1]) at 0x1000-0x1fff and");

    other.kind = claim.kind;
    other.index = 2;
    conflict_is_the_same(claim, other, "one (option[1]) at 0x1000-0x1fff and");
}

static void advice_is_for_iomem_on_either_side(void **state)
{
    const struct claim iomem = { 0x1000, 0x1fff, "x", NULL, 0, CLAIM_IOMEM };
    const struct claim uart = { 0x1000, 0x2fff, "y", NULL, 0, CLAIM_UART };
    const struct claim ram = { 0x0000, 0x1fff, "z", NULL, 0, CLAIM_RAM };
    const struct claim node = { 0x1000, 0x1fff, "n", NULL, 0, CLAIM_PARTIAL };

    conflict_is_the_same(iomem, uart, "other guest frames");
    conflict_is_the_same(ram, iomem, "other guest frames");
    conflict_is_the_same(ram, uart, "move or remove one of them");
    conflict_is_the_same(ram, node, "move or remove one of them");
    conflict_is_the_same(node, uart, "move or remove one of them");
}

/* A partial tree's node may stand for what iomem maps, and for that alone. */
static void a_partial_tree_may_tell_of_iomem(void **state)
{
    const struct claim iomem = { 0x1000, 0x2fff, "x", NULL, 0, CLAIM_IOMEM };
    const struct claim other = { 0x2000, 0x3fff, "y", NULL, 1, CLAIM_IOMEM };
    const struct claim node = { 0x2000, 0x3fff, "n", NULL, 0, CLAIM_PARTIAL };
    const struct claim next = { 0x3000, 0x4fff, "m", NULL, 0, CLAIM_PARTIAL };
    const struct claim uart = { 0x1000, 0x2fff, "u", NULL, 0, CLAIM_UART };
    const struct claim tree = { 0x1000, 0x3fff, "t", NULL, 0, CLAIM_TREE_NODE };
    struct arm_error error = { 0 };
    struct claim claims[] = { iomem, node };
    struct addrmap map = { .claims = claims, .count = COUNT(claims) };

    assert_int_equal(addrmap_finish(&map, &error), 0);
    claims[1] = iomem;
    claims[0] = (struct claim) { 0, 0x1000, "n", NULL, 0, CLAIM_PARTIAL };
    assert_int_equal(addrmap_finish(&map, &error), 0);

    conflict_is_the_same(node, next, "n (option[0]) at 0x2000-0x3fff and m");
    conflict_is_the_same(node, uart, "u (option[0]) at 0x1000-0x2fff and n");
    conflict_is_the_same(iomem, other, "x (option[0]) at 0x1000-0x2fff and y");
    conflict_is_the_same(iomem, tree, "x (option[0]) at 0x1000-0x2fff and t");
}

/* A name of 200 characters: of the source, 119 stand in the error. */
static void a_long_source_is_cut(void **state)
{
    char full[201], cut[128], both[300];
    struct arm_error errors[3] = { 0 };
    struct addrmap map = { 0 };

    memset(full, 'x', 200);
    full[200] = '\0';
    snprintf(cut, sizeof(cut), "(%.119s)", full);
    snprintf(both, sizeof(both), "%s at 0x1000-0x1fff and ram %s", cut, cut);

    for (int i = 0; i < 2; i++)
        assert_int_equal(addrmap_add(&map, 0x1000, 0x1000, CLAIM_RAM, "ram",
                                     full, CLAIM_NO_INDEX, &errors[0]),
                         0);
    assert_int_equal(addrmap_finish(&map, &errors[0]), -1);
    assert_says(errors[0], both);

    assert_int_equal(addrmap_add(&map, 0, 0, CLAIM_RAM, "ram", full,
                                 CLAIM_NO_INDEX, &errors[1]),
                     -1);
    assert_says(errors[1], cut);
    assert_int_equal(addrmap_add(&map, 2, UINT64_MAX, CLAIM_RAM, "ram", full,
                                 CLAIM_NO_INDEX, &errors[2]),
                     -1);
    assert_says(errors[2], cut);
    addrmap_dispose(&map);
}

/* Two names of 400 characters: both ranges still stand in the error. */
static void a_long_name_keeps_both_ends(void **state)
{
    char names[2][401];
    struct arm_error error = { 0 };
    struct addrmap map = { 0 };

    for (int i = 0; i < 2; i++) {
        memset(names[i], 'x', 400);
        memcpy(names[i], "/first", 6);
        memcpy(names[i] + 394, i ? "/other" : "/thing", 7);
        assert_int_equal(addrmap_add(&map, 0xfffffffffffff000, 0x1000,
                                     CLAIM_PARTIAL, names[i],
                                     "device_tree ranges", 4094 + i, &error),
                         0);
    }
    assert_int_equal(addrmap_finish(&map, &error), -1);
    assert_says(error, ": /firstx");
    assert_says(error, "/thing (device_tree ranges[4094]) at "
                       "0xfffffffffffff000-0xffffffffffffffff and /firstx");
    assert_says(error, "/other (device_tree ranges[4095]) at "
                       "0xfffffffffffff000-0xffffffffffffffff; move");
    assert_says(error, "one of them");
    addrmap_dispose(&map);
}

/* One character less than an error takes, and one too many. */
static void a_name_is_cut_in_the_middle(void **state)
{
    char name[ARM_NAME_SIZE + 1], text[ARM_NAME_SIZE];

    memset(name, 'x', sizeof(name));
    name[0] = 'a';
    name[ARM_NAME_SIZE - 1] = '\0';
    assert_string_equal(arm_name_text(name, text), name);
    name[ARM_NAME_SIZE - 1] = 'b';
    name[ARM_NAME_SIZE] = '\0';
    assert_string_not_equal(arm_name_text(name, text), name);
    assert_int_equal(strlen(text), ARM_NAME_SIZE - 1);
    assert_true(text[0] == 'a' && text[ARM_NAME_SIZE - 2] == 'b');
    assert_non_null(strstr(text, "x...x"));
}

static void no_memory_is_an_error(void **state)
{
    struct arm_error error = { 0 };
    const size_t full = SIZE_MAX / sizeof(struct claim);
    struct addrmap map = { .count = full, .room = full };

    assert_int_equal(add(&map, 0x1000, 0x1000, &error), -1);
    assert_int_equal(error.fault, ARM_FAULT_NOMEM);
    assert_says(error, "no memory");
    assert_true(map.count == full && map.room == full);
}

static void the_first_error_stays(void **state)
{
    struct arm_error error = { 0 };

    assert_int_equal(arm_error_set(&error, ARM_FAULT_CONFIG, "one"), -1);
    assert_int_equal(arm_error_set(&error, ARM_FAULT_BUG, "two"), -1);
    assert_int_equal(error.fault, ARM_FAULT_CONFIG);
    assert_string_equal(error.message, "one");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(claims_are_sorted),
        cmocka_unit_test(neighbours_do_not_overlap),
        cmocka_unit_test(one_shared_byte_is_a_conflict),
        cmocka_unit_test(a_conflict_names_both),
        cmocka_unit_test(a_conflict_is_seen_across_a_nested_claim),
        cmocka_unit_test(claims_that_overlap_are_counted),
        cmocka_unit_test(nothing_is_no_claim),
        cmocka_unit_test(the_last_address_can_be_claimed),
        cmocka_unit_test(passing_the_last_address_is_refused),
        cmocka_unit_test(an_empty_map_is_fine),
        cmocka_unit_test(ten_thousand_claims_fit),
        cmocka_unit_test(room_doubles),
        cmocka_unit_test(widths_of_1_to_64_bits_have_a_last_address),
        cmocka_unit_test(a_conflict_does_not_depend_on_the_order),
        cmocka_unit_test(advice_is_for_iomem_on_either_side),
        cmocka_unit_test(a_partial_tree_may_tell_of_iomem),
        cmocka_unit_test(a_long_source_is_cut),
        cmocka_unit_test(a_long_name_keeps_both_ends),
        cmocka_unit_test(a_name_is_cut_in_the_middle),
        cmocka_unit_test(no_memory_is_an_error),
        cmocka_unit_test(the_first_error_stays),
    };

    return cmocka_run_group_tests_name("arm-addrmap", tests, NULL, NULL);
}
