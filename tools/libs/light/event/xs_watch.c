/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Sets a watch and waits for its first event; takes events.
 */
#include "event/xs_watch.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

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
