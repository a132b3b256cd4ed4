/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Tests of event/service.c.
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
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/log.h"
#include "event/service.h"
#include "event-fakes.h"

#define LONG_MS 10000

static libxl_ctx *ctx;
static libxl__gc gc[1];
static unsigned int descriptors;
static int log_file;

static int set_up(void **state)
{
    char path[] = "/tmp/event-service.XXXXXX";

    log_file = mkostemp(path, O_CLOEXEC);
    unlink(path);
    descriptors = open_descriptors();
    ctx = fake_ctx();
    libxl__gc_init(gc, ctx);
    last_message();
    return log_file < 0;
}

static int tear_down(void **state)
{
    libxl__gc_dispose(gc);
    libxl_ctx_free(ctx);
    assert_int_equal(open_descriptors(), descriptors);
    /* No program is a child of ours. */
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
    return close(log_file);
}

/* A script of sh, whose $0 is "-id" and $1 "7". */
static libxl__service prepare(const char *script)
{
    const char **argv = libxl__calloc(gc, 6, sizeof(*argv));
    static const char *const env[] = { "ADDED=yes", NULL };
    libxl__service service = {
        .what = "the service",
        .argv = argv,
        .env = env,
        .log_fd = log_file,
        .keep_fd = -1,
    };

    argv[0] = "sh";
    argv[1] = "-c";
    argv[2] = script;
    argv[3] = "-id";
    argv[4] = "7";
    assert_int_equal(libxl__service_prepare(gc, &service), 0);
    return service;
}

static libxl__service start(const char *script)
{
    libxl__service service = prepare(script);

    assert_int_equal(libxl__service_run(gc, &service), 0);
    return service;
}

static void wait_for_end(const libxl__service *service)
{
    int i;

    for (i = 0; i < 1000 && !libxl__service_has_ended(service); i++)
        usleep(10000);
    assert_true(libxl__service_has_ended(service));
}

static void wait_for_log(const char *wanted)
{
    char text[4096];
    ssize_t size = 0;
    int i;

    for (i = 0; i < 1000; i++) {
        size = pread(log_file, text, sizeof(text) - 1, 0);
        if (size >= (ssize_t)strlen(wanted))
            break;
        usleep(10000);
    }
    text[size > 0 ? size : 0] = '\0';
    assert_string_equal(text, wanted);
}

static void runs_on_by_itself(void **state)
{
    libxl__service service =
        start("echo $ADDED $0 $1; echo words >&2; "
              "test $(cut -d ' ' -f 6 /proc/$$/stat) = $$ && echo leads");

    wait_for_end(&service);
    wait_for_log("yes -id 7\nwords\nleads\n");
    libxl__service_dispose(&service);
}

static void waits_until_it_may_run(void **state)
{
    libxl__service service = prepare("echo ran");

    usleep(100000);
    assert_false(libxl__service_has_ended(&service));
    wait_for_log("");
    assert_int_equal(libxl__service_run(gc, &service), 0);
    wait_for_log("ran\n");
    libxl__service_dispose(&service);
}

/* As if the library had been killed: only its descriptors go. */
static void ends_if_nobody_lets_it_run(void **state)
{
    libxl__service service = prepare("echo ran");
    libxl__service other = prepare("echo ran");

    close(service.control_fd);
    service.control_fd = -1;
    wait_for_end(&service);
    assert_false(libxl__service_has_ended(&other));
    libxl__service_dispose(&service);
    libxl__service_dispose(&other);
    wait_for_log("");
}

static void gets_no_other_descriptor(void **state)
{
    libxl__service service;
    int leak = open("/dev/null", O_RDONLY);

    assert_int_equal(fcntl(leak, F_DUPFD, 100), 100);
    service = start("for d in 0 2 3 4 5 6 7 8 9 10 11 12 13 100; do "
                    "test ! -e /proc/$$/fd/$d || echo $d; done");
    wait_for_end(&service);
    wait_for_log("0\n2\n");
    libxl__service_dispose(&service);
    close(leak);
    close(100);
}

static void keeps_one_more_descriptor(void **state)
{
    int pipes[2];
    libxl__service service = prepare("");
    char byte = 0;
    static const char *const argv[] = { "sh", "-c", "echo x >&4", NULL };

    libxl__service_dispose(&service);
    assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);
    service.argv = argv;
    service.keep_fd = pipes[1];
    assert_int_equal(libxl__service_prepare(gc, &service), 0);
    assert_int_equal(libxl__service_run(gc, &service), 0);
    assert_int_equal(read(pipes[0], &byte, 1), 1);
    assert_int_equal(byte, 'x');
    libxl__service_dispose(&service);
    close(pipes[0]);
    close(pipes[1]);
}

static void that_cannot_be_executed(void **state)
{
    static const char *const argv[] = { "/nonexistent/program", NULL };
    libxl__service service = {
        .what = "the service",
        .argv = argv,
        .log_fd = log_file,
        .keep_fd = -1,
    };

    assert_int_equal(libxl__service_prepare(gc, &service), 0);
    assert_int_equal(libxl__service_run(gc, &service), ERROR_FAIL);
    assert_string_equal(last_message(),
                        "cannot run the service '/nonexistent/program'");
    wait_for_end(&service);
    libxl__service_dispose(&service);
}

static void is_ended(void **state)
{
    libxl__service service = start("echo up; sleep 100");

    wait_for_log("up\n");
    libxl__service_end(gc, service.pid, "-id", "7", LONG_MS);
    assert_true(libxl__service_has_ended(&service));
    libxl__service_dispose(&service);
}

static void is_ended_though_it_does_not_listen(void **state)
{
    libxl__service service =
        start("trap '' TERM; echo up; while :; do sleep 0.1; done");

    wait_for_log("up\n");
    libxl__service_end(gc, service.pid, "-id", "7", 200);
    wait_for_end(&service);
    libxl__service_dispose(&service);
}

static void of_another_number_is_left_alone(void **state)
{
    libxl__service service = start("echo up; sleep 100");

    wait_for_log("up\n");
    libxl__service_end(gc, service.pid, "-id", "77", 1);
    libxl__service_end(gc, service.pid, "-di", "7", 1);
    libxl__service_end(gc, service.pid, "-i", NULL, 1);
    assert_true(libxl__service_is(gc, service.pid, "id", NULL));
    assert_false(libxl__service_has_ended(&service));
    libxl__service_end(gc, service.pid, "-id", "7", LONG_MS);
    assert_true(libxl__service_has_ended(&service));
    /* It has gone by now: nothing happens. */
    libxl__service_end(gc, service.pid, "-id", "7", LONG_MS);
    libxl__service_dispose(&service);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(runs_on_by_itself),
        TEST(waits_until_it_may_run),
        TEST(ends_if_nobody_lets_it_run),
        TEST(gets_no_other_descriptor),
        TEST(keeps_one_more_descriptor),
        TEST(that_cannot_be_executed),
        TEST(is_ended),
        TEST(is_ended_though_it_does_not_listen),
        TEST(of_another_number_is_left_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
