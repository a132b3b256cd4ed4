/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Disks that guests eject, also by guests that write whatever and whenever they
 * like.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <libxl_event.h>
#include <libxl_utils.h>
#include <xen/io/xs_wire.h>

#include "guest.h"

#define XVDA "/local/domain/1/device/vbd/51712/eject"
#define XVDB "/local/domain/1/device/vbd/51728/eject"
#define ANY  LIBXL_EVENTMASK_ALL

enum { LAST = 99 }; /* the user of the event that ends a wait */

static libxl_evgen_disk_eject *enable(const char *vdev, libxl_ev_user user)
{
    libxl_evgen_disk_eject *evgen = NULL;

    assert_int_equal(
        libxl_evenable_disk_eject(guest_ctx, 1, vdev, user, &evgen), 0);
    assert_non_null(evgen);
    return evgen;
}

static void expect(const char *vdev, libxl_ev_user user)
{
    libxl_device_disk *disk;
    libxl_event *event;

    assert_int_equal(libxl_event_wait(guest_ctx, &event, ANY, NULL, NULL), 0);
    disk = &event->u.disk_eject.disk;
    assert_int_equal(event->type, LIBXL_EVENT_TYPE_DISK_EJECT);
    assert_int_equal(event->domid, 1);
    assert_int_equal(event->for_user, user);
    assert_string_equal(event->u.disk_eject.vdev, vdev);
    assert_string_equal(disk->pdev_path, "");
    assert_int_equal(disk->format, LIBXL_DISK_FORMAT_EMPTY);
    assert_int_equal(disk->backend, LIBXL_DISK_BACKEND_PHY);
    assert_true(disk->is_cdrom && disk->removable && !disk->readwrite);
    libxl_event_free(guest_ctx, event);
}

/* One turn of an application's own loop. */
static void turn(int timeout)
{
    struct timeval now = { 0 };
    struct pollfd fds[8];
    int count = 8;

    assert_int_equal(
        libxl_osevent_beforepoll(guest_ctx, &count, fds, &timeout, now), 0);
    poll(fds, count, timeout);
    libxl_osevent_afterpoll(guest_ctx, count, fds, now);
}

static int is_last(const libxl_event *event, void *user)
{
    return event->for_user == LAST;
}

/*
 * Waits until everything that was written is seen: that xvdb is ejected, after
 * all of it.
 */
static void settle(void)
{
    libxl_evgen_disk_eject *last = enable("xvdb", LAST);
    libxl_event *event;

    fake_store_write(XVDB, "eject");
    assert_int_equal(libxl_event_wait(guest_ctx, &event, ANY, is_last, NULL),
                     0);
    libxl_event_free(guest_ctx, event);
    libxl_evdisable_disk_eject(guest_ctx, last);
}

static void expect_none(void)
{
    libxl_event *event = NULL;

    settle();
    assert_int_equal(libxl_event_check(guest_ctx, &event, ANY, NULL, NULL),
                     ERROR_NOT_READY);
}

/* Something happens just before the request that has this type. */
static uint32_t before_type;
static void (*before_action)(void);
static unsigned int times;

static void watch_requests(uint32_t type, const char *path)
{
    if (type != before_type)
        return;
    times++;
    before_action();
}

static void before(uint32_t type, void (*action)(void))
{
    before_type = type;
    before_action = action;
    times = 0;
    fake_store_hook = watch_requests;
}

static void count_only(void)
{
}

static void a_guest_ejects_a_disk(void **state)
{
    uint32_t domid = guest_create(2, 0);
    libxl_evgen_disk_eject *evgen = enable("xvda", 7);
    int i;

    expect_none();
    for (i = 0; i < 3; i++) {
        fake_store_write(XVDA, "eject");
        expect("xvda", 7);
        guest_node_is(XVDA, "");
        expect_none();
    }
    libxl_evdisable_disk_eject(guest_ctx, evgen);
    fake_store_write(XVDA, "eject");
    expect_none();
    guest_node_is(XVDA, "eject");
    /* One that was written before. */
    evgen = enable("51712", 8);
    expect("51712", 8);
    libxl_evdisable_disk_eject(guest_ctx, evgen);
    libxl_evdisable_disk_eject(guest_ctx, NULL);
    guest_destroy(domid);
    assert_string_equal(fake_errors(), "");
}

static void another_word_is_no_ejection(void **state)
{
    static const char *const words[] = { "",        "junk",   "Eject", "ejec",
                                         "eject\n", "ejectx", " eject" };
    uint32_t domid = guest_create(2, 0);
    libxl_evgen_disk_eject *evgen = enable("xvda", 7);
    size_t i;

    for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        fake_store_write(XVDA, words[i]);
        expect_none();
        guest_node_is(XVDA, words[i]);
    }
    fake_store_rm(XVDA);
    expect_none();
    fake_store_write(XVDA "/eject", "eject");
    expect_none();
    libxl_evdisable_disk_eject(guest_ctx, evgen);
    guest_destroy(domid);
}

static void each_evgen_has_its_event(void **state)
{
    static const libxl_ev_user users[] = { 1, 2, 2, 3 };
    libxl_evgen_disk_eject *evgens[4];
    uint32_t domid = guest_create(2, 0);
    unsigned int descriptors = fake_descriptors(), seen[4] = { 0 }, i;
    libxl_event *event;

    for (i = 0; i < 4; i++)
        evgens[i] = enable(i == 3 ? "d0p0" : "xvda", users[i]);
    fake_store_write(XVDA, "eject");
    for (i = 0; i < 4; i++) {
        assert_int_equal(libxl_event_wait(guest_ctx, &event, ANY, NULL, NULL),
                         0);
        seen[event->for_user]++;
        libxl_event_free(guest_ctx, event);
    }
    assert_int_equal(seen[1], 1);
    assert_int_equal(seen[2], 2);
    assert_int_equal(seen[3], 1);
    expect_none();
    /* The last one closes the connection, which ends its watch as well. */
    before(XS_UNWATCH, count_only);
    for (i = 0; i < 4; i++)
        libxl_evdisable_disk_eject(guest_ctx, evgens[i]);
    fake_store_hook = NULL;
    assert_int_equal(times, 3);
    assert_int_equal(fake_descriptors(), descriptors);
    guest_destroy(domid);
}

/* Until it is taken, an event stands for all ejections of the disk. */
static void an_event_waits_once(void **state)
{
    uint32_t domid = guest_create(2, 0);
    libxl_evgen_disk_eject *evgen = enable("xvda", 7);
    int i;

    for (i = 0; i < 20; i++) {
        fake_store_write(XVDA, "eject");
        settle();
        guest_node_is(XVDA, "");
    }
    expect("xvda", 7);
    expect_none();
    fake_store_write(XVDA, "eject");
    expect("xvda", 7);
    libxl_evdisable_disk_eject(guest_ctx, evgen);
    guest_destroy(domid);
}

/* A guest that does nothing else. */
static atomic_bool is_over;

static void *flood(void *unused)
{
    unsigned int i = 0;

    while (!is_over)
        fake_store_write(i++ % 3 ? XVDA : XVDA "/below", "eject");
    return NULL;
}

static unsigned int take_all(void)
{
    unsigned int count = 0;
    libxl_event *event;

    while (!libxl_event_check(guest_ctx, &event, ANY, NULL, NULL)) {
        libxl_event_free(guest_ctx, event);
        count++;
    }
    return count;
}

static void a_flood_makes_few_events(void **state)
{
    uint32_t domid = guest_create(2, 0);
    libxl_evgen_disk_eject *evgen = enable("xvda", 7);
    pthread_t thread;
    int i;

    is_over = false;
    assert_int_equal(pthread_create(&thread, NULL, flood, NULL), 0);
    for (i = 0; i < 50; i++)
        turn(-1);
    assert_int_equal(take_all(), 1);
    /* Other events come all the same. */
    settle();
    is_over = true;
    pthread_join(thread, NULL);
    settle();
    assert_true(take_all() <= 1);
    libxl_evdisable_disk_eject(guest_ctx, evgen);
    fake_store_rm(XVDA);
    guest_destroy(domid);
    assert_string_equal(fake_errors(), "");
}

static void lose_nodes(void)
{
    fake_store_rm("/local/domain/1/device");
}

static void nothing_is_written_once_the_disk_is_gone(void **state)
{
    uint32_t domid = guest_create(2, 0);
    libxl_evgen_disk_eject *evgen = enable("xvda", 7);

    before(XS_TRANSACTION_START, lose_nodes);
    fake_store_write(XVDA, "eject");
    while (!times)
        turn(-1);
    fake_store_hook = NULL;
    guest_node_is(XVDA, NULL);
    guest_node_is("/local/domain/1/device", NULL);
    libxl_evdisable_disk_eject(guest_ctx, evgen);
    guest_destroy(domid);
}

static void eject_again(void)
{
    fake_store_write(XVDA, "eject");
}

static void a_guest_that_always_comes_in_between(void **state)
{
    uint32_t domid = guest_create(2, 0);
    libxl_evgen_disk_eject *evgen = enable("xvda", 7);

    before(XS_TRANSACTION_END, eject_again);
    fake_store_write(XVDA, "eject");
    expect("xvda", 7);
    fake_store_hook = NULL;
    assert_true(times > 1);
    assert_true(times < 100);
    libxl_evdisable_disk_eject(guest_ctx, evgen);
    guest_destroy(domid);
    assert_string_equal(fake_errors(), "");
}

static void what_is_not_there_makes_no_event(void **state)
{
    uint32_t domid = guest_create(2, 0);
    libxl_evgen_disk_eject *evgen = enable("xvdc", 7), *none = NULL, *other;

    fake_store_write("/local/domain/1/device/vbd/51744/eject", "eject");
    expect_none();
    assert_int_equal(
        libxl_evenable_disk_eject(guest_ctx, 1, "nonsense", 7, &none),
        ERROR_INVAL);
    assert_non_null(strstr(fake_errors(), "'nonsense'"));
    assert_int_equal(libxl_evenable_disk_eject(guest_ctx, 1, NULL, 7, &none),
                     ERROR_INVAL);
    assert_null(none);
    assert_int_equal(
        libxl_evenable_disk_eject(guest_ctx, 55, "xvda", 7, &other), 0);
    expect_none();
    libxl_evdisable_disk_eject(guest_ctx, other);
    libxl_evdisable_disk_eject(guest_ctx, evgen);
    fake_store_rm("/local/domain/1/device/vbd/51744");
    guest_destroy(domid);
}

/*
 * A child that uses no context keeps none of their descriptors.  It asks for
 * nothing that a thread may hold while the process forks.
 */
static void a_fork_closes_the_connection(void **state)
{
    struct timeval now = { 0 };
    int count = 8, timeout = -1, kept = 0, status;
    struct pollfd fds[8];
    pid_t pid;

    enable("xvda", 7);
    turn(-1);
    assert_int_equal(
        libxl_osevent_beforepoll(guest_ctx, &count, fds, &timeout, now), 0);
    assert_int_equal(count, 2);
    pid = fork();
    if (!pid) {
        libxl_postfork_child_noexec(guest_ctx);
        while (count-- > 0)
            kept += fcntl(fds[count].fd, F_GETFD) >= 0;
        _exit(kept);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

static unsigned int disasters;

static void on_disaster(void *user, libxl_event_type type, const char *message,
                        int errnoval)
{
    assert_int_equal(type, LIBXL_EVENT_TYPE_DISK_EJECT);
    disasters++;
}

static void a_failure_is_a_disaster(void **state)
{
    static const libxl_event_hooks hooks = { .disaster = on_disaster };
    uint32_t domid = guest_create(2, 0);
    libxl_evgen_disk_eject *evgen;
    unsigned int n;

    libxl_event_register_callbacks(guest_ctx, &hooks, NULL);
    /* Each request that seeing an ejection takes. */
    for (n = 1;; n++) {
        fake_store_write(XVDA, "");
        evgen = enable("xvda", 7);
        settle();
        disasters = 0;
        fake_log_forget();
        fake_store_write(XVDA, "eject");
        fake_store_fail(n, n % 2 ? FAKE_REFUSE : FAKE_CLOSE);
        while (!disasters && !take_all())
            turn(-1);
        if (!*fake_store_failed())
            break;
        assert_int_equal(disasters, 1);
        fake_store_fail(0, FAKE_REFUSE);
        assert_string_not_equal(fake_errors(), "");
        libxl_evdisable_disk_eject(guest_ctx, evgen);
        libxl_ctx_free(guest_ctx);
        guest_ctx = fake_ctx();
        libxl_event_register_callbacks(guest_ctx, &hooks, NULL);
    }
    assert_true(n > 20);
    fake_store_fail(0, FAKE_REFUSE);
    libxl_evdisable_disk_eject(guest_ctx, evgen);
    guest_destroy(domid);
}

static void media_are_not_changed(void **state)
{
    libxl_asyncop_how how = { .u.for_event = 5 };
    uint32_t domid = guest_create(2, 0);
    libxl_device_disk disk;
    libxl_event *event;

    libxl_device_disk_init(&disk);
    assert_int_equal(libxl_cdrom_insert(guest_ctx, domid, &disk, NULL),
                     ERROR_INVAL);
    assert_non_null(strstr(fake_errors(), "domain 1: "));
    assert_non_null(strstr(fake_errors(), "xl block-attach"));
    assert_int_equal(libxl_cdrom_insert(guest_ctx, domid, &disk, &how), 0);
    assert_int_equal(libxl_event_wait(guest_ctx, &event, ANY, NULL, NULL), 0);
    assert_int_equal(event->for_user, 5);
    assert_int_equal(event->u.operation_complete.rc, ERROR_INVAL);
    libxl_event_free(guest_ctx, event);
    libxl_device_disk_dispose(&disk);
    guest_has(domid, 2, 0);
    guest_destroy(domid);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GUEST_TEST(a_guest_ejects_a_disk),
        GUEST_TEST(another_word_is_no_ejection),
        GUEST_TEST(each_evgen_has_its_event),
        GUEST_TEST(an_event_waits_once),
        GUEST_TEST(a_flood_makes_few_events),
        GUEST_TEST(nothing_is_written_once_the_disk_is_gone),
        GUEST_TEST(a_guest_that_always_comes_in_between),
        GUEST_TEST(what_is_not_there_makes_no_event),
        GUEST_TEST(a_fork_closes_the_connection),
        GUEST_TEST(a_failure_is_a_disaster),
        GUEST_TEST(media_are_not_changed),
    };

    return cmocka_run_group_tests(tests, fake_host_start, fake_host_stop);
}
