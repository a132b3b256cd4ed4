/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Waiting, for code that blocks.  Every wait has a deadline and ends early when
 * the operation is aborted.  Each thread waits on descriptors and connections
 * of its own, so no thread consumes the events of another.
 */
#ifndef LIBXL_EVENT_WAIT_H
#define LIBXL_EVENT_WAIT_H

#include <stdbool.h>
#include <stdint.h>

#include <libxl.h>
#include <xen_list.h>
#include <xenstore.h>

#include "base/memory.h"

/* A time on the monotonic clock, in milliseconds. */
typedef int64_t libxl__deadline;

/* The time timeout_ms from now; never if timeout_ms is negative. */
libxl__deadline libxl__deadline_in(int timeout_ms);

/*
 * The timeout for poll(): -1 for never, and at least 1 ms until the deadline
 * has passed.
 */
int libxl__time_left(libxl__deadline deadline);

/* The first of rc that is not 0; 0 if there is none. */
int libxl__first_rc(const int rc[], unsigned int count);

/* A connection to xenstored for one thread, registered with its context. */
typedef struct libxl__connection {
    XEN_LIST_ENTRY(struct libxl__connection) entry;
    libxl_ctx *ctx;
    struct xs_handle *xsh;
} libxl__connection;

/* Returns ERROR_FAIL, logged, if xenstored does not answer. */
int libxl__connection_open(libxl_ctx *ctx, libxl__connection *connection);

/* Does nothing if xsh is NULL. */
void libxl__connection_close(libxl__connection *connection);

/*
 * Wait until fd is readable or closed at the other end.  Returns ERROR_TIMEDOUT
 * at the deadline and ERROR_ABORTED when the operation is aborted, neither of
 * them logged.
 */
int libxl__wait_fd(libxl__gc *gc, int fd, libxl__deadline deadline);

/*
 * Check whether the awaited condition holds.  Returns 0 if so, ERROR_NOT_READY
 * to keep waiting; any other value ends the wait and becomes its result. gc is
 * freed after each call.
 */
typedef int libxl__wait_check(libxl__gc *gc, void *user);

/*
 * Wait until check returns something else than ERROR_NOT_READY. It is called
 * first without waiting, and then after each change at or below one of the
 * paths (or @releaseDomain, @introduceDomain).
 *
 * This opens a connection and sets a watch for each path even if the first
 * check succeeds.  If that is likely, call check before.  Returns as
 * libxl__wait_fd.
 */
int libxl__wait_xenstore(libxl__gc *gc, const char *const paths[],
                         unsigned int count, int timeout_ms,
                         libxl__wait_check *check, void *user);

/* The same for the condition that belongs to paths[index]. */
typedef int libxl__wait_check_one(libxl__gc *gc, unsigned int index,
                                  void *user);

/*
 * Wait until check has returned something else than ERROR_NOT_READY for each
 * index.  Store that in rc_r[index], and never check that index again.  check
 * is called for each index at the start, even if timeout_ms is 0, and then only
 * for an index whose path, or a path below it, has changed: with count paths
 * that become ready at once it reads count times.
 *
 * timeout_ms counts from the start and anew from each index that is done: what
 * is waited for may be done one after the other, such as backends of one
 * driver.
 *
 * Sets rc_r to ERROR_TIMEDOUT or ERROR_ABORTED for each index that is not done
 * by then, not logged; to ERROR_FAIL, logged, if xenstored does not answer. If
 * abortable is false, an abort does not end the wait: what cleans up must not
 * be cut short.  Returns 0 or the first of rc_r that is not 0.
 */
int libxl__wait_each(libxl__gc *gc, const char *const paths[],
                     unsigned int count, int timeout_ms, bool abortable,
                     libxl__wait_check_one *check, void *user, int rc_r[]);

/*
 * Wait for something that reports no change: call check at once, and then every
 * interval_ms, until it returns something else than ERROR_NOT_READY.  Reads
 * *deadline before each pause, so check may put it off.  check is called once
 * more at the deadline.  Returns as libxl__wait_fd, but never ERROR_ABORTED
 * unless abortable: what cleans up must not be cut short.
 */
int libxl__wait_poll(libxl__gc *gc, int interval_ms,
                     const libxl__deadline *deadline, bool abortable,
                     libxl__wait_check *check, void *user);

#endif
