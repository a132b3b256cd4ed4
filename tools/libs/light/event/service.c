/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Programs that go on: a process between us and the program forks it and ends,
 * so that the program belongs to init.  A pair of sockets has, in this order,
 * the program's number, a byte of ours that lets it run, and what exec said.
 */
#include "event/service.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "event/wait.h"

#define CONTROL_FD 3

/* The process in between only forks. */
#define FORK_TIMEOUT_MS 10000

/* Above every descriptor that the program gets. */
#define SPARE_FD 10

/* Give the program stdin, its log, CONTROL_FD, keep_fd, and nothing else. */
static int arrange_descriptors(const libxl__service *service, int control)
{
    int keep = service->keep_fd;
    int null = open("/dev/null", O_RDONLY);
    int spare_null = fcntl(null, F_DUPFD, SPARE_FD);
    int spare_log = fcntl(service->log_fd, F_DUPFD, SPARE_FD);
    int spare_control = fcntl(control, F_DUPFD, SPARE_FD);
    int spare_keep = keep < 0 ? -1 : fcntl(keep, F_DUPFD, SPARE_FD);

    if (dup2(spare_null, STDIN_FILENO) < 0 ||
        dup2(spare_log, STDOUT_FILENO) < 0 ||
        dup2(spare_log, STDERR_FILENO) < 0 ||
        dup3(spare_control, CONTROL_FD, O_CLOEXEC) < 0 ||
        (keep >= 0 && dup2(spare_keep, LIBXL__SERVICE_FD) < 0))
        return -1;
    closefrom(keep < 0 ? LIBXL__SERVICE_FD : LIBXL__SERVICE_FD + 1);
    return 0;
}

/* Only system calls from here on: see exec.c. */
_Noreturn void libxl__service_become(const libxl__service *service,
                                     const char **env)
{
    pid_t pid = _Fork();
    int control = service->control_fd, error;
    char go;

    if (pid)
        _exit(pid > 0 && write(control, &pid, sizeof(pid)) == sizeof(pid) ? 0
                                                                          : 1);
    setsid();
    if (arrange_descriptors(service, control) ||
        read(CONTROL_FD, &go, sizeof(go)) != sizeof(go))
        _exit(1);
    execvpe(service->argv[0], (char *const *)service->argv, (char *const *)env);
    error = errno;
    _exit(write(CONTROL_FD, &error, sizeof(error)) < 0 ? 126 : 127);
}

static int fork_program(libxl__gc *gc, libxl__service *service, int ours,
                        int theirs)
{
    const libxl__child_spec spec = {
        .what = service->what,
        .argv = service->argv,
        .env = service->env,
        .timeout_ms = FORK_TIMEOUT_MS,
        .service = service,
    };
    int rc;

    service->control_fd = theirs;
    rc = libxl__child_run(gc, &spec, NULL);
    service->control_fd = ours;
    if (rc)
        return rc;
    if (read(ours, &service->pid, sizeof(service->pid)) != sizeof(service->pid))
        return libxl__fail(gc->ctx, ERROR_FAIL, "cannot start %s",
                           service->what);
    service->pidfd = pidfd_open(service->pid, 0);
    if (service->pidfd < 0)
        return libxl__fail_errno(gc->ctx, ERROR_FAIL, "cannot watch %s",
                                 service->what);
    return 0;
}

int libxl__service_prepare(libxl__gc *gc, libxl__service *service)
{
    int pair[2], rc;

    service->pidfd = service->control_fd = -1;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
        return libxl__fail_errno(gc->ctx, ERROR_FAIL,
                                 "cannot make sockets for %s", service->what);
    rc = fork_program(gc, service, pair[0], pair[1]);
    close(pair[1]);
    if (rc)
        libxl__service_dispose(service);
    return rc;
}

int libxl__service_run(libxl__gc *gc, libxl__service *service)
{
    int error = 0;
    ssize_t got = send(service->control_fd, "", 1, MSG_NOSIGNAL);

    /* The other end is closed by exec. */
    if (got == 1)
        do {
            got = read(service->control_fd, &error, sizeof(error));
        } while (got < 0 && errno == EINTR);
    if (!got)
        return 0;
    libxl__log(gc->ctx, XTL_ERROR, got == sizeof(error) ? error : errno,
               "cannot run %s '%s'", service->what, service->argv[0]);
    return ERROR_FAIL;
}

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

void libxl__service_dispose(libxl__service *service)
{
    close_fd(&service->pidfd);
    close_fd(&service->control_fd);
}

static bool has_ended(int pidfd, int timeout_ms)
{
    struct pollfd fd = { .fd = pidfd, .events = POLLIN };
    libxl__deadline deadline = libxl__deadline_in(timeout_ms);
    int ready;

    do {
        ready = poll(&fd, 1, timeout_ms ? libxl__time_left(deadline) : 0);
    } while (ready < 0 && errno == EINTR);
    return ready > 0;
}

bool libxl__service_has_ended(const libxl__service *service)
{
    return has_ended(service->pidfd, 0);
}

bool libxl__service_is(libxl__gc *gc, pid_t pid, const char *argument,
                       const char *value)
{
    const char *path = libxl__sprintf(gc, "/proc/%ld/cmdline", (long)pid);
    size_t wanted = strlen(argument) + 1 + (value ? strlen(value) + 1 : 0);
    char *pair = libxl__zalloc(gc, wanted), line[32768];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t size;

    if (fd < 0)
        return false;
    size = read(fd, line, sizeof(line));
    close(fd);
    strcpy(pair, argument);
    if (value)
        strcpy(pair + strlen(argument) + 1, value);
    return size > 0 && memmem(line, size, pair, wanted);
}

void libxl__service_end(libxl__gc *gc, pid_t pid, const char *argument,
                        const char *value, int timeout_ms)
{
    int pidfd = pidfd_open(pid, 0);

    if (pidfd < 0)
        return;
    if (libxl__service_is(gc, pid, argument, value)) {
        pidfd_send_signal(pidfd, SIGTERM, NULL, 0);
        if (!has_ended(pidfd, timeout_ms)) {
            pidfd_send_signal(pidfd, SIGKILL, NULL, 0);
            has_ended(pidfd, timeout_ms);
        }
    }
    close(pidfd);
}
