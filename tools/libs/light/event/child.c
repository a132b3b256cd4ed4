/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * fork, exec, and waiting by pidfd.
 */
#include "event/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
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
#include "event/ao.h"
#include "event/exec.h"
#include "event/wait.h"

/* How long a killed program may take to end, on a busy host. */
#define KILL_TIMEOUT_MS 10000

enum state {
    ENDED, /* or never started */
    RUNNING,
    UNREPORTED, /* the application has its status, and has not reported it */
};

/* A child.  The application may collect its status before we do. */
struct libxl__child {
    XEN_LIST_ENTRY(struct libxl__child) entry;
    const libxl__child_spec *spec;
    libxl__deadline deadline;
    enum state state;
    int rc;
    pid_t pid; /* in the context's list if it is positive */
    int status;
    int pidfd;
    int exec_fd;   /* has an errno value if exec failed */
    int reaped_fd; /* readable once the application has reported status */
    int claim_fd;
};

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

/* Kill a child, and wait without poll() until it has ended. */
static void put_down(struct libxl__child *child)
{
    if (child->state == RUNNING) {
        kill(-child->pid, SIGKILL);
        while (waitpid(child->pid, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    child->state = ENDED;
}

static int start(libxl__gc *gc, struct libxl__child *child)
{
    const libxl__child_spec *spec = child->spec;
    const char **env = libxl__exec_environment(gc, spec->env);
    int pipes[2], error;
    sigset_t before;

    if (!spec->cleans_up && libxl__ao_is_aborted())
        return ERROR_ABORTED;
    child->reaped_fd = eventfd(0, EFD_CLOEXEC);
    if (child->reaped_fd < 0)
        return libxl__fail_errno(gc->ctx, ERROR_FAIL,
                                 "cannot make an event descriptor for %s",
                                 spec->what);
    if (pipe2(pipes, O_CLOEXEC | O_NONBLOCK))
        return libxl__fail_errno(gc->ctx, ERROR_FAIL,
                                 "cannot make a pipe for %s", spec->what);
    child->exec_fd = pipes[0];
    if (spec->claim)
        child->claim_fd = libxl__claim_open(spec->claim);
    /* Add it to the list before the application can reap it. */
    libxl__ctx_lock(gc->ctx);
    child->pid = fork_quietly(gc->ctx, &before);
    if (child->pid == 0)
        libxl__exec_become(spec, env, pipes[1]);
    error = errno;
    if (child->pid > 0)
        XEN_LIST_INSERT_HEAD(&gc->ctx->children, child, entry);
    libxl__ctx_unlock(gc->ctx);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    close(pipes[1]);

    if (child->pid < 0) {
        libxl__log(gc->ctx, XTL_ERROR, error, "cannot fork for %s", spec->what);
        return ERROR_FAIL;
    }
    if (!spec->terminal) /* else setsid() would fail */
        setpgid(child->pid, child->pid);
    child->deadline = libxl__deadline_in(spec->timeout_ms);
    child->state = RUNNING;
    child->pidfd = pidfd_open(child->pid, 0);
    if (child->pidfd >= 0)
        return 0;
    if (errno == ESRCH) {
        child->state = UNREPORTED;
        return 0;
    }
    libxl__error_errno(gc->ctx, "cannot watch %s", spec->what);
    put_down(child);
    return ERROR_FAIL;
}

static int wait_status(const siginfo_t *info)
{
    if (info->si_code == CLD_EXITED)
        return info->si_status << 8;
    return info->si_status | (info->si_code == CLD_DUMPED ? 0x80 : 0);
}

static int wait_for_end(const struct libxl__child *child, siginfo_t *info,
                        int options)
{
    int r;

    do {
        r = waitid(P_PIDFD, child->pidfd, info, WEXITED | options);
    } while (r && errno == EINTR);
    return r;
}

/*
 * The child has ended: collect its status, or get it from the application. What
 * it has started goes with it if it has failed.
 */
static void reap(libxl__gc *gc, struct libxl__child *child)
{
    siginfo_t info;
    int r = wait_for_end(child, &info, WNOWAIT);

    /* Its number is its group's until it is reaped. */
    if (!r && wait_status(&info))
        kill(-child->pid, SIGKILL);
    if (!r)
        r = wait_for_end(child, &info, 0);
    if (r && errno == ECHILD) {
        child->state = UNREPORTED;
        return;
    }
    child->state = ENDED;
    if (!r)
        child->status = wait_status(&info);
    else
        child->rc = libxl__fail_errno(gc->ctx, ERROR_FAIL,
                                      "cannot wait for child %d", child->pid);
}

/*
 * End a child with the result rc.  Do not kill the process group of one that
 * was reaped: its number may be in use again.
 */
static void end_early(struct libxl__child *child, int rc)
{
    child->rc = rc;
    if (child->state == RUNNING) {
        kill(-child->pid, SIGKILL);
        pidfd_send_signal(child->pidfd, SIGKILL, NULL, 0);
        child->deadline = libxl__deadline_in(KILL_TIMEOUT_MS);
    } else {
        child->state = ENDED;
    }
}

/* The deadline of a child has passed. */
static void expire(libxl__gc *gc, struct libxl__child *child)
{
    const libxl__child_spec *spec = child->spec;

    if (child->rc) {
        if (child->state == RUNNING)
            libxl__error(gc->ctx, "%s '%s' [%ld] was killed and does not end",
                         spec->what, spec->argv[0], (long)child->pid);
        child->state = ENDED;
        return;
    }
    if (child->state == RUNNING)
        libxl__error(gc->ctx, "%s '%s' did not end within %d ms and was killed",
                     spec->what, spec->argv[0], spec->timeout_ms);
    else
        libxl__error(gc->ctx,
                     "the application did not report within %d ms how %s '%s' "
                     "ended",
                     spec->timeout_ms, spec->what, spec->argv[0]);
    end_early(child, ERROR_TIMEDOUT);
}

/*
 * Set fds to what to poll for each child, and *deadline_r to the earliest
 * deadline.  Returns the number of children that have not ended.
 */
static unsigned int prepare_poll(const struct libxl__child children[],
                                 unsigned int count, struct pollfd fds[],
                                 libxl__deadline *deadline_r)
{
    unsigned int i, left = 0;

    *deadline_r = libxl__deadline_in(-1);
    for (i = 0; i < count; i++) {
        const struct libxl__child *child = &children[i];

        fds[i].fd = -1;
        if (child->state == ENDED)
            continue;
        left++;
        fds[i].fd = child->state == RUNNING ? child->pidfd : child->reaped_fd;
        if (child->deadline < *deadline_r)
            *deadline_r = child->deadline;
    }
    return left;
}

static void go_on(libxl__gc *gc, struct libxl__child *child, bool is_ready,
                  bool is_aborted)
{
    if (is_ready && child->state == RUNNING)
        reap(gc, child);
    else if (is_ready)
        child->state = ENDED;
    if (child->state == ENDED)
        return;
    if (is_aborted && !child->spec->cleans_up && !child->rc)
        end_early(child, ERROR_ABORTED);
    else if (!libxl__time_left(child->deadline))
        expire(gc, child);
}

/* What a program on its own has for company; never NULL. */
static const struct libxl__child_company *
company_of(const struct libxl__child children[], unsigned int count)
{
    static const struct libxl__child_company nobody;
    const libxl__child_spec *spec = count == 1 ? children[0].spec : NULL;

    return spec && spec->company ? spec->company : &nobody;
}

static void serve(libxl__gc *gc, struct libxl__child *child,
                  const struct pollfd *fds)
{
    const struct libxl__child_company *company = child->spec->company;
    int rc;

    memcpy(company->fds, fds, company->count * sizeof(*fds));
    rc = company->serve(gc, company->user);
    if (rc && !child->rc && child->state != ENDED)
        end_early(child, rc);
}

static void wait_for_all(libxl__gc *gc, struct libxl__child children[],
                         unsigned int count)
{
    const struct libxl__child_company *company = company_of(children, count);
    struct pollfd *fds =
        libxl__calloc(gc, count + 1 + company->count, sizeof(*fds));
    libxl__deadline deadline;
    unsigned int i;
    int ready;

    for (i = 0; i <= count; i++)
        fds[i].events = POLLIN;
    fds[count].fd = libxl__ao_abort_fd();
    while (prepare_poll(children, count, fds, &deadline)) {
        if (company->count)
            memcpy(&fds[count + 1], company->fds,
                   company->count * sizeof(*fds));
        ready =
            poll(fds, count + 1 + company->count, libxl__time_left(deadline));
        if (ready < 0 && errno == EINTR)
            continue;
        if (ready < 0)
            libxl__error_errno(gc->ctx, "cannot wait for programs");
        for (i = 0; i < count; i++) {
            struct libxl__child *child = &children[i];

            if (child->state == ENDED)
                continue;
            if (ready < 0) {
                put_down(child);
                child->rc = ERROR_FAIL;
            } else {
                go_on(gc, child, fds[i].revents, fds[count].revents);
            }
        }
        if (ready > 0 && company->count)
            serve(gc, &children[0], &fds[count + 1]);
        if (ready > 0 && fds[count].revents)
            fds[count].fd = -1;
    }
}

static void close_fd(int fd)
{
    if (fd >= 0)
        close(fd);
}

/*
 * Release a child that has ended, and check whether exec had failed.  After
 * that, rc and, if it is 0, status are valid.
 */
static void finish(libxl__gc *gc, struct libxl__child *child)
{
    int error;

    if (child->pid > 0) {
        libxl__ctx_lock(gc->ctx);
        XEN_LIST_REMOVE(child, entry);
        libxl__ctx_unlock(gc->ctx);
    }
    if (!child->rc &&
        read(child->exec_fd, &error, sizeof(error)) == sizeof(error)) {
        libxl__log(gc->ctx, XTL_ERROR, error, "cannot run %s '%s'",
                   child->spec->what, child->spec->argv[0]);
        child->rc = ERROR_FAIL;
    }
    close_fd(child->pidfd);
    close_fd(child->exec_fd);
    close_fd(child->reaped_fd);
    close_fd(child->claim_fd);
}

/* Before it is started, or if it never is. */
static const struct libxl__child not_started = {
    .pidfd = -1,
    .exec_fd = -1,
    .reaped_fd = -1,
    .claim_fd = -1,
};

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

/* Log an unclean exit.  Returns the result of a child. */
static int judge(libxl__gc *gc, const struct libxl__child *child)
{
    const libxl__child_spec *spec = child->spec;

    if (child->rc || !child->status)
        return child->rc;
    libxl__child_report(
        gc->ctx, XTL_ERROR,
        libxl__sprintf(gc, "%s '%s'", spec->what, spec->argv[0]), child->pid,
        child->status);
    return ERROR_FAIL;
}

int libxl__child_run(libxl__gc *gc, const libxl__child_spec *spec,
                     int *status_r)
{
    struct libxl__child child = not_started;

    child.spec = spec;
    child.rc = start(gc, &child);
    wait_for_all(gc, &child, 1);
    finish(gc, &child);
    if (!status_r)
        return judge(gc, &child);
    if (!child.rc)
        *status_r = child.status;
    return child.rc;
}

struct libxl__children {
    libxl__gc *gc;
    unsigned int count;
    struct libxl__child list[];
};

libxl__children *libxl__children_begin(libxl__gc *gc, unsigned int count)
{
    libxl__children *children = libxl__calloc(
        gc, 1, sizeof(*children) + count * sizeof(children->list[0]));
    unsigned int i;

    children->gc = gc;
    children->count = count;
    for (i = 0; i < count; i++)
        children->list[i] = not_started;
    return children;
}

void libxl__children_start(libxl__children *children, unsigned int index,
                           const libxl__child_spec *spec)
{
    struct libxl__child *child = &children->list[index];

    child->spec = spec;
    child->rc = start(children->gc, child);
}

int libxl__children_end(libxl__children *children, int rc_r[])
{
    unsigned int i;

    wait_for_all(children->gc, children->list, children->count);
    for (i = 0; i < children->count; i++) {
        finish(children->gc, &children->list[i]);
        rc_r[i] = judge(children->gc, &children->list[i]);
    }
    return libxl__first_rc(rc_r, children->count);
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
