/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Attaching devices to a guest and detaching them, and what is stored of it:
 * guests and backends that do not let go, callers that are killed halfway,
 * callers at the same time.
 */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libxl_event.h>
#include <libxl_utils.h>
#include <xen/io/xs_wire.h>

#include "guest.h"

#define FRONT "/local/domain/1/device"
#define BACK  "/local/domain/0/backend"
#define KEPT  "/libxl/1/device"

static int attach_disk(libxl_ctx *ctx, uint32_t domid, const char *vdev)
{
    libxl_device_disk disk;
    int rc;

    fake_disk(&disk, vdev);
    rc = libxl_device_disk_add(ctx, domid, &disk, NULL);
    libxl_device_disk_dispose(&disk);
    return rc;
}

/* The ways to detach a disk. */
enum way { ASK, REMOVE, FORCE };

static int detach_disk(libxl_ctx *ctx, uint32_t domid, const char *vdev,
                       enum way way)
{
    static int (*const ways[])(libxl_ctx *, uint32_t, libxl_device_disk *,
                               const libxl_asyncop_how *) = {
        libxl_device_disk_safe_remove,
        libxl_device_disk_remove,
        libxl_device_disk_destroy,
    };
    libxl_device_disk disk;
    int rc;

    fake_disk(&disk, vdev);
    rc = ways[way](ctx, domid, &disk, NULL);
    libxl_device_disk_dispose(&disk);
    return rc;
}

static int attach_nic(libxl_ctx *ctx, uint32_t domid, int devid)
{
    libxl_device_nic nic;
    int rc;

    libxl_device_nic_init(&nic);
    nic.devid = devid;
    rc = libxl_device_nic_add(ctx, domid, &nic, NULL);
    libxl_device_nic_dispose(&nic);
    return rc;
}

static int detach_nic(libxl_ctx *ctx, uint32_t domid, int devid, bool force)
{
    libxl_device_nic nic;
    int rc;

    libxl_device_nic_init(&nic);
    nic.devid = devid;
    rc = force ? libxl_device_nic_destroy(ctx, domid, &nic, NULL)
               : libxl_device_nic_remove(ctx, domid, &nic, NULL);
    libxl_device_nic_dispose(&nic);
    return rc;
}

static void devices_come_and_go(void **state)
{
    uint32_t domid = guest_create(1, 1);
    struct fake_rest before = fake_rest_take();

    assert_int_equal(attach_disk(guest_ctx, domid, "xvdb"), 0);
    assert_int_equal(attach_nic(guest_ctx, domid, -1), 0);
    guest_node_is(BACK "/vbd/1/51728/state", "2");
    guest_node_is(BACK "/vif/1/1/state", "2");
    guest_has(domid, 2, 2);
    assert_int_equal(detach_disk(guest_ctx, domid, "xvdb", REMOVE), 0);
    guest_has(domid, 1, 2);
    assert_int_equal(detach_nic(guest_ctx, domid, 1, false), 0);
    guest_has(domid, 1, 1);
    assert_true(fake_rest_is_equal(before, fake_rest_take(), "after a detach"));
    assert_int_equal(detach_disk(guest_ctx, domid, "xvda", FORCE), 0);
    assert_int_equal(detach_nic(guest_ctx, domid, 0, true), 0);
    guest_has(domid, 0, 0);
    guest_node_is(KEPT "/vbd", NULL);
    guest_node_is(FRONT "/vif", NULL);
    guest_node_is(BACK "/vif", NULL);
    guest_destroy(domid);
    assert_string_equal(fake_errors(), "");
}

/* The caller finds there what its device got; the same is stored. */
static void a_caller_sees_what_its_interface_got(void **state)
{
    static const libxl_mac none;
    uint32_t domid = guest_create(0, 1);
    libxl_domain_config config;
    libxl_device_nic nic;

    libxl_device_nic_init(&nic);
    nic.mtu = 9000;
    nic.bridge = strdup("br7");
    nic.rate_bytes_per_interval = 50000;
    nic.rate_interval_usecs = 50000;
    assert_int_equal(libxl_device_nic_add(guest_ctx, domid, &nic, NULL), 0);
    assert_int_equal(nic.devid, 1);
    assert_memory_not_equal(nic.mac, none, sizeof(none));
    guest_stored(domid, &config);
    assert_int_equal(config.num_nics, 2);
    assert_int_equal(config.nics[1].devid, 1);
    assert_int_equal(config.nics[1].mtu, 9000);
    assert_string_equal(config.nics[1].bridge, "br7");
    assert_null(config.nics[1].script);
    assert_memory_equal(config.nics[1].mac, nic.mac, sizeof(none));
    libxl_domain_config_dispose(&config);
    libxl_device_nic_dispose(&nic);

    assert_int_equal(libxl_devid_to_device_nic(guest_ctx, domid, 1, &nic), 0);
    assert_int_equal(nic.mtu, 9000);
    assert_int_equal(nic.rate_bytes_per_interval, 50000);
    assert_int_equal(nic.rate_interval_usecs, 50000);
    libxl_device_nic_dispose(&nic);
    guest_destroy(domid);
}

/* Numbers that are free again are not given while higher ones are in use. */
static void numbers_are_given_above_the_others(void **state)
{
    uint32_t domid = guest_create(0, 3);

    assert_int_equal(detach_nic(guest_ctx, domid, 1, false), 0);
    assert_int_equal(attach_nic(guest_ctx, domid, -1), 0);
    guest_node_is(KEPT "/vif/1", NULL);
    guest_node_is(KEPT "/vif/3/handle", "3");
    assert_int_equal(attach_nic(guest_ctx, domid, 1), 0);
    guest_has(domid, 0, 4);
    guest_destroy(domid);
}

/* Whatever is refused changes nothing. */
static void expect_refusal(uint32_t domid, int rc, int wanted, const char *word,
                           struct fake_rest before)
{
    assert_int_equal(rc, wanted);
    if (!strstr(fake_errors(), word))
        fail_msg("no word of %s in: %s", word, fake_errors());
    assert_true(fake_rest_is_equal(before, fake_rest_take(), word));
    guest_has(domid, 1, 1);
    fake_log_forget();
}

static void what_cannot_be_is_refused(void **state)
{
    uint32_t domid = guest_create(1, 1);

    expect_refusal(domid, attach_disk(guest_ctx, domid, "xvda"),
                   ERROR_DEVICE_EXISTS, "disk xvda exists", fake_rest_take());
    expect_refusal(domid, attach_disk(guest_ctx, domid, "d0p0"),
                   ERROR_DEVICE_EXISTS, "disk xvda exists", fake_rest_take());
    expect_refusal(domid, attach_nic(guest_ctx, domid, 0), ERROR_DEVICE_EXISTS,
                   "vif", fake_rest_take());
    expect_refusal(domid, attach_disk(guest_ctx, domid, "nonsense"),
                   ERROR_INVAL, "'nonsense'", fake_rest_take());
    expect_refusal(domid, detach_disk(guest_ctx, domid, "xvdb", REMOVE),
                   ERROR_NOTFOUND, "disk xvdb does not", fake_rest_take());
    expect_refusal(domid, detach_disk(guest_ctx, domid, "nonsense", FORCE),
                   ERROR_NOTFOUND, "disk", fake_rest_take());
    expect_refusal(domid, detach_nic(guest_ctx, domid, 7, true), ERROR_NOTFOUND,
                   "vif", fake_rest_take());
    expect_refusal(domid, detach_nic(guest_ctx, domid, -1, false),
                   ERROR_NOTFOUND, "vif", fake_rest_take());
    expect_refusal(domid, attach_nic(guest_ctx, 7, -1), ERROR_DOMAIN_NOTFOUND,
                   "domain 7", fake_rest_take());
    guest_destroy(domid);
}

static void a_backend_that_never_answers_leaves_nothing(void **state)
{
    uint32_t domid = guest_create(1, 1);

    fake_backends_are("/vbd/1/51728", (struct fake_backend) { 0 });
    expect_refusal(domid, attach_disk(guest_ctx, domid, "xvdb"), ERROR_TIMEDOUT,
                   "no backend has answered", fake_rest_take());
    fake_backends_are("/vif/1/1",
                      (struct fake_backend) { .seen = "x", .closed = "" });
    expect_refusal(domid, attach_nic(guest_ctx, domid, -1), ERROR_FAIL,
                   "/vif/1/1'", fake_rest_take());
    guest_destroy(domid);
}

/* A guest that is asked keeps what it does not let go of. */
static void a_guest_that_holds_its_devices(void **state)
{
    struct fake_backend held = FAKE_BACKEND_GOOD;
    uint32_t domid;

    held.guest_holds = true;
    fake_backends_are("/backend/v", held);
    domid = guest_create(2, 1);
    guest_script("block", "");
    assert_int_equal(detach_disk(guest_ctx, domid, "xvda", ASK),
                     ERROR_TIMEDOUT);
    assert_non_null(
        strstr(fake_errors(), "has not closed '" BACK "/vbd/1/51712'"));
    assert_string_equal(guest_file("script.log"), "");
    guest_has(domid, 2, 1);
    guest_node_is(FRONT "/vbd/51712/state", "1");
    guest_node_is(KEPT "/vbd/51712/dev", "xvda");
    assert_int_equal(detach_disk(guest_ctx, domid, "xvda", FORCE), 0);
    assert_non_null(strstr(guest_file("script.log"), "block remove"));
    guest_has(domid, 1, 1);
    assert_int_equal(detach_disk(guest_ctx, domid, "xvdb", REMOVE), 0);
    assert_int_equal(detach_nic(guest_ctx, domid, 0, false), 0);
    assert_non_null(
        strstr(fake_warnings(), "has not closed '" BACK "/vif/1/0'"));
    assert_null(strstr(fake_errors(), "/vif/1/0'"));
    guest_has(domid, 0, 0);
    guest_node_is(BACK "/vbd", NULL);
    guest_node_is(BACK "/vif", NULL);
    guest_destroy(domid);
}

static void a_backend_that_never_closes_is_removed_by_force(void **state)
{
    uint32_t domid;

    fake_backends_are("/backend/v", (struct fake_backend) { .seen = "4" });
    domid = guest_create(1, 0);
    assert_int_equal(detach_disk(guest_ctx, domid, "xvda", FORCE), 0);
    assert_non_null(strstr(fake_warnings(), "has not closed"));
    guest_has(domid, 0, 0);
    guest_node_is(BACK "/vbd", NULL);
    assert_int_equal(attach_disk(guest_ctx, domid, "xvda"), 0);
    guest_has(domid, 1, 0);
    guest_destroy(domid);
}

/* The guest has shut its device down, or the driver has gone. */
static void a_device_whose_backend_has_gone_can_be_detached(void **state)
{
    uint32_t domid = guest_create(1, 2);

    fake_store_rm(BACK "/vif/1/0");
    assert_int_equal(detach_nic(guest_ctx, domid, 0, false), 0);
    fake_store_write(BACK "/vif/1/1/state", "6");
    assert_int_equal(detach_nic(guest_ctx, domid, 1, false), 0);
    fake_store_write(BACK "/vbd/1/51712/state", "junk");
    assert_int_equal(detach_disk(guest_ctx, domid, "xvda", REMOVE), 0);
    guest_has(domid, 0, 0);
    guest_node_is(BACK "/vif", NULL);
    guest_node_is(BACK "/vbd", NULL);
    assert_string_equal(fake_errors(), "");
    guest_destroy(domid);
}

static void a_caller_need_not_wait(void **state)
{
    libxl_asyncop_how how = { .u.for_event = 5 };
    uint32_t domid = guest_create(0, 0);
    libxl_device_nic nic;
    libxl_event *event;
    int i;

    for (i = 0; i < 2; i++) {
        libxl_device_nic_init(&nic);
        nic.devid = i ? 0 : -1;
        assert_int_equal(
            i ? libxl_device_nic_remove(guest_ctx, domid, &nic, &how)
              : libxl_device_nic_add(guest_ctx, domid, &nic, &how),
            0);
        assert_int_equal(nic.devid, 0);
        libxl_device_nic_dispose(&nic);
        assert_int_equal(libxl_event_wait(guest_ctx, &event,
                                          LIBXL_EVENTMASK_ALL, NULL, NULL),
                         0);
        assert_int_equal(event->type, LIBXL_EVENT_TYPE_OPERATION_COMPLETE);
        assert_int_equal(event->for_user, 5);
        assert_int_equal(event->u.operation_complete.rc, 0);
        libxl_event_free(guest_ctx, event);
        guest_has(domid, 0, !i);
    }
    guest_destroy(domid);
}

/* The process ends after the first request of this type and path. */
static uint32_t end_at_type;
static const char *end_at_path;

static void end_here(uint32_t type, const char *path)
{
    if (type != end_at_type || !strstr(path, end_at_path))
        return;
    fake_store_hook = NULL;
    fake_kill = true;
    fake_store_fail(1, FAKE_REFUSE);
    fake_xen_fail(1, true, EIO);
}

static void kill_at(uint32_t type, const char *path)
{
    end_at_type = type;
    end_at_path = path;
    fake_store_hook = end_here;
}

static void start_again(void)
{
    libxl_ctx_free(guest_ctx);
    fake_kill = fake_killed = false;
    fake_store_fail(0, FAKE_REFUSE);
    fake_xen_fail(0, false, 0);
    guest_ctx = fake_ctx();
    fake_log_forget();
}

/* It is there, but nothing is stored of it: it was claimed, and no more. */
static void a_caller_that_is_killed_while_it_attaches(void **state)
{
    uint32_t domid = guest_create(1, 1);
    libxl_device_disk *disks;
    int count;

    kill_at(XS_WATCH, "/vbd/1/51728/state");
    assert_int_not_equal(attach_disk(guest_ctx, domid, "xvdb"), 0);
    start_again();
    disks = libxl_device_disk_list(guest_ctx, domid, &count);
    assert_int_equal(count, 2);
    libxl_device_disk_list_free(disks, count);
    guest_has(domid, 1, 1);
    assert_int_equal(attach_disk(guest_ctx, domid, "xvdb"),
                     ERROR_DEVICE_EXISTS);
    assert_int_equal(detach_disk(guest_ctx, domid, "xvdb", REMOVE), 0);
    guest_node_is(KEPT "/vbd/51728", NULL);
    guest_has(domid, 1, 1);
    assert_int_equal(attach_disk(guest_ctx, domid, "xvdb"), 0);
    guest_has(domid, 2, 1);
    guest_destroy(domid);
}

/* What is stored has a disk that is not there any more. */
static void a_caller_that_is_killed_while_it_detaches(void **state)
{
    uint32_t domid = guest_create(1, 1);

    kill_at(XS_TRANSACTION_END, "T");
    assert_int_not_equal(detach_disk(guest_ctx, domid, "xvda", REMOVE), 0);
    start_again();
    guest_node_is(KEPT "/vbd", NULL);
    guest_has(domid, 0, 1);
    assert_int_equal(detach_disk(guest_ctx, domid, "xvda", REMOVE),
                     ERROR_NOTFOUND);
    assert_int_equal(attach_disk(guest_ctx, domid, "xvda"), 0);
    guest_has(domid, 1, 1);
    guest_destroy(domid);
}

/* Callers at the same time, each with a device of its own. */
enum { ROUNDS = 10 };

struct caller {
    uint32_t domid;
    const char *vdev;
    int nic, faults;
};

static void *plug(void *opaque)
{
    struct caller *caller = opaque;
    libxl_ctx *ctx = fake_ctx();
    int i;

    for (i = 0; i < ROUNDS; i++) {
        caller->faults += !!attach_disk(ctx, caller->domid, caller->vdev);
        caller->faults += !!attach_nic(ctx, caller->domid, caller->nic);
        caller->faults +=
            !!detach_disk(ctx, caller->domid, caller->vdev, i % 3);
        if (i < ROUNDS - 1)
            caller->faults +=
                !!detach_nic(ctx, caller->domid, caller->nic, i % 2);
    }
    libxl_ctx_free(ctx);
    return NULL;
}

static void callers_at_the_same_time_lose_nothing(void **state)
{
    uint32_t domid = guest_create(1, 1);
    struct caller callers[] = {
        { domid, "xvdb", 5, 0 },
        { domid, "xvdc", 6, 0 },
    };
    libxl_domain_config config;
    pthread_t threads[2];
    int i;

    for (i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, plug, &callers[i]),
                         0);
    for (i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
        if (callers[i].faults)
            fail_msg("%d faults: %s", callers[i].faults, fake_errors());
    }
    guest_stored(domid, &config);
    assert_int_equal(config.num_disks, 1);
    assert_int_equal(config.num_nics, 3);
    assert_int_equal(config.nics[0].devid, 0);
    assert_int_equal(config.nics[1].devid + config.nics[2].devid, 11);
    libxl_domain_config_dispose(&config);
    guest_destroy(domid);
}

/* Attaches vifs whose number is left open; the sum of what they got. */
static void *plug_any(void *opaque)
{
    struct caller *caller = opaque;
    libxl_ctx *ctx = fake_ctx();
    libxl_device_nic nic;
    int i;

    for (i = 0; i < ROUNDS; i++) {
        libxl_device_nic_init(&nic);
        caller->faults +=
            !!libxl_device_nic_add(ctx, caller->domid, &nic, NULL);
        caller->nic += nic.devid;
        libxl_device_nic_dispose(&nic);
    }
    libxl_ctx_free(ctx);
    return NULL;
}

static void numbers_left_open_are_given_once(void **state)
{
    uint32_t domid = guest_create(0, 0);
    struct caller callers[3] = { { domid }, { domid }, { domid } };
    const int count = 3 * ROUNDS;
    pthread_t threads[3];
    int i, sum = 0;

    for (i = 0; i < 3; i++)
        assert_int_equal(
            pthread_create(&threads[i], NULL, plug_any, &callers[i]), 0);
    for (i = 0; i < 3; i++) {
        pthread_join(threads[i], NULL);
        sum += callers[i].nic;
        if (callers[i].faults)
            fail_msg("%d faults: %s", callers[i].faults, fake_errors());
    }
    guest_has(domid, 0, count);
    assert_int_equal(sum, count * (count - 1) / 2);
    guest_destroy(domid);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GUEST_TEST(devices_come_and_go),
        GUEST_TEST(a_caller_sees_what_its_interface_got),
        GUEST_TEST(numbers_are_given_above_the_others),
        GUEST_TEST(what_cannot_be_is_refused),
        GUEST_TEST(a_backend_that_never_answers_leaves_nothing),
        GUEST_TEST(a_guest_that_holds_its_devices),
        GUEST_TEST(a_backend_that_never_closes_is_removed_by_force),
        GUEST_TEST(a_device_whose_backend_has_gone_can_be_detached),
        GUEST_TEST(a_caller_need_not_wait),
        GUEST_TEST(a_caller_that_is_killed_while_it_attaches),
        GUEST_TEST(a_caller_that_is_killed_while_it_detaches),
        GUEST_TEST(callers_at_the_same_time_lose_nothing),
        GUEST_TEST(numbers_left_open_are_given_once),
    };

    return cmocka_run_group_tests(tests, fake_host_start, fake_host_stop);
}
