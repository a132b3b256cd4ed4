/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Tests of event/wait.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include <pthread.h>

#include "event/ao.h"
#include "event/wait.h"
#include "event-fakes.h"

static const char *const paths[] = { "/one", "/two" };
static libxl_ctx *ctx;
static libxl__gc gc[1];
static unsigned int descriptors;

static int set_up(void **state)
{
    descriptors = open_descriptors();
    ctx = fake_ctx();
    libxl__gc_init(gc, ctx);
    return 0;
}

static int tear_down(void **state)
{
    libxl__gc_dispose(gc);
    assert_int_equal(fake_connections(), 1);
    libxl_ctx_free(ctx);
    assert_int_equal(open_descriptors(), descriptors);
    return 0;
}

/* The check is content when it was asked so often. */
struct asked {
    int count;
    int enough;
    int rc;
    bool change;
};

static int check(libxl__gc *scratch, void *user)
{
    struct asked *asked = user;

    assert_ptr_not_equal(scratch, gc);
    libxl__zalloc(scratch, 64);
    if (++asked->count == asked->enough)
        return asked->rc;
    if (asked->change)
        fake_change("/two");
    return ERROR_NOT_READY;
}

static void content_at_once(void **state)
{
    struct asked asked = { .enough = 1 };

    assert_int_equal(libxl__wait_xenstore(gc, paths, 2, 1000, check, &asked),
                     0);
    assert_int_equal(asked.count, 1);
}

static void content_after_changes(void **state)
{
    struct asked asked = { .enough = 4, .change = true };

    assert_int_equal(libxl__wait_xenstore(gc, paths, 2, -1, check, &asked), 0);
    assert_int_equal(asked.count, 4);
}

static void check_fails(void **state)
{
    struct asked asked = { .enough = 2, .rc = ERROR_NOMEM, .change = true };

    assert_int_equal(libxl__wait_xenstore(gc, paths, 2, 1000, check, &asked),
                     ERROR_NOMEM);
}

/* Watches fire when they are set: that is no reason to ask again. */
static void time_is_over(void **state)
{
    struct asked asked = { .enough = -1 };
    struct timespec before, after;

    clock_gettime(CLOCK_MONOTONIC, &before);
    assert_int_equal(libxl__wait_xenstore(gc, paths, 2, 50, check, &asked),
                     ERROR_TIMEDOUT);
    clock_gettime(CLOCK_MONOTONIC, &after);
    assert_int_equal(asked.count, 1);
    assert_true((after.tv_sec - before.tv_sec) * 1000 +
                    (after.tv_nsec - before.tv_nsec) / 1000000 >=
                49);
}

/* Changes that do not help do not prolong the time. */
static void *keep_changing(void *stop)
{
    while (!__atomic_load_n((bool *)stop, __ATOMIC_RELAXED)) {
        fake_change("/one");
        usleep(5000);
    }
    return NULL;
}

static void time_is_over_among_changes(void **state)
{
    struct asked asked = { .enough = -1 };
    bool stop = false;
    pthread_t thread;

    pthread_create(&thread, NULL, keep_changing, &stop);
    assert_int_equal(libxl__wait_xenstore(gc, paths, 2, 500, check, &asked),
                     ERROR_TIMEDOUT);
    __atomic_store_n(&stop, true, __ATOMIC_RELAXED);
    pthread_join(thread, NULL);
    assert_in_range(asked.count, 2, 200);
}

/* Nor does a guest that has changed the node again whenever it is asked. */
static void time_is_over_without_a_pause(void **state)
{
    struct asked asked = { .enough = 1000000, .rc = 0, .change = true };

    assert_int_equal(libxl__wait_xenstore(gc, paths, 2, 50, check, &asked),
                     ERROR_TIMEDOUT);
}

static void wait_fd(void **state)
{
    int pipes[2];

    assert_int_equal(pipe(pipes), 0);
    assert_int_equal(libxl__wait_fd(gc, pipes[0], libxl__deadline_in(0)),
                     ERROR_TIMEDOUT);
    assert_int_equal(write(pipes[1], "", 1), 1);
    assert_int_equal(libxl__wait_fd(gc, pipes[0], libxl__deadline_in(-1)), 0);
    assert_int_equal(libxl__wait_fd(gc, pipes[0], libxl__deadline_in(0)), 0);
    close(pipes[0]);
    close(pipes[1]);
    assert_int_equal(libxl__wait_fd(gc, pipes[0], libxl__deadline_in(-1)),
                     ERROR_INVAL);
}

static void poll_succeeds_at_once(void **state)
{
    struct asked asked = { .enough = 1 };
    libxl__deadline deadline = libxl__deadline_in(0);

    assert_int_equal(libxl__wait_poll(gc, 1000, &deadline, true, check, &asked),
                     0);
    assert_int_equal(asked.count, 1);
}

static void poll_succeeds_after_a_while(void **state)
{
    struct asked asked = { .enough = 5 };
    libxl__deadline deadline = libxl__deadline_in(-1);

    assert_int_equal(libxl__wait_poll(gc, 5, &deadline, true, check, &asked),
                     0);
    assert_int_equal(asked.count, 5);
}

static void poll_passes_an_error_on(void **state)
{
    struct asked asked = { .enough = 2, .rc = ERROR_NOMEM };
    libxl__deadline deadline = libxl__deadline_in(-1);

    assert_int_equal(libxl__wait_poll(gc, 5, &deadline, false, check, &asked),
                     ERROR_NOMEM);
}

/* A pause ends at the deadline, and the check is called once more then. */
static void poll_ends_at_its_deadline(void **state)
{
    struct asked asked = { .enough = -1 };
    libxl__deadline deadline = libxl__deadline_in(50);

    assert_int_equal(
        libxl__wait_poll(gc, 60000, &deadline, false, check, &asked),
        ERROR_TIMEDOUT);
    assert_int_equal(asked.count, 2);
    assert_true(deadline <= libxl__deadline_in(0));
}

/* A check that sees progress gives itself more time. */
struct progress {
    int count;
    libxl__deadline deadline;
};

static int put_off(libxl__gc *scratch, void *user)
{
    struct progress *progress = user;

    if (++progress->count < 6)
        progress->deadline = libxl__deadline_in(20);
    return ERROR_NOT_READY;
}

static void poll_deadline_can_be_put_off(void **state)
{
    struct progress progress = { .deadline = libxl__deadline_in(0) };

    assert_int_equal(libxl__wait_poll(gc, 60000, &progress.deadline, true,
                                      put_off, &progress),
                     ERROR_TIMEDOUT);
    assert_int_equal(progress.count, 6);
}

/* What an operation that is aborted at its start makes of a wait. */
struct aborted {
    bool abortable;
    struct asked asked;
    int rc;
};

static int poll_when_aborted(libxl__gc *work_gc, void *opaque)
{
    struct aborted *aborted = *(struct aborted **)opaque;
    libxl__deadline deadline = libxl__deadline_in(60000);

    while (!libxl__ao_is_aborted())
        usleep(1000);
    aborted->rc = libxl__wait_poll(work_gc, 10, &deadline, aborted->abortable,
                                   check, &aborted->asked);
    return 0;
}

static void poll_and_abort(struct aborted *aborted)
{
    libxl_asyncop_how how = { .callback = NULL, .u.for_event = 5 };
    libxl_event *event;

    assert_int_equal(libxl__ao_run(ctx, 7, &how, poll_when_aborted, &aborted,
                                   sizeof(aborted)),
                     0);
    assert_int_equal(libxl_ao_abort(ctx, &how), 0);
    assert_int_equal(
        libxl_event_wait(ctx, &event, LIBXL_EVENTMASK_ALL, NULL, NULL), 0);
    libxl_event_free(ctx, event);
}

static void poll_ends_when_aborted(void **state)
{
    struct aborted aborted = { .abortable = true, .asked.enough = -1 };

    poll_and_abort(&aborted);
    assert_int_equal(aborted.rc, ERROR_ABORTED);
    assert_int_equal(aborted.asked.count, 1);
}

static void poll_goes_on_when_aborted(void **state)
{
    struct aborted aborted = { .abortable = false, .asked.enough = 4 };

    poll_and_abort(&aborted);
    assert_int_equal(aborted.rc, 0);
    assert_int_equal(aborted.asked.count, 4);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(content_at_once),
        TEST(content_after_changes),
        TEST(check_fails),
        TEST(time_is_over),
        TEST(time_is_over_among_changes),
        TEST(time_is_over_without_a_pause),
        TEST(wait_fd),
        TEST(poll_succeeds_at_once),
        TEST(poll_succeeds_after_a_while),
        TEST(poll_passes_an_error_on),
        TEST(poll_ends_at_its_deadline),
        TEST(poll_deadline_can_be_put_off),
        TEST(poll_ends_when_aborted),
        TEST(poll_goes_on_when_aborted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
