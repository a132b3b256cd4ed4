/* SPDX-License-Identifier: LGPL-2.1-only */
/* cpupools and schedulers. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libxl_utils.h>

#include "calls.h"

static libxl_bitmap map_of(uint8_t bits)
{
    libxl_bitmap map = { .size = 1, .map = malloc(1) };

    *map.map = bits;
    return map;
}

static int make_pool(libxl_ctx *ctx, uint32_t domid)
{
    libxl_bitmap cpus = map_of(0xc);
    libxl_uuid uuid = { .uuid = { 9 } };
    uint32_t id = LIBXL_CPUPOOL_POOLID_ANY;
    int rc = libxl_cpupool_create(ctx, "new", LIBXL_SCHEDULER_CREDIT, cpus,
                                  &uuid, &id);

    IS(id == 1 && fake_xen.pools[1].cpus == 0xc);
    IS(fake_xen.pools[1].scheduler == XEN_SCHEDULER_CREDIT);
    libxl_bitmap_dispose(&cpus);
    /* A pool that could not be finished is not there. */
    assert_true(!rc || !fake_xen.pools[1].exists);
    return rc;
}

static int end_pool(libxl_ctx *ctx, uint32_t domid)
{
    int rc = libxl_cpupool_destroy(ctx, 2);

    IS(!fake_xen.pools[2].exists);
    return rc;
}

static int pool_info(libxl_ctx *ctx, uint32_t domid)
{
    libxl_cpupoolinfo info;
    int rc;

    libxl_cpupoolinfo_init(&info);
    rc = libxl_cpupool_info(ctx, &info, 2);
    IS(info.poolid == 2 && !strcmp(info.pool_name, "two"));
    IS(info.sched == LIBXL_SCHEDULER_RTDS && info.n_dom == 0);
    IS(libxl_bitmap_test(&info.cpumap, 1) &&
       !libxl_bitmap_test(&info.cpumap, 0));
    libxl_cpupoolinfo_dispose(&info);
    return rc;
}

static int list_pools(libxl_ctx *ctx, uint32_t domid)
{
    int count;
    libxl_cpupoolinfo *list = libxl_list_cpupool(ctx, &count);

    if (!list)
        return ERROR_FAIL;
    IS(count == 2 && list[1].poolid == 2);
    libxl_cpupoolinfo_list_free(list, count);
    return 0;
}

static int free_cpus(libxl_ctx *ctx, uint32_t domid)
{
    libxl_bitmap cpus;
    int rc;

    libxl_bitmap_init(&cpus);
    rc = libxl_get_freecpus(ctx, &cpus);
    IS(*cpus.map == 0xc);
    libxl_bitmap_dispose(&cpus);
    return rc;
}

static int pool_names(libxl_ctx *ctx, uint32_t domid)
{
    char *name = libxl_cpupoolid_to_name(ctx, 2);
    uint32_t id = 99;
    int was_name, rc;

    IS(name && !strcmp(name, "two"));
    free(name);
    rc = libxl_name_to_cpupoolid(ctx, "two", &id);
    IS(id == 2);
    if (!rc)
        rc = libxl_cpupool_qualifier_to_cpupoolid(ctx, "two", &id, &was_name);
    IS(id == 2 && was_name);
    if (!rc)
        rc = libxl_cpupool_qualifier_to_cpupoolid(ctx, "7", &id, NULL);
    IS(id == 7);
    return rc;
}

static int rename_pool(libxl_ctx *ctx, uint32_t domid)
{
    return libxl_cpupool_rename(ctx, "deux", 2);
}

static int move_cpus(libxl_ctx *ctx, uint32_t domid)
{
    int added, removed;
    int rc = libxl_cpupool_cpuadd_node(ctx, 2, 1, &added);

    IS(added == 2 && fake_xen.pools[2].cpus == 0xe);
    if (!rc)
        rc = libxl_cpupool_cpuremove_node(ctx, 2, 1, &removed);
    IS(removed == 2 && fake_xen.pools[2].cpus == 0x2);
    return rc;
}

static int move_domain(libxl_ctx *ctx, uint32_t domid)
{
    int rc = libxl_cpupool_movedomain(ctx, 2, domid);

    IS(fake_domain(domid)->info.cpupool == 2);
    return rc;
}

static int scheduler(libxl_ctx *ctx, uint32_t domid)
{
    int found = libxl_get_scheduler(ctx);

    IS(found == LIBXL_SCHEDULER_CREDIT2);
    return found < 0 ? found : 0;
}

static int credit(libxl_ctx *ctx, uint32_t domid)
{
    libxl_sched_credit_params params;
    int rc;

    libxl_sched_credit_params_init(&params);
    rc = libxl_sched_credit_params_get(ctx, 0, &params);
    IS(params.tslice_ms == 30 && params.ratelimit_us == 1000);
    params = (libxl_sched_credit_params) { .tslice_ms = 20 };
    if (!rc)
        rc = libxl_sched_credit_params_set(ctx, 0, &params);
    IS(fake_xen.credit.tslice_ms == 20);
    return rc;
}

static int credit2(libxl_ctx *ctx, uint32_t domid)
{
    libxl_sched_credit2_params params;
    int rc = libxl_sched_credit2_params_get(ctx, 0, &params);

    IS(params.ratelimit_us == 1000);
    params.ratelimit_us = 0;
    if (!rc)
        rc = libxl_sched_credit2_params_set(ctx, 0, &params);
    IS(fake_xen.credit2.ratelimit_us == 0);
    return rc;
}

/* Sets one parameter of the domain, and reads it back. */
static int share(libxl_ctx *ctx, uint32_t domid, libxl_scheduler wanted)
{
    libxl_domain_sched_params params;
    int rc;

    fake_xen.pools[0].scheduler = wanted;
    libxl_domain_sched_params_init(&params);
    params.weight = 100;
    params.cap = 150;
    params.period = 20000;
    params.budget = 5000;
    params.extratime = 1;
    rc = libxl_domain_sched_params_set(ctx, domid, &params);
    if (!rc)
        rc = libxl_domain_sched_params_get(ctx, domid, &params);
    IS(params.sched == wanted);
    if (wanted == LIBXL_SCHEDULER_RTDS)
        IS(params.budget == 5000 && params.period == 20000);
    else
        IS(params.weight == 100 && params.cap == 150);
    libxl_domain_sched_params_dispose(&params);
    return rc;
}

static int credit_share(libxl_ctx *ctx, uint32_t domid)
{
    return share(ctx, domid, LIBXL_SCHEDULER_CREDIT);
}

static int credit2_share(libxl_ctx *ctx, uint32_t domid)
{
    return share(ctx, domid, LIBXL_SCHEDULER_CREDIT2);
}

static int rtds_share(libxl_ctx *ctx, uint32_t domid)
{
    return share(ctx, domid, LIBXL_SCHEDULER_RTDS);
}

/* One share for all vCPUs, another for the second one. */
static int vcpu_shares(libxl_ctx *ctx, uint32_t domid)
{
    libxl_sched_params one = { .vcpuid = 1, .period = 3000, .budget = 1000 };
    libxl_vcpu_sched_params params = { .num_vcpus = 1, .vcpus = &one }, all;
    int rc;

    fake_xen.pools[0].scheduler = XEN_SCHEDULER_RTDS;
    rc = libxl_vcpu_sched_params_set_all(ctx, domid, &params);
    one.budget = 2000;
    if (!rc)
        rc = libxl_vcpu_sched_params_set(ctx, domid, &params);
    one.budget = 0;
    if (!rc)
        rc = libxl_vcpu_sched_params_get(ctx, domid, &params);
    IS(one.budget == 2000);
    if (rc)
        return rc;
    libxl_vcpu_sched_params_init(&all);
    rc = libxl_vcpu_sched_params_get_all(ctx, domid, &all);
    IS(all.num_vcpus == 2 && all.vcpus[0].budget == 1000);
    IS(all.vcpus[1].budget == 2000);
    libxl_vcpu_sched_params_dispose(&all);
    return rc;
}

static const struct call calls[] = {
    { "libxl_cpupool_create", make_pool },
    { "libxl_cpupool_destroy", end_pool, TOLERANT },
    { "libxl_cpupool_info", pool_info, TOLERANT },
    { "libxl_list_cpupool", list_pools, TOLERANT },
    { "libxl_get_freecpus", free_cpus, SILENT },
    { "libxl_name_to_cpupoolid", pool_names, SILENT | TOLERANT },
    { "libxl_cpupool_rename", rename_pool },
    { "libxl_cpupool_cpuadd_node", move_cpus, SILENT | TOLERANT },
    { "libxl_cpupool_movedomain", move_domain },
    { "libxl_get_scheduler", scheduler },
    { "libxl_sched_credit_params", credit },
    { "libxl_sched_credit2_params", credit2 },
    { "the credit scheduler", credit_share },
    { "the credit2 scheduler", credit2_share },
    { "the rtds scheduler", rtds_share },
    { "libxl_vcpu_sched_params", vcpu_shares },
};

/* A second pool, of CPU 1; CPUs 2 and 3 are free. */
static void prepare(uint32_t domid)
{
    fake_xen.pools[0].cpus = 0x1;
    fake_xen.pools[2] = (struct fake_pool) { true, XEN_SCHEDULER_RTDS, 0x2 };
    fake_store_write("/local/pool/2/name", "two");
}

static void pools_and_schedulers_do_as_they_are_told(void **state)
{
    calls_check(calls, sizeof(calls) / sizeof(calls[0]), prepare);
}

static libxl_ctx *ctx;

static int set_up(void **state)
{
    int r = fake_host_reset(state);

    ctx = fake_ctx();
    fake_create(ctx, "g");
    prepare(1);
    return r;
}

static int tear_down(void **state)
{
    libxl_ctx_free(ctx);
    return 0;
}

/* Runs func with one value after the other; each is refused in such words. */
static void refused(int rc, const char *words)
{
    assert_true(rc < 0);
    if (!strstr(fake_errors(), words))
        fail_msg("no '%s' in: %s", words, fake_errors());
    fake_log_forget();
}

static void a_pool_with_domains_stays(void **state)
{
    libxl_bitmap none = { 0 };
    libxl_uuid uuid = { .uuid = { 0 } };
    uint32_t id = 0;

    refused(libxl_cpupool_destroy(ctx, 0), "2 domains");
    refused(libxl_cpupool_destroy(ctx, 5), "cpupool 5");
    refused(libxl_cpupool_cpuremove(ctx, 0, 0), "its domains need it");
    refused(libxl_cpupool_cpuadd(ctx, 2, 0), "another");
    refused(libxl_cpupool_rename(ctx, "n", 5), "cpupool 5");
    refused(libxl_cpupool_movedomain(ctx, 5, 1), "cpupool 5");
    refused(libxl_cpupool_movedomain(ctx, 2, 0x10001), "65537");
    refused(libxl_cpupool_create(ctx, "", 0, none, &uuid, &id), "name");
    refused(libxl_cpupool_create(ctx, "n", 0, none, &uuid, &id), "'n'");
    assert_true(libxl_cpupoolid_is_valid(ctx, 2));
    assert_false(libxl_cpupoolid_is_valid(ctx, 1));
}

static void parameters_have_limits(void **state)
{
    static const struct {
        libxl_sched_credit_params params;
        const char *words;
    } bad[] = {
        { { .tslice_ms = 0 }, "0 ms" },
        { { .tslice_ms = 100000 }, "100000 ms" },
        { { .tslice_ms = 10, .ratelimit_us = 5 }, "5 us" },
        { { .tslice_ms = 10, .ratelimit_us = 600000 }, "600000 us" },
        { { .tslice_ms = 10, .ratelimit_us = 20000 }, "20000 us" },
        { { .tslice_ms = 10, .vcpu_migr_delay_us = -1 }, "-1 us" },
        { { .tslice_ms = 10, .vcpu_migr_delay_us = 1000000 }, "1000000 us" },
    };
    libxl_sched_credit2_params credit2 = { .ratelimit_us = 5 };
    libxl_sched_credit_params params;
    size_t i;

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        params = bad[i].params;
        refused(libxl_sched_credit_params_set(ctx, 0, &params), bad[i].words);
    }
    refused(libxl_sched_credit2_params_set(ctx, 0, &credit2), "5 us");
    refused(libxl_sched_credit2_params_get(ctx, 5, &credit2), "cpupool 5");
}

static int set_share(libxl_scheduler sched, int weight, int cap)
{
    libxl_domain_sched_params params;

    libxl_domain_sched_params_init(&params);
    params.sched = sched;
    params.weight = weight;
    params.cap = cap;
    return libxl_domain_sched_params_set(ctx, 1, &params);
}

static void shares_have_limits(void **state)
{
    libxl_domain_sched_params params;

    refused(set_share(LIBXL_SCHEDULER_CREDIT, 0, 0), "weight cannot be 0");
    refused(set_share(LIBXL_SCHEDULER_CREDIT2, 70000, 0), "70000");
    refused(set_share(LIBXL_SCHEDULER_CREDIT, 1, -2), "-2");
    refused(set_share(LIBXL_SCHEDULER_CREDIT, 1, 101), "101");
    refused(set_share(LIBXL_SCHEDULER_SEDF, 1, 0), "sedf");
    refused(set_share(77, 1, 0), "77");
    assert_int_equal(set_share(LIBXL_SCHEDULER_NULL, 1, 0), 0);
    assert_int_equal(set_share(LIBXL_SCHEDULER_ARINC653, 1, 0), 0);
    libxl_domain_sched_params_init(&params);
    refused(libxl_domain_sched_params_set(ctx, 99, &params), "99");
    refused(libxl_domain_sched_params_get(ctx, 99, &params), "99");
    fake_xen.pools[0].scheduler = XEN_SCHEDULER_NULL;
    assert_int_equal(libxl_domain_sched_params_get(ctx, 1, &params), 0);
    fake_xen.pools[0].scheduler = 77;
    refused(libxl_domain_sched_params_get(ctx, 1, &params), "77");
    fake_domain(1)->info.cpupool = 6;
    refused(libxl_domain_sched_params_get(ctx, 1, &params), "cpupool 6");
}

static void vcpus_have_shares_under_rtds_alone(void **state)
{
    libxl_sched_params one = { .vcpuid = 7 };
    libxl_vcpu_sched_params params = { .num_vcpus = 1, .vcpus = &one };

    refused(libxl_vcpu_sched_params_get(ctx, 1, &params), "credit2");
    fake_xen.pools[0].scheduler = XEN_SCHEDULER_RTDS;
    refused(libxl_vcpu_sched_params_get(ctx, 1, &params), "vCPU 7");
    one.vcpuid = -1;
    refused(libxl_vcpu_sched_params_set(ctx, 1, &params), "vCPU -1");
    params.num_vcpus = 0;
    refused(libxl_vcpu_sched_params_get(ctx, 1, &params), "vCPU");
    refused(libxl_vcpu_sched_params_set_all(ctx, 1, &params), "0 times");
    refused(libxl_vcpu_sched_params_get(ctx, 99, &params), "99");
    params.sched = LIBXL_SCHEDULER_RTDS;
    refused(libxl_vcpu_sched_params_set(ctx, 99, &params), "99");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FAKE_TEST(pools_and_schedulers_do_as_they_are_told),
        TEST(a_pool_with_domains_stays),
        TEST(parameters_have_limits),
        TEST(shares_have_limits),
        TEST(vcpus_have_shares_under_rtds_alone),
    };

    return cmocka_run_group_tests(tests, fake_host_start, fake_host_stop);
}
