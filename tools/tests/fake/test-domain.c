/* SPDX-License-Identifier: LGPL-2.1-only */
/* What the public functions say of domains that live, and do to them. */
#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libxl_event.h>
#include <libxl_utils.h>

#include "calls.h"

static int list(libxl_ctx *ctx, uint32_t domid)
{
    int count;
    libxl_dominfo *infos = libxl_list_domain(ctx, &count);

    if (!infos)
        return ERROR_FAIL;
    IS(count == 2 && infos[0].domid == 0 && infos[1].domid == domid);
    IS(infos[1].paused && !infos[1].shutdown);
    IS(infos[1].domain_type == LIBXL_DOMAIN_TYPE_HVM);
    IS(infos[1].current_memkb == 16384 && infos[1].vcpu_max_id == 1);
    IS(!strcmp(infos[1].ssid_label, "another"));
    libxl_dominfo_list_free(infos, count);
    return 0;
}

static int list_vms(libxl_ctx *ctx, uint32_t domid)
{
    int count;
    libxl_vminfo *infos = libxl_list_vm(ctx, &count);

    if (!infos)
        return ERROR_FAIL;
    IS(count == 2 && infos[1].domid == domid);
    libxl_vminfo_list_free(infos, count);
    return 0;
}

static int info(libxl_ctx *ctx, uint32_t domid)
{
    libxl_dominfo found;
    int rc;

    libxl_dominfo_init(&found);
    rc = libxl_domain_info(ctx, &found, domid);
    IS(found.domid == domid && found.gpaddr_bits == 40);
    libxl_dominfo_dispose(&found);
    if (!rc)
        rc = libxl_domain_info(ctx, NULL, domid);
    return rc;
}

static int start_time(libxl_ctx *ctx, uint32_t domid)
{
    uint32_t seconds = libxl_vm_get_start_time(ctx, domid);

    IS(seconds > 1600000000);
    return seconds == UINT32_MAX ? ERROR_FAIL : 0;
}

static int pausing(libxl_ctx *ctx, uint32_t domid)
{
    int rc = libxl_domain_unpause(ctx, domid, NULL);

    IS(!(fake_domain(domid)->info.flags & XEN_DOMINF_paused));
    if (!rc)
        rc = libxl_domain_pause(ctx, domid, NULL);
    IS(fake_domain(domid)->info.flags & XEN_DOMINF_paused);
    return rc;
}

static int triggers(libxl_ctx *ctx, uint32_t domid)
{
    static const struct {
        libxl_trigger trigger;
        uint32_t number;
    } all[] = {
        { LIBXL_TRIGGER_POWER, XEN_DOMCTL_SENDTRIGGER_POWER },
        { LIBXL_TRIGGER_SLEEP, XEN_DOMCTL_SENDTRIGGER_SLEEP },
        { LIBXL_TRIGGER_NMI, XEN_DOMCTL_SENDTRIGGER_NMI },
        { LIBXL_TRIGGER_INIT, XEN_DOMCTL_SENDTRIGGER_INIT },
        { LIBXL_TRIGGER_RESET, XEN_DOMCTL_SENDTRIGGER_RESET },
    };
    size_t i;
    int rc = 0;

    for (i = 0; i < sizeof(all) / sizeof(all[0]) && !rc; i++) {
        rc = libxl_send_trigger(ctx, domid, all[i].trigger, 1, NULL);
        IS(fake_domain(domid)->trigger == all[i].number);
        IS(fake_domain(domid)->trigger_vcpu == 1);
    }
    return rc;
}

static int dump(libxl_ctx *ctx, uint32_t domid)
{
    return libxl_domain_core_dump(ctx, domid, "core", NULL);
}

static int names(libxl_ctx *ctx, uint32_t domid)
{
    char *name = libxl_domid_to_name(ctx, domid);
    uint32_t found = 0;
    int rc = name ? libxl_name_to_domid(ctx, "g", &found) : ERROR_FAIL;

    IS(found == domid && !strcmp(name, "g"));
    free(name);
    if (!rc)
        rc = libxl_domain_qualifier_to_domid(ctx, "g", &found);
    IS(found == domid);
    return rc;
}

static int affinity(libxl_ctx *ctx, uint32_t domid)
{
    uint8_t hard_bits[2] = { 0x3 }, soft_bits = 0x1;
    libxl_bitmap hard = { .size = 2, .map = hard_bits },
                 soft = { .size = 1, .map = &soft_bits };
    int rc = libxl_set_vcpuaffinity(ctx, domid, 1, &hard, &soft);

    IS(fake_domain(domid)->hard[1] == 0x3 && fake_domain(domid)->soft[1] == 1);
    if (!rc)
        rc = libxl_set_vcpuaffinity_force(ctx, domid, 0, &soft, NULL);
    IS(fake_domain(domid)->hard[0] == 0x1 &&
       fake_domain(domid)->soft[0] == 0xf);
    if (!rc)
        rc = libxl_set_vcpuaffinity_all(ctx, domid, 2, NULL, &soft);
    IS(fake_domain(domid)->soft[0] == 0x1);
    return rc;
}

static int nodes(libxl_ctx *ctx, uint32_t domid)
{
    uint8_t bits = 0x1, found_bits = 0xff;
    libxl_bitmap map = { .size = 1, .map = &bits },
                 found = { .size = 1, .map = &found_bits };
    int rc = libxl_domain_set_nodeaffinity(ctx, domid, &map);

    IS(fake_domain(domid)->nodes == 0x1);
    if (!rc)
        rc = libxl_domain_get_nodeaffinity(ctx, domid, &found);
    IS(found_bits == 0x1);
    return rc;
}

static int vcpus(libxl_ctx *ctx, uint32_t domid)
{
    int count, cpus;
    libxl_vcpuinfo *infos = libxl_list_vcpu(ctx, domid, &count, &cpus);

    if (!infos)
        return ERROR_FAIL;
    IS(count == 2 && cpus == FAKE_CPUS && infos[0].online && !infos[1].online);
    IS(infos[1].vcpu_time == 101 && libxl_bitmap_test(&infos[1].cpumap, 3));
    libxl_vcpuinfo_list_free(infos, count);
    return 0;
}

static int memory(libxl_ctx *ctx, uint32_t domid)
{
    uint32_t narrow;
    uint64_t kb;
    int rc = libxl_set_memory_target(ctx, domid, -8192, 1, 1);

    IS(fake_domain(domid)->info.max_pages == (8192 + 1024) / 4);
    if (!rc)
        rc = libxl_get_memory_target(ctx, domid, &kb);
    if (!rc)
        rc = libxl_get_memory_target_0x040700(ctx, domid, &narrow);
    IS(kb == 8192 && narrow == 8192);
    return rc;
}

static int dom0_memory(libxl_ctx *ctx, uint32_t domid)
{
    uint64_t kb;
    int rc = libxl_get_memory_target(ctx, 0, &kb);

    IS(kb == 0x20000 * 4);
    return rc;
}

static int reached(libxl_ctx *ctx, uint32_t domid)
{
    return libxl_wait_for_memory_target(ctx, domid, 0);
}

static int tty(libxl_ctx *ctx, uint32_t domid)
{
    char *path = NULL;
    int rc = libxl_primary_console_get_tty(ctx, domid, &path);

    IS(!strcmp(path, "/dev/pts/1"));
    free(path);
    path = NULL;
    if (!rc)
        rc = libxl_console_get_tty(ctx, domid, 0, LIBXL_CONSOLE_TYPE_VUART,
                                   &path);
    free(path);
    return rc;
}

/* The kernel takes whatever it is asked for. */
static void take_request(uint32_t type, const char *path)
{
    char *value = fake_store_read("/local/domain/1/control/shutdown");

    if (value && *value)
        fake_store_write("/local/domain/1/control/shutdown", "");
    free(value);
}

static int shutting_down(libxl_ctx *ctx, uint32_t domid)
{
    int rc;

    fake_store_hook = take_request;
    rc = libxl_domain_shutdown(ctx, domid, NULL);
    if (!rc)
        rc = libxl_domain_reboot(ctx, domid, NULL);
    fake_store_hook = NULL;
    return rc;
}

static int key(libxl_ctx *ctx, uint32_t domid)
{
    return libxl_send_sysrq(ctx, domid, 's');
}

static int console(libxl_ctx *ctx, uint32_t domid)
{
    /* There is no such program. */
    int rc = libxl_primary_console_exec(ctx, domid, -1
#ifdef LIBXL_HAVE_CONSOLE_ESCAPE_CHARACTER
                                        ,
                                        NULL
#endif
    );

    IS(rc == ERROR_FAIL && strstr(fake_errors(), "xenconsole"));
    return rc == ERROR_FAIL && strstr(fake_errors(), "xenconsole") ? 0 : rc;
}

static const struct call calls[] = {
    { "libxl_list_domain", list, TOLERANT },
    { "libxl_list_vm", list_vms },
    { "libxl_domain_info", info, TOLERANT },
    { "libxl_vm_get_start_time", start_time },
    { "libxl_domain_pause", pausing },
    { "libxl_send_trigger", triggers },
    { "libxl_domain_core_dump", dump },
    { "libxl_name_to_domid", names, SILENT | TOLERANT },
    { "libxl_set_vcpuaffinity", affinity },
    { "libxl_domain_set_nodeaffinity", nodes },
    { "libxl_list_vcpu", vcpus },
    { "libxl_set_memory_target", memory },
    { "libxl_get_memory_target", dom0_memory },
    { "libxl_wait_for_memory_target", reached },
    { "libxl_console_get_tty", tty },
    { "libxl_domain_shutdown", shutting_down, TOLERANT },
    { "libxl_send_sysrq", key },
    { "libxl_primary_console_exec", console },
};

static void prepare(uint32_t domid)
{
    fake_xen.has_flask = true;
    fake_store_write("/local/domain/1/console/tty", "/dev/pts/1");
    fake_store_write("/local/domain/1/vuart/0/tty", "/dev/pts/2");
}

static void domains_are_as_the_hypervisor_says(void **state)
{
    calls_check(calls, sizeof(calls) / sizeof(calls[0]), prepare);
}

static libxl_ctx *ctx;

static int set_up(void **state)
{
    int r = fake_host_reset(state);

    ctx = fake_ctx();
    fake_create(ctx, "g");
    return r;
}

static int tear_down(void **state)
{
    libxl_ctx_free(ctx);
    return 0;
}

static void refused(int rc, const char *words)
{
    assert_true(rc < 0);
    if (!strstr(fake_errors(), words))
        fail_msg("no '%s' in: %s", words, fake_errors());
    fake_log_forget();
}

static void what_no_domain_has_is_refused(void **state)
{
    uint8_t bits = 0;
    libxl_bitmap map = { .size = 1, .map = &bits };
    libxl_dominfo info;
    char *path;
    int a, b;

    refused(libxl_send_trigger(ctx, 1, LIBXL_TRIGGER_S3RESUME, 0, NULL),
            "s3resume");
    refused(libxl_send_trigger(ctx, 1, 77, 0, NULL), "'?'");
    refused(libxl_send_trigger(ctx, 0x10001, LIBXL_TRIGGER_NMI, 0, NULL),
            "65537");
    refused(libxl_domain_pause(ctx, 0x10001, NULL), "65537");
    refused(libxl_domain_unpause(ctx, 0x10001, NULL), "65537");
    refused(libxl_set_vcpuaffinity(ctx, 1, 0, NULL, NULL), "neither");
    refused(libxl_set_vcpuaffinity(ctx, 0x10001, 0, &map, NULL), "65537");
    refused(libxl_domain_set_nodeaffinity(ctx, 0x10001, &map), "65537");
    refused(libxl_domain_get_nodeaffinity(ctx, 0x10001, &map), "65537");
    refused(libxl_console_get_tty(ctx, 1, 0, 77, &path), "77");
    refused(libxl_console_get_tty(ctx, 1, 3, LIBXL_CONSOLE_TYPE_PV, &path),
            "device/console/3");
    refused(libxl_console_get_tty(ctx, 1, 0, LIBXL_CONSOLE_TYPE_SERIAL, &path),
            "serial/0");
    refused(libxl_set_vcpuonline(ctx, 1, &map, NULL), "vCPU");
    bits = 0x2;
    refused(libxl_set_vcpuonline(ctx, 1, &map, NULL), "vCPU 1");
    assert_null(libxl_list_vcpu(ctx, 99, &a, &b));
    assert_int_equal(libxl_domain_info(ctx, &info, 99), ERROR_DOMAIN_NOTFOUND);
    assert_true(libxl_vm_get_start_time(ctx, 99) == UINT32_MAX);
    refused(libxl_send_sysrq(ctx, 99, 's'), "99");
    refused(libxl_domain_shutdown(ctx, 99, NULL), "99");
}

static void memory_has_limits(void **state)
{
    uint64_t kb;
    uint32_t narrow;

    refused(libxl_set_memory_target(ctx, 1, 1 << 20, 0, 1), "at most 16384");
    refused(libxl_set_memory_target(ctx, 1, INT64_MAX, 1, 1), "at most 16384");
    assert_int_equal(libxl_set_memory_target(ctx, 1, INT64_MIN, 1, 0), 0);
    assert_int_equal(libxl_set_memory_target(ctx, 1, 8192, 0, 0), 0);
    refused(libxl_set_memory_target(ctx, 0, 1000, 0, 1), "dom0");
    refused(libxl_set_memory_target(ctx, 99, 1000, 0, 1), "99");
    refused(libxl_domain_setmaxmem(ctx, 1, 4096), "8192 KiB");
    refused(libxl_domain_setmaxmem(ctx, 99, 4096), "99");
    assert_true(libxl_wait_for_memory_target(ctx, 1, 0) < 0);
    assert_int_equal(libxl_set_memory_target(ctx, 1, 16384, 0, 1), 0);
    assert_int_equal(libxl_wait_for_memory_target(ctx, 1, 1), 0);
    fake_store_write("/local/domain/1/memory/target", "many");
    refused(libxl_get_memory_target(ctx, 1, &kb), "many");
    fake_store_write("/local/domain/1/memory/target", "5000000000");
    refused(libxl_get_memory_target_0x040700(ctx, 1, &narrow), "5000000000");
    fake_store_rm("/local/domain/1/memory/target");
    refused(libxl_get_memory_target(ctx, 1, &kb), "domain 1");
}

static void names_and_numbers_of_domains(void **state)
{
    uint32_t domid = 99, target;

    assert_int_equal(libxl_name_to_domid(ctx, "none", &domid), ERROR_INVAL);
    assert_int_equal(libxl_domain_qualifier_to_domid(ctx, "12", &domid), 0);
    assert_int_equal(domid, 12);
    assert_int_equal(libxl_domain_qualifier_to_domid(ctx, "-1", &domid),
                     ERROR_INVAL);
    assert_null(libxl_domid_to_name(ctx, 99));
    assert_true(libxl_domid_valid_guest(1) && !libxl_domid_valid_guest(0));
    assert_int_equal(libxl_get_stubdom_id(ctx, 1), 0);
    fake_store_write("/local/domain/1/image/device-model-domid", "5");
    assert_int_equal(libxl_get_stubdom_id(ctx, 1), 5);
    assert_false(libxl_is_stubdom(ctx, 1, &target));
    fake_store_write("/local/domain/1/target", "6");
    assert_true(libxl_is_stubdom(ctx, 1, &target));
    assert_int_equal(target, 6);
    assert_true(libxl_is_stubdom(ctx, 1, NULL));
}

/* What has come in is looked at, as an application's loop does it. */
static void look_at_events(void)
{
    struct timeval now = { 0 };
    int count = 8, timeout = -1;
    struct pollfd fds[8];

    assert_int_equal(libxl_osevent_beforepoll(ctx, &count, fds, &timeout, now),
                     0);
    poll(fds, count, 1);
    libxl_osevent_afterpoll(ctx, count, fds, now);
}

static unsigned int requests_to_find(const char *name, uint32_t expected)
{
    uint32_t domid;

    look_at_events();
    fake_store_fail(0, FAKE_REFUSE);
    assert_int_equal(libxl_name_to_domid(ctx, name, &domid), 0);
    assert_int_equal(domid, expected);
    return fake_store_requests();
}

/* Who watches a domain keeps its name for everybody. */
static void a_watched_name_is_kept(void **state)
{
    libxl_evgen_domain_death *death, *second, *third;
    uint32_t other = fake_create(ctx, "other"), domid;
    unsigned int i;

    assert_int_equal(libxl_evenable_domain_death(ctx, other, 0, &second), 0);
    assert_int_equal(libxl_evenable_domain_death(ctx, 1, 0, &death), 0);
    assert_int_equal(libxl_evenable_domain_death(ctx, other, 0, &third), 0);
    /* In the end nothing is asked for but whether the name is up to date. */
    for (i = 0; i < 1000 && requests_to_find("other", other) > 1; i++)
        ;
    for (i = 0; i < 1000 && requests_to_find("g", 1) > 1; i++)
        ;
    assert_true(i < 1000);
    /* What is kept may be behind. */
    fake_store_write("/local/domain/1/name", "fresh");
    assert_int_equal(libxl_name_to_domid(ctx, "g", &domid), ERROR_INVAL);
    assert_int_equal(libxl_domain_rename(ctx, other, NULL, "third"), 0);
    assert_int_equal(libxl_name_to_domid(ctx, "third", &domid), 0);
    assert_int_equal(libxl_name_to_domid(ctx, "other", &domid), ERROR_INVAL);
    libxl_evdisable_domain_death(ctx, second);
    libxl_evdisable_domain_death(ctx, third);
    libxl_evdisable_domain_death(ctx, death);
}

static bool is_shown(uint32_t domid, const char *name)
{
    char *shown = libxl_domid_to_name(ctx, domid);
    bool same = shown && !strcmp(shown, name);

    free(shown);
    return same;
}

static unsigned int requests_to_show(uint32_t domid, const char *name)
{
    look_at_events();
    fake_store_fail(0, FAKE_REFUSE);
    assert_true(is_shown(domid, name));
    return fake_store_requests();
}

static void a_kept_name_is_shown(void **state)
{
    libxl_evgen_domain_death *death;
    xen_domain_handle_t uuid;
    unsigned int i;

    assert_int_equal(libxl_evenable_domain_death(ctx, 1, 0, &death), 0);
    for (i = 0; i < 1000 && requests_to_show(1, "g"); i++)
        ;
    assert_true(i < 1000);
    assert_int_equal(libxl_domain_rename(ctx, 1, NULL, "renamed"), 0);
    assert_true(is_shown(1, "renamed"));
    /* Somebody else's change is shown once the one who keeps it has seen it. */
    fake_store_write("/local/domain/1/name", "fresh");
    for (i = 0; i < 1000 && !is_shown(1, "fresh"); i++)
        look_at_events();
    assert_true(i < 1000);
    for (i = 0; i < 1000 && requests_to_show(1, "fresh"); i++)
        ;
    assert_true(i < 1000);
    /* Of a domain with another UUID, nothing is kept. */
    memcpy(uuid, fake_domain(1)->info.handle, sizeof(uuid));
    fake_domain(1)->info.handle[0] ^= 1;
    assert_int_equal(requests_to_show(1, "fresh"), 1);
    memcpy(fake_domain(1)->info.handle, uuid, sizeof(uuid));
    libxl_evdisable_domain_death(ctx, death);
    assert_int_equal(requests_to_show(1, "fresh"), 1);
}

static void the_end_of_a_domain_is_an_event(void **state)
{
    libxl_evgen_domain_death *death;
    libxl_event *event;

    assert_int_equal(libxl_evenable_domain_death(ctx, 1, 8, &death), 0);
    fake_domain(1)->info.flags |=
        XEN_DOMINF_shutdown | LIBXL_SHUTDOWN_REASON_REBOOT
                                  << XEN_DOMINF_shutdownshift;
    fake_store_shut_down(1);
    assert_int_equal(
        libxl_event_wait(ctx, &event, LIBXL_EVENTMASK_ALL, NULL, NULL), 0);
    assert_int_equal(event->type, LIBXL_EVENT_TYPE_DOMAIN_SHUTDOWN);
    assert_int_equal(event->u.domain_shutdown.shutdown_reason,
                     LIBXL_SHUTDOWN_REASON_REBOOT);
    libxl_event_free(ctx, event);
    assert_int_equal(libxl_domain_destroy(ctx, 1, NULL), 0);
    assert_int_equal(
        libxl_event_wait(ctx, &event, LIBXL_EVENTMASK_ALL, NULL, NULL), 0);
    assert_int_equal(event->type, LIBXL_EVENT_TYPE_DOMAIN_DEATH);
    assert_int_equal(event->for_user, 8);
    libxl_event_free(ctx, event);
    libxl_evdisable_domain_death(ctx, death);
}

static void many_domains_are_listed(void **state)
{
    libxl_dominfo *infos;
    uint32_t domid;
    int count;

    for (domid = 2; domid < FAKE_DOMAINS; domid++)
        fake_domain_add(domid, 0);
    infos = libxl_list_domain(ctx, &count);
    assert_int_equal(count, FAKE_DOMAINS);
    assert_int_equal(infos[count - 1].domid, FAKE_DOMAINS - 1);
    libxl_dominfo_list_free(infos, count);
}

static void a_kernel_may_say_that_it_does_not_obey(void **state)
{
    fake_store_write("/local/domain/1/control/feature-poweroff", "0");
    refused(libxl_domain_shutdown(ctx, 1, NULL), "poweroff");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FAKE_TEST(domains_are_as_the_hypervisor_says),
        TEST(what_no_domain_has_is_refused),
        TEST(memory_has_limits),
        TEST(names_and_numbers_of_domains),
        TEST(a_watched_name_is_kept),
        TEST(a_kept_name_is_shown),
        TEST(the_end_of_a_domain_is_an_event),
        TEST(many_domains_are_listed),
        TEST(a_kernel_may_say_that_it_does_not_obey),
    };

    return cmocka_run_group_tests(tests, fake_host_start, fake_host_stop);
}
