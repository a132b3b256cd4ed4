/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Tests of sending changes, base/xs_lanes.c, against a xenstored that
 * writes down what it is asked and answers by the path.
 */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>

#include <cmocka.h>

/* A terminal stands in for the kernel's device. */
static const char *device = "/nowhere";
#define XENBUS_DEVICE device
#include "base/xs_lanes.c"

#include "event-fakes.h"

#define ROOM        400
#define CONNECTIONS 8

/* What xenstored was asked, in the order in which it read it. */
static struct {
    int connection;
    uint32_t type, size;
    char data[XENSTORE_PAYLOAD_MAX + 1];
} asked[ROOM];
static unsigned int asked_count;
static int connections[CONNECTIONS], connection_count;
/* How long answers take, the bytes that came meanwhile, how we waited. */
static useconds_t thinking_us;
static int early_bytes, waiting_policy;
static pid_t tester;
/* Nothing is answered while a test holds it. */
static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;

static char socket_path[] = "/tmp/xs-lanes.XXXXXX";
static const char *daemon_path;
static int listening, stop_pipe[2];
static pthread_t daemon_thread;

static libxl_ctx *ctx;
static libxl__gc gc[1];
static struct libxl__xs_changes changes;
static unsigned int descriptors;

const char *xs_daemon_socket(void)
{
    return daemon_path;
}

/* In one piece: whoever does not like the header closes before the rest. */
static void reply(int fd, uint32_t id, uint32_t type, const char *text,
                  uint32_t size)
{
    struct xsd_sockmsg header = { .type = type, .req_id = id, .len = size };
    const struct iovec parts[] = {
        { .iov_base = &header, .iov_len = sizeof(header) },
        { .iov_base = (char *)text, .iov_len = size },
    };

    ssize_t sent = writev(fd, parts, 2);

    /* The library may have closed the connection. */
    if (sent >= 0 || errno != EPIPE)
        assert_int_equal(sent, sizeof(header) + size);
}

static bool take(int fd, void *data, size_t size)
{
    char *to = data;
    ssize_t done = 1;

    for (; size && done > 0; size -= done, to += done)
        done = read(fd, to, size);
    return done > 0;
}

/* False when the other end has closed, or is to lose the connection. */
static bool serve(int connection)
{
    int fd = connections[connection];
    struct xsd_sockmsg header;
    char *path = asked[asked_count].data;

    if (!take(fd, &header, sizeof(header)))
        return false;
    assert_true(header.len <= XENSTORE_PAYLOAD_MAX);
    assert_true(asked_count < ROOM);
    assert_int_equal(header.tx_id, 0);
    if (!take(fd, path, header.len))
        return false;
    pthread_mutex_lock(&gate);
    pthread_mutex_unlock(&gate);
    path[header.len] = '\0';
    asked[asked_count].connection = connection;
    asked[asked_count].type = header.type;
    asked[asked_count++].size = header.len;

    if (thinking_us) {
        int bytes;

        usleep(thinking_us);
        ioctl(fd, FIONREAD, &bytes);
        early_bytes += bytes;
        waiting_policy = sched_getscheduler(tester);
    }
    if (!strcmp(path, "/lost"))
        return false;
    if (!strcmp(path, "/twice"))
        reply(fd, header.req_id, header.type, "OK", 3);
    if (!strcmp(path, "/other"))
        header.type = XS_READ;
    if (!strcmp(path, "/refused"))
        reply(fd, header.req_id, XS_ERROR, "EACCES", 7);
    else if (!strcmp(path, "/missing"))
        reply(fd, header.req_id, XS_ERROR, "ENOENT", 7);
    else if (!strcmp(path, "/strange"))
        reply(fd, header.req_id, XS_ERROR, "ESTRANGE", 9);
    else if (!strcmp(path, "/long"))
        reply(fd, header.req_id, XS_ERROR, asked[0].data, ANSWER_MAX);
    else
        reply(fd, header.req_id, header.type, "OK", 3);
    return true;
}

/* One request from each connection in turn, as xenstored does it. */
static void *daemon_main(void *arg)
{
    struct pollfd fds[CONNECTIONS + 2];
    int i, open = 0;

    for (;;) {
        fds[0] = (struct pollfd) { .fd = stop_pipe[0], .events = POLLIN };
        fds[1] = (struct pollfd) { .fd = listening, .events = POLLIN };
        open = connection_count;
        for (i = 0; i < open; i++)
            fds[2 + i] =
                (struct pollfd) { .fd = connections[i], .events = POLLIN };
        poll(fds, 2 + open, -1);
        if (fds[0].revents)
            return NULL;
        if (fds[1].revents)
            connections[connection_count++] = accept(listening, NULL, NULL);
        for (i = 0; i < open; i++) {
            if (!fds[2 + i].revents || serve(i))
                continue;
            close(connections[i]);
            connections[i] = -1;
        }
    }
}

static int set_up(void **state)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };

    descriptors = open_descriptors();
    ctx = fake_ctx();
    libxl__gc_init(gc, ctx);
    asked_count = connection_count = 0;
    strcpy(socket_path + sizeof(socket_path) - 7, "XXXXXX");
    close(mkstemp(socket_path));
    unlink(socket_path);
    strcpy(address.sun_path, socket_path);
    listening = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(listening, (void *)&address, sizeof(address)), 0);
    assert_int_equal(listen(listening, CONNECTIONS), 0);
    daemon_path = socket_path;
    assert_int_equal(pipe(stop_pipe), 0);
    assert_int_equal(pthread_create(&daemon_thread, NULL, daemon_main, NULL),
                     0);
    libxl__xs_changes_init(&changes, gc);
    last_message();
    return 0;
}

static int tear_down(void **state)
{
    int i;

    libxl__xs_changes_dispose(&changes);
    libxl__xs_changes_dispose(&changes);
    assert_int_equal(write(stop_pipe[1], "", 1), 1);
    pthread_join(daemon_thread, NULL);
    for (i = 0; i < connection_count; i++)
        if (connections[i] >= 0)
            close(connections[i]);
    close(stop_pipe[0]);
    close(stop_pipe[1]);
    close(listening);
    unlink(socket_path);
    libxl__gc_dispose(gc);
    libxl_ctx_free(ctx);
    assert_int_equal(open_descriptors(), descriptors);
    return 0;
}

static void check_asked(unsigned int i, uint32_t type, const char *data,
                        uint32_t size)
{
    assert_true(i < asked_count);
    assert_int_equal(asked[i].type, type);
    assert_int_equal(asked[i].size, size);
    assert_memory_equal(asked[i].data, data, size);
}

static void requests_are_those_of_the_protocol(void **state)
{
    libxl__xs_put(&changes, "/a", XS_INHERIT, "value");
    libxl__xs_put(&changes, "/a", XS_INHERIT, "");
    libxl__xs_remove(&changes, "/a/b");
    libxl__xs_set_access(&changes, "/a", XS_SHOWN(3, 12));
    libxl__xs_set_access(&changes, "/a", XS_OWNED(4));
    libxl__xs_introduce(&changes, 7, 0x39001, 2);
    assert_int_equal(libxl__xs_send(&changes), 0);
    assert_int_equal(asked_count, 6);
    check_asked(0, XS_WRITE, "/a\0value", 8);
    check_asked(1, XS_WRITE, "/a", 3);
    check_asked(2, XS_RM, "/a/b", 5);
    check_asked(3, XS_SET_PERMS, "/a\0n3\0r12", 10);
    check_asked(4, XS_SET_PERMS, "/a\0n4", 6);
    check_asked(5, XS_INTRODUCE, "7\000233473\0002", 11);
    assert_string_equal(last_message(), "");
}

static void a_chain_is_done_in_order_on_one_connection(void **state)
{
    char path[16];
    int i;

    libxl__xs_chain(&changes);
    for (i = 0; i < 100; i++) {
        snprintf(path, sizeof(path), "/%d", i);
        libxl__xs_put(&changes, path, XS_INHERIT, "");
    }
    assert_int_equal(libxl__xs_send(&changes), 0);
    assert_int_equal(connection_count, 1);
    assert_int_equal(asked_count, 100);
    for (i = 0; i < 100; i++)
        assert_int_equal(atoi(asked[i].data + 1), i);
}

/* The longest chain is as long as the shortest ones together, or all alike. */
static void chains_share_the_connections(void **state)
{
    unsigned int lane[CONNECTIONS] = { 0 };
    int i, j;

    for (i = 0; i < 22; i++) {
        libxl__xs_chain(&changes);
        for (j = 0; j < (i == 0 ? 7 : 1); j++)
            libxl__xs_put(&changes, "/a", XS_INHERIT, "");
    }
    assert_int_equal(libxl__xs_send(&changes), 0);
    assert_int_equal(connection_count, LIBXL__XS_LANES);
    for (i = 0; i < 28; i++)
        lane[asked[i].connection]++;
    for (i = 0; i < LIBXL__XS_LANES; i++)
        assert_int_equal(lane[i], 7);
}

static void what_is_sent_is_done_before_what_follows(void **state)
{
    int i;

    for (i = 0; i < 4; i++) {
        libxl__xs_chain(&changes);
        libxl__xs_put(&changes, "/first", XS_INHERIT, "");
    }
    assert_int_equal(libxl__xs_send(&changes), 0);
    assert_int_equal(asked_count, 4);
    for (i = 0; i < 4; i++) {
        libxl__xs_chain(&changes);
        libxl__xs_put(&changes, "/then", XS_INHERIT, "");
    }
    assert_int_equal(libxl__xs_send(&changes), 0);
    assert_int_equal(asked_count, 8);
    assert_int_equal(connection_count, 4);
    for (i = 0; i < 8; i++)
        assert_string_equal(asked[i].data, i < 4 ? "/first" : "/then");
}

static void nothing_to_send_needs_no_connection(void **state)
{
    assert_int_equal(libxl__xs_send(&changes), 0);
    assert_int_equal(connection_count, 0);
}

static void the_first_refused_request_is_told(void **state)
{
    libxl__xs_put(&changes, "/before", XS_INHERIT, "");
    libxl__xs_put(&changes, "/refused", XS_INHERIT, "");
    libxl__xs_put(&changes, "/strange", XS_INHERIT, "");
    libxl__xs_put(&changes, "/after", XS_INHERIT, "");
    assert_int_equal(libxl__xs_send(&changes), ERROR_FAIL);
    assert_string_equal(last_message(), "cannot change '/refused' in xenstore");
    assert_int_equal(asked_count, 4);

    libxl__xs_put(&changes, "/strange", XS_INHERIT, "");
    assert_int_equal(libxl__xs_send(&changes), ERROR_FAIL);
    assert_string_equal(last_message(), "cannot change '/strange' in xenstore");

    libxl__xs_put(&changes, "/again", XS_INHERIT, "");
    assert_int_equal(libxl__xs_send(&changes), 0);
    assert_int_equal(connection_count, 1);
}

static void what_is_begun_returns_before_its_answers(void **state)
{
    pthread_mutex_lock(&gate);
    libxl__xs_put(&changes, "/a", XS_INHERIT, "");
    assert_int_equal(libxl__xs_begin(&changes), 0);
    pthread_mutex_unlock(&gate);
    assert_int_equal(libxl__xs_finish(&changes), 0);
    assert_int_equal(asked_count, 1);
    assert_int_equal(libxl__xs_finish(&changes), 0);
}

static void what_is_begun_follows_what_was_begun(void **state)
{
    thinking_us = 5000;
    libxl__xs_put(&changes, "/first", XS_INHERIT, "");
    libxl__xs_put(&changes, "/second", XS_INHERIT, "");
    assert_int_equal(libxl__xs_begin(&changes), 0);
    libxl__xs_any_order(&changes);
    libxl__xs_put(&changes, "/third", XS_INHERIT, "");
    libxl__xs_put(&changes, "/fourth", XS_INHERIT, "");
    assert_int_equal(libxl__xs_begin(&changes), 0);
    assert_int_equal(libxl__xs_finish(&changes), 0);
    thinking_us = 0;
    assert_int_equal(asked_count, 4);
    check_asked(1, XS_WRITE, "/second", 8);
}

static void nothing_follows_what_was_refused(void **state)
{
    libxl__xs_put(&changes, "/refused", XS_INHERIT, "");
    assert_int_equal(libxl__xs_begin(&changes), 0);
    libxl__xs_put(&changes, "/never", XS_INHERIT, "");
    assert_int_equal(libxl__xs_begin(&changes), ERROR_FAIL);
    assert_string_equal(last_message(), "cannot change '/refused' in xenstore");
    assert_int_equal(libxl__xs_finish(&changes), 0);
    assert_int_equal(asked_count, 1);
}

/* Else each answer would push xenstored off the processor. */
static void whoever_waits_pushes_nobody_aside(void **state)
{
    tester = gettid();
    thinking_us = 20000;
    waiting_policy = -1;
    libxl__xs_put(&changes, "/a", XS_INHERIT, "");
    assert_int_equal(libxl__xs_send(&changes), 0);
    thinking_us = 0;
    assert_int_equal(waiting_policy, SCHED_BATCH);
    assert_int_equal(sched_getscheduler(0), SCHED_OTHER);
}

static void only_what_is_removed_may_be_missing(void **state)
{
    libxl__xs_remove(&changes, "/missing");
    assert_int_equal(libxl__xs_send(&changes), 0);
    assert_string_equal(last_message(), "");
    libxl__xs_remove(&changes, "/refused");
    assert_int_equal(libxl__xs_send(&changes), ERROR_FAIL);
    last_message();
    libxl__xs_set_access(&changes, "/missing", XS_OWNED(1));
    assert_int_equal(libxl__xs_send(&changes), ERROR_FAIL);
    assert_string_equal(last_message(), "cannot change '/missing' in xenstore");
}

static void a_lost_connection_is_an_error_once(void **state)
{
    libxl__xs_put(&changes, "/a", XS_INHERIT, "");
    libxl__xs_chain(&changes);
    libxl__xs_put(&changes, "/lost", XS_INHERIT, "");
    libxl__xs_put(&changes, "/never", XS_INHERIT, "");
    assert_int_equal(libxl__xs_send(&changes), ERROR_FAIL);
    assert_string_equal(last_message(), "the connection to xenstored is lost");
    libxl__xs_put(&changes, "/a", XS_INHERIT, "");
    assert_int_equal(libxl__xs_send(&changes), 0);
    check_asked(asked_count - 1, XS_WRITE, "/a", 3);
}

static void an_answer_that_is_none_ends_the_connection(void **state)
{
    libxl__xs_put(&changes, "/long", XS_INHERIT, "");
    assert_int_equal(libxl__xs_send(&changes), ERROR_FAIL);
    assert_string_equal(last_message(), "the connection to xenstored is lost");
}

/* The connection is given up, and the next request goes over another. */
static void expect_broken(const char *message)
{
    int before = connection_count;

    assert_int_equal(libxl__xs_send(&changes), ERROR_FAIL);
    assert_string_equal(last_message(), message);
    libxl__xs_put(&changes, "/a", XS_INHERIT, "");
    assert_int_equal(libxl__xs_send(&changes), 0);
    assert_int_equal(connection_count, before + 1);
}

/* The numbers of requests go on from one send to the next. */
static void an_answer_that_is_not_due_is_an_error(void **state)
{
    libxl__xs_put(&changes, "/a", XS_INHERIT, "");
    assert_int_equal(libxl__xs_send(&changes), 0);
    libxl__xs_put(&changes, "/twice", XS_INHERIT, "");
    libxl__xs_put(&changes, "/b", XS_INHERIT, "");
    expect_broken("xenstored is broken: it sent answer 1 of type 11 when "
                  "answer 2 of type 11, to a change of '/b', was due");
}

static void an_answer_of_another_kind_is_an_error(void **state)
{
    libxl__xs_put(&changes, "/a", XS_INHERIT, "");
    assert_int_equal(libxl__xs_send(&changes), 0);
    libxl__xs_put(&changes, "/other", XS_INHERIT, "");
    expect_broken("xenstored is broken: it sent answer 1 of type 2 when "
                  "answer 1 of type 11, to a change of '/other', was due");
}

static void a_request_has_4096_bytes_at_most(void **state)
{
    char value[XENSTORE_PAYLOAD_MAX];

    memset(value, 'x', sizeof(value));
    value[XENSTORE_PAYLOAD_MAX - 3] = '\0';
    libxl__xs_put(&changes, "/a", XS_INHERIT, value);
    assert_int_equal(libxl__xs_send(&changes), 0);
    assert_int_equal(asked_count, 1);

    value[XENSTORE_PAYLOAD_MAX - 3] = 'x';
    value[XENSTORE_PAYLOAD_MAX - 2] = '\0';
    libxl__xs_put(&changes, "/before", XS_INHERIT, "");
    libxl__xs_put(&changes, "/a", XS_INHERIT, value);
    libxl__xs_put(&changes, "/b", XS_INHERIT, value);
    assert_int_equal(libxl__xs_send(&changes), ERROR_INVAL);
    assert_string_equal(last_message(),
                        "xenstore takes no more than 4096 bytes at once: '/a' "
                        "with its value has more");
    assert_int_equal(asked_count, 1);
    assert_int_equal(libxl__xs_send(&changes), 0);
    assert_int_equal(asked_count, 1);
}

static void no_xenstored_is_an_error(void **state)
{
    char endless[200];

    daemon_path = "/nowhere";
    libxl__xs_put(&changes, "/a", XS_INHERIT, "");
    assert_int_equal(libxl__xs_send(&changes), ERROR_FAIL);
    assert_string_equal(last_message(),
                        "cannot connect to xenstored: is it running?");
    memset(endless, 'x', sizeof(endless));
    endless[sizeof(endless) - 1] = '\0';
    daemon_path = endless;
    libxl__xs_put(&changes, "/a", XS_INHERIT, "");
    assert_int_equal(libxl__xs_send(&changes), ERROR_FAIL);
}

static void *device_main(void *opaque)
{
    int requests = *(int *)opaque;

    while (requests-- > 0 && serve(0))
        ;
    return NULL;
}

/* The kernel's device keeps one request and forgets what comes with it. */
static void the_device_gets_one_request_at_a_time(void **state)
{
    int terminal = posix_openpt(O_RDWR | O_NOCTTY), requests = 3, i;
    struct termios raw;
    pthread_t thread;

    daemon_path = "/nowhere";
    if (terminal < 0 || grantpt(terminal) || unlockpt(terminal) ||
        !ptsname(terminal)) {
        if (terminal >= 0)
            close(terminal);
        print_message(
            "skipped: no terminal can be made here: mount /dev/pts\n");
        skip();
    }
    device = ptsname(terminal);
    tcgetattr(terminal, &raw);
    cfmakeraw(&raw);
    tcsetattr(terminal, TCSANOW, &raw);
    connections[0] = terminal;
    thinking_us = 5000;
    early_bytes = 0;
    pthread_create(&thread, NULL, device_main, &requests);
    libxl__xs_put(&changes, "/a", XS_INHERIT, "1");
    libxl__xs_put(&changes, "/b", XS_INHERIT, "2");
    libxl__xs_put(&changes, "/refused", XS_INHERIT, "");
    assert_int_equal(libxl__xs_send(&changes), ERROR_FAIL);
    pthread_join(thread, NULL);
    thinking_us = 0;
    assert_int_equal(early_bytes, 0);
    assert_int_equal(asked_count, 3);
    for (i = 0; i < 3; i++)
        assert_int_equal(asked[i].type, XS_WRITE);
    check_asked(0, XS_WRITE, "/a\0001", 4);
    check_asked(1, XS_WRITE, "/b\0002", 4);
    libxl__xs_changes_dispose(&changes);
    close(terminal);
    device = "/nowhere";
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(requests_are_those_of_the_protocol),
        TEST(a_chain_is_done_in_order_on_one_connection),
        TEST(chains_share_the_connections),
        TEST(what_is_sent_is_done_before_what_follows),
        TEST(nothing_to_send_needs_no_connection),
        TEST(the_first_refused_request_is_told),
        TEST(what_is_begun_returns_before_its_answers),
        TEST(what_is_begun_follows_what_was_begun),
        TEST(nothing_follows_what_was_refused),
        TEST(whoever_waits_pushes_nobody_aside),
        TEST(only_what_is_removed_may_be_missing),
        TEST(a_lost_connection_is_an_error_once),
        TEST(an_answer_that_is_none_ends_the_connection),
        TEST(an_answer_that_is_not_due_is_an_error),
        TEST(an_answer_of_another_kind_is_an_error),
        TEST(a_request_has_4096_bytes_at_most),
        TEST(no_xenstored_is_an_error),
        TEST(the_device_gets_one_request_at_a_time),
    };

    /* reply() sees the error. */
    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
