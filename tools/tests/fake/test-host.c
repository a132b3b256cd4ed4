/* SPDX-License-Identifier: LGPL-2.1-only */
/* The host and its hypervisor, as the public functions show them. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>
#include <libxl_event.h>
#include <libxl_utils.h>

#include "calls.h"
#include "sysfs.h"

static int physinfo(libxl_ctx *ctx, uint32_t domid)
{
    libxl_physinfo info;
    int rc;

    libxl_physinfo_init(&info);
    rc = libxl_get_physinfo(ctx, &info);
    IS(info.nr_cpus == FAKE_CPUS && info.total_pages == FAKE_TOTAL_PAGES);
    IS(info.free_pages == FAKE_TOTAL_PAGES - 0x20000 - 4096);
    IS(info.cap_hvm && info.cap_hap && !info.cap_gnttab_v2);
    IS(info.sharing_freed_pages == 5 && info.sharing_used_frames == 3);
    libxl_physinfo_dispose(&info);
    return rc;
}

static int version(libxl_ctx *ctx, uint32_t domid)
{
    const libxl_version_info *info = libxl_get_version_info(ctx);

    if (!info)
        return ERROR_FAIL;
    IS(info->xen_version_major == 4 && info->xen_version_minor >= 17);
    IS(!strcmp(info->xen_version_extra, ".0"));
    IS(!strcmp(info->compiler, "a compiler"));
    IS(!strcmp(info->changeset, "a changeset"));
    IS(!strcmp(info->build_id, "01ab"));
    IS(!strcmp(info->commandline, "dom0_mem=512M"));
    IS(libxl_get_version_info(ctx) == info);
    return 0;
}

static int messages(libxl_ctx *ctx, uint32_t domid)
{
    libxl_xen_console_reader *reader = libxl_xen_console_read_start(ctx, 0);
    char *line;
    int rc = libxl_xen_console_read_line(ctx, reader, &line);

    if (rc == 1) {
        IS(!strcmp(line, "(XEN) a message\n"));
        rc = libxl_xen_console_read_line(ctx, reader, &line);
    }
    libxl_xen_console_read_finish(ctx, reader);
    return rc;
}

static int keys(libxl_ctx *ctx, uint32_t domid)
{
    char wanted[] = "qr";
    int rc = libxl_send_debug_keys(ctx, wanted);

    IS(!strcmp(fake_xen.keys, "qr"));
    return rc;
}

static int parameters(libxl_ctx *ctx, uint32_t domid)
{
    char wanted[] = "a=1 b=2";
    int rc = libxl_set_parameters(ctx, wanted);

    IS(!strcmp(fake_xen.parameter, "/params/b=2"));
    return rc;
}

static int topology(libxl_ctx *ctx, uint32_t domid)
{
    int count;
    libxl_cputopology *list = libxl_get_cpu_topology(ctx, &count);

    if (!list)
        return ERROR_FAIL;
    IS(count == FAKE_CPUS && list[3].core == 1 && list[3].socket == 1);
    libxl_cputopology_list_free(list, count);
    return 0;
}

static int numa(libxl_ctx *ctx, uint32_t domid)
{
    int count;
    libxl_numainfo *list = libxl_get_numainfo(ctx, &count);

    if (!list)
        return ERROR_FAIL;
    IS(count == FAKE_NODES && list[1].num_dists == 2);
    IS(list[1].dists[0] == 20 && list[1].dists[1] == 10);
    libxl_numainfo_list_free(list, count);
    return 0;
}

static int pci(libxl_ctx *ctx, uint32_t domid)
{
    libxl_pcitopology *list;
    int count;

    fake_device("pci", "0000:00:1f.2", NULL);
    fake_device("pci", "0001:02:03.1", NULL);
    list = libxl_get_pci_topology(ctx, &count);
    if (!list)
        return ERROR_FAIL;
    IS(count == 2 && list[1].node == 1);
    IS(list[0].node == LIBXL_PCITOPOLOGY_INVALID_ENTRY);
    IS(list[0].bus + list[1].bus == 2 && list[0].seg + list[1].seg == 1);
    libxl_pcitopology_list_free(list, count);
    return 0;
}

static int counts(libxl_ctx *ctx, uint32_t domid)
{
    int cpus = libxl_get_max_cpus(ctx), online = libxl_get_online_cpus(ctx),
        nodes = libxl_get_max_nodes(ctx);

    IS(cpus == FAKE_CPUS && online == FAKE_CPUS && nodes == FAKE_NODES);
    return cpus < 0 || online < 0 || nodes < 0 ? ERROR_FAIL : 0;
}

/* A map of CPUs and one of something else, made by one and read by next. */
static int with_maps(libxl_ctx *ctx, uint8_t bit,
                     int alloc(libxl_ctx *, libxl_bitmap *, int),
                     int fill(libxl_ctx *, const libxl_bitmap *,
                              libxl_bitmap *),
                     bool to_cpus, uint8_t expected)
{
    libxl_bitmap cpus, other;
    int rc;

    libxl_bitmap_init(&cpus);
    libxl_bitmap_init(&other);
    rc = libxl_cpu_bitmap_alloc(ctx, &cpus, 0);
    if (!rc)
        rc = alloc(ctx, &other, 0);
    if (!rc) {
        libxl_bitmap_set(to_cpus ? &other : &cpus, bit);
        rc = fill(ctx, to_cpus ? &other : &cpus, to_cpus ? &cpus : &other);
    }
    IS(!rc && *(to_cpus ? &cpus : &other)->map == expected);
    libxl_bitmap_dispose(&cpus);
    libxl_bitmap_dispose(&other);
    return rc;
}

static int cpus_of_nodes(libxl_ctx *ctx, uint32_t domid)
{
    return with_maps(ctx, 1, libxl_node_bitmap_alloc, libxl_nodemap_to_cpumap,
                     true, 0xc);
}

static int nodes_of_cpus(libxl_ctx *ctx, uint32_t domid)
{
    return with_maps(ctx, 2, libxl_node_bitmap_alloc, libxl_cpumap_to_nodemap,
                     false, 0x2);
}

static int fill_node(libxl_ctx *ctx, const libxl_bitmap *unused,
                     libxl_bitmap *cpus)
{
    return libxl_node_to_cpumap(ctx, 0, cpus);
}

static int cpus_of_a_node(libxl_ctx *ctx, uint32_t domid)
{
    return with_maps(ctx, 0, libxl_node_bitmap_alloc, fill_node, true, 0x3);
}

static int fill_sockets(libxl_ctx *ctx, const libxl_bitmap *unused,
                        libxl_bitmap *sockets)
{
    return libxl_get_online_socketmap(ctx, sockets);
}

static int sockets(libxl_ctx *ctx, uint32_t domid)
{
    return with_maps(ctx, 0, libxl_socket_bitmap_alloc, fill_sockets, false,
                     0x3);
}

static int flask(libxl_ctx *ctx, uint32_t domid)
{
    char label[] = "a_label", *text = NULL;
    uint32_t sid;
    size_t length;
    int rc = libxl_flask_context_to_sid(ctx, label, strlen(label), &sid);

    if (!rc)
        rc = libxl_flask_sid_to_context(ctx, sid, &text, &length);
    IS(!rc && sid == 7 && !strcmp(text, "a_label") && length == 8);
    if (!rc)
        rc = libxl_flask_setenforce(ctx, 1);
    IS(libxl_flask_getenforce(ctx) == 1);
    if (!rc)
        rc = libxl_flask_loadpolicy(ctx, label, sizeof(label));
    free(text);
    return rc;
}

static int free_memory(libxl_ctx *ctx, uint32_t domid)
{
    uint32_t narrow;
    uint64_t kb;
    int rc = libxl_get_free_memory(ctx, &kb);

    if (!rc)
        rc = libxl_get_free_memory_0x040700(ctx, &narrow);
    IS(kb == (FAKE_TOTAL_PAGES - 0x20000 - 4096) * UINT64_C(4) && kb == narrow);
    if (!rc)
        rc = libxl_wait_for_free_memory(ctx, domid, kb, 1);
    return rc;
}

static int needed_memory(libxl_ctx *ctx, uint32_t domid)
{
    libxl_domain_config config;
    uint32_t narrow;
    uint64_t kb;
    int rc;

    fake_config(&config, "n");
    rc = libxl_domain_need_memory(ctx, &config, INVALID_DOMID, &kb);
    IS(kb == 20480);
    if (!rc)
        rc = libxl_domain_need_memory_0x041200(ctx, &config.b_info, &kb);
    if (!rc)
        rc = libxl_domain_need_memory_0x040700(ctx, &config.b_info, &narrow);
    IS(narrow == kb);
    libxl_domain_config_dispose(&config);
    return rc;
}

static const struct call calls[] = {
    { "libxl_get_physinfo", physinfo },
    { "libxl_get_version_info", version, TOLERANT },
    { "libxl_xen_console_read_line", messages },
    { "libxl_send_debug_keys", keys },
    { "libxl_set_parameters", parameters },
    { "libxl_get_cpu_topology", topology },
    { "libxl_get_numainfo", numa },
    { "libxl_get_pci_topology", pci },
    { "libxl_get_max_cpus", counts, SILENT },
    { "libxl_nodemap_to_cpumap", cpus_of_nodes },
    { "libxl_cpumap_to_nodemap", nodes_of_cpus },
    { "libxl_node_to_cpumap", cpus_of_a_node },
    { "libxl_get_online_socketmap", sockets },
    { "libxl_flask", flask, SILENT | TOLERANT },
    { "libxl_get_free_memory", free_memory },
    { "libxl_domain_need_memory", needed_memory },
};

static void prepare(uint32_t domid)
{
    fake_xen.has_flask = fake_xen.has_sharing = true;
}

static void the_host_is_as_the_hypervisor_says(void **state)
{
    calls_check(calls, sizeof(calls) / sizeof(calls[0]), prepare);
}

static void without_sharing_there_is_nothing_shared(void **state)
{
    libxl_ctx *ctx = fake_ctx();
    libxl_physinfo info;

    libxl_physinfo_init(&info);
    assert_int_equal(libxl_get_physinfo(ctx, &info), 0);
    assert_int_equal(info.sharing_freed_pages, 0);
    libxl_physinfo_dispose(&info);
    libxl_ctx_free(ctx);
}

static void what_is_no_parameter_is_refused(void **state)
{
    char none[] = "alone", empty[] = "=1";
    libxl_ctx *ctx = fake_ctx();

    assert_int_equal(libxl_set_parameters(ctx, none), ERROR_INVAL);
    assert_int_equal(libxl_set_parameters(ctx, empty), ERROR_INVAL);
    assert_non_null(strstr(fake_errors(), "'alone'"));
    libxl_ctx_free(ctx);
}

static void maps_have_any_size_but_a_negative_one(void **state)
{
    libxl_ctx *ctx = fake_ctx();
    libxl_bitmap map;

    libxl_bitmap_init(&map);
    assert_int_equal(libxl_cpu_bitmap_alloc(ctx, &map, -1), ERROR_INVAL);
    assert_int_equal(libxl_cpu_bitmap_alloc(ctx, &map, 100), 0);
    assert_int_equal(map.size, 13);
    libxl_bitmap_dispose(&map);
    libxl_ctx_free(ctx);
}

static void memory_that_does_not_become_free_is_not_waited_for(void **state)
{
    libxl_ctx *ctx = fake_ctx();
    uint32_t narrow;

    assert_int_equal(libxl_wait_for_free_memory(ctx, 1, UINT64_C(1) << 40, 0),
                     ERROR_NOMEM);
    fake_xen.total_pages = UINT64_C(1) << 32;
    assert_int_equal(libxl_get_free_memory_0x040700(ctx, &narrow), ERROR_FAIL);
    libxl_ctx_free(ctx);
}

static void the_history_of_numbers_is_forgotten(void **state)
{
    libxl_ctx *ctx = fake_ctx();

    assert_int_equal(libxl_clear_domid_history(ctx), 0);
    fake_file("run/domid-history", "7", 1);
    assert_int_equal(libxl_clear_domid_history(ctx), 0);
    mkdir("run/domid-history", 0700);
    assert_int_equal(libxl_clear_domid_history(ctx), ERROR_FAIL);
    libxl_ctx_free(ctx);
}

static void tmem_is_gone(void **state)
{
    libxl_ctx *ctx = fake_ctx();
    char name[] = "n";

    assert_null(libxl_tmem_list(ctx, 0, 0));
    assert_true(libxl_tmem_freeze(ctx, 0) < 0);
    assert_true(libxl_tmem_thaw(ctx, 0) < 0);
    assert_true(libxl_tmem_set(ctx, 0, name, 0) < 0);
    assert_true(libxl_tmem_shared_auth(ctx, 0, name, 0) < 0);
    assert_true(libxl_tmem_freeable(ctx) < 0);
    libxl_ctx_free(ctx);
}

/* No context without its connections. */
static void without_a_host_there_is_no_context(void **state)
{
    libxl_ctx *ctx;

    assert_int_equal(libxl_ctx_alloc(&ctx, LIBXL_VERSION + 1, 0, NULL),
                     ERROR_VERSION);
    fake_xen_refuse("xc_interface_open", ENOENT);
    assert_int_equal(libxl_ctx_alloc(&ctx, LIBXL_VERSION, 0, NULL), ERROR_FAIL);
    assert_null(ctx);
    fake_xen_refuse(NULL, 0);
    setenv("XENSTORED_PATH", "nowhere", 1);
    assert_int_equal(libxl_ctx_alloc(&ctx, LIBXL_VERSION, 0, NULL), ERROR_FAIL);
    assert_int_equal(libxl_ctx_free(NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FAKE_TEST(the_host_is_as_the_hypervisor_says),
        FAKE_TEST(without_sharing_there_is_nothing_shared),
        FAKE_TEST(what_is_no_parameter_is_refused),
        FAKE_TEST(maps_have_any_size_but_a_negative_one),
        FAKE_TEST(memory_that_does_not_become_free_is_not_waited_for),
        FAKE_TEST(the_history_of_numbers_is_forgotten),
        FAKE_TEST(tmem_is_gone),
        FAKE_TEST(without_a_host_there_is_no_context),
    };

    return cmocka_run_group_tests(tests, fake_host_start, fake_host_stop);
}
