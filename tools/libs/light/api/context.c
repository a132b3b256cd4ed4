/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Opens and closes library contexts, and abandons all of them in the child of a
 * fork.
 */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include <libxl.h>
#include <libxl_event.h>

#include "event/ao.h"
#include "base/ctx.h"
#include "event/event.h"
#include "base/log.h"
#include "base/memory.h"
#include "event/osevent.h"
#include "event/wait.h"
#include "event/death.h"
#include "event/eject.h"

/* A context and the state attached to it.  A list of zeros is empty. */
struct whole {
    libxl_ctx ctx;
    struct libxl__events events;
    libxl__osevents osevents;
    libxl__deaths deaths;
    libxl__ejects ejects;
};

static pthread_mutex_t all_lock = PTHREAD_MUTEX_INITIALIZER;
static XEN_LIST_HEAD(, struct libxl__ctx) all;

/* Allocate a context without connections; NULL, logged, on failure. */
static libxl_ctx *make(xentoollog_logger *lg)
{
    struct whole *whole = libxl__zalloc_nogc(sizeof(*whole));
    libxl_ctx *ctx = &whole->ctx;
    pthread_mutexattr_t attributes;

    ctx->logger = lg;
    ctx->events = &whole->events;
    ctx->osevents = &whole->osevents;
    ctx->deaths = &whole->deaths;
    ctx->ejects = &whole->ejects;
    libxl__events_init(ctx);
    if (libxl__osevents_init(ctx)) {
        free(whole);
        return NULL;
    }
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_RECURSIVE);
    pthread_mutex_init(&ctx->lock, &attributes);
    pthread_mutexattr_destroy(&attributes);

    pthread_mutex_lock(&all_lock);
    XEN_LIST_INSERT_HEAD(&all, ctx, entry);
    pthread_mutex_unlock(&all_lock);
    return ctx;
}

int libxl_ctx_alloc(libxl_ctx **pctx, int version, unsigned flags,
                    xentoollog_logger *lg)
{
    libxl_ctx *ctx;

    *pctx = NULL;
    if (version != LIBXL_VERSION)
        return ERROR_VERSION;
    ctx = make(lg);
    if (!ctx)
        return ERROR_FAIL;

    ctx->xch = xc_interface_open(lg, lg, 0);
    if (!ctx->xch) {
        libxl__error_errno(ctx, "cannot open the hypervisor interface "
                                "/dev/xen/privcmd: is this dom0, and is the "
                                "xen-privcmd module loaded?");
        goto out;
    }
    ctx->xsh = xs_open(0);
    if (!ctx->xsh) {
        libxl__error_errno(ctx, "cannot connect to xenstored: is it running?");
        goto out;
    }
    *pctx = ctx;
    return 0;

out:
    libxl_ctx_free(ctx);
    return ERROR_FAIL;
}

/* Wait for running operations. */
int libxl_ctx_free(libxl_ctx *ctx)
{
    if (!ctx)
        return 0;
    libxl__aos_join(ctx);
    pthread_mutex_lock(&all_lock);
    XEN_LIST_REMOVE(ctx, entry);
    pthread_mutex_unlock(&all_lock);

    libxl__death_dispose(ctx);
    libxl__eject_dispose(ctx);
    libxl__events_dispose(ctx);
    libxl__osevents_dispose(ctx);
    libxl_version_info_dispose(ctx->version_info);
    free(ctx->version_info);
    if (ctx->xsh)
        xs_close(ctx->xsh);
    if (ctx->xch)
        xc_interface_close(ctx->xch);
    pthread_mutex_destroy(&ctx->lock);
    free(ctx);
    return 0;
}

/* Close the context's descriptors in a forked child. */
static void forget(libxl_ctx *ctx)
{
    libxl__connection *connection;
    libxl__waker *waker;

    /* A thread that does not exist in the child may have been using it. */
    if (pthread_mutex_trylock(&ctx->lock))
        return;
    XEN_LIST_FOREACH (waker, &ctx->events->wakers, entry)
        close(waker->fd);
    XEN_LIST_FOREACH (connection, &ctx->connections, entry)
        xs_daemon_destroy_postfork(connection->xsh);
    if (ctx->deaths->xsh) {
        xs_daemon_destroy_postfork(ctx->deaths->xsh);
        close(ctx->deaths->names_fd);
    }
    if (ctx->ejects->xsh)
        xs_daemon_destroy_postfork(ctx->ejects->xsh);
    if (ctx->xsh)
        xs_daemon_destroy_postfork(ctx->xsh);
    libxl__aos_forget(ctx);
}

void libxl_postfork_child_noexec(libxl_ctx *ctx)
{
    libxl_ctx *each;

    if (!pthread_mutex_trylock(&all_lock)) {
        XEN_LIST_FOREACH (each, &all, entry)
            forget(each);
    }
    pthread_mutex_init(&all_lock, NULL);
    XEN_LIST_INIT(&all);
}
