/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Loaded into a program before its libraries: kills it before its n-th
 * request to xenstored (KILL_AT_REQUEST=n) or its n-th call of the hypervisor
 * (KILL_AT_HYPERCALL=n).  Requests that go out in one piece are cut apart.
 */
#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#include <xen/io/xs_wire.h>

#define DESCRIPTORS 256

/* What is still to come of a connection's request; 0: a header is due. */
static struct {
    uint32_t header_bytes, left;
    struct xsd_sockmsg header;
} streams[DESCRIPTORS];

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned long requests, hypercalls;

static unsigned long kill_at(const char *name)
{
    const char *text = getenv(name);

    return text ? strtoul(text, NULL, 10) : 0;
}

static bool is_xenstored(int fd)
{
    struct sockaddr_un address;
    socklen_t size = sizeof(address);

    memset(&address, 0, sizeof(address));
    return fd >= 0 && fd < DESCRIPTORS &&
           !getpeername(fd, (struct sockaddr *)&address, &size) &&
           address.sun_family == AF_UNIX &&
           strstr(address.sun_path, "xenstored");
}

/* Takes a byte of a connection in.  True: a request begins with it. */
static bool take(int fd, uint8_t byte)
{
    bool begins = !streams[fd].header_bytes && !streams[fd].left;

    if (streams[fd].left) {
        streams[fd].left--;
        return false;
    }
    ((uint8_t *)&streams[fd].header)[streams[fd].header_bytes++] = byte;
    if (streams[fd].header_bytes == sizeof(streams[fd].header)) {
        streams[fd].header_bytes = 0;
        streams[fd].left = streams[fd].header.len;
    }
    return begins;
}

/* Sends what comes before the fatal request, and dies there. */
static void watch(int fd, const uint8_t *data, size_t size)
{
    ssize_t (*real)(int, const void *, size_t, int) = dlsym(RTLD_NEXT, "send");
    unsigned long last = kill_at("KILL_AT_REQUEST");
    size_t i;

    if (!last || !is_xenstored(fd))
        return;
    pthread_mutex_lock(&lock);
    for (i = 0; i < size; i++) {
        if (!take(fd, data[i]) || ++requests != last)
            continue;
        real(fd, data, i, MSG_NOSIGNAL);
        raise(SIGKILL);
    }
    pthread_mutex_unlock(&lock);
}

ssize_t send(int fd, const void *data, size_t size, int flags)
{
    ssize_t (*real)(int, const void *, size_t, int) = dlsym(RTLD_NEXT, "send");

    watch(fd, data, size);
    return real(fd, data, size, flags);
}

ssize_t write(int fd, const void *data, size_t size)
{
    ssize_t (*real)(int, const void *, size_t) = dlsym(RTLD_NEXT, "write");

    watch(fd, data, size);
    return real(fd, data, size);
}

static void watch_parts(int fd, const struct iovec *parts, size_t count)
{
    size_t i;

    for (i = 0; i < count; i++)
        watch(fd, parts[i].iov_base, parts[i].iov_len);
}

ssize_t writev(int fd, const struct iovec *parts, int count)
{
    ssize_t (*real)(int, const struct iovec *, int) =
        dlsym(RTLD_NEXT, "writev");

    watch_parts(fd, parts, count);
    return real(fd, parts, count);
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
    ssize_t (*real)(int, const struct msghdr *, int) =
        dlsym(RTLD_NEXT, "sendmsg");

    watch_parts(fd, message->msg_iov, message->msg_iovlen);
    return real(fd, message, flags);
}

/* A descriptor that is opened anew begins a connection. */
int close(int fd)
{
    int (*real)(int) = dlsym(RTLD_NEXT, "close");

    if (fd >= 0 && fd < DESCRIPTORS)
        streams[fd].header_bytes = streams[fd].left = 0;
    return real(fd);
}

/* privcmd's own are of type 'P'. */
int ioctl(int fd, unsigned long request, ...)
{
    int (*real)(int, unsigned long, void *) = dlsym(RTLD_NEXT, "ioctl");
    unsigned long last = kill_at("KILL_AT_HYPERCALL");
    va_list ap;
    void *argument;

    va_start(ap, request);
    argument = va_arg(ap, void *);
    va_end(ap);
    if (last && _IOC_TYPE(request) == 'P' &&
        __atomic_add_fetch(&hypercalls, 1, __ATOMIC_SEQ_CST) == last)
        raise(SIGKILL);
    return real(fd, request, argument);
}
