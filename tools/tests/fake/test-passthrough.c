/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Devices of the host that are passed through to a guest: 'dtdev', and PCI
 * devices, which are made assignable and given back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "host.h"
#include "sysfs.h"

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

    assert_int_not_equal(create(&domid), 0);
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

/* 0000:00:01.0 of nvme, 0000:00:01.1 of no driver, and pciback. */
static libxl_device_pci host_pci(int function)
{
    libxl_device_pci pci;

    fake_device("pci", "0000:00:01.0", "nvme");
    fake_device("pci", "0000:00:01.1", NULL);
    fake_driver("pci", "pciback");
    fake_xen.has_pci_iommu = true;
    libxl_device_pci_init(&pci);
    pci.dev = 1;
    pci.func = function;
    return pci;
}

static void says(const char *word)
{
    if (!strstr(fake_errors(), word))
        fail_msg("no '%s' in: %s", word, fake_errors());
    fake_log_forget();
}

static void a_pci_device_is_made_assignable_and_given_back(void **state)
{
    libxl_device_pci pci = host_pci(0), *list;
    int count;

    pci.name = strdup("disk");
    assert_int_equal(libxl_device_pci_assignable_add(ctx, &pci, 1), 0);
    fake_driver_is("pci", "0000:00:01.0", "pciback");
    assert_int_equal(fake_xen.quarantined, 1);
    list = libxl_device_pci_assignable_list(ctx, &count);
    assert_int_equal(count, 1);
    assert_int_equal(list[0].dev, 1);
    assert_string_equal(list[0].name, "disk");
    libxl_device_pci_assignable_list_free(list, count);
    /* xl gives no more than the name. */
    pci.dev = 0;
    assert_int_equal(libxl_device_pci_assignable_remove(ctx, &pci, 1), 0);
    fake_driver_is("pci", "0000:00:01.0", "nvme");
    assert_int_equal(libxl_device_pci_assignable_remove(ctx, &pci, 1),
                     ERROR_NOTFOUND);
    says("no assignable PCI device has the name 'disk'");
    assert_int_equal(fake_xen.quarantined, 0);
    assert_string_equal(fake_errors(), "");
    libxl_device_pci_dispose(&pci);
    fake_store_rm("/libxl/pci");
}

static void a_pci_device_without_a_driver_stays_without(void **state)
{
    libxl_device_pci pci = host_pci(1);

    assert_int_equal(libxl_device_pci_assignable_add(ctx, &pci, 1), 0);
    fake_driver_is("pci", "0000:00:01.1", "pciback");
    assert_int_equal(libxl_device_pci_assignable_add(ctx, &pci, 1), 0);
    assert_non_null(strstr(fake_warnings(), "assignable already"));
    assert_int_equal(libxl_device_pci_assignable_remove(ctx, &pci, 1), 0);
    fake_driver_is("pci", "0000:00:01.1", NULL);
    fake_store_rm("/libxl/pci");
}

static void what_cannot_be_made_assignable_stays_as_it_was(void **state)
{
    libxl_device_pci pci = host_pci(0);

    fake_xen.has_pci_iommu = false;
    assert_int_equal(libxl_device_pci_assignable_add(ctx, &pci, 1), ERROR_FAIL);
    says("IOMMU");
    fake_driver_is("pci", "0000:00:01.0", "nvme");
    assert_int_equal(libxl_device_pci_assignable_remove(ctx, &pci, 1),
                     ERROR_FAIL);
    says("0000:00:01.0");
    fake_sysfs_refuse("pciback/bind");
    assert_int_equal(libxl_device_pci_assignable_add(ctx, &pci, 1), ERROR_FAIL);
    says("pciback/bind");
    fake_driver_is("pci", "0000:00:01.0", "nvme");
    fake_sysfs_refuse(NULL);
    pci.dev = 7;
    assert_int_equal(libxl_device_pci_assignable_add(ctx, &pci, 1), ERROR_FAIL);
    says("no PCI device '0000:00:07.0'");
    fake_store_rm("/libxl/pci");
}

static void without_pciback_the_driver_is_named(void **state)
{
    libxl_device_pci pci;
    int count = -1;

    fake_device("pci", "0000:00:01.0", "nvme");
    libxl_device_pci_init(&pci);
    pci.dev = 1;
    assert_int_equal(libxl_device_pci_assignable_add(ctx, &pci, 1), ERROR_FAIL);
    says("'xen-pciback'");
    assert_null(libxl_device_pci_assignable_list(ctx, &count));
    assert_int_equal(count, 0);
    says("'xen-pciback'");
}

static void no_guest_has_a_pci_device(void **state)
{
    libxl_device_pci pci = host_pci(0);
    uint32_t domid = fake_create(ctx, "other");
    int count;

    assert_int_equal(libxl_device_pci_add(ctx, domid, &pci, NULL), ERROR_FAIL);
    says("'dtdev'");
    assert_int_equal(libxl_device_pci_remove(ctx, domid, &pci, NULL),
                     ERROR_FAIL);
    says("no PCI bus");
    assert_int_equal(libxl_device_pci_destroy(ctx, domid, &pci, NULL),
                     ERROR_FAIL);
    says("no PCI bus");
    assert_null(libxl_device_pci_list(ctx, domid, &count));
    assert_int_equal(count, 0);
    libxl_domain_destroy(ctx, domid, NULL);

    config.pcidevs = calloc(1, sizeof(*config.pcidevs));
    config.num_pcidevs = 1;
    libxl_device_pci_init(config.pcidevs);
    REFUSED("'pci'", "no PCI bus");
    fake_log_forget();
    fake_xen.capabilities &= ~XEN_SYSCTL_PHYSCAP_directio;
    REFUSED("'pci'", "no IOMMU");
    fake_log_forget();
    config.c_info.passthrough = LIBXL_PASSTHROUGH_DISABLED;
    REFUSED("'pci'", "\"disabled\"");
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
        TEST(a_pci_device_is_made_assignable_and_given_back),
        TEST(a_pci_device_without_a_driver_stays_without),
        TEST(what_cannot_be_made_assignable_stays_as_it_was),
        TEST(without_pciback_the_driver_is_named),
        TEST(no_guest_has_a_pci_device),
    };

    return cmocka_run_group_tests(tests, fake_host_start, fake_host_stop);
}
