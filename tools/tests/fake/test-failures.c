/* SPDX-License-Identifier: LGPL-2.1-only */
/* Creation, and operations on a domain, whatever fails: see failures.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libxl_event.h>
#include <libxl_utils.h>

#include "failures.h"

static int rename_it(libxl_ctx *ctx, uint32_t domid)
{
    return libxl_domain_rename(ctx, domid, NULL, "h");
}

static int preserve(libxl_ctx *ctx, uint32_t domid)
{
    libxl_uuid uuid = { .uuid = { 1, 2, 3 } };

    return libxl_domain_preserve(ctx, domid, NULL, "-old", uuid);
}

static int set_target(libxl_ctx *ctx, uint32_t domid)
{
    return libxl_set_memory_target(ctx, domid, 8192, 0, 1);
}

static int set_maximum(libxl_ctx *ctx, uint32_t domid)
{
    return libxl_domain_setmaxmem(ctx, domid, 32768);
}

static int set_online(libxl_ctx *ctx, uint32_t domid)
{
    uint8_t bits = 1;
    libxl_bitmap map = { .size = 1, .map = &bits };

    return libxl_set_vcpuonline(ctx, domid, &map, NULL);
}

static int retrieve(libxl_ctx *ctx, uint32_t domid)
{
    libxl_domain_config config;
    int rc;

    libxl_domain_config_init(&config);
    rc = libxl_retrieve_domain_configuration(ctx, domid, &config, NULL);
    libxl_domain_config_dispose(&config);
    return rc;
}

static int keep_data(libxl_ctx *ctx, uint32_t domid)
{
    return libxl_userdata_store(ctx, domid, "mine", (const uint8_t *)"data", 5);
}

static int press_key(libxl_ctx *ctx, uint32_t domid)
{
    return libxl_send_sysrq(ctx, domid, 's');
}

static int list_vcpus(libxl_ctx *ctx, uint32_t domid)
{
    int count, cpus;
    libxl_vcpuinfo *list = libxl_list_vcpu(ctx, domid, &count, &cpus);

    if (!list)
        return ERROR_FAIL;
    libxl_vcpuinfo_list_free(list, count);
    return 0;
}

/* The kernel takes whatever it is asked for. */
static void take_request(uint32_t type, const char *path)
{
    static const char node[] = "/local/domain/1/control/shutdown";
    char *value = fake_store_read(node);

    if (value && *value)
        fake_store_write(node, "");
    free(value);
}

static int shut_down(libxl_ctx *ctx, uint32_t domid)
{
    fake_store_hook = take_request;
    return libxl_domain_shutdown(ctx, domid, NULL);
}

static int watch(libxl_ctx *ctx, uint32_t domid)
{
    libxl_evgen_domain_death *first, *second;
    int rc = libxl_evenable_domain_death(ctx, domid, 0, &first);

    if (rc)
        return rc;
    rc = libxl_evenable_domain_death(ctx, 0, 0, &second);
    libxl_evdisable_domain_death(ctx, first);
    if (!rc)
        libxl_evdisable_domain_death(ctx, second);
    return rc;
}

static const struct operation operations[] = {
    { "destroy",
      failures_destroy,
      { "xc_domain_pause", "xc_domain_getinfolist" /* waiting for the end */ },
      .takes_away = true },
    { "destroy beside another guest",
      failures_destroy,
      { "xc_domain_pause", "xc_domain_getinfolist" },
      .takes_away = true,
      .beside_another = true },
    { "rename", rename_it },
    { "preserve", preserve },
    { "set the memory target", set_target },
    { "set the memory limit", set_maximum },
    { "take vCPUs online", set_online },
    { "retrieve the configuration", retrieve },
    { "store userdata", keep_data },
    { "send a key", press_key },
    { "list vCPUs", list_vcpus },
    { "shut down", shut_down, { "/control/feature-poweroff" } },
    /* Without its name, a domain is watched all the same. */
    { "watch",
      watch,
      { "xc_domain_getinfolist", "/local/domain/1/name",
        "/local/domain/0/name" } },
};

/* Many nodes: much is on its way when something fails. */
static void fill_large(libxl_domain_config *config, const char *name)
{
    fake_config(config, name);
    config->b_info.max_vcpus = 40;
}

static const struct creation creations[] = {
    { { "create" }, fake_config },
    { { "create and wait for the console" }, fake_config, true },
    { { "create with everything" }, fake_config_everything, true },
    { { "create with many nodes" }, fill_large },
};

static void whatever_fails_a_second_try_mends(void **state)
{
    failures_check_operations(operations,
                              sizeof(operations) / sizeof(operations[0]));
}

static void whatever_fails_nothing_is_left_of_a_creation(void **state)
{
    failures_check_creations(creations,
                             sizeof(creations) / sizeof(creations[0]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whatever_fails_nothing_is_left_of_a_creation),
        cmocka_unit_test(whatever_fails_a_second_try_mends),
    };

    return cmocka_run_group_tests(tests, fake_host_start, fake_host_stop);
}
