/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The table of watched descriptors.  Handling a ready descriptor is up to its
 * owner.
 */
#include "event/osevent.h"

#include "base/ctx.h"
#include "base/log.h"

int libxl__osevents_init(libxl_ctx *ctx)
{
    libxl__osevents *os = ctx->osevents;
    unsigned int i;
    int rc;

    for (i = 0; i < LIBXL__OSFD_COUNT; i++)
        os->fds[i].fd = -1;
    rc = libxl__waker_open(ctx, &os->waker);
    if (!rc)
        os->fds[LIBXL__OSFD_WAKER].fd = os->waker.fd;
    return rc;
}

void libxl__osevents_dispose(libxl_ctx *ctx)
{
    libxl__osfd_close(ctx, LIBXL__OSFD_WAKER);
    libxl__waker_close(ctx, &ctx->osevents->waker);
}

static int tell_hooks(libxl_ctx *ctx, libxl__osfd *osfd)
{
    libxl__osevents *os = ctx->osevents;
    int rc;

    if (!os->hooks || osfd->registered || osfd->fd < 0)
        return 0;
    osfd->for_app = NULL;
    rc = os->hooks->fd_register(os->user, osfd->fd, &osfd->for_app, POLLIN,
                                osfd);
    if (rc) {
        libxl__error(ctx,
                     "the application's event loop does not take descriptor "
                     "%d: %d",
                     osfd->fd, rc);
        return rc;
    }
    osfd->registered = true;
    return 0;
}

int libxl__osevents_start(libxl_ctx *ctx)
{
    return tell_hooks(ctx, &ctx->osevents->fds[LIBXL__OSFD_WAKER]);
}

int libxl__osfd_open(libxl_ctx *ctx, unsigned int which, int fd)
{
    libxl__osfd *osfd = &ctx->osevents->fds[which];
    int rc;

    osfd->fd = fd;
    rc = tell_hooks(ctx, osfd);
    if (rc) {
        osfd->fd = -1;
        return rc;
    }
    /* Threads already in poll() do not have this descriptor: wake them. */
    libxl__events_wake(ctx);
    return 0;
}

void libxl__osfd_close(libxl_ctx *ctx, unsigned int which)
{
    libxl__osevents *os = ctx->osevents;
    libxl__osfd *osfd = &os->fds[which];

    if (osfd->registered)
        os->hooks->fd_deregister(os->user, osfd->fd, osfd->for_app);
    *osfd = (libxl__osfd) { .fd = -1 };
}

int libxl__osevents_fill(libxl_ctx *ctx, const libxl__waker *waker,
                         struct pollfd *fds)
{
    libxl__osevents *os = ctx->osevents;
    int count = 0, fd;
    unsigned int i;

    for (i = 0; i < LIBXL__OSFD_COUNT; i++) {
        fd = i == LIBXL__OSFD_WAKER ? waker->fd : os->fds[i].fd;
        if (fd >= 0)
            fds[count++] = (struct pollfd) { .fd = fd, .events = POLLIN };
    }
    return count;
}
