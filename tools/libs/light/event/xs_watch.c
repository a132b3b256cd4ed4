/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Connections for watches; sets a watch and waits for its first event; takes
 * events.
 */
#include "event/xs_watch.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "event/osevent.h"

bool libxl__xs_watch(struct xs_handle *xsh, const char *path, const char *token)
{
    unsigned int count;
    bool is_own = false;
    char **event;

    if (!xs_watch(xsh, path, token))
        return false;
    while (!is_own) {
        event = xs_read_watch(xsh, &count);
        if (!event)
            return false;
        is_own = !strcmp(event[XS_WATCH_TOKEN], token);
        free(event);
    }
    return true;
}

/*
 * The application's poll may be about a descriptor that was closed since and
 * whose number is now ours: look again.
 */
static bool is_broken(int fd)
{
    struct pollfd now = { .fd = fd };

    return poll(&now, 1, 0) != 0;
}

char **libxl__xs_watch_next(struct xs_handle *xsh, short revents)
{
    char **event = xs_check_watch(xsh);

    if (event || errno != EAGAIN)
        return event;
    errno = revents & ~POLLIN && is_broken(xs_fileno(xsh)) ? EPIPE : EAGAIN;
    return NULL;
}

int libxl__watch_connect(libxl_ctx *ctx, unsigned int which, const char *news,
                         struct xs_handle **xsh_r)
{
    struct xs_handle *xsh = xs_open(0);
    int rc;

    if (!xsh)
        return libxl__fail_errno(ctx, ERROR_FAIL,
                                 "cannot connect to xenstored to learn of "
                                 "%s: is it running?",
                                 news);
    rc = libxl__osfd_open(ctx, which, xs_fileno(xsh));
    *xsh_r = xsh;
    if (rc)
        libxl__watch_disconnect(ctx, which, xsh_r);
    return rc;
}

void libxl__watch_disconnect(libxl_ctx *ctx, unsigned int which,
                             struct xs_handle **xsh_io)
{
    libxl__osfd_close(ctx, which);
    xs_close(*xsh_io);
    *xsh_io = NULL;
}
