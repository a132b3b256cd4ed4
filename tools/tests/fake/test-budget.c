/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The administrator's map_budget: what it adds to the paging pool of a new
 * guest, and that it adds it once.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <libxl_utils.h>

#include "guest.h"

/* Nothing may be left of any test but the administrator's file. */
static int tear_down(void **state)
{
    unlink("etc/arm-regions.conf");
    return guest_tear_down(state);
}

static void write_policy(const char *text)
{
    fake_file("etc/arm-regions.conf", text, strlen(text));
}

/* Bytes of the pool of a new guest of that name, and its domid. */
static uint64_t pool_of(const char *name, uint32_t *domid_r)
{
    *domid_r = fake_create(guest_ctx, name);
    return fake_domain(*domid_r)->paging_bytes;
}

#define DEFAULT_POOL (UINT64_C(4096) * (256 + 16 + 128))
/* 64 MiB: 32 tables of level 3, 2 of 2 pieces each, 2 of level 1. */
#define POOL_OF_64M (UINT64_C(4096) * (32 + 4 + 2))

static void a_budget_adds_to_the_pool_by_name(void **state)
{
    static const struct {
        const char *name;
        uint64_t pool;
    } guests[] = {
        { "web-1", DEFAULT_POOL + POOL_OF_64M },
        { "web-10", DEFAULT_POOL },
        { "other", DEFAULT_POOL + 4096 * (1 + 2 + 2) },
    };
    uint32_t domid;
    size_t i;

    write_policy("map_budget = 2M\nmap_budget = none web-*\n"
                 "map_budget = 64M web-?\n");
    for (i = 0; i < sizeof(guests) / sizeof(guests[0]); i++) {
        assert_int_equal(pool_of(guests[i].name, &domid), guests[i].pool);
        guest_destroy(domid);
    }
    write_policy("");
    assert_int_equal(pool_of("web-1", &domid), DEFAULT_POOL);
    guest_destroy(domid);
    assert_string_equal(fake_warnings(), "");
}

static void a_budget_adds_to_a_pool_that_is_asked_for(void **state)
{
    libxl_domain_config config;
    uint32_t domid;

    write_policy("map_budget = 64M\n");
    fake_config(&config, "g");
    config.b_info.shadow_memkb = 4096;
    assert_int_equal(guest_create_of(&config, &domid), 0);
    assert_int_equal(fake_domain(domid)->paging_bytes, (4 << 20) + POOL_OF_64M);
    guest_destroy(domid);
}

/* xl asks for the memory first, and creates with what that filled in. */
static void a_budget_is_added_once(void **state)
{
    libxl_domain_config config;
    uint64_t without, with;
    uint32_t domid;
    int times;

    fake_config(&config, "g");
    assert_int_equal(
        libxl_domain_need_memory(guest_ctx, &config, INVALID_DOMID, &without),
        0);
    libxl_domain_config_dispose(&config);

    write_policy("map_budget = 1G g\n");
    fake_config(&config, "g");
    for (times = 0; times < 3; times++) {
        assert_int_equal(
            libxl_domain_need_memory(guest_ctx, &config, INVALID_DOMID, &with),
            0);
        /* 549 pages, and both are whole MiB of 2. */
        assert_int_equal(with - without, 2048);
        assert_int_equal(config.b_info.shadow_memkb, DEFAULT_POOL / 1024);
        assert_int_equal(guest_create_of(&config, &domid), 0);
        assert_int_equal(fake_domain(domid)->paging_bytes,
                         DEFAULT_POOL + 549 * 4096);
        /* As a reboot does. */
        libxl_domain_config_init(&config);
        assert_int_equal(libxl_retrieve_domain_configuration(guest_ctx, domid,
                                                             &config, NULL),
                         0);
        assert_int_equal(config.b_info.shadow_memkb, DEFAULT_POOL / 1024);
        guest_destroy(domid);
    }
    libxl_domain_config_dispose(&config);
    write_policy("nonsense\n");
    fake_config(&config, "g");
    assert_int_equal(
        libxl_domain_need_memory(guest_ctx, &config, INVALID_DOMID, &with),
        ERROR_INVAL);
    assert_true(config.b_info.shadow_memkb == LIBXL_MEMKB_DEFAULT);
    assert_non_null(strstr(fake_errors(), "arm-regions.conf:1"));
    libxl_domain_config_dispose(&config);
}

/* What is not free for the budget is missed before the domain is made. */
static void a_budget_needs_memory(void **state)
{
    libxl_domain_config config;
    uint32_t domid;

    fake_xen.total_pages = 0x20000 + 4096 + 400 + 38;
    guest_destroy(fake_create(guest_ctx, "g"));
    write_policy("map_budget = 64M\n");
    guest_destroy(fake_create(guest_ctx, "g"));
    fake_xen.total_pages--;
    fake_config(&config, "g");
    assert_int_equal(guest_create_of(&config, &domid), ERROR_FAIL);
    assert_non_null(strstr(fake_errors(),
                           "needs 18 MiB of memory, 1 MiB of it "
                           "for the administrator's map_budget"));
}

static void a_32_bit_guest_has_no_budget(void **state)
{
    uint32_t domid;

    write_policy("map_budget = 64M\n");
    fake_xen.kernel_type = "xen-3.0-armv7l";
    assert_int_equal(pool_of("g", &domid), DEFAULT_POOL);
    guest_destroy(domid);
    assert_string_equal(fake_warnings(), "");
}

static void a_budget_beyond_the_regions_is_told(void **state)
{
    write_policy("map_budget = 2G\nmax_size = 64M\n");
    guest_destroy(fake_create(guest_ctx, "g"));
    assert_non_null(strstr(fake_warnings(), "map_budget of 2048 MiB"));
}

#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, guest_set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_budget_adds_to_the_pool_by_name),
        TEST(a_budget_adds_to_a_pool_that_is_asked_for),
        TEST(a_budget_is_added_once),
        TEST(a_budget_needs_memory),
        TEST(a_32_bit_guest_has_no_budget),
        TEST(a_budget_beyond_the_regions_is_told),
    };

    return cmocka_run_group_tests(tests, fake_host_start, fake_host_stop);
}
