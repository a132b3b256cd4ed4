/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Workers, and the list of running operations.
 */
#include "event/ao.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/ctx.h"
#include "event/event.h"
#include "base/log.h"
#include "event/osevent.h"

struct libxl__ao {
    XEN_LIST_ENTRY(struct libxl__ao) entry;
    libxl_ctx *ctx;
    const libxl_asyncop_how *how; /* NULL, or &how_copy */
    libxl_asyncop_how how_copy;
    uint32_t domid;
    libxl__ao_work *work;
    void *job;
    int rc;

    pthread_t thread;
    bool has_thread;
    bool done;
    bool reporting;
    bool aborted;
    int abort_fd;
};

/* The operation that this thread works on. */
static __thread libxl__ao *current;

static void begin(libxl__ao *ao)
{
    libxl__ctx_lock(ao->ctx);
    XEN_LIST_INSERT_HEAD(&ao->ctx->aos, ao, entry);
    libxl__ctx_unlock(ao->ctx);
}

static void end(libxl__ao *ao)
{
    libxl__ctx_lock(ao->ctx);
    XEN_LIST_REMOVE(ao, entry);
    libxl__ctx_unlock(ao->ctx);
    if (ao->abort_fd >= 0)
        close(ao->abort_fd);
}

static void *copy_of(const void *job, size_t size)
{
    void *copy = libxl__zalloc_nogc(size);

    return size ? memcpy(copy, job, size) : copy;
}

static int work_on(libxl__ao *ao)
{
    libxl__ao *outer = current;
    libxl__gc gc[1];
    int rc;

    current = ao;
    libxl__gc_init(gc, ao->ctx);
    rc = ao->work(gc, ao->job);
    libxl__gc_dispose(gc);
    current = outer;
    return rc;
}

static int run_here(libxl_ctx *ctx, libxl__ao_work *work, const void *job,
                    size_t job_size)
{
    libxl__ao ao = { .ctx = ctx, .work = work, .abort_fd = -1 };
    int rc;

    ao.job = copy_of(job, job_size);
    if (current && current->ctx == ctx) {
        /* This call is part of the operation that the thread is working on. */
        libxl__gc gc[1];

        libxl__gc_init(gc, ctx);
        rc = work(gc, ao.job);
        libxl__gc_dispose(gc);
    } else {
        begin(&ao);
        rc = work_on(&ao);
        end(&ao);
    }
    free(ao.job);
    return rc;
}

static void post(libxl__ao *ao, libxl_event *event,
                 const libxl_asyncprogress_how *progress, bool last)
{
    libxl__report *report = libxl__zalloc_nogc(sizeof(*report));

    report->ao = ao;
    report->event = event;
    report->last = last;
    if (progress)
        report->progress = *progress;
    libxl__report_post(ao->ctx, report);
}

static libxl_event *completion(const libxl_asyncop_how *how, uint32_t domid,
                               int rc)
{
    libxl_event *event;

    if (how->callback)
        return NULL;
    event = libxl__event_new(LIBXL_EVENT_TYPE_OPERATION_COMPLETE, domid,
                             how->u.for_event);
    event->u.operation_complete.rc = rc;
    return event;
}

static void *worker(void *arg)
{
    libxl__ao *ao = arg;

    ao->rc = work_on(ao);
    libxl__ctx_lock(ao->ctx);
    ao->done = true;
    post(ao, completion(ao->how, ao->domid, ao->rc), NULL, true);
    libxl__ctx_unlock(ao->ctx);
    return NULL;
}

/* Block all signals in the worker: they belong to the application. */
static int start_thread(libxl__ao *ao)
{
    sigset_t every, before;
    int error;

    sigfillset(&every);
    pthread_sigmask(SIG_SETMASK, &every, &before);
    error = pthread_create(&ao->thread, NULL, worker, ao);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return error;
}

static void release(libxl__ao *ao)
{
    pthread_join(ao->thread, NULL);
    end(ao);
    free(ao->job);
    free(ao);
}

int libxl__ao_run(libxl_ctx *ctx, uint32_t domid, const libxl_asyncop_how *how,
                  libxl__ao_work *work, const void *job, size_t job_size)
{
    libxl__ao *ao;
    int rc, error;

    if (!how)
        return run_here(ctx, work, job, job_size);

    ao = libxl__zalloc_nogc(sizeof(*ao));
    ao->ctx = ctx;
    ao->how_copy = *how;
    ao->how = &ao->how_copy;
    ao->domid = domid;
    ao->work = work;
    ao->job = copy_of(job, job_size);
    ao->has_thread = true;
    ao->abort_fd = -1;

    libxl__ctx_lock(ctx);
    rc = libxl__osevents_start(ctx);
    if (rc)
        goto out;
    error = start_thread(ao);
    if (error) {
        libxl__log(ctx, XTL_ERROR, error,
                   "cannot start a thread for the operation");
        rc = ERROR_FAIL;
        goto out;
    }
    begin(ao);
    libxl__ctx_unlock(ctx);
    return 0;

out:
    libxl__ctx_unlock(ctx);
    free(ao->job);
    free(ao);
    return rc;
}

static void tell_now(libxl_ctx *ctx, libxl_event *event)
{
    libxl__ctx_lock(ctx);
    libxl__event_deliver(ctx, event);
    libxl__ctx_unlock(ctx);
}

int libxl__ao_run_now(libxl_ctx *ctx, uint32_t domid,
                      const libxl_asyncop_how *how, libxl__ao_work *work,
                      const void *job, size_t job_size)
{
    int rc = run_here(ctx, work, job, job_size);

    if (rc || !how)
        return rc;
    if (how->callback)
        how->callback(ctx, 0, how->u.for_callback);
    else
        tell_now(ctx, completion(how, domid, 0));
    return 0;
}

void libxl__ao_progress(libxl_ctx *ctx, const libxl_asyncprogress_how *how,
                        uint32_t domid, libxl_event_type type)
{
    libxl_event *event;

    if (!how)
        return;
    event = libxl__event_new(type, domid, how->for_event);
    if (current && current->has_thread && current->ctx == ctx)
        post(current, event, how, false);
    else if (how->callback)
        how->callback(ctx, event, how->for_callback);
    else
        tell_now(ctx, event);
}

bool libxl__ao_is_reporting(const libxl__ao *ao)
{
    return ao->reporting;
}

void libxl__ao_deliver(libxl_ctx *ctx, libxl__report *report)
{
    libxl__ao *ao = report->ao;
    libxl_asyncop_how how = ao->how_copy;
    int rc = 0;

    if (report->last) {
        rc = ao->rc;
        release(ao);
    } else {
        ao->reporting = true;
    }

    if (report->event && !report->progress.callback) {
        libxl__event_deliver(ctx, report->event);
    } else {
        libxl__ctx_unlock(ctx);
        if (report->event)
            report->progress.callback(ctx, report->event,
                                      report->progress.for_callback);
        else
            how.callback(ctx, rc, how.u.for_callback);
        libxl__ctx_lock(ctx);
    }

    if (!report->last)
        ao->reporting = false;
}

void libxl__aos_join(libxl_ctx *ctx)
{
    libxl__ao *ao;

    /* No other thread uses the context now, so the list only shrinks. */
    while ((ao = XEN_LIST_FIRST(&ctx->aos)))
        release(ao);
}

void libxl__aos_forget(libxl_ctx *ctx)
{
    libxl__ao *ao;

    XEN_LIST_FOREACH (ao, &ctx->aos, entry) {
        if (ao->abort_fd >= 0)
            close(ao->abort_fd);
    }
}

bool libxl__ao_is_aborted(void)
{
    bool aborted;

    if (!current)
        return false;
    libxl__ctx_lock(current->ctx);
    aborted = current->aborted;
    libxl__ctx_unlock(current->ctx);
    return aborted;
}

int libxl__ao_abort_fd(void)
{
    int fd;

    if (!current)
        return -1;
    libxl__ctx_lock(current->ctx);
    if (current->abort_fd < 0)
        current->abort_fd = eventfd(current->aborted, EFD_CLOEXEC);
    fd = current->abort_fd;
    libxl__ctx_unlock(current->ctx);
    return fd;
}

static bool is_same(const libxl_asyncop_how *a, const libxl_asyncop_how *b)
{
    if (!a || !b)
        return a == b;
    if (a->callback != b->callback)
        return false;
    return a->callback ? a->u.for_callback == b->u.for_callback
                       : a->u.for_event == b->u.for_event;
}

int libxl__ao_abort(libxl_ctx *ctx, const libxl_asyncop_how *how)
{
    int rc = ERROR_NOTFOUND;
    libxl__ao *ao;

    libxl__ctx_lock(ctx);
    XEN_LIST_FOREACH (ao, &ctx->aos, entry) {
        if (ao->done || !is_same(ao->how, how))
            continue;
        rc = ao->aborted ? ERROR_ABORTED : 0;
        ao->aborted = true;
        if (!rc && ao->abort_fd >= 0)
            eventfd_write(ao->abort_fd, 1);
        break;
    }
    libxl__ctx_unlock(ctx);
    return rc;
}
