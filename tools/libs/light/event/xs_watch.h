/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * xenstore watches that report real changes only.
 */
#ifndef LIBXL_EVENT_XS_WATCH_H
#define LIBXL_EVENT_XS_WATCH_H

#include <stdbool.h>

#include <libxl.h>
#include <xenstore.h>

/*
 * Set a watch on path and consume the initial event that xenstored sends for
 * every new watch. token must be unique on xsh.  After that, every event is a
 * real change, and anything read is at least as new as the watch.  Pending
 * events of earlier watches are dropped: after setting several, read what all
 * of them are about.  Returns false, with errno set, on failure.
 *
 * The initial event cannot be recognised later: while it is queued, xenstored
 * drops other events that equal it, so it may stand for a change as well.
 */
bool libxl__xs_watch(struct xs_handle *xsh, const char *path,
                     const char *token);

/*
 * Take the next event of those that wait on xsh; the caller frees it.  revents
 * is what a poll of xs_fileno(xsh) gave.  Returns NULL with errno set: EAGAIN
 * if none waits, anything else if the connection broke.
 */
char **libxl__xs_watch_next(struct xs_handle *xsh, short revents);

/*
 * Open a connection for watches whose news make the library act: the
 * application polls it as the descriptor which of event/osevent.h.  news is for
 * messages: "domains that end".  Logs its errors.
 */
int libxl__watch_connect(libxl_ctx *ctx, unsigned int which, const char *news,
                         struct xs_handle **xsh_r);

/* Close it, with all its watches, and set *xsh_io to NULL. */
void libxl__watch_disconnect(libxl_ctx *ctx, unsigned int which,
                             struct xs_handle **xsh_io);

#endif
