/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The writing side of xenstore's wire protocol.  It owns its connections; its
 * callers decide which nodes to write.
 */
#include "base/xs_lanes.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <xen/io/xs_wire.h>
#include <xenstore_lib.h>

#include "base/ctx.h"
#include "base/log.h"

/* How the kernel offers a xenstored that runs in a domain of its own. */
#ifndef XENBUS_DEVICE /* tests have their own */
#define XENBUS_DEVICE "/dev/xen/xenbus"
#endif

/* The largest answer to any of our requests, an error's name, fits well. */
#define ANSWER_MAX 64

/* A connection, and what is on its way over it. */
struct lane {
    int fd; /* -1: not connected */
    bool is_device;
    uint32_t next_id;
    size_t count; /* of requests */
    char *requests;
    size_t size, sent_bytes;
    size_t due_bytes; /* where the request begins whose answer is due */
    char answers[4096];
    size_t answers_start, answers_end;
};

struct libxl__xs_lanes {
    struct lane lanes[LIBXL__XS_LANES];
};

static int connect_socket(void)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    const char *path = xs_daemon_socket();
    int fd;

    if (strlen(path) >= sizeof(address.sun_path))
        return -1;
    strcpy(address.sun_path, path);
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    if (!connect(fd, (struct sockaddr *)&address, sizeof(address)))
        return fd;
    close(fd);
    return -1;
}

struct libxl__xs_lanes *libxl__xs_lanes_new(libxl__gc *gc)
{
    struct libxl__xs_lanes *lanes = libxl__zalloc(gc, sizeof(*lanes));
    size_t i;

    for (i = 0; i < LIBXL__XS_LANES; i++)
        lanes->lanes[i].fd = -1;
    return lanes;
}

void libxl__xs_lanes_close(struct libxl__xs_lanes *lanes)
{
    size_t i;

    for (i = 0; i < LIBXL__XS_LANES; i++) {
        if (lanes->lanes[i].fd >= 0)
            close(lanes->lanes[i].fd);
        lanes->lanes[i].fd = -1;
        lanes->lanes[i].due_bytes = lanes->lanes[i].size;
    }
}

static int connect_lane(struct lane *lane)
{
    if (lane->fd >= 0)
        return 0;
    lane->answers_start = lane->answers_end = 0;
    lane->fd = connect_socket();
    lane->is_device = lane->fd < 0;
    if (lane->is_device)
        lane->fd = open(XENBUS_DEVICE, O_RDWR | O_CLOEXEC);
    return lane->fd < 0 ? -1 : 0;
}

static struct lane *shortest(struct libxl__xs_lanes *lanes)
{
    struct lane *best = lanes->lanes;
    size_t i;

    for (i = 1; i < LIBXL__XS_LANES; i++)
        if (lanes->lanes[i].count < best->count)
            best = &lanes->lanes[i];
    return best;
}

/* Gives each chain to the lane that has the fewest requests so far. */
static struct lane **share(struct libxl__xs_lanes *lanes,
                           const struct libxl__xs_changes *changes)
{
    struct lane **lane_of =
        libxl__calloc(changes->gc, changes->count, sizeof(*lane_of));
    const struct libxl__xs_change *change = changes->list;
    struct lane *lane = NULL;
    size_t i, end;

    for (i = 0; i < LIBXL__XS_LANES; i++) {
        lane = &lanes->lanes[i];
        lane->size = lane->sent_bytes = lane->due_bytes = lane->count = 0;
    }
    for (i = 0; i < changes->count; i = end) {
        lane = shortest(lanes);
        for (end = i; end < changes->count; end++) {
            if (change[end].chain != change[i].chain)
                break;
            lane_of[end] = lane;
            lane->count++;
            lane->size += sizeof(struct xsd_sockmsg) + change[end].size;
        }
    }
    return lane_of;
}

static void append(struct lane *lane, const struct libxl__xs_changes *changes,
                   const struct libxl__xs_change *change)
{
    struct xsd_sockmsg header = {
        .type = change->type,
        .req_id = lane->next_id++,
        .len = change->size,
    };

    memcpy(lane->requests + lane->size, &header, sizeof(header));
    lane->size += sizeof(header);
    memcpy(lane->requests + lane->size, changes->bytes + change->start,
           change->size);
    lane->size += change->size;
}

/* The requests of each lane, one after the other. */
static void load(struct libxl__xs_lanes *lanes,
                 const struct libxl__xs_changes *changes)
{
    struct lane **lane_of = share(lanes, changes), *lane;
    size_t i;

    for (i = 0; i < LIBXL__XS_LANES; i++) {
        lane = &lanes->lanes[i];
        lane->requests = libxl__zalloc(changes->gc, lane->size);
        lane->size = 0;
    }
    for (i = 0; i < changes->count; i++)
        append(lane_of[i], changes, &changes->list[i]);
}

/* The header of the request at byte start; its path follows. */
static struct xsd_sockmsg request_at(const struct lane *lane, size_t start)
{
    struct xsd_sockmsg header;

    memcpy(&header, lane->requests + start, sizeof(header));
    return header;
}

static size_t request_end(const struct lane *lane, size_t start)
{
    return start + sizeof(struct xsd_sockmsg) + request_at(lane, start).len;
}

/*
 * Sends what may be on its way at once: all that is left.  Of the device, the
 * kernel takes a single request for each opening.
 */
static int send_portion(struct lane *lane)
{
    size_t end =
        lane->is_device ? request_end(lane, lane->sent_bytes) : lane->size;
    ssize_t done;

    while (lane->sent_bytes < end) {
        const char *data = lane->requests + lane->sent_bytes;
        size_t left = end - lane->sent_bytes;

        done = lane->is_device ? write(lane->fd, data, left)
                               : send(lane->fd, data, left, MSG_NOSIGNAL);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return -1;
        lane->sent_bytes += done;
    }
    return 0;
}

/* Reads as many answers as there are, at least one byte. */
static int fill(struct lane *lane)
{
    ssize_t done;

    do {
        done = read(lane->fd, lane->answers, sizeof(lane->answers));
    } while (done < 0 && errno == EINTR);
    if (!done)
        errno = EPIPE;
    if (done <= 0)
        return -1;
    lane->answers_start = 0;
    lane->answers_end = done;
    return 0;
}

static int receive(struct lane *lane, void *data, size_t size)
{
    char *to = data;
    size_t part;

    while (size) {
        if (lane->answers_start == lane->answers_end && fill(lane))
            return -1;
        part = lane->answers_end - lane->answers_start;
        part = part < size ? part : size;
        memcpy(to, lane->answers + lane->answers_start, part);
        lane->answers_start += part;
        to += part;
        size -= part;
    }
    return 0;
}

/* The errno value that an error answer names. */
static int error_of(const char *name)
{
    size_t i;

    for (i = 0; i < sizeof(xsd_errors) / sizeof(xsd_errors[0]); i++)
        if (!strcmp(xsd_errors[i].errstring, name))
            return xsd_errors[i].errnum;
    return EINVAL;
}

/*
 * Wait until xenstored has ended the connection: only then is nothing that was
 * sent on it done any more.
 */
static void settle(const struct lane *lane)
{
    char answers[256];

    if (lane->fd < 0 || shutdown(lane->fd, SHUT_WR))
        return;
    while (read(lane->fd, answers, sizeof(answers)) > 0)
        ;
}

/*
 * Log what, with the text of errno, and close all connections.  The caller
 * removes what was written, so the other lanes must have come to rest.
 */
static int lost(struct libxl__xs_lanes *lanes, libxl_ctx *ctx, const char *what)
{
    size_t i;

    libxl__error_errno(ctx, "%s", what);
    for (i = 0; i < LIBXL__XS_LANES; i++)
        settle(&lanes->lanes[i]);
    libxl__xs_lanes_close(lanes);
    return ERROR_FAIL;
}

/*
 * Reads the next answer.  Returns -1 if the connection is lost.  *errno_r is
 * 0 or why the request was refused.
 */
static int read_answer(struct lane *lane, struct xsd_sockmsg *header_r,
                       int *errno_r)
{
    char text[ANSWER_MAX];

    if (receive(lane, header_r, sizeof(*header_r)))
        return -1;
    if (header_r->len >= ANSWER_MAX) {
        errno = EPROTO;
        return -1;
    }
    if (receive(lane, text, header_r->len))
        return -1;
    text[header_r->len] = 0;
    *errno_r = header_r->type == XS_ERROR ? error_of(text) : 0;
    return 0;
}

/*
 * Reads the answer that is due; xenstored answers the requests of a
 * connection in their order.  Logs a refusal, unless *refused.
 */
static int read_due(struct libxl__xs_lanes *lanes, struct lane *lane,
                    libxl_ctx *ctx, int *refused)
{
    struct xsd_sockmsg request = request_at(lane, lane->due_bytes), answer;
    const char *path = lane->requests + lane->due_bytes + sizeof(request);
    int error;

    if (read_answer(lane, &answer, &error))
        return lost(lanes, ctx, "the connection to xenstored is lost");
    if (answer.req_id != request.req_id ||
        (answer.type != request.type && answer.type != XS_ERROR)) {
        libxl__xs_lanes_close(lanes);
        return libxl__fail(ctx, ERROR_FAIL,
                           "xenstored is broken: it sent answer %u of type %u "
                           "when answer %u of type %u, to a change of '%s', "
                           "was due",
                           answer.req_id, answer.type, request.req_id,
                           request.type, path);
    }
    lane->due_bytes = request_end(lane, lane->due_bytes);
    if (error == ENOENT && request.type == XS_RM)
        error = 0;
    if (!error || *refused)
        return 0;
    libxl__log(ctx, XTL_ERROR, error, "cannot change '%s' in xenstore", path);
    *refused = ERROR_FAIL;
    return 0;
}

/* Sends the next portion of each lane that has one. */
static int send_portions(struct libxl__xs_lanes *lanes, libxl_ctx *ctx)
{
    struct lane *lane;

    for (lane = lanes->lanes; lane < lanes->lanes + LIBXL__XS_LANES; lane++) {
        if (lane->sent_bytes == lane->size)
            continue;
        if (connect_lane(lane))
            return lost(lanes, ctx,
                        "cannot connect to xenstored: is it running?");
        if (send_portion(lane))
            return lost(lanes, ctx, "the connection to xenstored is lost");
    }
    return 0;
}

/* Reads the answers to all that was sent. */
static int read_portions(struct libxl__xs_lanes *lanes, libxl_ctx *ctx,
                         int *refused)
{
    struct lane *lane;
    int rc = 0;

    for (lane = lanes->lanes; lane < lanes->lanes + LIBXL__XS_LANES; lane++)
        while (!rc && lane->due_bytes < lane->sent_bytes)
            rc = read_due(lanes, lane, ctx, refused);
    return rc;
}

static bool is_pending(const struct libxl__xs_lanes *lanes)
{
    size_t i;

    for (i = 0; i < LIBXL__XS_LANES; i++)
        if (lanes->lanes[i].due_bytes < lanes->lanes[i].size)
            return true;
    return false;
}

static int read_all(struct libxl__xs_lanes *lanes, libxl_ctx *ctx)
{
    int rc = 0, refused = 0;

    while (!rc && is_pending(lanes)) {
        rc = read_portions(lanes, ctx, &refused);
        if (!rc)
            rc = send_portions(lanes, ctx);
    }
    return rc ? rc : refused;
}

/*
 * Each answer wakes this thread, which on the same processor would push
 * xenstored aside for it: two switches an answer (sched(7), SCHED_BATCH: no
 * thread is pushed aside for one that wakes).
 */
int libxl__xs_lanes_finish(struct libxl__xs_lanes *lanes, libxl_ctx *ctx)
{
    const struct sched_param none = { 0 };
    bool is_normal;
    int rc;

    if (!is_pending(lanes))
        return 0;
    is_normal = sched_getscheduler(0) == SCHED_OTHER;
    if (is_normal)
        sched_setscheduler(0, SCHED_BATCH, &none);
    rc = read_all(lanes, ctx);
    if (is_normal)
        sched_setscheduler(0, SCHED_OTHER, &none);
    return rc;
}

int libxl__xs_lanes_begin(struct libxl__xs_lanes *lanes,
                          const struct libxl__xs_changes *changes)
{
    libxl_ctx *ctx = changes->gc->ctx;
    int rc = libxl__xs_lanes_finish(lanes, ctx);

    if (rc)
        return rc;
    load(lanes, changes);
    return send_portions(lanes, ctx);
}
