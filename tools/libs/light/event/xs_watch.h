/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Watches of xenstore after which each event is news.
 */
#ifndef LIBXL_EVENT_XS_WATCH_H
#define LIBXL_EVENT_XS_WATCH_H

#include <stdbool.h>

#include <xenstore.h>

/*
 * Watches path with a token that xsh has for nothing else, and takes the event
 * that a new watch makes of itself.  What is read afterwards is as new as the
 * watch; what comes afterwards is a change.  Events of earlier watches that
 * come meanwhile are dropped: read what all of them are about once the last is
 * set.  False, with errno set, where it fails.
 *
 * That first event must not be told apart later: while it waits to be sent,
 * xenstored drops others like it, and it stands for a change as well.
 */
bool libxl__xs_watch(struct xs_handle *xsh, const char *path,
                     const char *token);

#endif
