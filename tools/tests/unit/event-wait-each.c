/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Tests of event/wait.c: waiting for several paths at once.
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "event/ao.h"
#include "event/wait.h"
#include "event-fakes.h"

#define COUNT 3
#define MANY  50

static const char *const paths[] = { "/one", "/two", "/three" };
static libxl_ctx *ctx;
static libxl__gc gc[1];
static unsigned int descriptors;

/* What the check of each path does, and how often it was called. */
static struct plan {
    int enough; /* done when asked so often; 0: never */
    int rc;     /* then */
    const char *change[2];
    int asked;
} plans[MANY];
static int results[MANY];

static int set_up(void **state)
{
    descriptors = open_descriptors();
    ctx = fake_ctx();
    libxl__gc_init(gc, ctx);
    last_message();
    memset(plans, 0, sizeof(plans));
    memset(results, 0x55, sizeof(results));
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

static int check(libxl__gc *scratch, unsigned int index, void *user)
{
    struct plan *plan = &plans[index];
    unsigned int i;

    assert_ptr_not_equal(scratch, gc);
    assert_ptr_equal(user, plans);
    libxl__zalloc(scratch, 64);
    for (i = 0; i < 2; i++)
        if (plan->change[i])
            fake_change(plan->change[i]);
    return ++plan->asked == plan->enough ? plan->rc : ERROR_NOT_READY;
}

static int wait_ms(int timeout_ms)
{
    return libxl__wait_each(gc, paths, COUNT, timeout_ms, true, check, plans,
                            results);
}

static void assert_results(int one, int two, int three)
{
    assert_int_equal(results[0], one);
    assert_int_equal(results[1], two);
    assert_int_equal(results[2], three);
}

static void assert_asked(int one, int two, int three)
{
    assert_int_equal(plans[0].asked, one);
    assert_int_equal(plans[1].asked, two);
    assert_int_equal(plans[2].asked, three);
}

static void none(void **state)
{
    assert_int_equal(
        libxl__wait_each(gc, NULL, 0, 1000, true, check, plans, NULL), 0);
}

static void all_at_once(void **state)
{
    unsigned int i;

    for (i = 0; i < COUNT; i++)
        plans[i].enough = 1;
    assert_int_equal(wait_ms(-1), 0);
    assert_results(0, 0, 0);
    assert_asked(1, 1, 1);
}

static void many_paths(void **state)
{
    const char *names[MANY];
    unsigned int i;

    for (i = 0; i < MANY; i++) {
        names[i] = libxl__sprintf(gc, "/path/%u", i);
        plans[i].enough = 2;
        plans[i].change[0] = names[i];
    }
    assert_int_equal(
        libxl__wait_each(gc, names, MANY, 60000, true, check, plans, results),
        0);
    for (i = 0; i < MANY; i++) {
        assert_int_equal(results[i], 0);
        assert_int_equal(plans[i].asked, 2);
    }
}

/* A change of one path is no reason to ask for the others. */
static void only_changed_ones_are_asked(void **state)
{
    plans[1] = (struct plan) { .enough = 20, .change = { "/two" } };
    plans[2] = (struct plan) { .enough = 3, .change = { "/three" } };
    assert_int_equal(wait_ms(500), ERROR_TIMEDOUT);
    assert_results(ERROR_TIMEDOUT, 0, 0);
    assert_asked(1, 20, 3);
}

/* The others are waited for, and one that is done is not asked again. */
static void failures_are_kept(void **state)
{
    plans[0] = (struct plan) { .enough = 5, .change = { "/one", "/two" } };
    plans[1] = (struct plan) { .enough = 1, .rc = ERROR_INVAL };
    plans[2] = (struct plan) { .enough = 1, .rc = ERROR_NOMEM };
    assert_int_equal(wait_ms(60000), ERROR_INVAL);
    assert_results(0, ERROR_INVAL, ERROR_NOMEM);
    assert_asked(5, 1, 1);
}

static void time_is_over(void **state)
{
    libxl__deadline end = libxl__deadline_in(50);

    plans[1].enough = 1;
    assert_int_equal(wait_ms(50), ERROR_TIMEDOUT);
    assert_true(libxl__deadline_in(0) >= end);
    assert_results(ERROR_TIMEDOUT, 0, ERROR_TIMEDOUT);
    assert_asked(1, 1, 1);
    assert_string_equal(last_message(), "");
}

/* Changes one path after the other, each before the time is over. */
static void *change_slowly(void *unused)
{
    unsigned int i;

    for (i = 0; i < COUNT; i++) {
        usleep(1200 * 1000);
        fake_change(paths[i]);
    }
    return NULL;
}

static void each_that_is_done_gives_the_others_time(void **state)
{
    pthread_t thread;
    unsigned int i;

    for (i = 0; i < COUNT; i++)
        plans[i].enough = 2;
    pthread_create(&thread, NULL, change_slowly, NULL);
    assert_int_equal(wait_ms(3400), 0);
    pthread_join(thread, NULL);
    assert_results(0, 0, 0);
}

static void no_time_at_all(void **state)
{
    plans[0].enough = 1;
    plans[1].enough = 1;
    assert_int_equal(wait_ms(0), ERROR_TIMEDOUT);
    assert_results(0, 0, ERROR_TIMEDOUT);
    assert_asked(1, 1, 1);
}

/* A guest that has changed its node again whenever that is read. */
static void time_is_over_without_a_pause(void **state)
{
    plans[0].change[0] = "/one";
    plans[1].enough = 1;
    plans[2].enough = 1;
    assert_int_equal(wait_ms(50), ERROR_TIMEDOUT);
    assert_results(ERROR_TIMEDOUT, 0, 0);
    assert_true(plans[0].asked > 1);
}

/* A guest whose events come faster than they are taken. */
static void flood(int rc)
{
    libxl__deadline end = libxl__deadline_in(10000);

    fake_guest_floods = true;
    assert_int_equal(wait_ms(200), ERROR_TIMEDOUT);
    fake_guest_floods = false;
    assert_true(libxl__deadline_in(0) < end);
    assert_results(rc, 0, ERROR_TIMEDOUT);
}

static void time_is_over_among_changes(void **state)
{
    plans[1].enough = 1;
    flood(ERROR_TIMEDOUT);
    assert_asked(2, 1, 1);
}

/* Its node is done, another is not. */
static void time_is_over_among_useless_changes(void **state)
{
    plans[0].enough = 1;
    plans[1].enough = 1;
    flood(0);
    assert_asked(1, 1, 1);
}

static int die(libxl__gc *scratch, unsigned int index, void *user)
{
    if (index == 1)
        fake_xenstored_dies();
    return index ? ERROR_NOT_READY : 0;
}

static void xenstored_dies(void **state)
{
    assert_int_equal(
        libxl__wait_each(gc, paths, COUNT, 60000, true, die, NULL, results),
        ERROR_FAIL);
    assert_results(0, ERROR_FAIL, ERROR_FAIL);
    assert_string_equal(last_message(), "the connection to xenstored broke");
}

/* Wait in an operation that is aborted at its start. */
static int wait_when_aborted(libxl__gc *work_gc, void *abortable)
{
    while (!libxl__ao_is_aborted())
        usleep(1000);
    libxl__wait_each(work_gc, paths, COUNT, 60000, *(bool *)abortable, check,
                     plans, results);
    return 0;
}

static void wait_and_abort(bool abortable)
{
    libxl_asyncop_how how = { .u.for_event = 5 };
    libxl_event *event;

    assert_int_equal(libxl__ao_run(ctx, 7, &how, wait_when_aborted, &abortable,
                                   sizeof(abortable)),
                     0);
    assert_int_equal(libxl_ao_abort(ctx, &how), 0);
    assert_int_equal(
        libxl_event_wait(ctx, &event, LIBXL_EVENTMASK_ALL, NULL, NULL), 0);
    libxl_event_free(ctx, event);
}

static void ends_when_aborted(void **state)
{
    plans[1].enough = 1;
    wait_and_abort(true);
    assert_results(ERROR_ABORTED, 0, ERROR_ABORTED);
    assert_asked(1, 1, 1);
}

static void goes_on_when_aborted(void **state)
{
    plans[0].enough = 1;
    plans[1] = (struct plan) { .enough = 4, .change = { "/two" } };
    plans[2].enough = 1;
    wait_and_abort(false);
    assert_results(0, 0, 0);
    assert_asked(1, 4, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(none),
        TEST(all_at_once),
        TEST(many_paths),
        TEST(only_changed_ones_are_asked),
        TEST(failures_are_kept),
        TEST(time_is_over),
        TEST(each_that_is_done_gives_the_others_time),
        TEST(no_time_at_all),
        TEST(time_is_over_without_a_pause),
        TEST(time_is_over_among_changes),
        TEST(time_is_over_among_useless_changes),
        TEST(xenstored_dies),
        TEST(ends_when_aborted),
        TEST(goes_on_when_aborted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
