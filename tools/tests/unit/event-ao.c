/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Tests of event/ao.c: operations in the caller's thread and in workers, their
 * progress, their end, and how they are cut short.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cmocka.h>

#include <libxl_event.h>
#include <pthread.h>

#include "event/ao.h"
#include "base/ctx.h"
#include "event/wait.h"
#include "event-fakes.h"

#define ANY       LIBXL_EVENTMASK_ALL
#define DONE      LIBXL_EVENT_TYPE_OPERATION_COMPLETE
#define AVAILABLE LIBXL_EVENT_TYPE_DOMAIN_CREATE_CONSOLE_AVAILABLE

static libxl_ctx *ctx;
static unsigned int descriptors;
static pthread_t main_thread;

/* What was told, in order: 'p' for progress, 'c' for completion. */
static char told[16];
static int told_rc;

/* How often the work came to its end. */
static unsigned int finished;

struct job {
    int rc;
    const libxl_asyncprogress_how *progress;
    int gate; /* readable when the work may go on; or -1 */
    pthread_t *thread;
};

static int set_up(void **state)
{
    main_thread = pthread_self();
    descriptors = open_descriptors();
    ctx = fake_ctx();
    memset(told, 0, sizeof(told));
    told_rc = 1;
    return 0;
}

static int tear_down(void **state)
{
    libxl_ctx_free(ctx);
    assert_int_equal(open_descriptors(), descriptors);
    return 0;
}

static int work(libxl__gc *gc, void *arg)
{
    const struct job *job = arg;
    int rc;

    if (job->thread)
        *job->thread = pthread_self();
    libxl__ao_progress(gc->ctx, job->progress, 7, AVAILABLE);
    if (job->gate >= 0) {
        rc = libxl__wait_fd(gc, job->gate, libxl__deadline_in(10000));
        if (rc)
            return rc;
    }
    libxl__zalloc(gc, 100);
    __atomic_add_fetch(&finished, 1, __ATOMIC_SEQ_CST);
    return job->rc;
}

static void on_done(libxl_ctx *c, int rc, void *user)
{
    assert_ptr_equal(c, ctx);
    assert_ptr_equal(user, told);
    assert_true(pthread_equal(pthread_self(), main_thread));
    assert_true(is_unlocked(c));
    told[strlen(told)] = 'c';
    told_rc = rc;
}

static void on_progress(libxl_ctx *c, libxl_event *event, void *user)
{
    libxl_event *other;

    assert_ptr_equal(user, told);
    assert_int_equal(event->type, AVAILABLE);
    assert_int_equal(event->domid, 7);
    assert_int_equal(event->for_user, 99);
    assert_true(is_unlocked(c));
    libxl_event_free(c, event);
    /* The library may be called from here; the end is not told meanwhile. */
    libxl_event_check(c, &other, 0, NULL, NULL);
    usleep(20000);
    libxl_event_check(c, &other, 0, NULL, NULL);
    told[strlen(told)] = 'p';
}

static const libxl_asyncop_how by_callback = {
    .callback = on_done,
    .u.for_callback = told,
};
static const libxl_asyncop_how by_event = { .u.for_event = 55 };
static const libxl_asyncprogress_how progress_by_callback = {
    .callback = on_progress,
    .for_event = 99,
    .for_callback = told,
};
static const libxl_asyncprogress_how progress_by_event = { .for_event = 98 };

static libxl_event *wait_for(libxl_event_type type)
{
    libxl_event *event;

    assert_int_equal(libxl_event_wait(ctx, &event, ANY, NULL, NULL), 0);
    assert_int_equal(event->type, type);
    return event;
}

static void turn(void)
{
    struct timeval now = { 0 };
    struct pollfd fds[8];
    int count = 8, timeout = -1;

    libxl_osevent_beforepoll(ctx, &count, fds, &timeout, now);
    poll(fds, count, timeout);
    libxl_osevent_afterpoll(ctx, count, fds, now);
}

static void in_the_callers_thread(void **state)
{
    pthread_t thread;
    struct job job = { .rc = ERROR_NOMEM, .gate = -1, .thread = &thread };

    job.progress = &progress_by_callback;
    assert_int_equal(libxl__ao_run(ctx, 7, NULL, work, &job, sizeof(job)),
                     ERROR_NOMEM);
    assert_true(pthread_equal(thread, main_thread));
    assert_string_equal(told, "p");

    job.progress = &progress_by_event;
    job.rc = 0;
    assert_int_equal(libxl__ao_run(ctx, 7, NULL, work, &job, sizeof(job)), 0);
    libxl_event_free(ctx, wait_for(AVAILABLE));
}

static void told_by_callback(void **state)
{
    pthread_t thread;
    struct job job = { .rc = 5, .gate = -1, .thread = &thread };

    job.progress = &progress_by_callback;
    assert_int_equal(
        libxl__ao_run(ctx, 7, &by_callback, work, &job, sizeof(job)), 0);
    while (strlen(told) < 2)
        turn();
    assert_string_equal(told, "pc");
    assert_int_equal(told_rc, 5);
    assert_false(pthread_equal(thread, main_thread));
}

static void told_by_event(void **state)
{
    struct job job = { .rc = ERROR_FAIL, .gate = -1 };
    libxl_event *event;

    job.progress = &progress_by_event;
    assert_int_equal(libxl__ao_run(ctx, 7, &by_event, work, &job, sizeof(job)),
                     0);
    event = wait_for(AVAILABLE);
    assert_int_equal(event->for_user, 98);
    libxl_event_free(ctx, event);
    event = wait_for(DONE);
    assert_int_equal(event->for_user, 55);
    assert_int_equal(event->domid, 7);
    assert_int_equal(event->u.operation_complete.rc, ERROR_FAIL);
    libxl_event_free(ctx, event);
}

static void on_event(void *user, libxl_event *event)
{
    assert_true(pthread_equal(pthread_self(), main_thread));
    assert_true(is_unlocked(ctx));
    told[strlen(told)] = event->type == DONE ? 'c' : 'p';
    libxl_event_free(ctx, event);
}

static void told_by_the_event_hook(void **state)
{
    const libxl_event_hooks hooks = {
        .event_occurs_mask = ANY,
        .event_occurs = on_event,
    };
    struct job job = { .gate = -1, .progress = &progress_by_event };

    libxl_event_register_callbacks(ctx, &hooks, NULL);
    libxl__ao_run(ctx, 7, &by_event, work, &job, sizeof(job));
    while (strlen(told) < 2)
        turn();
    assert_string_equal(told, "pc");

    /* The caller's own thread does not wait for the loop. */
    libxl__ao_run(ctx, 7, NULL, work, &job, sizeof(job));
    assert_string_equal(told, "pcp");
}

/* The job is copied, and many operations run side by side. */
static void many_at_once(void **state)
{
    libxl_asyncop_how how = { 0 };
    struct job job = { .gate = -1, .progress = &progress_by_event };
    unsigned int seen[50] = { 0 }, i;
    libxl_event *event;

    for (i = 0; i < 50; i++) {
        how.u.for_event = i;
        job.rc = i;
        libxl__ao_run(ctx, i, &how, work, &job, sizeof(job));
    }
    memset(&job, 0xff, sizeof(job));
    for (i = 0; i < 100; i++) {
        assert_int_equal(libxl_event_wait(ctx, &event, ANY, NULL, NULL), 0);
        if (event->type == DONE) {
            assert_int_equal(event->u.operation_complete.rc, event->for_user);
            seen[event->for_user]++;
        }
        libxl_event_free(ctx, event);
    }
    for (i = 0; i < 50; i++)
        assert_int_equal(seen[i], 1);
}

static void aborted(void **state)
{
    struct job job = { .gate = eventfd(0, EFD_CLOEXEC) };
    libxl_asyncop_how other = by_event;
    libxl_event *event;

    other.u.for_event++;
    assert_int_equal(libxl_ao_abort(ctx, &by_event), ERROR_NOTFOUND);
    libxl__ao_run(ctx, 7, &by_event, work, &job, sizeof(job));
    usleep(10000);
    assert_int_equal(libxl_ao_abort(ctx, &other), ERROR_NOTFOUND);
    assert_int_equal(libxl_ao_abort(ctx, &by_callback), ERROR_NOTFOUND);
    assert_int_equal(libxl_ao_abort(ctx, NULL), ERROR_NOTFOUND);
    /* The work cannot end in between, where it is not found any more. */
    libxl__ctx_lock(ctx);
    assert_int_equal(libxl_ao_abort(ctx, &by_event), 0);
    assert_int_equal(libxl_ao_abort(ctx, &by_event), ERROR_ABORTED);
    libxl__ctx_unlock(ctx);
    event = wait_for(DONE);
    assert_int_equal(event->u.operation_complete.rc, ERROR_ABORTED);
    libxl_event_free(ctx, event);
    assert_int_equal(libxl_ao_abort(ctx, &by_event), ERROR_NOTFOUND);

    close(job.gate);
}

/* The work is over, though nobody was told yet. */
static void aborted_too_late(void **state)
{
    struct job job = { .gate = -1 };
    struct timeval now = { 0 };
    struct pollfd fds[8];
    int count = 8, timeout = -1;

    libxl_osevent_beforepoll(ctx, &count, fds, &timeout, now);
    libxl__ao_run(ctx, 7, &by_event, work, &job, sizeof(job));
    poll(fds, count, timeout);
    assert_int_equal(libxl_ao_abort(ctx, &by_event), ERROR_NOTFOUND);
    libxl_event_free(ctx, wait_for(DONE));
}

static int wait_though_aborted(libxl__gc *gc, void *arg)
{
    while (!libxl__ao_is_aborted())
        usleep(1000);
    return libxl__wait_fd(gc, -1, libxl__deadline_in(10000));
}

static void aborted_before_it_waits(void **state)
{
    libxl_event *event;

    libxl__ao_run(ctx, 7, &by_event, wait_though_aborted, NULL, 0);
    assert_int_equal(libxl_ao_abort(ctx, &by_event), 0);
    event = wait_for(DONE);
    assert_int_equal(event->u.operation_complete.rc, ERROR_ABORTED);
    libxl_event_free(ctx, event);
}

static void *abort_the_other(void *arg)
{
    while (libxl_ao_abort(ctx, NULL) == ERROR_NOTFOUND)
        usleep(1000);
    return NULL;
}

static int wait_for_abort(libxl__gc *gc, void *arg)
{
    while (!libxl__ao_is_aborted())
        usleep(1000);
    return ERROR_ABORTED;
}

/* A part of an operation is cut short with all of it. */
static int inner_work(libxl__gc *gc, void *arg)
{
    return libxl__ao_run(gc->ctx, 0, NULL, wait_for_abort, NULL, 0);
}

static void aborted_with_its_parts(void **state)
{
    libxl__ao_run(ctx, 7, &by_event, inner_work, NULL, 0);
    usleep(10000);
    assert_int_equal(libxl_ao_abort(ctx, NULL), ERROR_NOTFOUND);
    assert_int_equal(libxl_ao_abort(ctx, &by_event), 0);
    libxl_event_free(ctx, wait_for(DONE));
}

static void aborted_from_another_thread(void **state)
{
    pthread_t thread;

    assert_false(libxl__ao_is_aborted());
    pthread_create(&thread, NULL, abort_the_other, NULL);
    assert_int_equal(libxl__ao_run(ctx, 0, NULL, inner_work, NULL, 0),
                     ERROR_ABORTED);
    pthread_join(thread, NULL);
    assert_int_equal(libxl_ao_abort(ctx, NULL), ERROR_NOTFOUND);
}

/* Freeing the context waits for the work; what it has to tell is dropped. */
static void freed_while_running(void **state)
{
    struct job job = { .gate = eventfd(0, EFD_CLOEXEC) };

    job.progress = &progress_by_event;
    finished = 0;
    libxl__ao_run(ctx, 7, &by_callback, work, &job, sizeof(job));
    libxl__ao_run(ctx, 7, &by_event, work, &job, sizeof(job));
    eventfd_write(job.gate, 1);
    libxl_ctx_free(ctx);
    close(job.gate);
    assert_int_equal(finished, 2);
    assert_string_equal(told, "");
    ctx = fake_ctx();
}

static int report_signals(libxl__gc *gc, void *arg)
{
    sigset_t blocked;

    pthread_sigmask(SIG_BLOCK, NULL, &blocked);
    return sigismember(&blocked, SIGTERM) && sigismember(&blocked, SIGCHLD);
}

static void workers_take_no_signals(void **state)
{
    libxl_event *event;

    libxl__ao_run(ctx, 0, &by_event, report_signals, NULL, 0);
    event = wait_for(DONE);
    assert_int_equal(event->u.operation_complete.rc, 1);
    libxl_event_free(ctx, event);
}

static void *wait_for_done(void *arg)
{
    *(libxl_event **)arg = wait_for(DONE);
    return NULL;
}

/* What is told at once wakes a thread that sleeps for it. */
static void done_at_once_elsewhere(void **state)
{
    struct job job = { .gate = -1 };
    libxl_event *event;
    pthread_t thread;

    pthread_create(&thread, NULL, wait_for_done, &event);
    usleep(10000);
    alarm(60); /* this ends the test where nobody wakes the thread */
    assert_int_equal(
        libxl__ao_run_now(ctx, 7, &by_event, work, &job, sizeof(job)), 0);
    pthread_join(thread, NULL);
    alarm(0);
    assert_int_equal(event->for_user, 55);
    libxl_event_free(ctx, event);
}

static void done_at_once(void **state)
{
    pthread_t thread;
    struct job job = { .gate = -1, .thread = &thread };
    libxl_event *event;

    assert_int_equal(
        libxl__ao_run_now(ctx, 7, &by_callback, work, &job, sizeof(job)), 0);
    assert_true(pthread_equal(thread, main_thread));
    assert_string_equal(told, "c");
    assert_int_equal(told_rc, 0);

    assert_int_equal(
        libxl__ao_run_now(ctx, 7, &by_event, work, &job, sizeof(job)), 0);
    event = wait_for(DONE);
    assert_int_equal(event->for_user, 55);
    assert_int_equal(event->domid, 7);
    libxl_event_free(ctx, event);

    job.rc = ERROR_INVAL;
    assert_int_equal(
        libxl__ao_run_now(ctx, 7, &by_event, work, &job, sizeof(job)),
        ERROR_INVAL);
    assert_int_equal(libxl_event_check(ctx, &event, ANY, NULL, NULL),
                     ERROR_NOT_READY);
}

static int no_registration(void *user, int fd, void **for_app, short events,
                           void *for_libxl)
{
    return ERROR_OSEVENT_REG_FAIL;
}

/* Without a loop that would tell the end, nothing is begun. */
static void refused_by_the_loop(void **state)
{
    static const libxl_osevent_hooks hooks = { .fd_register = no_registration };
    struct job job = { .gate = -1 };

    libxl_osevent_register_hooks(ctx, &hooks, NULL);
    assert_int_equal(libxl__ao_run(ctx, 7, &by_event, work, &job, sizeof(job)),
                     ERROR_OSEVENT_REG_FAIL);
    assert_int_equal(libxl_ao_abort(ctx, &by_event), ERROR_NOTFOUND);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(in_the_callers_thread),  TEST(told_by_callback),
        TEST(told_by_event),          TEST(told_by_the_event_hook),
        TEST(many_at_once),           TEST(aborted),
        TEST(aborted_too_late),       TEST(aborted_before_it_waits),
        TEST(aborted_with_its_parts), TEST(aborted_from_another_thread),
        TEST(freed_while_running),    TEST(workers_take_no_signals),
        TEST(done_at_once),           TEST(done_at_once_elsewhere),
        TEST(refused_by_the_loop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
