/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Devices of the host that are passed through to a guest: 'dtdev'.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "host.h"

static libxl_domain_config config;
static struct fake_rest before;
static libxl_ctx *ctx;

static int set_up(void **state)
{
    int r = fake_host_reset(state);

    before = fake_rest_take();
    fake_xen.capabilities |= XEN_SYSCTL_PHYSCAP_directio;
    fake_config(&config, "g");
    ctx = fake_ctx();
    return r;
}

static int tear_down(void **state)
{
    libxl_ctx_free(ctx);
    libxl_domain_config_dispose(&config);
    return !fake_rest_is_equal(before, fake_rest_take(), "in the end");
}

static void add_dtdev(const char *path)
{
    config.dtdevs = realloc(config.dtdevs,
                            (config.num_dtdevs + 1) * sizeof(*config.dtdevs));
    config.dtdevs[config.num_dtdevs++].path = path ? strdup(path) : NULL;
}

static int create(uint32_t *domid_r)
{
    return libxl_domain_create_new(ctx, &config, domid_r, NULL, NULL);
}

static bool has_iommu(uint32_t domid)
{
    return fake_domain(domid)->created.flags & XEN_DOMCTL_CDF_iommu;
}

static void refused(const char *const words[])
{
    uint32_t domid;

    assert_int_equal(create(&domid), ERROR_FAIL);
    if (!fake_has(fake_errors(), words))
        fail_msg("no '%s' in: %s", words[0], fake_errors());
}

#define REFUSED(...) refused((const char *const[]) { __VA_ARGS__, NULL })

static void devices_of_the_host_tree_are_assigned(void **state)
{
    uint32_t domid;

    add_dtdev("/soc/dma@1000");
    add_dtdev("/soc/net@2000");
    assert_int_equal(create(&domid), 0);
    assert_string_equal(fake_xen.dt_devices, "+/soc/dma@1000 +/soc/net@2000 ");
    assert_true(has_iommu(domid));
    /* The hypervisor takes them back with the domain. */
    assert_int_equal(libxl_domain_destroy(ctx, domid, NULL), 0);
    assert_string_equal(fake_errors(), "");
}

static void an_iommu_is_for_guests_that_need_it(void **state)
{
    uint32_t domid;

    assert_int_equal(create(&domid), 0);
    assert_false(has_iommu(domid));
    libxl_domain_destroy(ctx, domid, NULL);

    config.c_info.passthrough = LIBXL_PASSTHROUGH_ENABLED;
    assert_int_equal(create(&domid), 0);
    assert_true(has_iommu(domid));
    libxl_domain_destroy(ctx, domid, NULL);

    fake_xen.capabilities |= XEN_SYSCTL_PHYSCAP_iommu_hap_pt_share;
    config.c_info.passthrough = LIBXL_PASSTHROUGH_SHARE_PT;
    assert_int_equal(create(&domid), 0);
    assert_true(has_iommu(domid));
    libxl_domain_destroy(ctx, domid, NULL);
}

static void a_failed_creation_gives_devices_back(void **state)
{
    add_dtdev("/a");
    add_dtdev("/b");
    add_dtdev("/missing");
    REFUSED("'dtdev'", "\"/missing\"", "device tree");
    assert_string_equal(fake_xen.dt_devices, "+/a +/b -/b -/a ");
}

static void so_does_one_that_fails_later(void **state)
{
    add_dtdev("/a");
    setenv("LIBXL_DEBUG_FAIL_AFTER", "devices", 1);
    REFUSED("'devices'");
    unsetenv("LIBXL_DEBUG_FAIL_AFTER");
    assert_string_equal(fake_xen.dt_devices, "+/a -/a ");
}

static void without_an_iommu_the_option_is_named(void **state)
{
    fake_xen.capabilities &= ~XEN_SYSCTL_PHYSCAP_directio;
    config.c_info.passthrough = LIBXL_PASSTHROUGH_ENABLED;
    REFUSED("'passthrough'", "no IOMMU");
    config.c_info.passthrough = LIBXL_PASSTHROUGH_DEFAULT;
    fake_log_forget();
    add_dtdev("/a");
    REFUSED("'dtdev'", "no IOMMU", "'iomem'");
}

static void modes_that_cannot_be_are_refused(void **state)
{
    config.c_info.passthrough = LIBXL_PASSTHROUGH_SYNC_PT;
    REFUSED("\"sync_pt\"", "\"enabled\"");
    config.c_info.passthrough = LIBXL_PASSTHROUGH_SHARE_PT;
    fake_log_forget();
    REFUSED("\"share_pt\"", "\"enabled\"");
    config.c_info.passthrough = LIBXL_PASSTHROUGH_DISABLED;
    fake_log_forget();
    add_dtdev("/a");
    REFUSED("'dtdev'", "'passthrough'", "\"disabled\"");
}

static void a_path_begins_at_the_root(void **state)
{
    add_dtdev("soc/dma@1000");
    REFUSED("'dtdev'", "\"soc/dma@1000\"");
    fake_log_forget();
    free(config.dtdevs[0].path);
    config.dtdevs[0].path = NULL;
    REFUSED("'dtdev'", "\"\"");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(devices_of_the_host_tree_are_assigned),
        TEST(an_iommu_is_for_guests_that_need_it),
        TEST(a_failed_creation_gives_devices_back),
        TEST(so_does_one_that_fails_later),
        TEST(without_an_iommu_the_option_is_named),
        TEST(modes_that_cannot_be_are_refused),
        TEST(a_path_begins_at_the_root),
    };

    return cmocka_run_group_tests(tests, fake_host_start, fake_host_stop);
}
