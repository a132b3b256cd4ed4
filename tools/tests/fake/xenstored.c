/* SPDX-License-Identifier: LGPL-2.1-only */
#include "xenstored.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <xen/io/xs_wire.h>

#include "backends.h"
#include "store.h"

#define SLOW 100

struct message {
    struct message *next;
    struct xsd_sockmsg header;
    char body[];
};

struct connection {
    int fd;
    struct message *waiting; /* to be sent */
    bool is_slow;            /* it is served in one round of SLOW */
};

static pthread_t thread;
static int listening, wake[2];
static struct connection connections[FAKE_CONNECTIONS];
static unsigned int connection_count;

static unsigned int requests, fail_at, rounds;
static enum fake_failure how;
static char failed[256];

atomic_bool fake_kill, fake_killed;
void (*fake_store_hook)(uint32_t type, const char *path);

static void wake_up(void)
{
    if (!pthread_equal(pthread_self(), thread) && write(wake[1], "", 1) != 1)
        abort();
}

void fake_message_send(int fd, uint32_t type, uint32_t req_id, uint32_t tx_id,
                       const void *body, size_t size)
{
    struct message *message = calloc(1, sizeof(*message) + size), **link;
    unsigned int i;

    message->header = (struct xsd_sockmsg) {
        .type = type, .req_id = req_id, .tx_id = tx_id, .len = size
    };
    memcpy(message->body, body, size);
    for (i = 0; connections[i].fd != fd; i++)
        ;
    for (link = &connections[i].waiting; *link; link = &(*link)->next) {
        if (type != XS_WATCH_EVENT || (*link)->header.type != type ||
            (*link)->header.len != size || memcmp((*link)->body, body, size))
            continue;
        free(message);
        return;
    }
    *link = message;
    wake_up();
}

static bool receive(int fd, void *data, size_t size)
{
    return !size || recv(fd, data, size, MSG_WAITALL) == (ssize_t)size;
}

static void refuse(const struct request *request, int error)
{
    const char *name = "EINVAL";
    size_t i;

    for (i = 0; i < sizeof(xsd_errors) / sizeof(xsd_errors[0]); i++)
        if (xsd_errors[i].errnum == error)
            name = xsd_errors[i].errstring;
    fake_message_send(request->fd, XS_ERROR, request->header.req_id,
                      request->header.tx_id, name, strlen(name) + 1);
}

/* Whether the request that was just counted is to fail. */
static bool is_to_fail(const struct request *request)
{
    if (fake_kill && fake_killed)
        return true;
    if (!fail_at || requests < fail_at ||
        (requests > fail_at && how != FAKE_REFUSE_FROM))
        return false;
    if (requests == fail_at)
        snprintf(failed, sizeof(failed), "%" PRIu32 " %.200s",
                 request->header.type, request->path);
    fake_killed = true;
    return true;
}

/*
 * What the other connections have asked for already comes late: whoever goes on
 * without them sees it done after that.
 */
static void slow_down(void)
{
    unsigned int i;
    int bytes = 0;

    for (i = 0; i < connection_count; i++) {
        ioctl(connections[i].fd, FIONREAD, &bytes);
        connections[i].is_slow = bytes > 0;
    }
}

/* False if the connection is to be closed. */
static bool handle(struct request *request)
{
    int error;

    requests++;
    if (fake_store_hook)
        fake_store_hook(request->header.type, request->path);
    if (is_to_fail(request)) {
        fake_request_drop(request);
        if (how == FAKE_CLOSE) {
            slow_down();
            return false;
        }
        refuse(request, EACCES);
        return true;
    }
    error = fake_request_do(request);
    if (error)
        refuse(request, error);
    return true;
}

static bool serve(int fd)
{
    struct request request = { .fd = fd };
    bool good;

    if (!receive(fd, &request.header, sizeof(request.header)) ||
        request.header.len > XENSTORE_PAYLOAD_MAX ||
        !receive(fd, request.body, request.header.len))
        return false;
    request.path = request.body;
    pthread_mutex_lock(&fake_store_lock);
    fake_request_begin(&request);
    good = handle(&request);
    pthread_mutex_unlock(&fake_store_lock);
    return good;
}

/* One message, as far as it goes; false if nobody listens any more. */
static bool flush(struct connection *connection)
{
    struct message *message = connection->waiting;
    struct iovec parts[] = {
        { &message->header, sizeof(message->header) },
        { message->body, message->header.len },
    };
    struct msghdr all = { .msg_iov = parts, .msg_iovlen = 2 };
    bool good = sendmsg(connection->fd, &all, MSG_NOSIGNAL) > 0;

    connection->waiting = message->next;
    free(message);
    return good;
}

static void disconnect(unsigned int i)
{
    int fd = connections[i].fd;
    struct message *message;

    pthread_mutex_lock(&fake_store_lock);
    while ((message = connections[i].waiting)) {
        connections[i].waiting = message->next;
        free(message);
    }
    fake_store_disconnect(fd);
    close(fd);
    connections[i] = connections[--connection_count];
    pthread_mutex_unlock(&fake_store_lock);
}

static void flush_all(void)
{
    unsigned int i;
    bool good;

    pthread_mutex_lock(&fake_store_lock);
    for (i = connection_count; i-- > 0;) {
        good = true;
        while (good && connections[i].waiting)
            good = flush(&connections[i]);
        if (!good)
            disconnect(i);
    }
    pthread_mutex_unlock(&fake_store_lock);
}

static void accept_one(void)
{
    pthread_mutex_lock(&fake_store_lock);
    if (connection_count == FAKE_CONNECTIONS)
        abort();
    connections[connection_count++] =
        (struct connection) { .fd = accept4(listening, NULL, NULL,
                                            SOCK_CLOEXEC) };
    pthread_mutex_unlock(&fake_store_lock);
}

static void *main_loop(void *arg)
{
    struct pollfd fds[FAKE_CONNECTIONS + 2];
    unsigned int i, count;
    char bytes[64];
    int timeout_ms;
    ssize_t got;

    for (;;) {
        timeout_ms = fake_backends_answer();
        flush_all();
        fds[0] = (struct pollfd) { .fd = wake[0], .events = POLLIN };
        fds[1] = (struct pollfd) { .fd = listening, .events = POLLIN };
        count = connection_count;
        for (i = 0; i < count; i++)
            fds[2 + i] =
                (struct pollfd) { .fd = connections[i].fd, .events = POLLIN };
        poll(fds, 2 + count, timeout_ms);
        if (fds[0].revents) {
            got = read(wake[0], bytes, sizeof(bytes));
            if (got > 0 && memchr(bytes, 's', got))
                return NULL;
        }
        /* Backwards: one that ends is replaced by the last. */
        for (i = count; i-- > 0;)
            if (fds[2 + i].revents &&
                (!connections[i].is_slow || !(rounds % SLOW)) &&
                !serve(fds[2 + i].fd))
                disconnect(i);
        rounds++;
        if (fds[1].revents)
            accept_one();
    }
}

void fake_xenstored_start(const char *path)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };

    fake_store_init();
    unlink(path);
    snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
    listening = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(listening, (void *)&address, sizeof(address)) ||
        listen(listening, FAKE_CONNECTIONS) || pipe(wake) ||
        pthread_create(&thread, NULL, main_loop, NULL))
        abort();
    fake_store_hook = NULL;
    fake_store_fail(0, FAKE_REFUSE);
    setenv("XENSTORED_PATH", path, 1);
}

void fake_xenstored_stop(void)
{
    if (write(wake[1], "s", 1) != 1)
        abort();
    pthread_join(thread, NULL);
    while (connection_count)
        disconnect(0);
    close(listening);
    close(wake[0]);
    close(wake[1]);
    fake_store_dispose();
}

unsigned int fake_descriptors(void)
{
    DIR *directory = opendir("/proc/self/fd");
    unsigned int count = 0;

    /* The daemon neither opens nor closes one meanwhile. */
    pthread_mutex_lock(&fake_store_lock);
    while (readdir(directory))
        count++;
    count -= connection_count + 3;
    pthread_mutex_unlock(&fake_store_lock);
    closedir(directory);
    return count;
}

void fake_store_fail(unsigned int n, enum fake_failure failure)
{
    pthread_mutex_lock(&fake_store_lock);
    requests = 0;
    fail_at = n;
    how = failure;
    failed[0] = 0;
    pthread_mutex_unlock(&fake_store_lock);
}

unsigned int fake_store_requests(void)
{
    unsigned int count;

    pthread_mutex_lock(&fake_store_lock);
    count = requests;
    pthread_mutex_unlock(&fake_store_lock);
    return count;
}

const char *fake_store_failed(void)
{
    return failed;
}
