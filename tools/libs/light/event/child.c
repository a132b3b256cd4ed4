/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * fork, exec, and waiting by pidfd.
 */
#include "event/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <libxl_utils.h>

#include "base/ctx.h"
#include "base/log.h"
#include "event/wait.h"

/* The descriptor through which the child reports why exec failed. */
#define ERROR_FD 3

/* A child.  The application may collect its status before we do. */
struct libxl__child {
    XEN_LIST_ENTRY(struct libxl__child) entry;
    pid_t pid;
    int status;
    int reaped_fd; /* readable once status is known */
};

static size_t count_strings(const char *const *strings)
{
    size_t count = 0;

    while (strings && strings[count])
        count++;
    return count;
}

/* Our own environment, with the variables of add added or replaced. */
static const char **merge_environment(libxl__gc *gc, const char *const *add)
{
    const char *const *own = (const char *const *)environ;
    size_t own_count = count_strings(own), add_count = count_strings(add);
    const char **merged =
        libxl__calloc(gc, own_count + add_count + 1, sizeof(*merged));
    size_t count = 0, i, j, length;

    for (i = 0; i < own_count; i++) {
        length = strcspn(own[i], "=") + 1;
        for (j = 0; j < add_count && strncmp(own[i], add[j], length); j++)
            ;
        if (j == add_count)
            merged[count++] = own[i];
    }
    for (j = 0; j < add_count; j++)
        merged[count++] = add[j];
    return merged;
}

/*
 * Runs in the child.  Other threads may have held any lock at the time of the
 * fork: make only system calls from here on.
 */
static _Noreturn void become(const char *const *argv, const char **env,
                             int error_fd)
{
    struct sigaction standard = { .sa_handler = SIG_DFL };
    sigset_t none;
    int number, error;

    setpgid(0, 0);
    for (number = 1; number < NSIG; number++)
        sigaction(number, &standard, NULL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);

    if (error_fd != ERROR_FD)
        error_fd = dup3(error_fd, ERROR_FD, O_CLOEXEC);
    closefrom(ERROR_FD + 1);
    close(STDIN_FILENO);
    if (open("/dev/null", O_RDWR) == STDIN_FILENO &&
        dup2(STDIN_FILENO, STDOUT_FILENO) >= 0)
        execvpe(argv[0], (char *const *)argv, (char *const *)env);

    error = errno;
    if (write(error_fd, &error, sizeof(error)) < 0)
        _exit(126);
    _exit(127);
}

/* Like fork(2), with all signals blocked until it returns. */
static pid_t fork_quietly(libxl_ctx *ctx, sigset_t *before)
{
    const libxl_childproc_hooks *hooks = ctx->child_hooks;
    sigset_t every;

    sigfillset(&every);
    pthread_sigmask(SIG_SETMASK, &every, before);
    return hooks && hooks->fork_replacement
               ? hooks->fork_replacement(ctx->child_hooks_user)
               : fork();
}

static int start(libxl__gc *gc, const libxl__child_spec *spec,
                 struct libxl__child *child)
{
    const char **env = merge_environment(gc, spec->env);
    int pipes[2], error = 0;
    sigset_t before;
    ssize_t got;

    if (pipe2(pipes, O_CLOEXEC))
        return libxl__fail_errno(gc->ctx, ERROR_FAIL,
                                 "cannot make a pipe for %s", spec->what);
    /* Add it to the list before the application can reap it. */
    libxl__ctx_lock(gc->ctx);
    child->pid = fork_quietly(gc->ctx, &before);
    if (child->pid == 0)
        become(spec->argv, env, pipes[1]);
    error = errno;
    if (child->pid > 0)
        XEN_LIST_INSERT_HEAD(&gc->ctx->children, child, entry);
    libxl__ctx_unlock(gc->ctx);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    close(pipes[1]);

    if (child->pid < 0) {
        libxl__log(gc->ctx, XTL_ERROR, error, "cannot fork for %s", spec->what);
        close(pipes[0]);
        return ERROR_FAIL;
    }
    setpgid(child->pid, child->pid);
    error = 0;
    do {
        got = read(pipes[0], &error, sizeof(error));
    } while (got < 0 && errno == EINTR);
    close(pipes[0]);
    if (got == sizeof(error)) {
        libxl__log(gc->ctx, XTL_ERROR, error, "cannot run %s '%s'", spec->what,
                   spec->argv[0]);
        return ERROR_FAIL;
    }
    return 0;
}

static int wait_status(const siginfo_t *info)
{
    if (info->si_code == CLD_EXITED)
        return info->si_status << 8;
    return info->si_status | (info->si_code == CLD_DUMPED ? 0x80 : 0);
}

/* The child has ended: collect its status, or get it from the application. */
static int reap(libxl__gc *gc, int pidfd, struct libxl__child *child,
                libxl__deadline deadline)
{
    siginfo_t info;
    int r;

    do {
        r = waitid(P_PIDFD, pidfd, &info, WEXITED);
    } while (r && errno == EINTR);
    if (!r) {
        child->status = wait_status(&info);
        return 0;
    }
    if (errno != ECHILD)
        return libxl__fail_errno(gc->ctx, ERROR_FAIL,
                                 "cannot wait for child %d", child->pid);
    return libxl__wait_fd(gc, child->reaped_fd, deadline);
}

static int wait_for(libxl__gc *gc, const libxl__child_spec *spec,
                    struct libxl__child *child)
{
    libxl__deadline deadline = libxl__deadline_in(spec->timeout_ms);
    int pidfd, rc;

    pidfd = pidfd_open(child->pid, 0);
    /* The application has collected the status already. */
    if (pidfd < 0 && errno == ESRCH)
        return libxl__wait_fd(gc, child->reaped_fd, deadline);
    if (pidfd < 0)
        return libxl__fail_errno(gc->ctx, ERROR_FAIL, "cannot watch %s",
                                 spec->what);
    rc = libxl__wait_fd(gc, pidfd, deadline);
    if (rc) {
        if (rc == ERROR_TIMEDOUT)
            libxl__error(gc->ctx,
                         "%s '%s' did not end within %d ms and was killed",
                         spec->what, spec->argv[0], spec->timeout_ms);
        kill(-child->pid, SIGKILL);
        pidfd_send_signal(pidfd, SIGKILL, NULL, 0);
        reap(gc, pidfd, child, libxl__deadline_in(1000));
    } else {
        rc = reap(gc, pidfd, child, deadline);
    }
    close(pidfd);
    return rc;
}

void libxl__child_report(libxl_ctx *ctx, xentoollog_level level,
                         const char *what, pid_t pid, int status)
{
    int signal;

    if (WIFEXITED(status)) {
        libxl__log(ctx, level, -1, "%s [%ld] ended with exit status %d", what,
                   (long)pid, WEXITSTATUS(status));
    } else if (WIFSIGNALED(status)) {
        signal = WTERMSIG(status);
        libxl__log(ctx, level, -1, "%s [%ld] was killed by signal %d, %s%s",
                   what, (long)pid, signal, strsignal(signal),
                   WCOREDUMP(status) ? " (core dumped)" : "");
    } else {
        libxl__log(ctx, level, -1, "%s [%ld] gave an unknown wait status 0x%x",
                   what, (long)pid, status);
    }
}

int libxl__child_run(libxl__gc *gc, const libxl__child_spec *spec,
                     int *status_r)
{
    struct libxl__child child = { .pid = -1, .reaped_fd = -1 };
    int rc;

    child.reaped_fd = eventfd(0, EFD_CLOEXEC);
    if (child.reaped_fd < 0)
        return libxl__fail_errno(gc->ctx, ERROR_FAIL,
                                 "cannot make an event descriptor");
    rc = start(gc, spec, &child);
    if (child.pid > 0 && !rc)
        rc = wait_for(gc, spec, &child);
    else if (child.pid > 0)
        waitpid(child.pid, NULL, 0);
    if (child.pid > 0) {
        libxl__ctx_lock(gc->ctx);
        XEN_LIST_REMOVE(&child, entry);
        libxl__ctx_unlock(gc->ctx);
    }
    close(child.reaped_fd);
    if (rc)
        return rc;
    if (status_r) {
        *status_r = child.status;
    } else if (child.status) {
        libxl__child_report(gc->ctx, XTL_ERROR, spec->what, child.pid,
                            child.status);
        return ERROR_FAIL;
    }
    return 0;
}

int libxl__child_reaped(libxl_ctx *ctx, pid_t pid, int status)
{
    struct libxl__child *child;
    int rc = ERROR_UNKNOWN_CHILD;

    libxl__ctx_lock(ctx);
    XEN_LIST_FOREACH (child, &ctx->children, entry) {
        if (child->pid != pid)
            continue;
        child->status = status;
        eventfd_write(child->reaped_fd, 1);
        rc = 0;
        break;
    }
    libxl__ctx_unlock(ctx);
    return rc;
}
