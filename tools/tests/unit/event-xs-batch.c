/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Tests of base/xs_batch.c, against a xenstored that writes down what it is
 * asked and answers by the path.
 */
#include <poll.h>
#include <pthread.h>
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
#include "base/xs_batch.c"

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
/* How long answers take, and the bytes that came meanwhile. */
static useconds_t thinking_us;
static int early_bytes;

static char socket_path[] = "/tmp/xs-batch.XXXXXX";
static const char *daemon_path;
static int listening, stop_pipe[2];
static pthread_t daemon_thread;

static libxl_ctx *ctx;
static libxl__gc gc[1];
static struct libxl__xs_batch batch;
static unsigned int descriptors;

const char *xs_daemon_socket(void)
{
    return daemon_path;
}

/* In one piece: whoever does not like the header closes before the rest. */
static void reply(int fd, uint32_t type, const char *text, uint32_t size)
{
    struct xsd_sockmsg header = { .type = type, .len = size };
    const struct iovec parts[] = {
        { .iov_base = &header, .iov_len = sizeof(header) },
        { .iov_base = (char *)text, .iov_len = size },
    };

    assert_int_equal(writev(fd, parts, 2), sizeof(header) + size);
}

/* False when the other end has closed, or is to lose the connection. */
static bool serve(int connection)
{
    int fd = connections[connection];
    struct xsd_sockmsg header;
    char *path = asked[asked_count].data;

    if (receive(fd, &header, sizeof(header)))
        return false;
    assert_true(header.len <= XENSTORE_PAYLOAD_MAX);
    assert_true(asked_count < ROOM);
    assert_int_equal(header.tx_id, 0);
    if (receive(fd, path, header.len))
        return false;
    path[header.len] = '\0';
    asked[asked_count].connection = connection;
    asked[asked_count].type = header.type;
    asked[asked_count++].size = header.len;

    if (thinking_us) {
        int bytes;

        usleep(thinking_us);
        ioctl(fd, FIONREAD, &bytes);
        early_bytes += bytes;
    }
    if (!strcmp(path, "/lost"))
        return false;
    if (!strcmp(path, "/refused"))
        reply(fd, XS_ERROR, "EACCES", 7);
    else if (!strcmp(path, "/missing"))
        reply(fd, XS_ERROR, "ENOENT", 7);
    else if (!strcmp(path, "/strange"))
        reply(fd, XS_ERROR, "ESTRANGE", 9);
    else if (!strcmp(path, "/long"))
        reply(fd, XS_ERROR, asked[0].data, ANSWER_MAX);
    else
        reply(fd, header.type, "OK", 3);
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
    libxl__xs_batch_init(&batch, gc);
    last_message();
    return 0;
}

static int tear_down(void **state)
{
    int i;

    libxl__xs_batch_close(&batch);
    libxl__xs_batch_close(&batch);
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
    const struct xs_permissions perms[] = {
        { .id = 0, .perms = XS_PERM_NONE },
        { .id = 12, .perms = XS_PERM_READ },
        { .id = 3, .perms = XS_PERM_READ | XS_PERM_WRITE },
        { .id = 4, .perms = XS_PERM_WRITE },
    };

    libxl__xs_batch_write(&batch, "/a", "value");
    libxl__xs_batch_write(&batch, "/a", "");
    libxl__xs_batch_rm(&batch, "/a/b");
    libxl__xs_batch_set_permissions(&batch, "/a", perms, 4);
    libxl__xs_batch_introduce(&batch, 7, 0x39001, 2);
    assert_int_equal(libxl__xs_batch_send(&batch), 0);
    assert_int_equal(asked_count, 5);
    check_asked(0, XS_WRITE, "/a\0value", 8);
    check_asked(1, XS_WRITE, "/a", 3);
    check_asked(2, XS_RM, "/a/b", 5);
    check_asked(3, XS_SET_PERMS, "/a\0n0\0r12\0b3\0w4", 16);
    check_asked(4, XS_INTRODUCE, "7\000233473\0002", 11);
    assert_string_equal(last_message(), "");
}

static void a_chain_is_done_in_order_on_one_connection(void **state)
{
    char path[16];
    int i;

    libxl__xs_batch_chain(&batch);
    for (i = 0; i < 100; i++) {
        snprintf(path, sizeof(path), "/%d", i);
        libxl__xs_batch_write(&batch, path, "");
    }
    assert_int_equal(libxl__xs_batch_send(&batch), 0);
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
        libxl__xs_batch_chain(&batch);
        for (j = 0; j < (i == 0 ? 7 : 1); j++)
            libxl__xs_batch_write(&batch, "/a", "");
    }
    assert_int_equal(libxl__xs_batch_send(&batch), 0);
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
        libxl__xs_batch_chain(&batch);
        libxl__xs_batch_write(&batch, "/first", "");
    }
    assert_int_equal(libxl__xs_batch_send(&batch), 0);
    assert_int_equal(asked_count, 4);
    for (i = 0; i < 4; i++) {
        libxl__xs_batch_chain(&batch);
        libxl__xs_batch_write(&batch, "/then", "");
    }
    assert_int_equal(libxl__xs_batch_send(&batch), 0);
    assert_int_equal(asked_count, 8);
    assert_int_equal(connection_count, 4);
    for (i = 0; i < 8; i++)
        assert_string_equal(asked[i].data, i < 4 ? "/first" : "/then");
}

static void nothing_to_send_needs_no_connection(void **state)
{
    assert_int_equal(libxl__xs_batch_send(&batch), 0);
    assert_int_equal(connection_count, 0);
}

static void the_first_refused_request_is_told(void **state)
{
    libxl__xs_batch_write(&batch, "/before", "");
    libxl__xs_batch_write(&batch, "/refused", "");
    libxl__xs_batch_write(&batch, "/strange", "");
    libxl__xs_batch_write(&batch, "/after", "");
    assert_int_equal(libxl__xs_batch_send(&batch), ERROR_FAIL);
    assert_string_equal(last_message(), "cannot change '/refused' in xenstore");
    assert_int_equal(asked_count, 4);

    libxl__xs_batch_write(&batch, "/strange", "");
    assert_int_equal(libxl__xs_batch_send(&batch), ERROR_FAIL);
    assert_string_equal(last_message(), "cannot change '/strange' in xenstore");

    libxl__xs_batch_write(&batch, "/again", "");
    assert_int_equal(libxl__xs_batch_send(&batch), 0);
    assert_int_equal(connection_count, 1);
}

static void only_what_is_removed_may_be_missing(void **state)
{
    libxl__xs_batch_rm(&batch, "/missing");
    assert_int_equal(libxl__xs_batch_send(&batch), 0);
    assert_string_equal(last_message(), "");
    libxl__xs_batch_rm(&batch, "/refused");
    assert_int_equal(libxl__xs_batch_send(&batch), ERROR_FAIL);
    last_message();
    libxl__xs_batch_set_permissions(&batch, "/missing", NULL, 0);
    assert_int_equal(libxl__xs_batch_send(&batch), ERROR_FAIL);
    assert_string_equal(last_message(), "cannot change '/missing' in xenstore");
}

static void a_lost_connection_is_an_error_once(void **state)
{
    libxl__xs_batch_write(&batch, "/a", "");
    libxl__xs_batch_chain(&batch);
    libxl__xs_batch_write(&batch, "/lost", "");
    libxl__xs_batch_write(&batch, "/never", "");
    assert_int_equal(libxl__xs_batch_send(&batch), ERROR_FAIL);
    assert_string_equal(last_message(), "the connection to xenstored is lost");
    libxl__xs_batch_write(&batch, "/a", "");
    assert_int_equal(libxl__xs_batch_send(&batch), 0);
    check_asked(asked_count - 1, XS_WRITE, "/a", 3);
}

static void an_answer_that_is_none_ends_the_connection(void **state)
{
    libxl__xs_batch_write(&batch, "/long", "");
    assert_int_equal(libxl__xs_batch_send(&batch), ERROR_FAIL);
    assert_string_equal(last_message(), "the connection to xenstored is lost");
}

static void a_request_has_4096_bytes_at_most(void **state)
{
    char value[XENSTORE_PAYLOAD_MAX];

    memset(value, 'x', sizeof(value));
    value[XENSTORE_PAYLOAD_MAX - 3] = '\0';
    libxl__xs_batch_write(&batch, "/a", value);
    assert_int_equal(libxl__xs_batch_send(&batch), 0);
    assert_int_equal(asked_count, 1);

    value[XENSTORE_PAYLOAD_MAX - 3] = 'x';
    value[XENSTORE_PAYLOAD_MAX - 2] = '\0';
    libxl__xs_batch_write(&batch, "/before", "");
    libxl__xs_batch_write(&batch, "/a", value);
    libxl__xs_batch_write(&batch, "/b", value);
    assert_int_equal(libxl__xs_batch_send(&batch), ERROR_INVAL);
    assert_string_equal(last_message(),
                        "xenstore takes no more than 4096 bytes at once: '/a' "
                        "with its value has more");
    assert_int_equal(asked_count, 1);
    assert_int_equal(libxl__xs_batch_send(&batch), 0);
    assert_int_equal(asked_count, 1);
}

static void no_xenstored_is_an_error(void **state)
{
    char endless[200];

    daemon_path = "/nowhere";
    libxl__xs_batch_write(&batch, "/a", "");
    assert_int_equal(libxl__xs_batch_send(&batch), ERROR_FAIL);
    assert_string_equal(last_message(),
                        "cannot connect to xenstored: is it running?");
    memset(endless, 'x', sizeof(endless));
    endless[sizeof(endless) - 1] = '\0';
    daemon_path = endless;
    libxl__xs_batch_write(&batch, "/a", "");
    assert_int_equal(libxl__xs_batch_send(&batch), ERROR_FAIL);
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
    grantpt(terminal);
    unlockpt(terminal);
    device = ptsname(terminal);
    tcgetattr(terminal, &raw);
    cfmakeraw(&raw);
    tcsetattr(terminal, TCSANOW, &raw);
    connections[0] = terminal;
    thinking_us = 5000;
    early_bytes = 0;
    pthread_create(&thread, NULL, device_main, &requests);
    libxl__xs_batch_write(&batch, "/a", "1");
    libxl__xs_batch_write(&batch, "/b", "2");
    libxl__xs_batch_write(&batch, "/refused", "");
    assert_int_equal(libxl__xs_batch_send(&batch), ERROR_FAIL);
    pthread_join(thread, NULL);
    thinking_us = 0;
    assert_int_equal(early_bytes, 0);
    assert_int_equal(asked_count, 3);
    for (i = 0; i < 3; i++)
        assert_int_equal(asked[i].type, XS_WRITE);
    check_asked(0, XS_WRITE, "/a\0001", 4);
    check_asked(1, XS_WRITE, "/b\0002", 4);
    libxl__xs_batch_close(&batch);
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
        TEST(only_what_is_removed_may_be_missing),
        TEST(a_lost_connection_is_an_error_once),
        TEST(an_answer_that_is_none_ends_the_connection),
        TEST(a_request_has_4096_bytes_at_most),
        TEST(no_xenstored_is_an_error),
        TEST(the_device_gets_one_request_at_a_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
