/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Loaded into a program before its libraries: kills it before its n-th step of
 * a kind (KILL_AT_KIND=n), or has that step fail (FAIL_AT_KIND=n).  The kinds:
 *
 *   REQUEST     to xenstored; those that go out in one piece are cut apart
 *   HYPERCALL   of privcmd
 *   OPEN        of a file, or a connection to a socket
 *   FORK
 *   THREAD
 *
 * FAILED=FILE is made when a step has failed.  Programs that it starts are left
 * alone.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#include <xen/io/xs_wire.h>

#define DESCRIPTORS 256

enum kind { REQUEST, HYPERCALL, OPEN, FORK, THREAD, KINDS };

static const char *const names[] = { "REQUEST", "HYPERCALL", "OPEN", "FORK",
                                     "THREAD" };

static unsigned long kill_at[KINDS], fail_at[KINDS], steps[KINDS];

/* What is still to come of a connection's request; 0: a header is due. */
static struct {
    uint32_t header_bytes, left;
    struct xsd_sockmsg header;
} streams[DESCRIPTORS];

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static unsigned long wanted(const char *verb, const char *kind)
{
    char name[32];
    const char *text;

    snprintf(name, sizeof(name), "%s_AT_%s", verb, kind);
    text = getenv(name);
    return text ? strtoul(text, NULL, 10) : 0;
}

__attribute__((constructor)) static void begin(void)
{
    enum kind kind;

    for (kind = 0; kind < KINDS; kind++) {
        kill_at[kind] = wanted("KILL", names[kind]);
        fail_at[kind] = wanted("FAIL", names[kind]);
    }
    unsetenv("LD_PRELOAD");
}

static void note_failure(void)
{
    const char *file = getenv("FAILED");

    if (file)
        syscall(SYS_close,
                syscall(SYS_openat, AT_FDCWD, file, O_CREAT | O_WRONLY, 0600));
}

/* Counts a step.  True: it must fail; it does not come back from being killed.
 */
static bool fails(enum kind kind, int error)
{
    unsigned long step = __atomic_add_fetch(&steps[kind], 1, __ATOMIC_SEQ_CST);

    if (step == kill_at[kind])
        raise(SIGKILL);
    if (step != fail_at[kind])
        return false;
    note_failure();
    errno = error;
    return true;
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

/* Sends what comes before the fatal request, and dies or fails there. */
static bool watch(int fd, const uint8_t *data, size_t size)
{
    ssize_t (*real)(int, const void *, size_t, int) = dlsym(RTLD_NEXT, "send");
    unsigned long last = kill_at[REQUEST] + fail_at[REQUEST];
    bool failed = false;
    size_t i;

    if (!last || !is_xenstored(fd))
        return false;
    pthread_mutex_lock(&lock);
    for (i = 0; i < size && !failed; i++) {
        if (!take(fd, data[i]))
            continue;
        if (steps[REQUEST] + 1 == last)
            real(fd, data, i, MSG_NOSIGNAL);
        failed = fails(REQUEST, EPIPE);
    }
    pthread_mutex_unlock(&lock);
    return failed;
}

ssize_t send(int fd, const void *data, size_t size, int flags)
{
    ssize_t (*real)(int, const void *, size_t, int) = dlsym(RTLD_NEXT, "send");

    return watch(fd, data, size) ? -1 : real(fd, data, size, flags);
}

ssize_t write(int fd, const void *data, size_t size)
{
    ssize_t (*real)(int, const void *, size_t) = dlsym(RTLD_NEXT, "write");

    return watch(fd, data, size) ? -1 : real(fd, data, size);
}

static bool watch_parts(int fd, const struct iovec *parts, size_t count)
{
    bool failed = false;
    size_t i;

    for (i = 0; i < count && !failed; i++)
        failed = watch(fd, parts[i].iov_base, parts[i].iov_len);
    return failed;
}

ssize_t writev(int fd, const struct iovec *parts, int count)
{
    ssize_t (*real)(int, const struct iovec *, int) =
        dlsym(RTLD_NEXT, "writev");

    return watch_parts(fd, parts, count) ? -1 : real(fd, parts, count);
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
    ssize_t (*real)(int, const struct msghdr *, int) =
        dlsym(RTLD_NEXT, "sendmsg");

    return watch_parts(fd, message->msg_iov, message->msg_iovlen)
               ? -1
               : real(fd, message, flags);
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
    va_list ap;
    void *argument;

    va_start(ap, request);
    argument = va_arg(ap, void *);
    va_end(ap);
    if (_IOC_TYPE(request) == 'P' && fails(HYPERCALL, EIO))
        return -1;
    return real(fd, request, argument);
}

/* The mode counts where a file may be made; else it is whatever was there. */
#define OPEN_OF(name)                                                          \
    int name(const char *path, int flags, ...)                                 \
    {                                                                          \
        int (*real)(const char *, int, mode_t) = dlsym(RTLD_NEXT, #name);      \
        va_list ap;                                                            \
        mode_t mode;                                                           \
                                                                               \
        va_start(ap, flags);                                                   \
        mode = va_arg(ap, mode_t);                                             \
        va_end(ap);                                                            \
        return fails(OPEN, EMFILE) ? -1 : real(path, flags, mode);             \
    }

OPEN_OF(open)
OPEN_OF(open64)

#define FOPEN_OF(name)                                                         \
    FILE *name(const char *path, const char *mode)                             \
    {                                                                          \
        FILE *(*real)(const char *, const char *) = dlsym(RTLD_NEXT, #name);   \
                                                                               \
        return fails(OPEN, EMFILE) ? NULL : real(path, mode);                  \
    }

FOPEN_OF(fopen)
FOPEN_OF(fopen64)

int connect(int fd, const struct sockaddr *address, socklen_t size)
{
    int (*real)(int, const struct sockaddr *, socklen_t) =
        dlsym(RTLD_NEXT, "connect");

    return fails(OPEN, ECONNREFUSED) ? -1 : real(fd, address, size);
}

pid_t fork(void)
{
    pid_t (*real)(void) = dlsym(RTLD_NEXT, "fork");

    return fails(FORK, EAGAIN) ? -1 : real();
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                   void *(*run)(void *), void *argument)
{
    int (*real)(pthread_t *, const pthread_attr_t *, void *(*)(void *),
                void *) = dlsym(RTLD_NEXT, "pthread_create");

    return fails(THREAD, EAGAIN) ? EAGAIN
                                 : real(thread, attributes, run, argument);
}
