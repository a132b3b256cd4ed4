/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Tests of event/event.c, event/osevent.c and event/death.c: domains that end,
 * the queue, hooks, and every way to wait.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include <libxl_event.h>
#include <pthread.h>
#include <xenctrl.h>

#include "event-fakes.h"

#define ANY LIBXL_EVENTMASK_ALL

static libxl_ctx *ctx;
static unsigned int descriptors;

static int set_up(void **state)
{
    descriptors = open_descriptors();
    fake_domains_forget();
    ctx = fake_ctx();
    last_message();
    fake_hypercalls();
    return 0;
}

static int tear_down(void **state)
{
    libxl_ctx_free(ctx);
    fake_xen_fails = false;
    assert_int_equal(fake_connections(), 0);
    assert_int_equal(open_descriptors(), descriptors);
    return 0;
}

static libxl_evgen_domain_death *enable(uint32_t domid, uint64_t user)
{
    libxl_evgen_domain_death *evgen = NULL;

    assert_int_equal(libxl_evenable_domain_death(ctx, domid, user, &evgen), 0);
    assert_non_null(evgen);
    return evgen;
}

static uint32_t shut_down(unsigned int reason)
{
    return XEN_DOMINF_shutdown | reason << XEN_DOMINF_shutdownshift;
}

/* One turn of an application's own loop; the number of ready descriptors. */
static int turn(int timeout)
{
    struct timeval now = { 0 };
    struct pollfd fds[8];
    int count = 8, ready;

    assert_int_equal(libxl_osevent_beforepoll(ctx, &count, fds, &timeout, now),
                     0);
    ready = poll(fds, count, timeout);
    libxl_osevent_afterpoll(ctx, count, fds, now);
    return ready;
}

static void expect_none(void)
{
    libxl_event *event = NULL;

    assert_int_equal(libxl_event_check(ctx, &event, ANY, NULL, NULL),
                     ERROR_NOT_READY);
    assert_null(event);
}

/* reason is -1 for a death. */
static void expect(uint32_t domid, uint64_t user, int reason)
{
    libxl_event *event;

    assert_int_equal(libxl_event_check(ctx, &event, ANY, NULL, NULL), 0);
    assert_int_equal(event->domid, domid);
    assert_int_equal(event->for_user, user);
    if (reason < 0) {
        assert_int_equal(event->type, LIBXL_EVENT_TYPE_DOMAIN_DEATH);
    } else {
        assert_int_equal(event->type, LIBXL_EVENT_TYPE_DOMAIN_SHUTDOWN);
        assert_int_equal(event->u.domain_shutdown.shutdown_reason, reason);
    }
    libxl_event_free(ctx, event);
}

static void shutdown_then_death(void **state)
{
    fake_domain(1, 0);
    fake_domain(2, 0);
    enable(1, 11);
    enable(2, 22);
    expect_none();

    fake_domain(1, shut_down(1));
    fake_change("@releaseDomain");
    assert_true(turn(-1) > 0);
    expect(1, 11, 1);
    expect_none();

    /* Told once, whatever else happens. */
    fake_change("@releaseDomain");
    turn(-1);
    expect_none();

    fake_domain(1, shut_down(1) | XEN_DOMINF_dying);
    fake_change("@releaseDomain");
    turn(-1);
    expect(1, 11, -1);

    fake_domain_gone(1);
    fake_domain_gone(2);
    fake_change("@releaseDomain");
    turn(-1);
    expect(2, 22, -1);
    expect_none();
}

static void ended_before(void **state)
{
    fake_domain(3, shut_down(3));
    fake_domain(4, XEN_DOMINF_dying);
    enable(3, 0);
    enable(4, 0);
    enable(5, 0);
    expect(3, 0, 3);
    expect(4, 0, -1);
    expect(5, 0, -1);
    expect_none();
}

static void enabled_twice(void **state)
{
    libxl_evgen_domain_death *first, *second;

    fake_domain(1, 0);
    first = enable(1, 100);
    second = enable(1, 101);
    fake_domain_gone(1);
    fake_change("@releaseDomain");
    turn(-1);
    expect(1, 101, -1);
    expect(1, 100, -1);
    expect_none();
    libxl_evdisable_domain_death(ctx, first);
    libxl_evdisable_domain_death(ctx, second);
}

/* A second end of a domain that was resumed is an event of its own. */
static void resumed(void **state)
{
    fake_domain(1, 0);
    enable(1, 0);
    fake_domain(1, shut_down(2));
    fake_change("@releaseDomain");
    turn(-1);
    expect(1, 0, 2);

    fake_domain(1, shut_down(0));
    fake_change("@releaseDomain");
    turn(-1);
    expect(1, 0, 0);

    fake_domain(1, 0);
    fake_change("@releaseDomain");
    turn(-1);
    expect_none();
    fake_domain(1, shut_down(0));
    fake_change("@releaseDomain");
    turn(-1);
    expect(1, 0, 0);
}

/* A connection is there only while a domain is watched. */
static void costs_nothing_unused(void **state)
{
    libxl_evgen_domain_death *one, *two;

    assert_int_equal(fake_connections(), 1);
    assert_int_equal(fake_hypercalls(), 0);
    fake_domain(1, 0);
    fake_domain(2, 0);
    one = enable(1, 0);
    two = enable(2, 0);
    assert_int_equal(fake_connections(), 2);
    libxl_evdisable_domain_death(ctx, one);
    assert_int_equal(fake_connections(), 2);
    libxl_evdisable_domain_death(ctx, two);
    assert_int_equal(fake_connections(), 1);
    libxl_evdisable_domain_death(ctx, NULL);

    fake_domain_gone(1);
    fake_change("@releaseDomain");
    turn(0);
    expect_none();
}

/* Many domains are asked for in few hypercalls, whatever lies between. */
static void many_domains(void **state)
{
    uint32_t domid;

    for (domid = 1; domid <= 40; domid++) {
        fake_domain(domid, 0);
        if (domid % 2)
            enable(domid, domid);
    }
    fake_hypercalls();
    fake_domain_gone(1);
    fake_domain_gone(2);
    fake_domain(21, XEN_DOMINF_dying);
    fake_domain_gone(39);
    fake_domain_gone(40);
    fake_change("@releaseDomain");
    turn(-1);
    expect(1, 1, -1);
    expect(21, 21, -1);
    expect(39, 39, -1);
    expect_none();
    assert_in_range(fake_hypercalls(), 1, 3);
}

static void first_firing_is_no_news(void **state)
{
    fake_domain(1, 0);
    enable(1, 0);
    assert_int_equal(fake_hypercalls(), 1);
    turn(-1);
    while (turn(0))
        ;
    assert_int_equal(fake_hypercalls(), 0);
}

static int is_domain(const libxl_event *event, void *user)
{
    return event->domid == *(uint32_t *)user;
}

static void masks_and_predicates(void **state)
{
    libxl_event *event;
    uint32_t domid = 3;

    fake_domain(3, shut_down(0));
    enable(2, 0);
    enable(3, 0);
    assert_int_equal(libxl_event_check(ctx, &event,
                                       1 << LIBXL_EVENT_TYPE_DISK_EJECT, NULL,
                                       NULL),
                     ERROR_NOT_READY);
    assert_int_equal(libxl_event_check(ctx, &event,
                                       1 << LIBXL_EVENT_TYPE_DOMAIN_DEATH,
                                       is_domain, &domid),
                     ERROR_NOT_READY);
    assert_int_equal(libxl_event_wait(ctx, &event, ANY, is_domain, &domid), 0);
    assert_int_equal(event->domid, 3);
    libxl_event_free(ctx, event);
    expect(2, 0, -1);
    libxl_event_free(ctx, NULL);
}

struct told {
    unsigned int deaths;
    unsigned int disasters;
    bool reenter;
};

static void on_event(void *user, libxl_event *event)
{
    struct told *told = user;
    libxl_event *other;

    assert_int_equal(event->type, LIBXL_EVENT_TYPE_DOMAIN_DEATH);
    assert_true(is_unlocked(ctx));
    told->deaths++;
    libxl_event_free(ctx, event);
    if (told->reenter)
        libxl_event_check(ctx, &other, 0, NULL, NULL);
}

static void on_disaster(void *user, libxl_event_type type, const char *msg,
                        int errnoval)
{
    ((struct told *)user)->disasters++;
}

static void callbacks(void **state)
{
    const libxl_event_hooks hooks = {
        .event_occurs_mask = 1 << LIBXL_EVENT_TYPE_DOMAIN_DEATH,
        .event_occurs = on_event,
        .disaster = on_disaster,
    };
    struct told told = { .reenter = true };

    libxl_event_register_callbacks(ctx, &hooks, &told);
    fake_domain(1, shut_down(0));
    enable(1, 0);
    enable(2, 0);
    enable(3, 0);
    assert_int_equal(told.deaths, 0);
    turn(-1);
    assert_int_equal(told.deaths, 2);
    expect(1, 0, 0);
    expect_none();

    libxl_event_register_callbacks(ctx, NULL, NULL);
    enable(4, 0);
    expect(4, 0, -1);
    assert_int_equal(told.deaths, 2);
}

static void disasters(void **state)
{
    const libxl_event_hooks hooks = { .disaster = on_disaster };
    libxl_evgen_domain_death *evgen = NULL;
    struct told told = { 0 };

    libxl_event_register_callbacks(ctx, &hooks, &told);
    fake_domain(1, 0);
    enable(1, 0);
    turn(-1);

    fake_xen_fails = true;
    assert_int_equal(libxl_evenable_domain_death(ctx, 2, 0, &evgen),
                     ERROR_FAIL);
    assert_null(evgen);
    assert_string_equal(last_message(), "cannot query domain 1");
    fake_change("@releaseDomain");
    turn(-1);
    assert_int_equal(told.disasters, 1);
    fake_xen_fails = false;

    fake_xenstored_dies();
    turn(-1);
    assert_int_equal(told.disasters, 2);
    assert_string_equal(
        last_message(),
        "events may be lost: the connection to xenstored broke");
    /* It is not told again and again. */
    assert_int_equal(turn(0), 0);
    assert_int_equal(told.disasters, 2);
}

static void beforepoll_without_room(void **state)
{
    struct timeval now = { 0 };
    int count = 0, timeout = 7;
    struct pollfd fds[8];

    fake_domain(1, 0);
    enable(1, 0);
    assert_int_equal(libxl_osevent_beforepoll(ctx, &count, NULL, &timeout, now),
                     ERROR_BUFFERFULL);
    assert_int_equal(count, 2);
    assert_int_equal(libxl_osevent_beforepoll(ctx, &count, fds, &timeout, now),
                     0);
    assert_int_equal(count, 2);
    assert_int_equal(timeout, 7);
}

/* An application's event loop, which watches what it is told to. */
static struct loop {
    struct pollfd fds[8];
    void *for_libxl[8];
    int count;
    int fail_with;
} loop;

static int on_register(void *user, int fd, void **for_app, short events,
                       void *for_libxl)
{
    assert_null(*for_app);
    if (loop.fail_with)
        return loop.fail_with;
    loop.fds[loop.count] = (struct pollfd) { .fd = fd, .events = events };
    loop.for_libxl[loop.count] = for_libxl;
    *for_app = (void *)(intptr_t)(fd + 1000);
    loop.count++;
    return 0;
}

static void on_deregister(void *user, int fd, void *for_app)
{
    int i;

    assert_int_equal((intptr_t)for_app, fd + 1000);
    for (i = 0; loop.fds[i].fd != fd; i++)
        assert_true(i < loop.count);
    loop.count--;
    loop.fds[i] = loop.fds[loop.count];
    loop.for_libxl[i] = loop.for_libxl[loop.count];
}

static const libxl_osevent_hooks loop_hooks = {
    .fd_register = on_register,
    .fd_deregister = on_deregister,
};

static void loop_turn(void)
{
    struct loop now;
    int i;

    poll(loop.fds, loop.count, -1);
    now = loop;
    for (i = 0; i < now.count; i++) {
        if (now.fds[i].revents)
            libxl_osevent_occurred_fd(ctx, now.for_libxl[i], now.fds[i].fd,
                                      now.fds[i].events, now.fds[i].revents);
    }
}

static void hooks(void **state)
{
    const libxl_event_hooks event_hooks = {
        .event_occurs_mask = ANY,
        .event_occurs = on_event,
    };
    libxl_evgen_domain_death *evgen;
    struct told told = { 0 };

    memset(&loop, 0, sizeof(loop));
    libxl_osevent_register_hooks(ctx, &loop_hooks, NULL);
    assert_int_equal(loop.count, 1);
    libxl_event_register_callbacks(ctx, &event_hooks, &told);
    fake_domain(1, 0);
    evgen = enable(1, 0);
    assert_int_equal(loop.count, 2);
    fake_domain_gone(1);
    fake_change("@releaseDomain");
    while (!told.deaths)
        loop_turn();
    libxl_evdisable_domain_death(ctx, evgen);
    assert_int_equal(loop.count, 1);

    /* One that ended before is told by the loop as well. */
    evgen = enable(2, 0);
    assert_int_equal(told.deaths, 1);
    while (told.deaths < 2)
        loop_turn();
    libxl_evdisable_domain_death(ctx, evgen);
}

static void failing_hooks(void **state)
{
    libxl_evgen_domain_death *evgen = NULL;

    memset(&loop, 0, sizeof(loop));
    loop.fail_with = 77;
    libxl_osevent_register_hooks(ctx, &loop_hooks, NULL);
    assert_int_equal(libxl_evenable_domain_death(ctx, 1, 0, &evgen), 77);
    assert_null(evgen);
    assert_int_equal(fake_connections(), 1);

    loop.fail_with = 0;
    fake_domain(1, 0);
    enable(1, 0);
    assert_int_equal(loop.count, 2);
}

static void *wait_for_domain(void *arg)
{
    libxl_event *event;

    assert_int_equal(libxl_event_wait(ctx, &event, ANY, is_domain, arg), 0);
    libxl_event_free(ctx, event);
    return NULL;
}

/* Each of many threads that wait gets what is for it. */
static void many_waiters(void **state)
{
    pthread_t threads[8];
    uint32_t domids[8], i;

    for (i = 0; i < 8; i++) {
        domids[i] = i + 1;
        fake_domain(i + 1, 0);
        pthread_create(&threads[i], NULL, wait_for_domain, &domids[i]);
    }
    for (i = 0; i < 8; i++)
        enable(i + 1, 0);
    for (i = 8; i-- > 0;) {
        fake_domain_gone(i + 1);
        fake_change("@releaseDomain");
        pthread_join(threads[i], NULL);
    }
    expect_none();
}

/* The child of a fork loses the descriptors and can start anew. */
static void postfork(void **state)
{
    libxl_ctx *second = fake_ctx();
    int status;
    pid_t pid;

    fake_domain(1, 0);
    enable(1, 0);
    pid = fork();
    if (!pid) {
        libxl_postfork_child_noexec(second);
        if (fake_connections() || open_descriptors() != descriptors)
            _exit(1);
        ctx = fake_ctx();
        enable(2, 0);
        expect(2, 0, -1);
        libxl_ctx_free(ctx);
        _exit(open_descriptors() != descriptors);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    libxl_ctx_free(second);
    fake_domain_gone(1);
    fake_change("@releaseDomain");
    turn(-1);
    expect(1, 0, -1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(shutdown_then_death),
        TEST(ended_before),
        TEST(enabled_twice),
        TEST(resumed),
        TEST(costs_nothing_unused),
        TEST(many_domains),
        TEST(first_firing_is_no_news),
        TEST(masks_and_predicates),
        TEST(callbacks),
        TEST(disasters),
        TEST(beforepoll_without_room),
        TEST(hooks),
        TEST(failing_hooks),
        TEST(many_waiters),
        TEST(postfork),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
