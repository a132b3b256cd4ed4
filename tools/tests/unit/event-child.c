/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Tests of event/child.c.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include <libxl_event.h>

#include "event/ao.h"
#include "event/child.h"
#include "event-fakes.h"

static libxl_ctx *ctx;
static libxl__gc gc[1];
static unsigned int descriptors;

static int set_up(void **state)
{
    descriptors = open_descriptors();
    ctx = fake_ctx();
    libxl__gc_init(gc, ctx);
    last_message();
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

static int run_for(const char *script, int timeout_ms, int *status_r)
{
    const char *const argv[] = { "sh", "-c", script, NULL };
    const char *const env[] = { "ADDED=yes", "HOME=/changed", NULL };
    const libxl__child_spec spec = {
        .what = "the script",
        .argv = argv,
        .env = env,
        .timeout_ms = timeout_ms,
    };

    return libxl__child_run(gc, &spec, status_r);
}

static int run(const char *script)
{
    return run_for(script, 20000, NULL);
}

static void ends_well(void **state)
{
    assert_int_equal(run("exit 0"), 0);
    assert_string_equal(last_message(), "");
}

static void ends_badly(void **state)
{
    int status = 0;

    assert_int_equal(run("exit 3"), ERROR_FAIL);
    assert_non_null(strstr(last_message(), "ended with exit status 3"));
    assert_int_equal(run("kill -SEGV $$"), ERROR_FAIL);
    assert_non_null(strstr(last_message(), "was killed by signal 11"));

    assert_int_equal(run_for("exit 4", -1, &status), 0);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 4);
    assert_int_equal(run_for("kill -TERM $$", -1, &status), 0);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
    assert_string_equal(last_message(), "");
}

static void not_there(void **state)
{
    const char *const argv[] = { "/nonexistent/program", NULL };
    const libxl__child_spec spec = {
        .what = "the script",
        .argv = argv,
        .timeout_ms = 20000,
    };

    assert_int_equal(libxl__child_run(gc, &spec, NULL), ERROR_FAIL);
    assert_string_equal(last_message(),
                        "cannot run the script '/nonexistent/program'");
}

static void environment(void **state)
{
    setenv("KEPT", "1", 1);
    assert_int_equal(
        run("test \"$ADDED$HOME$KEPT\" = yes/changed1 && test -n \"$PATH\""),
        0);
}

/* Nothing but the three standard descriptors; a leak of ours would show. */
static void no_descriptor_leaks(void **state)
{
    int leak = open("/dev/null", O_RDONLY);

    assert_int_equal(fcntl(leak, F_DUPFD, 100), 100);
    assert_int_equal(run("for fd in /proc/self/fd/*; do case ${fd##*/} in "
                         "[012]) ;; *) test ! -e $fd || exit 1 ;; esac; done"),
                     0);
    assert_int_equal(run("test \"$(readlink /proc/self/fd/0)\" = /dev/null"),
                     0);
    assert_int_equal(run("test \"$(readlink -f /proc/$$/fd/1)\" = /dev/null"),
                     0);
    close(leak);
    close(100);
}

static void signals_are_as_new(void **state)
{
    sigset_t blocked, before;

    sigfillset(&blocked);
    sigprocmask(SIG_SETMASK, &blocked, &before);
    signal(SIGPIPE, SIG_IGN);
    /* The C library keeps signals 32 and 33 for itself. */
    assert_int_equal(run("awk '/SigBlk|SigIgn/ && !/0000000[01][08]0000000/ "
                         "{ exit 1 }' /proc/self/status"),
                     0);
    signal(SIGPIPE, SIG_DFL);
    sigprocmask(SIG_SETMASK, &before, NULL);
}

/* It may take a moment until init reaps it. */
static bool ends_soon(long pid)
{
    char path[40], state;
    FILE *file;
    int tries;

    for (tries = 0; tries < 100 && !kill(pid, 0); tries++) {
        snprintf(path, sizeof(path), "/proc/%ld/stat", pid);
        file = fopen(path, "r");
        if (!file)
            return true;
        if (fscanf(file, "%*d %*s %c", &state) != 1)
            state = 'Z';
        fclose(file);
        if (state == 'Z')
            return true;
        usleep(10000);
    }
    return tries < 100;
}

/* Runs a script that starts a child, and then END.  Returns the child's number.
 */
static long run_parent(const char *end, int timeout_ms, int wanted)
{
    char pid_file[] = "/tmp/event-child.XXXXXX", script[100];
    FILE *file;
    long pid;
    int fd = mkstemp(pid_file);

    snprintf(script, sizeof(script), "sleep 1000 & echo $! >%s; %s", pid_file,
             end);
    assert_int_equal(run_for(script, timeout_ms, NULL), wanted);
    file = fdopen(fd, "r");
    assert_int_equal(fscanf(file, "%ld", &pid), 1);
    fclose(file);
    unlink(pid_file);
    return pid;
}

/* Its own children go with it. */
static void time_is_over(void **state)
{
    long pid = run_parent("wait", 200, ERROR_TIMEDOUT);

    assert_string_equal(
        last_message(),
        "the script 'sh' did not end within 200 ms and was killed");
    assert_true(ends_soon(pid));
}

/* Only a program that fails takes with it what it has started. */
static void leaves_a_child(void **state)
{
    long pid = run_parent("exit 0", 20000, 0);

    usleep(50000);
    assert_int_equal(kill(pid, SIGKILL), 0);
    assert_true(ends_soon(run_parent("exit 1", 20000, ERROR_FAIL)));
    assert_true(ends_soon(run_parent("kill -SEGV $$", 20000, ERROR_FAIL)));
    last_message();
}

static int run_long(libxl__gc *worker_gc, void *arg)
{
    const char *const argv[] = { "sleep", "1000", NULL };
    const libxl__child_spec spec = {
        .what = "the script",
        .argv = argv,
        .timeout_ms = -1,
    };

    return libxl__child_run(worker_gc, &spec, NULL);
}

static void aborted(void **state)
{
    libxl_asyncop_how how = { .u.for_event = 1 };
    libxl_event *event;

    libxl__ao_run(ctx, 0, &how, run_long, NULL, 0);
    usleep(50000);
    assert_int_equal(libxl_ao_abort(ctx, &how), 0);
    libxl_event_wait(ctx, &event, LIBXL_EVENTMASK_ALL, NULL, NULL);
    assert_int_equal(event->u.operation_complete.rc, ERROR_ABORTED);
    libxl_event_free(ctx, event);
}

/*
 * An application that reaps every child, ours too, and is quicker than the
 * library: the library's own call finds nothing any more.
 */
static int reaper[2];
static bool application_is_quicker;

int waitid(idtype_t type, id_t id, siginfo_t *info, int options)
{
    int both[2];

    if (!application_is_quicker)
        return syscall(SYS_waitid, type, id, info, options, NULL);
    both[0] = waitpid(-1, &both[1], 0);
    if (write(reaper[1], both, sizeof(both)) < 0)
        abort();
    errno = ECHILD;
    return -1;
}

static int run_exit_6(libxl__gc *worker_gc, void *arg)
{
    const char *const argv[] = { "sh", "-c", "exit 6", NULL };
    const libxl__child_spec spec = {
        .what = "the script",
        .argv = argv,
        .timeout_ms = 20000,
    };
    int status, rc = libxl__child_run(worker_gc, &spec, &status);

    return rc ? rc : WEXITSTATUS(status);
}

static void reaped_by_the_application(void **state)
{
    const libxl_childproc_hooks hooks = {
        .chldowner = libxl_sigchld_owner_mainloop,
    };
    libxl_asyncop_how how = { .u.for_event = 1 };
    libxl_event *event;
    int both[2];

    libxl_childproc_setmode(ctx, &hooks, NULL);
    assert_int_equal(pipe(reaper), 0);
    application_is_quicker = true;
    libxl__ao_run(ctx, 0, &how, run_exit_6, NULL, 0);
    assert_int_equal(read(reaper[0], both, sizeof(both)), sizeof(both));
    application_is_quicker = false;
    assert_int_equal(libxl_childproc_reaped(ctx, both[0] + 1, both[1]),
                     ERROR_UNKNOWN_CHILD);
    assert_int_equal(libxl_childproc_reaped(ctx, both[0], both[1]), 0);
    libxl_event_wait(ctx, &event, LIBXL_EVENTMASK_ALL, NULL, NULL);
    assert_int_equal(event->u.operation_complete.rc, 6);
    libxl_event_free(ctx, event);
    assert_int_equal(libxl_childproc_reaped(ctx, both[0], both[1]),
                     ERROR_UNKNOWN_CHILD);
    close(reaper[0]);
    close(reaper[1]);
}

/* It can be quicker still: the child is gone before it is looked at. */
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

static void reaped_before_it_is_watched(void **state)
{
    const libxl_childproc_hooks hooks = {
        .chldowner = libxl_sigchld_owner_mainloop,
        .fork_replacement = fork_and_reap,
    };
    libxl_asyncop_how how = { .u.for_event = 1 };
    libxl_event *event;
    int both[2];

    libxl_childproc_setmode(ctx, &hooks, NULL);
    assert_int_equal(pipe(reaper), 0);
    libxl__ao_run(ctx, 0, &how, run_exit_6, NULL, 0);
    assert_int_equal(read(reaper[0], both, sizeof(both)), sizeof(both));
    assert_int_equal(libxl_childproc_reaped(ctx, both[0], both[1]), 0);
    libxl_event_wait(ctx, &event, LIBXL_EVENTMASK_ALL, NULL, NULL);
    assert_int_equal(event->u.operation_complete.rc, 6);
    libxl_event_free(ctx, event);
    close(reaper[0]);
    close(reaper[1]);
}

static pid_t count_forks(void *user)
{
    ++*(int *)user;
    return fork();
}

static void fork_is_replaced(void **state)
{
    const libxl_childproc_hooks hooks = { .fork_replacement = count_forks };
    int forks = 0;

    libxl_childproc_setmode(ctx, &hooks, &forks);
    assert_int_equal(run("exit 0"), 0);
    assert_int_equal(forks, 1);
    libxl_childproc_setmode(ctx, NULL, NULL);
    assert_int_equal(run("exit 0"), 0);
    assert_int_equal(forks, 1);
}

/* In every mode the application's own children are left alone. */
static void children_of_the_application(void **state)
{
    libxl_childproc_hooks hooks = { 0 };
    int status, mode;
    pid_t pid;

    for (mode = 0; mode < 4; mode++) {
        hooks.chldowner = mode;
        libxl_childproc_setmode(ctx, &hooks, NULL);
        assert_int_equal(!!*last_message(),
                         mode == libxl_sigchld_owner_libxl_always);
        pid = fork();
        if (!pid)
            _exit(9);
        assert_int_equal(run("exit 0"), 0);
        libxl_childproc_sigchld_occurred(ctx);
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_int_equal(WEXITSTATUS(status), 9);
    }
    libxl_childproc_setmode(ctx, NULL, NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(ends_well),
        TEST(ends_badly),
        TEST(not_there),
        TEST(environment),
        TEST(no_descriptor_leaks),
        TEST(signals_are_as_new),
        TEST(time_is_over),
        TEST(leaves_a_child),
        TEST(aborted),
        TEST(reaped_by_the_application),
        TEST(reaped_before_it_is_watched),
        TEST(fork_is_replaced),
        TEST(children_of_the_application),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
