/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The outbox, its delivery, and the wakers.
 */
#include "base/event.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/ao.h"
#include "base/ctx.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/wait.h"

static pthread_mutex_t all_lock = PTHREAD_MUTEX_INITIALIZER;
static struct libxl__events *all;

int libxl__events_init(libxl_ctx *ctx)
{
    struct libxl__events *events = libxl__zalloc_nogc(sizeof(*events));
    int rc;

    ctx->events = events;
    events->ctx = ctx;
    XEN_TAILQ_INIT(&events->outbox);
    XEN_TAILQ_INIT(&events->queue);
    XEN_LIST_INIT(&events->wakers);
    XEN_LIST_INIT(&events->aos);
    XEN_LIST_INIT(&events->connections);
    XEN_LIST_INIT(&events->children);
    libxl__osevents_init(&events->os);
    libxl__watch_init(&events->watch);

    rc = libxl__waker_open(ctx, &events->app_waker);
    if (rc) {
        ctx->events = NULL;
        free(events);
        return rc;
    }
    events->os.fds[LIBXL__OSFD_WAKER].fd = events->app_waker.fd;

    pthread_mutex_lock(&all_lock);
    events->next = all;
    all = events;
    pthread_mutex_unlock(&all_lock);
    return 0;
}

void libxl__events_dispose(libxl_ctx *ctx)
{
    struct libxl__events *events = ctx->events, **link;
    libxl__report *report, *next_report;
    libxl_event *event, *next_event;

    if (!events)
        return;
    libxl__aos_join(ctx);

    pthread_mutex_lock(&all_lock);
    for (link = &all; *link != events; link = &(*link)->next)
        ;
    *link = events->next;
    pthread_mutex_unlock(&all_lock);

    libxl__watch_dispose(ctx);
    XEN_TAILQ_FOREACH_SAFE (report, &events->outbox, entry, next_report) {
        libxl_event_free(ctx, report->event);
        free(report);
    }
    XEN_TAILQ_FOREACH_SAFE (event, &events->queue, link, next_event)
        libxl_event_free(ctx, event);
    libxl__osfd_close(ctx, LIBXL__OSFD_WAKER);
    libxl__waker_close(ctx, &events->app_waker);
    ctx->events = NULL;
    free(events);
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

static bool hook_wants(const struct libxl__events *events,
                       const libxl_event *event)
{
    return events->hooks.event_occurs &&
           events->hooks.event_occurs_mask & (uint64_t)1 << event->type;
}

static void enqueue(libxl_ctx *ctx, libxl_event *event)
{
    XEN_TAILQ_INSERT_TAIL(&ctx->events->queue, event, link);
    libxl__events_wake(ctx);
}

void libxl__event_tell(libxl_ctx *ctx, libxl_event *event)
{
    struct libxl__events *events = ctx->events;

    if (hook_wants(events, event)) {
        events->hooks.event_occurs(events->hooks_user, event);
        return;
    }
    libxl__ctx_lock(ctx);
    enqueue(ctx, event);
    libxl__ctx_unlock(ctx);
}

/*
 * The reports of one operation are told one after the other, even by several
 * threads: its progress must be told before its end.
 */
static libxl__report *next_report(struct libxl__events *events)
{
    libxl__report *report;

    XEN_TAILQ_FOREACH (report, &events->outbox, entry) {
        if (!report->ao || !libxl__ao_is_telling(report->ao))
            return report;
    }
    return NULL;
}

void libxl__events_deliver(libxl_ctx *ctx)
{
    struct libxl__events *events = ctx->events;
    libxl__report *report;

    while ((report = next_report(events))) {
        XEN_TAILQ_REMOVE(&events->outbox, report, entry);
        if (report->ao) {
            libxl__ao_tell(ctx, report);
        } else if (hook_wants(events, report->event)) {
            libxl__ctx_unlock(ctx);
            libxl__event_tell(ctx, report->event);
            libxl__ctx_lock(ctx);
        } else {
            enqueue(ctx, report->event);
        }
        free(report);
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

int libxl__waker_open(libxl_ctx *ctx, libxl__waker *waker)
{
    waker->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (waker->fd < 0) {
        libxl__error_errno(ctx, "cannot make an event descriptor");
        return ERROR_FAIL;
    }
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

static void forget(libxl_ctx *ctx)
{
    struct libxl__events *events = ctx->events;
    libxl__connection *connection;
    libxl__waker *waker;

    /* A thread that the child does not have may have been at work in it. */
    if (pthread_mutex_trylock(&ctx->lock))
        return;
    XEN_LIST_FOREACH (waker, &events->wakers, entry)
        close(waker->fd);
    XEN_LIST_FOREACH (connection, &events->connections, entry)
        xs_daemon_destroy_postfork(connection->xsh);
    if (events->watch.xsh) {
        xs_daemon_destroy_postfork(events->watch.xsh);
        close(events->watch.names_fd);
    }
    if (ctx->xsh)
        xs_daemon_destroy_postfork(ctx->xsh);
    libxl__aos_forget(ctx);
}

void libxl__events_forget_all(void)
{
    struct libxl__events *events;

    if (!pthread_mutex_trylock(&all_lock)) {
        for (events = all; events; events = events->next)
            forget(events->ctx);
    }
    pthread_mutex_init(&all_lock, NULL);
    all = NULL;
}
