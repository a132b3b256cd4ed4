/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Tests of event/child.c: programs that run side by side.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include <libxl_event.h>

#include "event/ao.h"
#include "event/child.h"
#include "event/wait.h"
#include "event-fakes.h"

#define MANY  40
#define PAUSE "sleep 0.3; "

static libxl_ctx *ctx;
static libxl__gc gc[1];
static unsigned int descriptors;
static libxl__child_spec specs[MANY];
static const char *argvs[MANY][4];
static int results[MANY];
static unsigned int count;

static int set_up(void **state)
{
    descriptors = open_descriptors();
    ctx = fake_ctx();
    libxl__gc_init(gc, ctx);
    last_message();
    count = 0;
    return 0;
}

static int tear_down(void **state)
{
    libxl__gc_dispose(gc);
    libxl_ctx_free(ctx);
    assert_int_equal(open_descriptors(), descriptors);
    /* No child is left. */
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
    return 0;
}

static libxl__child_spec *add(const char *script, int timeout_ms)
{
    libxl__child_spec *spec = &specs[count];
    const char *const argv[] = { "sh", "-c", script, NULL };

    memcpy(argvs[count], argv, sizeof(argv));
    *spec = (libxl__child_spec) {
        .what = "the script",
        .argv = argvs[count],
        .timeout_ms = timeout_ms,
    };
    results[count++] = 1;
    return spec;
}

static int run_with(libxl__gc *work_gc)
{
    libxl__children *children = libxl__children_begin(work_gc, count);
    unsigned int i;

    for (i = 0; i < count; i++)
        libxl__children_start(children, i, &specs[i]);
    return libxl__children_end(children, results);
}

static int run(void)
{
    return run_with(gc);
}

static int ms_since(libxl__deadline start)
{
    return libxl__deadline_in(0) - start;
}

static void none(void **state)
{
    assert_int_equal(run(), 0);
}

/* Nothing comes of one that is never started, and the others do not wait. */
static void some_start_late_and_one_never(void **state)
{
    libxl__deadline start = libxl__deadline_in(0);
    libxl__children *children = libxl__children_begin(gc, 3);

    add(PAUSE "exit 0", 20000);
    add("exit 3", 20000);
    add("exit 4", 20000);
    libxl__children_start(children, 2, &specs[0]);
    usleep(300000);
    libxl__children_start(children, 0, &specs[1]);
    assert_int_equal(libxl__children_end(children, results), ERROR_FAIL);
    assert_true(ms_since(start) < 590);
    assert_int_equal(results[0], ERROR_FAIL);
    assert_int_equal(results[1], 0);
    assert_int_equal(results[2], 0);
    last_message();
}

static void many(void **state)
{
    libxl__deadline start = libxl__deadline_in(0);
    unsigned int i;

    while (count < MANY)
        add(PAUSE "exit 0", 20000);
    assert_int_equal(run(), 0);
    assert_true(ms_since(start) >= 299);
    for (i = 0; i < count; i++)
        assert_int_equal(results[i], 0);
    assert_string_equal(last_message(), "");
}

/* Each program needs the other: it writes to its pipe and reads from that. */
static void all_are_started_first(void **state)
{
    char folder[] = "/tmp/event-children.XXXXXX", scripts[2][200];
    unsigned int i;

    assert_non_null(mkdtemp(folder));
    for (i = 0; i < 2; i++) {
        snprintf(scripts[i], sizeof(scripts[i]),
                 "cd %s; echo >%u; until test -e %u; do sleep 0.01; done",
                 folder, i, !i);
        add(scripts[i], 20000);
    }
    assert_int_equal(run(), 0);
    assert_int_equal(chdir(folder), 0);
    assert_int_equal(unlink("0"), 0);
    assert_int_equal(unlink("1"), 0);
    assert_int_equal(rmdir(folder), 0);
    assert_int_equal(chdir("/"), 0);
}

static void each_fails_alone(void **state)
{
    add("exit 0", 20000);
    add("exit 5", -1);
    add("exit 0", -1)->argv = (const char *const[]) { "/nonexistent", NULL };
    add(PAUSE "exit 0", 20000);
    add("kill -KILL $$", 20000);
    assert_int_equal(run(), ERROR_FAIL);
    assert_int_equal(results[0], 0);
    assert_int_equal(results[1], ERROR_FAIL);
    assert_int_equal(results[2], ERROR_FAIL);
    assert_int_equal(results[3], 0);
    assert_int_equal(results[4], ERROR_FAIL);
    assert_non_null(strstr(last_message(), "was killed by signal 9"));
}

/* Each has a deadline of its own; the first result is returned. */
static void one_is_too_slow(void **state)
{
    libxl__deadline start = libxl__deadline_in(0);

    add(PAUSE "exit 0", 20000);
    add("sleep 1000", 100);
    add(PAUSE "exit 0", -1);
    add("exit 1", -1);
    assert_int_equal(run(), ERROR_TIMEDOUT);
    assert_true(ms_since(start) >= 299);
    assert_int_equal(results[0], 0);
    assert_int_equal(results[1], ERROR_TIMEDOUT);
    assert_int_equal(results[2], 0);
    assert_int_equal(results[3], ERROR_FAIL);
}

static void slow_ones_are_killed_together(void **state)
{
    libxl__deadline start = libxl__deadline_in(0);

    while (count < 20)
        add("trap '' TERM; sleep 1000; sleep 1000", 300);
    assert_int_equal(run(), ERROR_TIMEDOUT);
    assert_true(ms_since(start) >= 299);
    assert_int_equal(results[19], ERROR_TIMEDOUT);
    assert_non_null(strstr(last_message(), "did not end within 300 ms"));
}

/* It goes on, with everything that it inherited. */
static void a_daemon_is_not_waited_for(void **state)
{
    libxl__deadline start = libxl__deadline_in(0);
    char pid_file[] = "/tmp/event-children.XXXXXX", script[100];
    int fd = mkstemp(pid_file);
    FILE *file = fdopen(fd, "r");
    long pid;

    snprintf(script, sizeof(script), "sleep 60 & echo $! >%s", pid_file);
    add(script, 20000);
    add("exit 0", 20000);
    assert_int_equal(run(), 0);
    assert_true(ms_since(start) < 10000);
    assert_int_equal(fscanf(file, "%ld", &pid), 1);
    fclose(file);
    unlink(pid_file);
    assert_int_equal(kill(pid, SIGKILL), 0);
}

/* A process that the application forks meanwhile holds all descriptors. */
static pid_t bystander;

static pid_t fork_with_bystander(void *user)
{
    bystander = fork();
    if (bystander)
        return fork();
    sleep(60);
    _exit(0);
}

static void a_bystander_is_not_waited_for(void **state)
{
    static const libxl_childproc_hooks hooks = {
        .fork_replacement = fork_with_bystander,
    };
    libxl__deadline start = libxl__deadline_in(0);

    libxl_childproc_setmode(ctx, &hooks, NULL);
    add("exit 0", 20000);
    assert_int_equal(run(), 0);
    assert_true(ms_since(start) < 10000);
    assert_int_equal(kill(bystander, SIGKILL), 0);
    assert_int_equal(waitpid(bystander, NULL, 0), bystander);
}

static pid_t fork_fails_at_times(void *user)
{
    if (++*(int *)user == 2) {
        errno = EAGAIN;
        return -1;
    }
    return fork();
}

static void fork_fails(void **state)
{
    static const libxl_childproc_hooks hooks = {
        .fork_replacement = fork_fails_at_times,
    };
    int forks = 0;

    libxl_childproc_setmode(ctx, &hooks, &forks);
    add("exit 0", -1);
    add("exit 0", -1);
    add(PAUSE "exit 0", -1);
    assert_int_equal(run(), ERROR_FAIL);
    assert_string_equal(last_message(), "cannot fork for the script");
    assert_int_equal(results[0], 0);
    assert_int_equal(results[1], ERROR_FAIL);
    assert_int_equal(results[2], 0);
    assert_int_equal(forks, 3);
}

/* The kernel may refuse to watch a child that runs already. */
static bool pidfd_fails;

int pidfd_open(pid_t pid, unsigned int flags)
{
    if (pidfd_fails) {
        pidfd_fails = false;
        errno = EMFILE;
        return -1;
    }
    return syscall(SYS_pidfd_open, pid, flags);
}

static void cannot_be_watched(void **state)
{
    pidfd_fails = true;
    add("sleep 1000", -1);
    add("exit 0", -1);
    assert_int_equal(run(), ERROR_FAIL);
    assert_string_equal(last_message(), "cannot watch the script");
    assert_int_equal(results[0], ERROR_FAIL);
    assert_int_equal(results[1], 0);
}

/* How many children the library has reaped. */
static int reaped;

int waitid(idtype_t type, id_t id, siginfo_t *info, int options)
{
    int r = syscall(SYS_waitid, type, id, info, options, NULL);

    if (!r)
        __atomic_add_fetch(&reaped, 1, __ATOMIC_RELAXED);
    return r;
}

/* Run them in an operation.  Abort it at once, or after one has ended. */
static bool wait_for_abort;
static const char *let_go; /* the file to remove then */

static int run_in_operation(libxl__gc *work_gc, void *job)
{
    while (wait_for_abort && !libxl__ao_is_aborted())
        usleep(1000);
    return run_with(work_gc);
}

static int run_and_abort(void)
{
    libxl_asyncop_how how = { .u.for_event = 1 };
    libxl_event *event;
    int rc;

    __atomic_store_n(&reaped, 0, __ATOMIC_RELAXED);
    libxl__ao_run(ctx, 0, &how, run_in_operation, NULL, 0);
    while (!wait_for_abort && !__atomic_load_n(&reaped, __ATOMIC_RELAXED))
        usleep(1000);
    assert_int_equal(libxl_ao_abort(ctx, &how), 0);
    if (let_go)
        assert_int_equal(unlink(let_go), 0);
    libxl_event_wait(ctx, &event, LIBXL_EVENTMASK_ALL, NULL, NULL);
    rc = event->u.operation_complete.rc;
    libxl_event_free(ctx, event);
    return rc;
}

/* What has ended before keeps its result; what cleans up is let end. */
static void aborted(void **state)
{
    char file[] = "/tmp/event-children.XXXXXX", script[100];

    wait_for_abort = false;
    close(mkstemp(file));
    let_go = file;
    snprintf(script, sizeof(script),
             "while test -e %s; do sleep 0.01; done; " PAUSE, file);
    add("exit 0", -1);
    add("sleep 1000", -1);
    add(script, 20000)->cleans_up = true;
    add("sleep 1000", 600000);
    assert_int_equal(run_and_abort(), ERROR_ABORTED);
    let_go = NULL;
    assert_int_equal(results[0], 0);
    assert_int_equal(results[1], ERROR_ABORTED);
    assert_int_equal(results[2], 0);
    assert_int_equal(results[3], ERROR_ABORTED);
    assert_string_equal(last_message(), "");
}

static pid_t count_forks(void *user)
{
    ++*(int *)user;
    return fork();
}

/* What would be killed at once is not started. */
static void aborted_before(void **state)
{
    const libxl_childproc_hooks hooks = { .fork_replacement = count_forks };
    int forks = 0;

    libxl_childproc_setmode(ctx, &hooks, &forks);
    wait_for_abort = true;
    add("exit 0", -1);
    add("exit 0", -1)->cleans_up = true;
    assert_int_equal(run_and_abort(), ERROR_ABORTED);
    assert_int_equal(results[0], ERROR_ABORTED);
    assert_int_equal(results[1], 0);
    assert_int_equal(forks, 1);
}

/* An application that reaps each child as soon as it is forked. */
static int reaper[2];

static pid_t fork_and_reap(void *user)
{
    int both[2];

    both[0] = fork();
    if (!both[0])
        return 0;
    waitpid(both[0], &both[1], 0);
    if (write(reaper[1], both, sizeof(both)) < 0)
        abort();
    return both[0];
}

static void start_reaping(void)
{
    static const libxl_childproc_hooks hooks = {
        .chldowner = libxl_sigchld_owner_mainloop,
        .fork_replacement = fork_and_reap,
    };

    assert_int_equal(pipe(reaper), 0);
    libxl_childproc_setmode(ctx, &hooks, NULL);
}

static void stop_reaping(void)
{
    close(reaper[0]);
    close(reaper[1]);
}

static int run_reaped(libxl__gc *work_gc, void *job)
{
    return run_with(work_gc);
}

static void reaped_by_the_application(void **state)
{
    libxl_asyncop_how how = { .u.for_event = 1 };
    libxl_event *event;
    int pairs[3][2];
    unsigned int i;

    start_reaping();
    add("exit 0", 20000);
    add("exit 7", 20000);
    add("exit 0", -1)->argv = (const char *const[]) { "/nonexistent", NULL };
    libxl__ao_run(ctx, 0, &how, run_reaped, NULL, 0);
    for (i = 0; i < 3; i++)
        assert_int_equal(read(reaper[0], pairs[i], sizeof(pairs[i])),
                         sizeof(pairs[i]));
    while (i-- > 0)
        assert_int_equal(libxl_childproc_reaped(ctx, pairs[i][0], pairs[i][1]),
                         0);
    libxl_event_wait(ctx, &event, LIBXL_EVENTMASK_ALL, NULL, NULL);
    assert_int_equal(event->u.operation_complete.rc, ERROR_FAIL);
    libxl_event_free(ctx, event);
    assert_int_equal(results[0], 0);
    assert_int_equal(results[1], ERROR_FAIL);
    assert_int_equal(results[2], ERROR_FAIL);
    assert_string_equal(last_message(), "cannot run the script '/nonexistent'");
    stop_reaping();
}

/* One that is never reported is not waited for longer than for the program. */
static void never_reported(void **state)
{
    int both[2];

    start_reaping();
    add("exit 0", 100);
    assert_int_equal(run(), ERROR_TIMEDOUT);
    assert_string_equal(last_message(),
                        "the application did not report within 100 ms how the "
                        "script 'sh' ended");
    assert_int_equal(read(reaper[0], both, sizeof(both)), sizeof(both));
    assert_int_equal(libxl_childproc_reaped(ctx, both[0], both[1]),
                     ERROR_UNKNOWN_CHILD);
    stop_reaping();
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(none),
        TEST(some_start_late_and_one_never),
        TEST(many),
        TEST(all_are_started_first),
        TEST(each_fails_alone),
        TEST(one_is_too_slow),
        TEST(slow_ones_are_killed_together),
        TEST(a_daemon_is_not_waited_for),
        TEST(a_bystander_is_not_waited_for),
        TEST(fork_fails),
        TEST(cannot_be_watched),
        TEST(aborted),
        TEST(aborted_before),
        TEST(reaped_by_the_application),
        TEST(never_reported),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
