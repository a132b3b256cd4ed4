/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The writing side of xenstore's wire protocol.  It owns its connections; its
 * callers decide which nodes to write.
 */
#include "base/xs_lanes.h"

#include <errno.h>
#include <fcntl.h>
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
    uint32_t id; /* of the request whose answer is due */
    char *requests;
    size_t size, sent_bytes;
    const struct libxl__xs_change **asked;
    size_t count, done;
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
    }
}

static int connect_lane(struct lane *lane)
{
    if (lane->fd >= 0)
        return 0;
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
        lane->size = lane->sent_bytes = lane->count = lane->done = 0;
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
        .req_id = lane->id + lane->count,
        .len = change->size,
    };

    lane->asked[lane->count++] = change;
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
    libxl__gc *gc = changes->gc;
    size_t i;

    for (i = 0; i < LIBXL__XS_LANES; i++) {
        lane = &lanes->lanes[i];
        lane->requests = libxl__zalloc(gc, lane->size);
        lane->asked = libxl__calloc(gc, lane->count, sizeof(*lane->asked));
        lane->size = lane->count = 0;
    }
    for (i = 0; i < changes->count; i++)
        append(lane_of[i], changes, &changes->list[i]);
}

/*
 * How many requests may be on their way at once, from the next one on.  The
 * kernel takes a single one for each opening of the device.
 */
static size_t portion(const struct lane *lane)
{
    size_t left = lane->count - lane->done;

    return lane->is_device && left ? 1 : left;
}
/* Where the requests of the portion end that begins at byte start. */
static size_t end_of(const struct lane *lane, size_t start)
{
    struct xsd_sockmsg header;

    if (!lane->is_device)
        return lane->size;
    memcpy(&header, lane->requests + start, sizeof(header));
    return start + sizeof(header) + header.len;
}

static int send_portion(struct lane *lane)
{
    size_t end = end_of(lane, lane->sent_bytes);
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

static int receive(int fd, void *data, size_t size)
{
    char *to = data;
    ssize_t done;

    while (size) {
        done = read(fd, to, size);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0) {
            if (!done)
                errno = EPIPE;
            return -1;
        }
        to += done;
        size -= done;
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
static int read_answer(const struct lane *lane, struct xsd_sockmsg *header_r,
                       int *errno_r)
{
    char text[ANSWER_MAX];

    if (receive(lane->fd, header_r, sizeof(*header_r)))
        return -1;
    if (header_r->len >= ANSWER_MAX) {
        errno = EPROTO;
        return -1;
    }
    if (receive(lane->fd, text, header_r->len))
        return -1;
    text[header_r->len] = 0;
    *errno_r = header_r->type == XS_ERROR ? error_of(text) : 0;
    return 0;
}

/* xenstored answers the requests of a connection in their order. */
static bool is_due(const struct lane *lane, const struct xsd_sockmsg *header)
{
    const struct libxl__xs_change *change = lane->asked[lane->done];

    return header->req_id == lane->id + lane->done &&
           (header->type == change->type || header->type == XS_ERROR);
}

/* Reads the answers to a portion.  Logs the first refused one, unless *rc. */
static int read_portion(struct libxl__xs_lanes *lanes, struct lane *lane,
                        const struct libxl__xs_changes *changes, int *rc)
{
    size_t end = lane->done + portion(lane);
    libxl_ctx *ctx = changes->gc->ctx;
    struct xsd_sockmsg header;
    int error;

    for (; lane->done < end; lane->done++) {
        const struct libxl__xs_change *change = lane->asked[lane->done];
        const char *path = changes->bytes + change->start;

        if (read_answer(lane, &header, &error))
            return lost(lanes, ctx, "the connection to xenstored is lost");
        if (!is_due(lane, &header)) {
            libxl__xs_lanes_close(lanes);
            return libxl__fail(ctx, ERROR_FAIL,
                               "xenstored is broken: it sent answer %u of type "
                               "%u when answer %u of type %u, to a change of "
                               "'%s', was due",
                               header.req_id, header.type,
                               lane->id + (uint32_t)lane->done, change->type,
                               path);
        }
        if (error == ENOENT && change->type == XS_RM)
            error = 0;
        if (!error || *rc)
            continue;
        libxl__log(ctx, XTL_ERROR, error, "cannot change '%s' in xenstore",
                   path);
        *rc = ERROR_FAIL;
    }
    return 0;
}

/* Sends a portion of each lane.  *more_r: there is another. */
static int send_portions(struct libxl__xs_lanes *lanes,
                         const struct libxl__xs_changes *changes, bool *more_r)
{
    struct lane *lane, *const end = lanes->lanes + LIBXL__XS_LANES;
    libxl_ctx *ctx = changes->gc->ctx;
    int rc = 0, refused = 0;

    for (lane = lanes->lanes; lane < end; lane++) {
        if (!portion(lane))
            continue;
        if (connect_lane(lane))
            return lost(lanes, ctx,
                        "cannot connect to xenstored: is it running?");
        if (send_portion(lane))
            return lost(lanes, ctx, "the connection to xenstored is lost");
    }
    *more_r = false;
    for (lane = lanes->lanes; lane < end && !rc; lane++) {
        rc = read_portion(lanes, lane, changes, &refused);
        *more_r = *more_r || portion(lane);
    }
    return rc ? rc : refused;
}

int libxl__xs_lanes_send(struct libxl__xs_lanes *lanes,
                         const struct libxl__xs_changes *changes)
{
    bool more = true;
    int rc = 0;
    size_t i;

    load(lanes, changes);
    while (!rc && more)
        rc = send_portions(lanes, changes, &more);
    for (i = 0; i < LIBXL__XS_LANES; i++)
        lanes->lanes[i].id += lanes->lanes[i].done;
    return rc;
}
