/* SPDX-License-Identifier: LGPL-2.1-only */
/* Tests of the administrator's file, and of what it does to regions. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "arm-test.h"

#include "arm/guest_map.h"

static struct arm_error parse_for(const char *guest, const char *text,
                                  struct arm_policy *policy)
{
    struct arm_error error = { 0 };

    *policy = (struct arm_policy) { 0 };
    arm_policy_parse("conf", text, strlen(text), guest, policy, &error);
    return error;
}

static struct arm_error parse(const char *text, struct arm_policy *policy)
{
    return parse_for("guest", text, policy);
}

static struct arm_policy good(const char *text)
{
    struct arm_policy policy;
    struct arm_error error = parse(text, &policy);

    assert_ok(error);
    return policy;
}

static void refused(const char *text, const char *words)
{
    struct arm_policy policy, untouched = { 0 };
    struct arm_error error = parse(text, &policy);

    assert_int_equal(error.fault, ARM_FAULT_CONFIG);
    assert_says(error, words);
    assert_memory_equal(&policy, &untouched, sizeof(policy));
}

/* A guest of 128 MiB that is created, as its policy lets it be. */
static struct arm_report report_on(const struct arm_guest *guest)
{
    struct arm_placement placement = { .bank_pages = { MIB_PAGES(128) } };
    struct arm_error error = { 0 };
    struct arm_report report;
    struct arm_tree tree;

    arm_tree_create(guest, &tree, &error);
    assert_ok(error);
    arm_tree_finalise(tree.fdt, tree.size, guest, &placement, &report, &error);
    assert_ok(error);
    arm_tree_dispose(&tree);
    return report;
}

/* A plain guest, as a file lets it be. */
static struct arm_report report_of(const char *text)
{
    struct arm_guest guest = plain_guest();

    guest.policy = good(text);
    return report_on(&guest);
}

static void region_is(const struct arm_report *report, unsigned int i,
                      uint64_t base, uint64_t end)
{
    assert_true(i < report->regions.count);
    assert_int_equal(report->regions.region[i].base, base);
    assert_int_equal(report->regions.region[i].size, end - base);
}

static void are_the_defaults(const struct arm_report *report)
{
    assert_int_equal(report->regions.count, 2);
    region_is(report, 0, 0x48000000, 0x100000000);
    region_is(report, 1, 8 * GIB, 1024 * GIB);
    assert_string_equal(report->warning, "");
    assert_string_equal(report->overlap, "");
}

static void an_empty_file_changes_nothing(void **state)
{
    struct arm_report report = report_of("");

    are_the_defaults(&report);
    report = report_of("# only\n\n  \t\r\n#this");
    are_the_defaults(&report);
    report = report_of("regions = on\nmin_size=64M\nmax_size = none\n"
                       "max_address = none\noverlap = refuse\n");
    are_the_defaults(&report);
}

static void regions_can_be_off(void **state)
{
    struct arm_report report = report_of(" regions=off # all guests\n");

    assert_int_equal(report.regions.count, 0);
    assert_string_equal(report.warning, "");
}

static void small_regions_are_left_out(void **state)
{
    struct arm_report report = report_of("min_size = 2944M");

    assert_int_equal(report.regions.count, 2);
    report = report_of("min_size = 2945M");
    assert_int_equal(report.regions.count, 1);
    region_is(&report, 0, 8 * GIB, 1024 * GIB);
    report = report_of("min_size = 1T");
    assert_int_equal(report.regions.count, 0);
    assert_non_null(strstr(report.warning, "the administrator's limits"));
    assert_non_null(strstr(report.warning, "1048576 MiB"));
}

/* A guest with 299 gaps of 64 MiB, and a large one in either window. */
static struct arm_report report_of_gaps(const char *text)
{
    struct arm_iomem iomem[300];
    struct arm_guest guest = plain_guest();

    for (unsigned int i = 0; i < COUNT(iomem); i++)
        iomem[i] = (struct arm_iomem) {
            .mfn = 0x9010 + i,
            .pages = 1,
            .gfn = MIB_PAGES(8192 + 66 * i),
        };
    guest.iomem = iomem;
    guest.nr_iomem = COUNT(iomem);
    guest.policy = good(text);
    return report_on(&guest);
}

/* The limit of 256 does not take what the administrator takes anyway. */
static void too_small_is_not_left_out(void **state)
{
    struct arm_report report = report_of_gaps("min_size = 64M");

    assert_int_equal(report.regions.count, 256);
    assert_non_null(strstr(report.warning, "45 extended regions"));
    report = report_of_gaps("min_size = 65M");
    assert_int_equal(report.regions.count, 2);
    assert_string_equal(report.warning, "");
    report = report_of_gaps("min_size = 1T");
    assert_int_equal(report.regions.count, 0);
    assert_non_null(strstr(report.warning, "the administrator's limits"));
}

static void large_regions_keep_their_lower_part(void **state)
{
    struct arm_report report = report_of("max_size = 0x40000000");

    assert_int_equal(report.regions.count, 2);
    region_is(&report, 0, 0x48000000, 0x88000000);
    region_is(&report, 1, 8 * GIB, 9 * GIB);
}

static void regions_end_below_the_highest_address(void **state)
{
    struct arm_report report = report_of("max_address = 256G");

    region_is(&report, 1, 8 * GIB, 256 * GIB);
    report = report_of("max_address = 8G");
    assert_int_equal(report.regions.count, 1);
    report = report_of("max_address = 0x5fffffff");
    region_is(&report, 0, 0x48000000, 0x5fe00000);
    report = report_of("max_address = 1");
    assert_int_equal(report.regions.count, 0);
    assert_non_null(strstr(report.warning, "the administrator's limits"));
}

static void kept_ranges_split_regions(void **state)
{
    struct arm_report report = report_of("keep_free = 0x220000000+512M\n"
                                         "keep_free=0x80000001-0x8fffffff\n");

    assert_int_equal(report.regions.count, 4);
    region_is(&report, 0, 0x48000000, 0x80000000);
    region_is(&report, 1, 0x90000000, 0x100000000);
    region_is(&report, 2, 8 * GIB, 0x220000000);
    region_is(&report, 3, 0x240000000, 1024 * GIB);

    /* The last address is inside. */
    report = report_of("keep_free = 0x80000000-0x80200000");
    region_is(&report, 1, 0x80400000, 0x100000000);
}

static void kept_ranges_may_cover_ram_and_all(void **state)
{
    struct arm_report report = report_of("keep_free = 0-0xffffffffffffffff");

    assert_int_equal(report.regions.count, 0);
    report = report_of("keep_free = 0x40000000+1M");
    are_the_defaults(&report);
}

static void an_overlap_can_be_a_warning(void **state)
{
    struct arm_iomem on_ram = { .mfn = 0x9010, .pages = 1, .gfn = 0x40000 };
    struct arm_guest guest = plain_guest();
    struct arm_error error = { 0 };
    struct arm_report report;
    struct arm_tree tree;

    guest.iomem = &on_ram;
    guest.nr_iomem = 1;
    assert_int_equal(arm_tree_create(&guest, &tree, &error), -1);
    assert_says(error, "RAM bank 0");

    guest.policy = good("overlap = warn");
    report = report_on(&guest);
    assert_non_null(strstr(report.overlap, "RAM bank 0"));
    assert_non_null(strstr(report.overlap, "iomem[0]"));
}

/* Nobody looks for a second one after a warning that tells of one. */
static void further_overlaps_are_counted(void **state)
{
    struct arm_iomem iomem[] = {
        { .mfn = 0x9010, .pages = 1, .gfn = 0x40000 },
        { .mfn = 0x9020, .pages = 4, .gfn = 0x90000 },
        { .mfn = 0x9030, .pages = 1, .gfn = 0x90001 },
        { .mfn = 0x9040, .pages = 1, .gfn = 0x90003 },
    };
    struct arm_guest guest = plain_guest();
    struct arm_report report;

    guest.iomem = iomem;
    guest.nr_iomem = 2;
    guest.policy = good("overlap = warn");
    for (; guest.nr_iomem <= COUNT(iomem); guest.nr_iomem++) {
        report = report_on(&guest);
        assert_non_null(strstr(report.overlap, "iomem[0]"));
        assert_true(!strstr(report.overlap, "such") == (guest.nr_iomem == 2));
    }
    assert_non_null(strstr(report.overlap, "; and 2 more such overlaps"));
}

/* Beyond the guest's width nothing can be, warned of or not. */
static void the_width_is_no_matter_of_policy(void **state)
{
    struct arm_iomem iomem[] = {
        { .mfn = 0x9010, .pages = UINT64_C(1) << 40, .gfn = 1 },
        { .mfn = 0x9010, .pages = 1, .gfn = 0x90000 },
    };
    struct arm_guest guest = plain_guest();
    struct arm_error error = { 0 };
    struct arm_tree tree;

    guest.iomem = iomem;
    guest.nr_iomem = 2;
    guest.policy = good("overlap = warn");
    assert_int_equal(arm_tree_create(&guest, &tree, &error), -1);
    assert_says(error, "44-bit");
}

static void a_bad_file_tells_line_and_cause(void **state)
{
    refused("\n\nregions = maybe", "conf:3: regions: write 'on' or 'off'");
    refused("region = on", "conf:1: there is no setting 'region'");
    refused("regions on", "conf:1: there is no '='");
    refused("regions = on\nregions = on", "conf:2: regions is set a second");
    refused("min_size = 63M", "min_size: no region is smaller than 64M");
    refused("min_size = 64", "min_size: no region is smaller than 64M");
    refused("max_size = 65M", "multiple of 2M");
    refused("max_size = 0", "at least 64M");
    refused("max_address = 0", "nothing lies below 0");
    refused("\nmin_size = 2G\nmax_size = 1G\n\nregions = on\n",
            "conf:3: min_size is larger than max_size");
    refused("max_size = 1G\nmin_size = 2G\n# the end",
            "conf:2: min_size is larger than max_size");
    refused("overlap = ignore", "write 'refuse' or 'warn'");
    refused("overlap = \x01", "character 11 is not plain text");
}

/* In MiB, of a guest of that name. */
static uint64_t budget_of(const char *guest, const char *text)
{
    struct arm_policy policy;
    struct arm_error error = parse_for(guest, text, &policy);

    assert_ok(error);
    return policy.map_budget / MIB;
}

static void a_budget_is_for_all_or_by_name(void **state)
{
    static const char text[] = "map_budget = 1G\n"
                               "map_budget = 0x4000000 web-*\n"
                               "map_budget = none\tweb-[0-9]  # comment\n"
                               "map_budget = 16G   db?2\n";

    assert_int_equal(budget_of("guest", "map_budget = 2M"), 2);
    assert_int_equal(budget_of("guest", "map_budget = 2M guest"), 2);
    assert_int_equal(budget_of("guest", "map_budget = 2M gues"), 0);
    assert_int_equal(budget_of("guest", "map_budget = 2M &guest"), 0);
    assert_int_equal(budget_of("", "map_budget = 2M"), 2);
    assert_int_equal(budget_of("", "map_budget = 2M ?*"), 0);
    assert_int_equal(budget_of("guest", text), 1024);
    assert_int_equal(budget_of("web-1", text), 0);
    assert_int_equal(budget_of("web-10", text), 64);
    assert_int_equal(budget_of("db 2", text), 16384);
    /* Which is last, not which is closer. */
    assert_int_equal(budget_of("a", "map_budget=2M a\nmap_budget=4M"), 4);
    assert_int_equal(budget_of("a", "map_budget=2M\nmap_budget=none"), 0);
    assert_int_equal(budget_of("a", "map_budget=1043456M *"), 1043456);
}

static void a_bad_budget_tells_why(void **state)
{
    refused("map_budget =", "map_budget: this is no number");
    refused("map_budget = web-*", "map_budget: this is no number");
    refused("\nmap_budget = 3M", "conf:2: map_budget: write 'none', or a "
                                 "multiple of 2M");
    refused("map_budget = 0 web", "multiple of 2M that is not 0");
    refused("map_budget = 1043458M", "room for regions of 1043456M in all");
    refused("map_budget = 2M a b", "words after the pattern");
    refused("map_budget = 2M \"\"", "without quotes");
    refused("map_budget = 2M 'web'", "without quotes");
    /* Though it is no matter to this guest. */
    refused("map_budget = 3M web", "multiple of 2M");
    refused("regions = off\nmap_budget = 2M web",
            "conf:2: there is a map_budget and 'regions = off'");
    refused("map_budget = 2M\n\nregions = off",
            "conf:3: there is a map_budget and 'regions = off'");
    assert_int_equal(budget_of("a", "map_budget = none\nregions = off"), 0);
    assert_int_equal(budget_of("a", "regions = on\nmap_budget = 2M"), 2);
}

static void there_are_at_most_64_budgets(void **state)
{
    char text[100 * 20] = "";

    for (int i = 0; i < 64; i++)
        strcat(text, "map_budget=2M a\n");
    assert_int_equal(budget_of("a", text), 2);
    strcat(text, "map_budget=2M b\n");
    refused(text, "conf:65: map_budget: more than 64 lines");
}

static void a_budget_beyond_the_regions_is_a_warning(void **state)
{
    struct arm_report report = report_of("map_budget = 16G");

    are_the_defaults(&report);
    assert_string_equal(report.budget, "");
    report = report_of("map_budget = 2G\nmax_size = 1G");
    assert_string_equal(report.budget, "");
    report = report_of("map_budget = 2050M\nmax_size = 1G");
    assert_non_null(strstr(report.budget, "have 2048 MiB, less than the "
                                          "administrator's map_budget of "
                                          "2050 MiB"));
}

/* Its pool has none of it: see create/memory.c. */
static void a_32_bit_guest_needs_no_such_warning(void **state)
{
    struct arm_guest guest = plain_guest();
    struct arm_report report;

    guest.is_64bit = false;
    guest.policy = good("map_budget = 16G");
    report = report_on(&guest);
    assert_int_equal(report.regions.count, 0);
    assert_string_equal(report.budget, "");
}

static void numbers_are_read_to_the_last_character(void **state)
{
    static const char *const bad[] = { "",     "M",  "0x",   "0xg", "64MB",
                                       "64 M", "-1", "+64M", "1e9", "0x1G1" };

    for (size_t i = 0; i < COUNT(bad); i++) {
        char line[100];

        snprintf(line, sizeof(line), "max_address = %s", bad[i]);
        refused(line, "max_address: this is no number");
    }
    refused("max_address = 18446744073709551616", "this is no number");
    refused("max_address = 16777216T", "this is no number");
    assert_int_equal(good("max_address=16777215T").max_address,
                     UINT64_C(16777215) << 40);
    assert_int_equal(good("max_address=18446744073709551615").max_address,
                     UINT64_MAX);
    assert_int_equal(good("max_address=0XaBc").max_address, 0xabc);
    assert_int_equal(good("max_address=64K").max_address, 65536);
}

static void ranges_do_not_wrap(void **state)
{
    refused("keep_free = 5-4", "the range is empty");
    refused("keep_free = 5+0", "the range is empty");
    refused("keep_free = 0xffffffffffffffff+2", "ends beyond 2^64");
    refused("keep_free = 5", "this is no range");
    refused("keep_free = 5-", "this is no range");
    refused("keep_free = 5-6,7", "this is no range");
    assert_int_equal(good("keep_free=0xffffffffffffffff+1").keep_free[0].last,
                     UINT64_MAX);
    assert_int_equal(good("keep_free=5-5").nr_keep_free, 1);
}

static void there_are_at_most_64_ranges(void **state)
{
    char text[100 * 20] = "";

    for (int i = 0; i < 64; i++)
        strcat(text, "keep_free=5-6\n");
    assert_int_equal(good(text).nr_keep_free, 64);
    strcat(text, "keep_free=5-6\n");
    refused(text, "conf:65: keep_free: more than 64");
}

static void a_line_has_an_end(void **state)
{
    char text[400] = "max_address = 1";

    memset(text + 15, ' ', 184);
    assert_int_equal(good(text).max_address, 1);
    text[199] = ' ';
    refused(text, "conf:1: the line has more than 199");
    text[0] = '#';
    good(text);
}

static void files_are_read(void **state)
{
    char name[] = "/tmp/arm-policy.XXXXXX";
    struct arm_error error = { 0 };
    struct arm_policy policy = { .regions_off = true };
    int fd = mkstemp(name);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, "regions = off\nx", 14), 14);
    arm_policy_read(name, "guest", &policy, &error);
    assert_ok(error);
    assert_true(policy.regions_off);
    assert_int_equal(ftruncate(fd, ARM_POLICY_MAX_SIZE + 1), 0);
    assert_int_equal(arm_policy_read(name, "guest", &policy, &error), -1);
    assert_says(error, "larger than 65536 bytes");
    close(fd);
    unlink(name);

    error = (struct arm_error) { 0 };
    arm_policy_read(name, "guest", &policy, &error);
    assert_ok(error);
    assert_false(policy.regions_off);
    assert_int_equal(arm_policy_read("/tmp", "guest", &policy, &error), -1);
    assert_says(error, "/tmp: cannot read it: it is not a file");
}

/* What `make install` puts into /etc/xen must change nothing. */
static void the_example_is_the_defaults(void **state)
{
    struct arm_policy policy, defaults = { 0 };
    struct arm_error error = { 0 };

    assert_int_equal(access("tools/libs/light/arm-regions.conf", R_OK), 0);
    arm_policy_read("tools/libs/light/arm-regions.conf", "guest", &policy,
                    &error);
    assert_ok(error);
    assert_memory_equal(&policy, &defaults, sizeof(policy));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_file_changes_nothing),
        cmocka_unit_test(regions_can_be_off),
        cmocka_unit_test(small_regions_are_left_out),
        cmocka_unit_test(too_small_is_not_left_out),
        cmocka_unit_test(large_regions_keep_their_lower_part),
        cmocka_unit_test(regions_end_below_the_highest_address),
        cmocka_unit_test(kept_ranges_split_regions),
        cmocka_unit_test(kept_ranges_may_cover_ram_and_all),
        cmocka_unit_test(an_overlap_can_be_a_warning),
        cmocka_unit_test(further_overlaps_are_counted),
        cmocka_unit_test(the_width_is_no_matter_of_policy),
        cmocka_unit_test(a_bad_file_tells_line_and_cause),
        cmocka_unit_test(a_budget_is_for_all_or_by_name),
        cmocka_unit_test(a_bad_budget_tells_why),
        cmocka_unit_test(there_are_at_most_64_budgets),
        cmocka_unit_test(a_budget_beyond_the_regions_is_a_warning),
        cmocka_unit_test(a_32_bit_guest_needs_no_such_warning),
        cmocka_unit_test(numbers_are_read_to_the_last_character),
        cmocka_unit_test(ranges_do_not_wrap),
        cmocka_unit_test(there_are_at_most_64_ranges),
        cmocka_unit_test(a_line_has_an_end),
        cmocka_unit_test(files_are_read),
        cmocka_unit_test(the_example_is_the_defaults),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
