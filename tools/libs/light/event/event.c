/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The outbox, the queue and the wakers.
 */
#include "event/event.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/ctx.h"
#include "base/log.h"
#include "base/memory.h"

void libxl__events_init(libxl_ctx *ctx)
{
    XEN_TAILQ_INIT(&ctx->events->outbox);
    XEN_TAILQ_INIT(&ctx->events->queue);
    XEN_LIST_INIT(&ctx->events->wakers);
}

void libxl__events_dispose(libxl_ctx *ctx)
{
    libxl__report *report, *next_report;
    libxl_event *event, *next_event;

    XEN_TAILQ_FOREACH_SAFE (report, &ctx->events->outbox, entry, next_report) {
        libxl__event_free(report->event);
        free(report);
    }
    XEN_TAILQ_FOREACH_SAFE (event, &ctx->events->queue, link, next_event)
        libxl__event_free(event);
}

libxl_event *libxl__event_new(libxl_event_type type, uint32_t domid,
                              libxl_ev_user for_user)
{
    libxl_event *event = libxl__zalloc_nogc(sizeof(*event));

    libxl_event_init(event);
    libxl_event_init_type(event, type);
    event->domid = domid;
    event->for_user = for_user;
    return event;
}

void libxl__event_free(libxl_event *event)
{
    if (!event)
        return;
    libxl_event_dispose(event);
    free(event);
}

void libxl__report_post(libxl_ctx *ctx, libxl__report *report)
{
    libxl__ctx_lock(ctx);
    XEN_TAILQ_INSERT_TAIL(&ctx->events->outbox, report, entry);
    libxl__events_wake(ctx);
    libxl__ctx_unlock(ctx);
}

void libxl__event_post(libxl_ctx *ctx, libxl_event *event)
{
    libxl__report *report = libxl__zalloc_nogc(sizeof(*report));

    report->event = event;
    libxl__report_post(ctx, report);
}

void libxl__event_deliver(libxl_ctx *ctx, libxl_event *event)
{
    const libxl_event_hooks *hooks = &ctx->events->hooks;

    if (hooks->event_occurs && hooks->event_occurs_mask & (uint64_t)1
                                                              << event->type) {
        libxl__ctx_unlock(ctx);
        hooks->event_occurs(ctx->events->hooks_user, event);
        libxl__ctx_lock(ctx);
    } else {
        XEN_TAILQ_INSERT_TAIL(&ctx->events->queue, event, link);
        libxl__events_wake(ctx);
    }
}

libxl_event *libxl__event_take(libxl_ctx *ctx, uint64_t typemask,
                               libxl_event_predicate *predicate, void *user)
{
    libxl_event *event;

    XEN_TAILQ_FOREACH (event, &ctx->events->queue, link) {
        if (!(typemask & (uint64_t)1 << event->type))
            continue;
        if (predicate && !predicate(event, user))
            continue;
        XEN_TAILQ_REMOVE(&ctx->events->queue, event, link);
        return event;
    }
    return NULL;
}

bool libxl__event_is_waiting(libxl_ctx *ctx, libxl_event_predicate *predicate,
                             void *user)
{
    libxl__report *report;
    libxl_event *event;

    XEN_TAILQ_FOREACH (report, &ctx->events->outbox, entry) {
        if (report->event && predicate(report->event, user))
            return true;
    }
    XEN_TAILQ_FOREACH (event, &ctx->events->queue, link) {
        if (predicate(event, user))
            return true;
    }
    return false;
}

int libxl__waker_open(libxl_ctx *ctx, libxl__waker *waker)
{
    waker->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (waker->fd < 0)
        return libxl__fail_errno(ctx, ERROR_FAIL,
                                 "cannot make an event descriptor");
    XEN_LIST_INSERT_HEAD(&ctx->events->wakers, waker, entry);
    return 0;
}

void libxl__waker_close(libxl_ctx *ctx, libxl__waker *waker)
{
    XEN_LIST_REMOVE(waker, entry);
    close(waker->fd);
}

void libxl__waker_drain(const libxl__waker *waker)
{
    eventfd_t count;

    eventfd_read(waker->fd, &count);
}

void libxl__events_wake(libxl_ctx *ctx)
{
    libxl__waker *waker;

    XEN_LIST_FOREACH (waker, &ctx->events->wakers, entry)
        eventfd_write(waker->fd, 1);
}

void libxl__disaster(libxl_ctx *ctx, libxl_event_type type, int errnoval,
                     const char *what)
{
    const libxl_event_hooks *hooks = &ctx->events->hooks;

    libxl__log(ctx, XTL_CRITICAL, errnoval, "events may be lost: %s", what);
    if (hooks->disaster) {
        hooks->disaster(ctx->events->hooks_user, type, what, errnoval);
        return;
    }
    fprintf(stderr, "libxl: fatal: events may be lost: %s\n", what);
    exit(-1);
}
