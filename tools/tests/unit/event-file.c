/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Tests of api/file.c.
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
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include <libxl_utils.h>

#include "event-fakes.h"

static libxl_ctx *ctx;
static unsigned int descriptors;
static char name[] = "/tmp/event-file.XXXXXX";
static int file;

static int set_up(void **state)
{
    ctx = fake_ctx();
    strcpy(name + sizeof(name) - 7, "XXXXXX");
    file = mkstemp(name);
    descriptors = open_descriptors();
    last_message();
    return file < 0;
}

static int tear_down(void **state)
{
    assert_int_equal(open_descriptors(), descriptors);
    libxl_ctx_free(ctx);
    close(file);
    return unlink(name);
}

static void flags(void **state)
{
    int fd = open("/dev/null", O_RDWR);

    assert_int_equal(libxl_fd_set_cloexec(ctx, fd, 1), 0);
    assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
    assert_int_equal(libxl_fd_set_cloexec(ctx, fd, 0), 0);
    assert_int_equal(fcntl(fd, F_GETFD), 0);
    assert_int_equal(libxl_fd_set_nonblock(ctx, fd, 7), 0);
    assert_true(fcntl(fd, F_GETFL) & O_NONBLOCK);
    assert_int_equal(libxl_fd_set_nonblock(ctx, fd, 0), 0);
    assert_false(fcntl(fd, F_GETFL) & O_NONBLOCK);
    assert_string_equal(last_message(), "");
    close(fd);

    errno = 0;
    assert_int_equal(libxl_fd_set_cloexec(ctx, fd, 1), ERROR_FAIL);
    assert_int_equal(errno, EBADF);
    assert_non_null(strstr(last_message(), "close-on-exec"));
    errno = 0;
    assert_int_equal(libxl_fd_set_nonblock(ctx, fd, 1), ERROR_FAIL);
    assert_int_equal(errno, EBADF);
    assert_non_null(strstr(last_message(), "nonblocking"));
}

static void pipes(void **state)
{
    struct rlimit limit, none;
    int both[2];
    char byte = 0;

    assert_int_equal(libxl_pipe(ctx, both), 0);
    assert_int_equal(write(both[1], "x", 1), 1);
    assert_int_equal(read(both[0], &byte, 1), 1);
    assert_int_equal(byte, 'x');
    close(both[0]);
    close(both[1]);

    getrlimit(RLIMIT_NOFILE, &limit);
    none = limit;
    none.rlim_cur = 3;
    setrlimit(RLIMIT_NOFILE, &none);
    errno = 0;
    assert_int_equal(libxl_pipe(ctx, both), -1);
    assert_int_equal(errno, EMFILE);
    setrlimit(RLIMIT_NOFILE, &limit);
    assert_string_equal(last_message(), "cannot make a pipe");
}

static void contents(void **state)
{
    static char big[10001];
    void *data = (void *)1;
    int length = 77;

    assert_int_equal(libxl_read_file_contents(ctx, name, &data, &length), 0);
    assert_null(data);
    assert_int_equal(length, 0);

    memset(big, 'x', sizeof(big));
    assert_int_equal(write(file, big, sizeof(big)), sizeof(big));
    assert_int_equal(libxl_read_file_contents(ctx, name, &data, &length), 0);
    assert_int_equal(length, sizeof(big));
    assert_memory_equal(data, big, sizeof(big));
    free(data);
    assert_int_equal(libxl_read_file_contents(ctx, name, NULL, NULL), 0);
    length = 0;
    assert_int_equal(libxl_read_file_contents(ctx, name, NULL, &length), 0);
    assert_int_equal(length, sizeof(big));

    data = big;
    length = 77;
    assert_int_equal(
        libxl_read_file_contents(ctx, "/nonexistent", &data, &length), ENOENT);
    assert_string_equal(last_message(), "");
    assert_int_equal(libxl_read_file_contents(ctx, "/tmp", &data, &length),
                     EISDIR);
    assert_string_equal(last_message(), "cannot read the plain file '/tmp'");
    assert_int_equal(libxl_read_file_contents(ctx, "/dev/null", &data, &length),
                     EINVAL);
    assert_ptr_equal(data, big);
    assert_int_equal(length, 77);
}

static void exactly(void **state)
{
    char text[8] = "";

    assert_int_equal(libxl_write_exactly(ctx, file, "hello", 5, "F", "a word"),
                     0);
    lseek(file, 0, SEEK_SET);
    assert_int_equal(libxl_read_exactly(ctx, file, text, 3, "F", "it"), 0);
    assert_string_equal(text, "hel");
    assert_int_equal(libxl_read_exactly(ctx, file, text, 0, "F", "it"), 0);
    assert_int_equal(libxl_read_exactly(ctx, file, text, 5, "F", "it"), EPROTO);
    assert_string_equal(last_message(),
                        "cannot read it of 'F': it ends too early");
    assert_int_equal(libxl_read_exactly(ctx, -1, text, 5, "F", NULL), EBADF);
    assert_string_equal(last_message(), "cannot read part of 'F'");
    assert_int_equal(libxl_write_exactly(ctx, -1, text, 5, NULL, "it"), EBADF);
    assert_string_equal(last_message(), "cannot write it of '(no name)'");
}

static void on_alarm(int number)
{
}

/* Alarms come meanwhile, and end each sleep after 2 ms. */
static void sleep_for_some_alarms(void)
{
    int i;

    for (i = 0; i < 10; i++)
        usleep(100000);
}

/* Pieces and signals in between do not matter, to either end. */
static void in_pieces(void **state)
{
    static char big[1 << 20], copy[1 << 20];
    const struct sigaction action = { .sa_handler = on_alarm };
    int both[2], status;
    pid_t pid;

    memset(big, 'y', sizeof(big));
    assert_int_equal(libxl_pipe(ctx, both), 0);
    sigaction(SIGALRM, &action, NULL);
    pid = fork();
    ualarm(2000, 2000);
    if (!pid) {
        sleep_for_some_alarms();
        _exit(libxl_write_exactly(ctx, both[1], big, sizeof(big), "P", NULL));
    }
    assert_int_equal(libxl_read_exactly(ctx, both[0], copy, 1, "P", NULL), 0);
    sleep_for_some_alarms();
    assert_int_equal(
        libxl_read_exactly(ctx, both[0], copy + 1, sizeof(copy) - 1, "P", NULL),
        0);
    ualarm(0, 0);
    assert_memory_equal(big, copy, sizeof(big));
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    close(both[0]);
    close(both[1]);
}

static void exit_statuses(void **state)
{
    libxl_report_child_exitstatus(ctx, XTL_ERROR, "it", 12, 0x700);
    assert_string_equal(last_message(), "it [12] ended with exit status 7");
    libxl_report_child_exitstatus(ctx, XTL_ERROR, "it", 12, 0);
    assert_string_equal(last_message(), "it [12] ended with exit status 0");
    libxl_report_child_exitstatus(ctx, XTL_ERROR, "it", 12, 9);
    assert_string_equal(last_message(),
                        "it [12] was killed by signal 9, Killed");
    libxl_report_child_exitstatus(ctx, XTL_ERROR, "it", 12, 0x8b);
    assert_string_equal(last_message(),
                        "it [12] was killed by signal 11, Segmentation fault "
                        "(core dumped)");
    libxl_report_child_exitstatus(ctx, XTL_ERROR, "it", 12, 0x137f);
    assert_string_equal(last_message(),
                        "it [12] gave an unknown wait status 0x137f");
}

static void log_names(void **state)
{
    char *full = (char *)1;

    assert_int_equal(libxl_create_logfile(ctx, "../x", &full), ERROR_INVAL);
    assert_ptr_equal(full, (char *)1);
    assert_string_equal(last_message(),
                        "a log's name must have no slash: '../x'");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(flags),     TEST(pipes),         TEST(contents),  TEST(exactly),
        TEST(in_pieces), TEST(exit_statuses), TEST(log_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
