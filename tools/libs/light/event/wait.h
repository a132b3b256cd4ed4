/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Waiting, for code that blocks.  Every wait has a deadline and ends early
 * when the operation is aborted.  What is waited on is of the waiting thread
 * alone, so threads never take each other's news.
 */
#ifndef LIBXL_EVENT_WAIT_H
#define LIBXL_EVENT_WAIT_H

#include <stdint.h>

#include <libxl.h>
#include <xen_list.h>
#include <xenstore.h>

#include "base/memory.h"

/* A moment on the monotonic clock, in milliseconds. */
typedef int64_t libxl__deadline;

/* So many milliseconds from now; never if timeout_ms is negative. */
libxl__deadline libxl__deadline_in(int timeout_ms);

/* A connection to xenstored of one thread's own, known to its context. */
typedef struct libxl__connection {
    XEN_LIST_ENTRY(struct libxl__connection) entry;
    libxl_ctx *ctx;
    struct xs_handle *xsh;
} libxl__connection;

/* ERROR_FAIL, logged, if xenstored does not answer. */
int libxl__connection_open(libxl_ctx *ctx, libxl__connection *connection);

/* May be called of one that was not opened, if its xsh is NULL. */
void libxl__connection_close(libxl__connection *connection);

/*
 * Waits until fd is readable or closed at the other end.  ERROR_TIMEDOUT at
 * the deadline; ERROR_ABORTED as soon as the operation is aborted; none of
 * them is logged.
 */
int libxl__wait_fd(libxl__gc *gc, int fd, libxl__deadline deadline);

/*
 * Has what is waited for come about?  0 if so; ERROR_NOT_READY to wait on;
 * anything else ends the wait and is its result.  gc is freed after each
 * call: what is to stay must be put elsewhere.
 */
typedef int libxl__wait_check(libxl__gc *gc, void *user);

/*
 * Waits until check is content, asking it now and whenever something changes
 * at or below one of the paths (or @releaseDomain, @introduceDomain).
 *
 * It costs a connection and a watch for each path, even if check is content
 * at once.  Where that is likely, the caller calls check itself before.
 * Results as for libxl__wait_fd.
 */
int libxl__wait_xenstore(libxl__gc *gc, const char *const paths[],
                         unsigned int count, int timeout_ms,
                         libxl__wait_check *check, void *user);

#endif
