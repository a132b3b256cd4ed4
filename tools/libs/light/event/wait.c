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

static int wait_readable(libxl__gc *gc, int fd, libxl__deadline deadline,
                         bool abortable)
{
    struct pollfd fds[2] = {
        { .fd = fd, .events = POLLIN },
        { .fd = abortable ? libxl__ao_abort_fd() : -1, .events = POLLIN },
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

int libxl__wait_fd(libxl__gc *gc, int fd, libxl__deadline deadline)
{
    return wait_readable(gc, fd, deadline, true);
}

/* Watches on several paths.  The token of each is its index. */
struct watches {
    libxl__connection connection;
    unsigned int count;
    bool *changed;
    libxl__deadline deadline;
    bool abortable;
};

/* Note the change that an event reports.  Returns false if it was known. */
static bool note(struct watches *watches, char **event)
{
    unsigned long index = strtoul(event[XS_WATCH_TOKEN], NULL, 10);
    bool is_new = index < watches->count && !watches->changed[index];

    if (is_new)
        watches->changed[index] = true;
    free(event);
    return is_new;
}

/*
 * Set a watch on each path, and wait until each has fired once: anything read
 * afterwards is at least as new as the watch, and all of changed is true.
 */
static int watch(libxl__gc *gc, struct watches *watches,
                 const char *const paths[])
{
    unsigned int i, length, fired = 0;
    struct xs_handle *xsh;
    char **event;
    int rc;

    watches->changed =
        libxl__calloc(gc, watches->count, sizeof(*watches->changed));
    rc = libxl__connection_open(gc->ctx, &watches->connection);
    if (rc)
        return rc;
    xsh = watches->connection.xsh;
    for (i = 0; i < watches->count; i++) {
        if (!xs_watch(xsh, paths[i], libxl__sprintf(gc, "%u", i)))
            return libxl__fail_errno(gc->ctx, ERROR_FAIL,
                                     "cannot watch '%s' in xenstore", paths[i]);
    }
    while (fired < watches->count) {
        event = xs_read_watch(xsh, &length);
        if (!event)
            return libxl__fail_errno(gc->ctx, ERROR_FAIL,
                                     "the connection to xenstored broke");
        fired += note(watches, event);
    }
    return 0;
}

/* Note all pending changes, but not those of a guest beyond the deadline. */
static int take_changes(libxl__gc *gc, struct watches *watches, bool *changed_r)
{
    char **event;

    while ((event = xs_check_watch(watches->connection.xsh))) {
        note(watches, event);
        *changed_r = true;
        if (!libxl__time_left(watches->deadline))
            return 0;
    }
    if (errno != EAGAIN)
        return libxl__fail_errno(gc->ctx, ERROR_FAIL,
                                 "the connection to xenstored broke");
    return 0;
}

/*
 * Wait for changes.  If a guest keeps writing a node, poll() never blocks:
 * check the deadline here as well.
 */
static int wait_for_changes(libxl__gc *gc, struct watches *watches)
{
    bool changed = false;
    int rc = 0;

    while (!rc && !changed) {
        if (!libxl__time_left(watches->deadline))
            return ERROR_TIMEDOUT;
        rc = wait_readable(gc, xs_fileno(watches->connection.xsh),
                           watches->deadline, watches->abortable);
        if (!rc)
            rc = take_changes(gc, watches, &changed);
    }
    return rc;
}

static int ask(libxl__gc *gc, libxl__wait_check *check, void *user)
{
    LIBXL__GC(scratch, gc->ctx);

    return check(scratch, user);
}

int libxl__wait_xenstore(libxl__gc *gc, const char *const paths[],
                         unsigned int count, int timeout_ms,
                         libxl__wait_check *check, void *user)
{
    struct watches watches = {
        .count = count,
        .deadline = libxl__deadline_in(timeout_ms),
        .abortable = true,
    };
    int rc;

    rc = watch(gc, &watches, paths);
    while (!rc && (rc = ask(gc, check, user)) == ERROR_NOT_READY)
        rc = wait_for_changes(gc, &watches);
    libxl__connection_close(&watches.connection);
    return rc;
}

/*
 * Call check for each path that has changed and is not done.  Each that is done
 * puts the deadline off.  Returns true if any path is not done afterwards.
 */
static bool ask_changed(libxl__gc *gc, struct watches *watches, int timeout_ms,
                        libxl__wait_check_one *check, void *user, int rc_r[])
{
    bool is_left = false;
    unsigned int i;

    for (i = 0; i < watches->count; i++) {
        if (watches->changed[i] && rc_r[i] == ERROR_NOT_READY) {
            LIBXL__GC(scratch, gc->ctx);

            watches->changed[i] = false;
            rc_r[i] = check(scratch, i, user);
            if (rc_r[i] != ERROR_NOT_READY)
                watches->deadline = libxl__deadline_in(timeout_ms);
        }
        is_left = is_left || rc_r[i] == ERROR_NOT_READY;
    }
    return is_left;
}

int libxl__wait_each(libxl__gc *gc, const char *const paths[],
                     unsigned int count, int timeout_ms, bool abortable,
                     libxl__wait_check_one *check, void *user, int rc_r[])
{
    struct watches watches = {
        .count = count,
        .deadline = libxl__deadline_in(timeout_ms),
        .abortable = abortable,
    };
    unsigned int i;
    int rc;

    if (!count)
        return 0;
    for (i = 0; i < count; i++)
        rc_r[i] = ERROR_NOT_READY;
    rc = watch(gc, &watches, paths);
    while (!rc && ask_changed(gc, &watches, timeout_ms, check, user, rc_r))
        rc = wait_for_changes(gc, &watches);
    libxl__connection_close(&watches.connection);
    for (i = 0; i < count; i++)
        if (rc_r[i] == ERROR_NOT_READY)
            rc_r[i] = rc;
    return libxl__first_rc(rc_r, count);
}

/* Sleep until deadline.  An fd of -1 makes poll() just wait. */
static int sleep_until(libxl__gc *gc, libxl__deadline deadline, bool abortable)
{
    int rc = wait_readable(gc, -1, deadline, abortable);

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
