/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The life of a domain: what creation gives it, what is stored of it, and
 * what takes it away.
 */
#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <libfdt.h>
#include <libxl_event.h>
#include <libxl_utils.h>

#include "guest.h"

static void node_is(const char *path, const char *value)
{
    char *found = fake_store_read(path);

    if (!found)
        fail_msg("%s is missing", path);
    assert_string_equal(found, value);
    free(found);
}

static void a_domain_comes_and_goes(void **state)
{
    uint32_t domid = fake_create(guest_ctx, "g");
    const struct fake_domain *domain = fake_domain(domid);

    assert_int_equal(domid, 1);
    assert_true(domain->booted);
    assert_int_equal(domain->info.tot_pages, 4096);
    assert_int_equal(domain->info.max_pages, 4096 + 256);
    assert_int_equal(domain->ports, 2);
    assert_int_equal(domain->paging_bytes, (4 * (256 + 16) + 512) * 1024);
    assert_true(domain->info.flags & XEN_DOMINF_paused);
    assert_true(fake_store_is_introduced(domid));
    node_is("/local/domain/1/name", "g");
    guest_destroy(domid);
    assert_false(fake_store_is_introduced(domid));
    assert_string_equal(fake_errors(), "");
}

static void check_machine(const struct fake_domain *domain)
{
    assert_int_equal(domain->created.arch.nr_spis, 41 - 32 + 1);
    assert_int_equal(domain->created.max_grant_frames, 64);
    assert_true(domain->created.flags & XEN_DOMCTL_CDF_vpmu);
    assert_int_equal(domain->iomem_count, 2);
    assert_int_equal(domain->iomem[0].gfn, 0x10000);
    assert_int_equal(domain->iomem[0].mfn, 0x9010);
    assert_int_equal(domain->iomem[1].gfn, 0x30000);
    assert_int_equal(domain->iomem[1].pages, 2);
    assert_int_equal(domain->irq_count, 2);
    assert_int_equal(domain->irqs[1], 41);
    assert_true(domain->has_vuart);
    assert_int_equal(domain->ports, 3);
    assert_int_equal(domain->info.outstanding_pages, 0);
}

static void check_placement(const struct fake_domain *domain)
{
    assert_int_equal(domain->info.max_vcpu_id, 2);
    assert_int_equal(domain->info.cpupool, 3);
    assert_int_equal(domain->info.ssidref, 7);
    assert_int_equal(domain->hard[0], 0x1);
    assert_int_equal(domain->hard[1], 0x2);
    assert_int_equal(domain->hard[2], 0xc);
    assert_int_equal(domain->soft[0], 0x1);
    assert_int_equal(domain->soft[1], 0xf);
    assert_int_equal(domain->nodes, 0x2);
    assert_int_equal(domain->credit2.weight, 300);
}

static void check_nodes(void)
{
    node_is("/local/domain/1/cpu/0/availability", "online");
    node_is("/local/domain/1/cpu/2/availability", "offline");
    node_is("/local/domain/1/vm-data/a", "one");
    node_is("/local/domain/1/platform/acpi_s3", "1");
    node_is("/local/domain/1/vuart/0/port", "3");
    node_is("/local/domain/1/store/port", "1");
    node_is("/local/domain/1/console/port", "2");
    node_is("/local/domain/0/backend/vuart/1/0/state", "1");
}

static void check_tree(void)
{
    int length, chosen = fdt_path_offset(fake_xen.tree, "/chosen");

    assert_int_equal(fdt_check_header(fake_xen.tree), 0);
    assert_string_equal(fdt_getprop(fake_xen.tree, chosen, "bootargs", &length),
                        "console=hvc0");
    assert_non_null(
        fdt_getprop(fake_xen.tree, chosen, "linux,initrd-start", &length));
    assert_true(fdt_path_offset(fake_xen.tree, "/passthrough/device") > 0);
}

/* What the caller asked for comes back, with what has changed since. */
static void check_stored(uint32_t domid)
{
    libxl_domain_config config;

    libxl_domain_config_init(&config);
    assert_int_equal(
        libxl_retrieve_domain_configuration(guest_ctx, domid, &config, NULL),
        0);
    assert_string_equal(config.c_info.name, "everything");
    assert_string_equal(config.c_info.pool_name, "pool");
    assert_string_equal(config.b_info.device_tree, "partial.dtb");
    assert_int_equal(config.b_info.max_vcpus, 3);
    assert_true(libxl_bitmap_test(&config.b_info.avail_vcpus, 1));
    assert_false(libxl_bitmap_test(&config.b_info.avail_vcpus, 2));
    assert_int_equal(config.b_info.num_iomem, 2);
    assert_int_equal(config.b_info.sched_params.weight, 300);
    assert_int_equal(config.b_info.max_memkb, 16384);
    libxl_domain_config_dispose(&config);
}

static void a_domain_gets_everything_it_asks_for(void **state)
{
    libxl_domain_config config;
    uint32_t domid;

    free(guest_rest.nodes);
    fake_config_pool();
    guest_rest.nodes = fake_store_text();
    fake_xen.has_flask = true;
    fake_config_everything(&config, "everything");
    assert_int_equal(guest_create_of(&config, &domid), 0);
    assert_string_equal(fake_errors(), "");
    assert_string_equal(fake_warnings(), "");
    check_machine(fake_domain(domid));
    check_placement(fake_domain(domid));
    check_nodes();
    check_tree();
    check_stored(domid);
    guest_destroy(domid);
}

static void a_32_bit_kernel_gets_a_tree_of_its_own(void **state)
{
    fake_xen.kernel_type = "xen-3.0-armv7l";
    guest_destroy(fake_create(guest_ctx, "g"));
    assert_int_equal(fdt_check_header(fake_xen.tree), 0);
}

static void a_guest_that_is_too_large_for_one_bank_gets_two(void **state)
{
    libxl_domain_config config;
    uint32_t domid;

    fake_xen.total_pages = 4 << 20;
    fake_config(&config, "large");
    config.b_info.target_memkb = config.b_info.max_memkb = 4 << 20;
    assert_int_equal(guest_create_of(&config, &domid), 0);
    assert_int_equal(fake_domain(domid)->info.tot_pages, 1 << 20);
    guest_destroy(domid);
}

static void numbers_of_domains_are_asked_for(void **state)
{
    libxl_domain_config config;
    uint32_t domid;

    fake_config(&config, "seven");
    config.c_info.domid = 7;
    assert_int_equal(guest_create_of(&config, &domid), 0);
    assert_int_equal(domid, 7);
    fake_config(&config, "again");
    config.c_info.domid = 7;
    assert_int_equal(guest_create_of(&config, &domid), ERROR_FAIL);
    guest_destroy(7);

    fake_config(&config, "any");
    config.c_info.domid = INVALID_DOMID;
    assert_int_equal(guest_create_of(&config, &domid), 0);
    assert_int_equal(domid, 1);
    guest_destroy(domid);
}

/* A random number that is in use is followed by another one. */
static void a_random_number_is_tried_again(void **state)
{
    libxl_domain_config config;
    uint32_t domid;

    fake_xen_refuse("xc_domain_create", EEXIST);
    fake_config(&config, "random");
    config.c_info.domid = RANDOM_DOMID;
    fake_xen_fail(0, false, 0);
    assert_int_equal(guest_create_of(&config, &domid), ERROR_FAIL);
    assert_true(fake_xen_calls() > 100);
    fake_xen_refuse(NULL, 0);
}

/* A configuration with next to nothing in it. */
static void what_is_left_open_has_a_default(void **state)
{
    libxl_domain_config config;
    uint32_t domid;

    fake_xen.capabilities |= XEN_SYSCTL_PHYSCAP_gnttab_v2;
    libxl_domain_config_init(&config);
    config.c_info.type = LIBXL_DOMAIN_TYPE_PVH;
    config.c_info.name = strdup("bare");
    config.b_info.kernel = strdup("kernel");
    assert_int_equal(guest_create_of(&config, &domid), 0);
    assert_int_equal(fake_domain(domid)->info.tot_pages, 8192);
    assert_int_equal(fake_domain(domid)->created.grant_opts, 2);
    assert_int_equal(fake_domain(domid)->created.max_vcpus, 1);
    assert_int_equal(fake_domain(domid)->created.max_evtchn_port, 1023);
    guest_destroy(domid);
}

static void what_is_asked_for_has_none(void **state)
{
    libxl_uuid uuid = { .uuid = { 1, 2, 3 } };
    libxl_domain_config config;
    uint32_t domid;

    fake_config(&config, "g");
    config.c_info.uuid = uuid;
    config.b_info.max_grant_version = 1;
    config.b_info.event_channels = 77;
    config.b_info.shadow_memkb = 4096;
    assert_int_equal(guest_create_of(&config, &domid), 0);
    node_is("/local/domain/1/vm", "/vm/01020300-0000-0000-0000-000000000000");
    assert_int_equal(fake_domain(domid)->created.grant_opts, 1);
    assert_int_equal(fake_domain(domid)->created.max_evtchn_port, 77);
    assert_int_equal(fake_domain(domid)->paging_bytes, 4 << 20);
    guest_destroy(domid);
}

static uint32_t create_with(const char *name, libxl_uuid uuid)
{
    libxl_domain_config config;
    uint32_t domid;

    fake_config(&config, name);
    config.c_info.uuid = uuid;
    assert_int_equal(guest_create_of(&config, &domid), 0);
    return domid;
}

/* What they have in common goes with the last of them. */
static void guests_of_one_uuid_end_apart(void **state)
{
    const char *node = "/vm/01020300-0000-0000-0000-000000000000/name";
    libxl_uuid uuid = { .uuid = { 1, 2, 3 } };
    uint32_t a = create_with("a", uuid), b = create_with("b", uuid);

    guest_destroy(a);
    guest_node_is(node, "b");
    guest_has(b, 0, 0);
    a = create_with("a", uuid);
    guest_destroy(b);
    guest_node_is(node, "a");
    guest_destroy(a);
    guest_node_is(node, NULL);
}

static void renaming_and_preserving(void **state)
{
    libxl_uuid uuid = { .uuid = { 1, 2, 3 } };
    uint32_t domid = fake_create(guest_ctx, "g"),
             other = fake_create(guest_ctx, "other");
    uint32_t found;

    assert_int_equal(libxl_domain_rename(guest_ctx, domid, "g", "other"),
                     ERROR_INVAL);
    assert_int_equal(libxl_domain_rename(guest_ctx, domid, "x", "h"),
                     ERROR_FAIL);
    assert_int_equal(libxl_domain_rename(guest_ctx, domid, NULL, ""),
                     ERROR_INVAL);
    assert_int_equal(libxl_domain_rename(guest_ctx, 99, NULL, "h"),
                     ERROR_DOMAIN_NOTFOUND);
    assert_int_equal(libxl_domain_rename(guest_ctx, domid, "g", "g"), 0);
    assert_int_equal(libxl_domain_rename(guest_ctx, domid, "g", "h"), 0);
    assert_int_equal(libxl_name_to_domid(guest_ctx, "h", &found), 0);
    assert_int_equal(found, domid);
    assert_int_equal(
        libxl_domain_preserve(guest_ctx, domid, NULL, "-old", uuid), 0);
    node_is("/local/domain/1/name", "h-old");
    node_is("/vm/01020300-0000-0000-0000-000000000000/name", "h-old");
    assert_memory_equal(fake_domain(domid)->info.handle, uuid.uuid, 16);
    guest_destroy(domid);
    guest_destroy(other);
    assert_int_equal(libxl_domain_rename(guest_ctx, 0, NULL, "dom0"), 0);
    assert_int_equal(libxl_domain_rename(guest_ctx, 0, NULL, "Domain-0"), 0);
}

/* Somebody takes the name in the middle of the transaction. */
static uint32_t taker;

static void take_name(uint32_t type, const char *path)
{
    char node[64];

    if (strcmp(path, "T"))
        return;
    fake_store_hook = NULL;
    snprintf(node, sizeof(node), "/local/domain/%u/name", taker);
    fake_store_write(node, "h");
}

static void a_name_that_is_taken_meanwhile_is_not_given(void **state)
{
    uint32_t domid = fake_create(guest_ctx, "g");

    taker = fake_create(guest_ctx, "other");
    fake_store_hook = take_name;
    assert_int_equal(libxl_domain_rename(guest_ctx, domid, NULL, "h"),
                     ERROR_INVAL);
    node_is("/local/domain/1/name", "g");
    guest_destroy(domid);
    guest_destroy(taker);
}

/* Destroy the only domain, which dies slowly; leave nothing in xenstore. */
static bool is_waited_for(uint32_t domid)
{
    char path[32];

    snprintf(path, sizeof(path), "/local/domain/%" PRIu32, domid);
    fake_xen.dying_for = 3;
    guest_destroy(domid);
    guest_node_is(path, NULL);
    if (!fake_domain(domid))
        return true;
    fake_xen.dying_for = 0;
    fake_domain(domid)->exists = false;
    fake_store_release(domid);
    return false;
}

static void open_console(uint32_t domid, const char *console)
{
    char path[64];

    snprintf(path, sizeof(path), "/local/domain/%" PRIu32 "/%s/tty", domid,
             console);
    fake_store_write(path, "/dev/pts/1");
}

static uint32_t create_with_vuart(void)
{
    libxl_domain_config config;
    uint32_t domid;

    fake_config(&config, "g");
    config.b_info.arch_arm.vuart = LIBXL_VUART_TYPE_SBSA_UART;
    assert_int_equal(guest_create_of(&config, &domid), 0);
    return domid;
}

static void xenconsoled_may_finish_its_work_for_a_dying_domain(void **state)
{
    uint32_t domid = fake_create(guest_ctx, "g");

    assert_true(is_waited_for(domid));

    domid = fake_create(guest_ctx, "g");
    open_console(domid, "console");
    assert_false(is_waited_for(domid));

    domid = create_with_vuart();
    open_console(domid, "console");
    assert_true(is_waited_for(domid));

    domid = create_with_vuart();
    open_console(domid, "console");
    open_console(domid, "vuart/0");
    assert_false(is_waited_for(domid));
}

static void the_domain_that_we_run_in_is_left_alone(void **state)
{
    uint32_t domid = fake_create(guest_ctx, "g");

    fake_xen_refuse("xc_domain_pause", EINVAL);
    assert_int_equal(libxl_domain_destroy(guest_ctx, domid, NULL), ERROR_FAIL);
    node_is("/local/domain/1/name", "g");
    fake_xen_refuse(NULL, 0);
    guest_destroy(domid);
    assert_int_equal(libxl_domain_destroy(guest_ctx, domid, NULL),
                     ERROR_DOMAIN_NOTFOUND);
}

/* As while another process destroys it. */
static void a_domain_that_is_dying_is_destroyed_in_silence(void **state)
{
    uint32_t domid = fake_create(guest_ctx, "g");

    fake_xen_refuse("xc_domain_pause", ESRCH);
    assert_int_equal(libxl_domain_destroy(guest_ctx, domid, NULL), 0);
    fake_xen_refuse(NULL, 0);
    assert_string_equal(fake_errors(), "");
}

static void a_caller_need_not_wait(void **state)
{
    libxl_asyncop_how how = { .u.for_event = 5 };
    libxl_asyncprogress_how console = { .for_event = 6 };
    libxl_domain_config config;
    libxl_event *event;
    uint32_t domid;

    fake_consoled = true;
    fake_config(&config, "g");
    assert_int_equal(
        libxl_domain_create_new(guest_ctx, &config, &domid, &how, &console), 0);
    assert_int_equal(
        libxl_event_wait(guest_ctx, &event, LIBXL_EVENTMASK_ALL, NULL, NULL),
        0);
    assert_int_equal(event->type,
                     LIBXL_EVENT_TYPE_DOMAIN_CREATE_CONSOLE_AVAILABLE);
    assert_int_equal(event->for_user, 6);
    libxl_event_free(guest_ctx, event);
    assert_int_equal(
        libxl_event_wait(guest_ctx, &event, LIBXL_EVENTMASK_ALL, NULL, NULL),
        0);
    assert_int_equal(event->type, LIBXL_EVENT_TYPE_OPERATION_COMPLETE);
    assert_int_equal(event->u.operation_complete.rc, 0);
    libxl_event_free(guest_ctx, event);
    libxl_domain_config_dispose(&config);
    guest_destroy(domid);
}

static void of_creations_of_one_name_at_once_one_succeeds(void **state)
{
    libxl_asyncop_how how = { .u.for_event = 5 };
    libxl_domain_config configs[4];
    uint32_t domids[4], domid;
    unsigned int i, done = 0;
    libxl_event *event;

    fake_consoled = true;
    for (i = 0; i < 4; i++) {
        fake_config(&configs[i], "g");
        assert_int_equal(libxl_domain_create_new(guest_ctx, &configs[i],
                                                 &domids[i], &how, NULL),
                         0);
    }
    for (i = 0; i < 4; i++) {
        assert_int_equal(libxl_event_wait(guest_ctx, &event,
                                          LIBXL_EVENTMASK_ALL, NULL, NULL),
                         0);
        done += !event->u.operation_complete.rc;
        libxl_event_free(guest_ctx, event);
    }
    for (i = 0; i < 4; i++)
        libxl_domain_config_dispose(&configs[i]);
    assert_int_equal(done, 1);
    assert_non_null(strstr(fake_errors(), "the name 'g'"));
    assert_int_equal(libxl_name_to_domid(guest_ctx, "g", &domid), 0);
    guest_destroy(domid);
}

/* xenconsoled does not run: the operation is aborted while it waits. */
static libxl_asyncop_how waiting = { .u.for_event = 5 };

static void abort_it(uint32_t type, const char *path)
{
    if (strstr(path, "/console/tty")) {
        fake_store_hook = NULL;
        libxl_ao_abort(guest_ctx, &waiting);
    }
}

static void a_creation_that_is_aborted_leaves_nothing(void **state)
{
    libxl_asyncprogress_how console = { .for_event = 6 };
    libxl_domain_config config;
    libxl_event *event;
    uint32_t domid;

    fake_store_hook = abort_it;
    fake_config(&config, "g");
    assert_int_equal(
        libxl_domain_create_new(guest_ctx, &config, &domid, &waiting, &console),
        0);
    assert_int_equal(
        libxl_event_wait(guest_ctx, &event, LIBXL_EVENTMASK_ALL, NULL, NULL),
        0);
    assert_int_equal(event->u.operation_complete.rc, ERROR_ABORTED);
    assert_int_equal(domid, UINT32_MAX);
    libxl_event_free(guest_ctx, event);
    libxl_domain_config_dispose(&config);
}

static void a_failure_after_any_stage_leaves_nothing(void **state)
{
    static const char *const stages[] = {
        "defaults", "checks",      "make",       "nodes",   "limits",
        "ports",    "details",     "bootloader", "image",   "placement",
        "memory",   "passthrough", "boot",       "rings",   "qemu",
        "devices",  "store",       "introduce",  "console",
    };
    libxl_domain_config config;
    struct fake_rest rest;
    uint32_t domid;
    size_t i;

    for (i = 0; i < sizeof(stages) / sizeof(stages[0]); i++) {
        setenv("LIBXL_DEBUG_FAIL_AFTER", stages[i], 1);
        rest = fake_rest_take();
        fake_config(&config, "g");
        assert_int_equal(guest_create_of(&config, &domid), ERROR_FAIL);
        assert_true(fake_rest_is_equal(rest, fake_rest_take(), stages[i]));
        assert_non_null(strstr(fake_errors(), stages[i]));
        fake_log_forget();
    }
    unsetenv("LIBXL_DEBUG_FAIL_AFTER");
}

static void the_device_tree_can_be_kept(void **state)
{
    struct stat st;

    setenv("LIBXL_DEBUG_DUMP_DTB", "kept.dtb", 1);
    guest_destroy(fake_create(guest_ctx, "g"));
    assert_int_equal(stat("kept.dtb", &st), 0);
    assert_int_equal(st.st_size, fake_xen.tree_size);
    setenv("LIBXL_DEBUG_DUMP_DTB", "no/such/folder", 1);
    guest_destroy(fake_create(guest_ctx, "g"));
    assert_non_null(strstr(fake_warnings(), "no/such/folder"));
    unsetenv("LIBXL_DEBUG_DUMP_DTB");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GUEST_TEST(a_domain_comes_and_goes),
        GUEST_TEST(a_domain_gets_everything_it_asks_for),
        GUEST_TEST(a_32_bit_kernel_gets_a_tree_of_its_own),
        GUEST_TEST(a_guest_that_is_too_large_for_one_bank_gets_two),
        GUEST_TEST(numbers_of_domains_are_asked_for),
        GUEST_TEST(a_random_number_is_tried_again),
        GUEST_TEST(what_is_left_open_has_a_default),
        GUEST_TEST(what_is_asked_for_has_none),
        GUEST_TEST(guests_of_one_uuid_end_apart),
        GUEST_TEST(renaming_and_preserving),
        GUEST_TEST(a_name_that_is_taken_meanwhile_is_not_given),
        GUEST_TEST(xenconsoled_may_finish_its_work_for_a_dying_domain),
        GUEST_TEST(the_domain_that_we_run_in_is_left_alone),
        GUEST_TEST(a_domain_that_is_dying_is_destroyed_in_silence),
        GUEST_TEST(a_caller_need_not_wait),
        GUEST_TEST(of_creations_of_one_name_at_once_one_succeeds),
        GUEST_TEST(a_creation_that_is_aborted_leaves_nothing),
        GUEST_TEST(a_failure_after_any_stage_leaves_nothing),
        GUEST_TEST(the_device_tree_can_be_kept),
    };

    return cmocka_run_group_tests(tests, fake_host_start, fake_host_stop);
}
