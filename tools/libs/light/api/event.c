/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The public functions of libxl_event.h, and libxl_ao_abort.  Events of disks
 * are in device_disk.c.
 */
#include <errno.h>
#include <stdlib.h>

#include <libxl.h>
#include <libxl_event.h>

#include "event/ao.h"
#include "event/child.h"
#include "base/ctx.h"
#include "event/event.h"
#include "base/log.h"
#include "event/osevent.h"
#include "event/death.h"
#include "event/eject.h"

/*
 * Reports of one operation are delivered one after the other, even by several
 * threads: its progress comes before its completion.
 */
static libxl__report *next_report(libxl_ctx *ctx)
{
    libxl__report *report;

    XEN_TAILQ_FOREACH (report, &ctx->events->outbox, entry) {
        if (!report->ao || !libxl__ao_is_reporting(report->ao))
            return report;
    }
    return NULL;
}

/* The lock must be held, exactly once. */
static void deliver(libxl_ctx *ctx)
{
    libxl__report *report;

    while ((report = next_report(ctx))) {
        XEN_TAILQ_REMOVE(&ctx->events->outbox, report, entry);
        if (report->ao)
            libxl__ao_deliver(ctx, report);
        else
            libxl__event_deliver(ctx, report->event);
        free(report);
    }
}

static void take_ready(libxl_ctx *ctx, const struct pollfd *fds, int count)
{
    libxl__death_ready(ctx, fds, count);
    libxl__eject_ready(ctx, fds, count);
}

int libxl_event_check(libxl_ctx *ctx, libxl_event **event_r, uint64_t typemask,
                      libxl_event_predicate *predicate, void *predicate_user)
{
    libxl_event *event;

    libxl__ctx_lock(ctx);
    deliver(ctx);
    event = libxl__event_take(ctx, typemask, predicate, predicate_user);
    libxl__ctx_unlock(ctx);
    if (!event)
        return ERROR_NOT_READY;
    *event_r = event;
    return 0;
}

int libxl_event_wait(libxl_ctx *ctx, libxl_event **event_r, uint64_t typemask,
                     libxl_event_predicate *predicate, void *predicate_user)
{
    struct pollfd fds[LIBXL__OSFD_COUNT];
    libxl_event *event = NULL;
    libxl__waker waker;
    int rc, count;

    libxl__ctx_lock(ctx);
    rc = libxl__waker_open(ctx, &waker);
    if (rc)
        goto out;
    for (;;) {
        deliver(ctx);
        event = libxl__event_take(ctx, typemask, predicate, predicate_user);
        if (event)
            break;
        libxl__waker_drain(&waker);
        count = libxl__osevents_fill(ctx, &waker, fds);

        libxl__ctx_unlock(ctx);
        rc = poll(fds, count, -1);
        libxl__ctx_lock(ctx);

        if (rc < 0 && errno != EINTR) {
            libxl__error_errno(ctx, "cannot wait for events");
            rc = ERROR_FAIL;
            break;
        }
        if (rc > 0)
            take_ready(ctx, fds, count);
        rc = 0;
    }
    libxl__waker_close(ctx, &waker);

out:
    libxl__ctx_unlock(ctx);
    if (event)
        *event_r = event;
    return rc;
}

void libxl_event_free(libxl_ctx *ctx, libxl_event *event)
{
    libxl__event_free(event);
}

void libxl_event_register_callbacks(libxl_ctx *ctx,
                                    const libxl_event_hooks *hooks, void *user)
{
    libxl__ctx_lock(ctx);
    ctx->events->hooks = hooks ? *hooks : (libxl_event_hooks) { 0 };
    ctx->events->hooks_user = user;
    libxl__ctx_unlock(ctx);
}

int libxl_evenable_domain_death(libxl_ctx *ctx, uint32_t domid,
                                libxl_ev_user user,
                                libxl_evgen_domain_death **evgen_out)
{
    int rc;

    libxl__ctx_lock(ctx);
    rc = libxl__osevents_start(ctx);
    if (!rc)
        rc = libxl__death_add(ctx, domid, user, evgen_out);
    libxl__ctx_unlock(ctx);
    return rc;
}

void libxl_evdisable_domain_death(libxl_ctx *ctx,
                                  libxl_evgen_domain_death *evgen)
{
    if (!evgen)
        return;
    libxl__ctx_lock(ctx);
    libxl__death_remove(ctx, evgen);
    libxl__ctx_unlock(ctx);
}

int libxl_osevent_beforepoll(libxl_ctx *ctx, int *nfds_io, struct pollfd *fds,
                             int *timeout_upd, struct timeval now)
{
    struct pollfd all[LIBXL__OSFD_COUNT];
    int count, i, rc = 0;

    libxl__ctx_lock(ctx);
    count = libxl__osevents_fill(ctx, &ctx->osevents->waker, all);
    libxl__ctx_unlock(ctx);
    if (count > *nfds_io)
        rc = ERROR_BUFFERFULL;
    for (i = 0; i < count && !rc; i++)
        fds[i] = all[i];
    *nfds_io = count;
    return rc;
}

/* The caller searches the queue next: it need not be woken. */
static void handle_ready(libxl_ctx *ctx, const struct pollfd *fds, int count)
{
    libxl__ctx_lock(ctx);
    take_ready(ctx, fds, count);
    deliver(ctx);
    libxl__waker_drain(&ctx->osevents->waker);
    libxl__ctx_unlock(ctx);
}

void libxl_osevent_afterpoll(libxl_ctx *ctx, int nfds, const struct pollfd *fds,
                             struct timeval now)
{
    handle_ready(ctx, fds, nfds);
}

void libxl_osevent_register_hooks(libxl_ctx *ctx,
                                  const libxl_osevent_hooks *hooks, void *user)
{
    libxl__ctx_lock(ctx);
    ctx->osevents->hooks = hooks;
    ctx->osevents->user = user;
    /*
     * If a hook fails, its user calls it again later and reports the failure.
     */
    libxl__osevents_start(ctx);
    libxl__ctx_unlock(ctx);
}

void libxl_osevent_occurred_fd(libxl_ctx *ctx, void *for_libxl, int fd,
                               short events, short revents)
{
    struct pollfd ready = { .fd = fd, .events = events, .revents = revents };

    handle_ready(ctx, &ready, 1);
}

void libxl_osevent_occurred_timeout(libxl_ctx *ctx, void *for_libxl)
{
    libxl__warn(ctx, "the application reports a timeout that was not asked "
                     "for");
}

/*
 * Children are waited for by pidfd in every mode, so no SIGCHLD handler is ever
 * needed.  Only one mode asks for more: reaping the application's own children.
 */
void libxl_childproc_setmode(libxl_ctx *ctx, const libxl_childproc_hooks *hooks,
                             void *user)
{
    if (hooks && hooks->chldowner == libxl_sigchld_owner_libxl_always)
        libxl__warn(ctx,
                    "the application's own children are left to it: have it "
                    "call waitpid for each, and set the mode "
                    "libxl_sigchld_owner_libxl_always_selective_reap");
    libxl__ctx_lock(ctx);
    ctx->child_hooks = hooks;
    ctx->child_hooks_user = user;
    libxl__ctx_unlock(ctx);
}

int libxl_childproc_reaped(libxl_ctx *ctx, pid_t pid, int status)
{
    return libxl__child_reaped(ctx, pid, status);
}

void libxl_childproc_sigchld_occurred(libxl_ctx *ctx)
{
    /* Each thread waits for its own child by pidfd. */
}

int libxl_ao_abort(libxl_ctx *ctx, const libxl_asyncop_how *how)
{
    return libxl__ao_abort(ctx, how);
}
