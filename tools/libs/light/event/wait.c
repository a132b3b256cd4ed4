/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Deadlines, and waiting on descriptors and on xenstore.
 */
#include "event/wait.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

#include "event/ao.h"
#include "base/ctx.h"
#include "base/log.h"
#include "event/xs_watch.h"

static int64_t now(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

libxl__deadline libxl__deadline_in(int timeout_ms)
{
    return timeout_ms < 0 ? INT64_MAX : now() + timeout_ms;
}

int libxl__time_left(libxl__deadline deadline)
{
    int64_t left;

    if (deadline == INT64_MAX)
        return -1;
    left = deadline - now();
    return left < 0 ? 0 : left > INT_MAX ? INT_MAX : left;
}

int libxl__first_rc(const int rc[], unsigned int count)
{
    unsigned int i;

    for (i = 0; i < count; i++)
        if (rc[i])
            return rc[i];
    return 0;
}

int libxl__connection_open(libxl_ctx *ctx, libxl__connection *connection)
{
    connection->ctx = ctx;
    connection->xsh = xs_open(0);
    if (!connection->xsh)
        return libxl__fail_errno(ctx, ERROR_FAIL,
                                 "cannot connect to xenstored: is it running?");
    libxl__ctx_lock(ctx);
    XEN_LIST_INSERT_HEAD(&ctx->connections, connection, entry);
    libxl__ctx_unlock(ctx);
    return 0;
}

void libxl__connection_close(libxl__connection *connection)
{
    if (!connection->xsh)
        return;
    libxl__ctx_lock(connection->ctx);
    XEN_LIST_REMOVE(connection, entry);
    libxl__ctx_unlock(connection->ctx);
    xs_close(connection->xsh);
    connection->xsh = NULL;
}

int libxl__wait_fd(libxl__gc *gc, int fd, libxl__deadline deadline)
{
    struct pollfd fds[2] = {
        { .fd = fd, .events = POLLIN },
        { .fd = libxl__ao_abort_fd(), .events = POLLIN },
    };
    int ready;

    do {
        ready = poll(fds, 2, libxl__time_left(deadline));
    } while (ready < 0 && errno == EINTR);
    if (ready < 0)
        return libxl__fail_errno(gc->ctx, ERROR_FAIL,
                                 "cannot wait for descriptor %d", fd);
    if (ready == 0)
        return ERROR_TIMEDOUT;
    if (fds[1].revents)
        return ERROR_ABORTED;
    if (fds[0].revents & POLLNVAL)
        return ERROR_INVAL;
    return 0;
}

static int watch_paths(libxl__gc *gc, struct xs_handle *xsh,
                       const char *const paths[], unsigned int count)
{
    unsigned int i;

    for (i = 0; i < count; i++) {
        if (!libxl__xs_watch(xsh, paths[i], libxl__sprintf(gc, "%u", i)))
            return libxl__fail_errno(gc->ctx, ERROR_FAIL,
                                     "cannot watch '%s' in xenstore", paths[i]);
    }
    return 0;
}

/*
 * Drain pending watch events.  If there were none, the condition need not be
 * checked again.
 */
static int take_changes(libxl__gc *gc, struct xs_handle *xsh, bool *changed_r)
{
    bool changed = false;
    char **change;

    while ((change = xs_check_watch(xsh))) {
        changed = true;
        free(change);
    }
    if (errno != EAGAIN)
        return libxl__fail_errno(gc->ctx, ERROR_FAIL,
                                 "the connection to xenstored broke");
    *changed_r = changed;
    return 0;
}

static int ask(libxl__gc *gc, libxl__wait_check *check, void *user)
{
    libxl__gc scratch[1];
    int rc;

    libxl__gc_init(scratch, gc->ctx);
    rc = check(scratch, user);
    libxl__gc_dispose(scratch);
    return rc;
}

int libxl__wait_xenstore(libxl__gc *gc, const char *const paths[],
                         unsigned int count, int timeout_ms,
                         libxl__wait_check *check, void *user)
{
    libxl__deadline deadline = libxl__deadline_in(timeout_ms);
    libxl__connection connection = { 0 };
    bool changed;
    int rc;

    rc = libxl__connection_open(gc->ctx, &connection);
    if (rc)
        goto out;
    rc = watch_paths(gc, connection.xsh, paths, count);
    if (rc)
        goto out;

    while ((rc = ask(gc, check, user)) == ERROR_NOT_READY) {
        do {
            /*
             * If a guest keeps writing the node, poll() never blocks: check the
             * deadline here as well.
             */
            if (!libxl__time_left(deadline)) {
                rc = ERROR_TIMEDOUT;
                goto out;
            }
            rc = libxl__wait_fd(gc, xs_fileno(connection.xsh), deadline);
            if (rc)
                goto out;
            rc = take_changes(gc, connection.xsh, &changed);
            if (rc)
                goto out;
        } while (!changed);
    }

out:
    libxl__connection_close(&connection);
    return rc;
}

/* Sleep until deadline.  An fd of -1 makes poll() just wait. */
static int sleep_until(libxl__gc *gc, libxl__deadline deadline, bool abortable)
{
    int rc;

    if (!abortable) {
        while (libxl__time_left(deadline))
            poll(NULL, 0, libxl__time_left(deadline));
        return 0;
    }
    rc = libxl__wait_fd(gc, -1, deadline);
    return rc == ERROR_TIMEDOUT ? 0 : rc;
}

int libxl__wait_poll(libxl__gc *gc, int interval_ms,
                     const libxl__deadline *deadline, bool abortable,
                     libxl__wait_check *check, void *user)
{
    libxl__deadline next;
    int rc;

    while ((rc = ask(gc, check, user)) == ERROR_NOT_READY) {
        if (!libxl__time_left(*deadline))
            return ERROR_TIMEDOUT;
        next = libxl__deadline_in(interval_ms);
        if (next > *deadline)
            next = *deadline;
        rc = sleep_until(gc, next, abortable);
        if (rc)
            return rc;
    }
    return rc;
}
