/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The writing side of xenstore's wire protocol.  It owns its connections;
 * which nodes to write is told by its callers.
 */
#include "base/xs_batch.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
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

void libxl__xs_batch_init(struct libxl__xs_batch *batch, libxl__gc *gc)
{
    size_t i;

    *batch = (struct libxl__xs_batch) { .gc = gc, .lane = batch->lanes };
    for (i = 0; i < LIBXL__XS_LANES; i++)
        batch->lanes[i].fd = -1;
}

/* The connections stay. */
static void forget(struct libxl__xs_batch *batch)
{
    struct libxl__xs_lane *lane, *const end = batch->lanes + LIBXL__XS_LANES;

    for (lane = batch->lanes; lane < end; lane++)
        lane->size = lane->sent_bytes = lane->count = lane->done = 0;
    batch->lane = batch->lanes;
    batch->too_long = NULL;
}

void libxl__xs_batch_close(struct libxl__xs_batch *batch)
{
    size_t i;

    for (i = 0; i < LIBXL__XS_LANES; i++) {
        if (batch->lanes[i].fd >= 0)
            close(batch->lanes[i].fd);
        batch->lanes[i].fd = -1;
    }
    forget(batch);
}

static int connect_lane(struct libxl__xs_lane *lane)
{
    if (lane->fd >= 0)
        return 0;
    lane->fd = connect_socket();
    lane->is_device = lane->fd < 0;
    if (lane->is_device)
        lane->fd = open(XENBUS_DEVICE, O_RDWR | O_CLOEXEC);
    return lane->fd < 0 ? -1 : 0;
}

/* To the lane that has the least to do. */
void libxl__xs_batch_chain(struct libxl__xs_batch *batch)
{
    size_t i;

    batch->lane = &batch->lanes[0];
    for (i = 1; i < LIBXL__XS_LANES; i++)
        if (batch->lanes[i].count < batch->lane->count)
            batch->lane = &batch->lanes[i];
}

static void append(struct libxl__xs_batch *batch, const void *data, size_t size)
{
    struct libxl__xs_lane *lane = batch->lane;

    if (lane->size + size > lane->room) {
        lane->room = 2 * (lane->size + size);
        lane->requests = libxl__realloc(batch->gc, lane->requests, lane->room);
    }
    memcpy(lane->requests + lane->size, data, size);
    lane->size += size;
}

/* A request begins with its path; its length is known when it is complete. */
static size_t begin(struct libxl__xs_batch *batch, enum xsd_sockmsg_type type,
                    const char *path)
{
    struct libxl__xs_lane *lane = batch->lane;
    struct xsd_sockmsg header = { .type = type, .req_id = lane->count };
    size_t start = lane->size;

    lane->asked = libxl__realloc(batch->gc, lane->asked,
                                 (lane->count + 1) * sizeof(*lane->asked));
    lane->asked[lane->count++] = (struct libxl__xs_request) {
        .path = libxl__strdup(batch->gc, path),
        .may_miss = type == XS_RM,
    };
    append(batch, &header, sizeof(header));
    append(batch, path, strlen(path) + 1);
    return start;
}

static void complete(struct libxl__xs_batch *batch, size_t start)
{
    struct libxl__xs_lane *lane = batch->lane;
    size_t size = lane->size - start - sizeof(struct xsd_sockmsg);
    uint32_t length = size;

    if (size > XENSTORE_PAYLOAD_MAX && !batch->too_long)
        batch->too_long = lane->asked[lane->count - 1].path;
    memcpy(lane->requests + start + offsetof(struct xsd_sockmsg, len), &length,
           sizeof(length));
}

void libxl__xs_batch_write(struct libxl__xs_batch *batch, const char *path,
                           const char *value)
{
    size_t start = begin(batch, XS_WRITE, path);

    append(batch, value, strlen(value));
    complete(batch, start);
}

void libxl__xs_batch_rm(struct libxl__xs_batch *batch, const char *path)
{
    complete(batch, begin(batch, XS_RM, path));
}

void libxl__xs_batch_set_permissions(struct libxl__xs_batch *batch,
                                     const char *path,
                                     const struct xs_permissions *permissions,
                                     unsigned int count)
{
    static const char letters[] = {
        [XS_PERM_NONE] = 'n',
        [XS_PERM_READ] = 'r',
        [XS_PERM_WRITE] = 'w',
        [XS_PERM_READ | XS_PERM_WRITE] = 'b',
    };
    size_t start = begin(batch, XS_SET_PERMS, path);
    const char *text;
    unsigned int i;

    for (i = 0; i < count; i++) {
        text = libxl__sprintf(batch->gc, "%c%u", letters[permissions[i].perms],
                              permissions[i].id);
        append(batch, text, strlen(text) + 1);
    }
    complete(batch, start);
}

void libxl__xs_batch_introduce(struct libxl__xs_batch *batch, uint32_t domid,
                               uint64_t gfn, uint32_t port)
{
    const char *const arguments[] = {
        libxl__sprintf(batch->gc, "%" PRIu64, gfn),
        libxl__sprintf(batch->gc, "%" PRIu32, port),
    };
    size_t start = begin(batch, XS_INTRODUCE,
                         libxl__sprintf(batch->gc, "%" PRIu32, domid));
    size_t i;

    for (i = 0; i < sizeof(arguments) / sizeof(arguments[0]); i++)
        append(batch, arguments[i], strlen(arguments[i]) + 1);
    complete(batch, start);
}

/*
 * How many requests may be on their way together, from the one that is next.
 * The kernel keeps one alone for each opening of the device.
 */
static size_t portion(const struct libxl__xs_lane *lane)
{
    size_t left = lane->count - lane->done;

    return lane->is_device && left ? 1 : left;
}

/* Where the requests of the portion end that begins at byte start. */
static size_t end_of(const struct libxl__xs_lane *lane, size_t start)
{
    struct xsd_sockmsg header;

    if (!lane->is_device)
        return lane->size;
    memcpy(&header, lane->requests + start, sizeof(header));
    return start + sizeof(header) + header.len;
}

static int send_portion(struct libxl__xs_lane *lane)
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
 * The next answer.  0, or -1 when the connection is lost; *errno_r is what the
 * answer says: 0, or why it was refused.
 */
static int answer(const struct libxl__xs_lane *lane, int *errno_r)
{
    struct xsd_sockmsg header;
    char text[ANSWER_MAX];

    if (receive(lane->fd, &header, sizeof(header)))
        return -1;
    if (header.len >= ANSWER_MAX) {
        errno = EPROTO;
        return -1;
    }
    if (receive(lane->fd, text, header.len))
        return -1;
    text[header.len] = 0;
    *errno_r = header.type == XS_ERROR ? error_of(text) : 0;
    return 0;
}

/* The answers to a portion; the first refused one is logged, unless one was. */
static int read_portion(struct libxl__xs_batch *batch,
                        struct libxl__xs_lane *lane, int *rc)
{
    size_t end = lane->done + portion(lane);
    int error;

    for (; lane->done < end; lane->done++) {
        const struct libxl__xs_request *request = &lane->asked[lane->done];

        if (answer(lane, &error))
            return -1;
        if (error == ENOENT && request->may_miss)
            error = 0;
        if (!error || *rc)
            continue;
        libxl__log(batch->gc->ctx, XTL_ERROR, error,
                   "cannot change '%s' in xenstore", request->path);
        *rc = ERROR_FAIL;
    }
    return 0;
}

/*
 * Wait until xenstored has ended the connection: only then is nothing that was
 * sent on it done any more.
 */
static void settle(const struct libxl__xs_lane *lane)
{
    char answers[256];

    if (lane->fd < 0 || shutdown(lane->fd, SHUT_WR))
        return;
    while (read(lane->fd, answers, sizeof(answers)) > 0)
        ;
}

/* The caller removes what was written: the other lanes must be at rest. */
static int lost(struct libxl__xs_batch *batch, const char *what)
{
    size_t i;

    libxl__error_errno(batch->gc->ctx, "%s", what);
    for (i = 0; i < LIBXL__XS_LANES; i++)
        settle(&batch->lanes[i]);
    libxl__xs_batch_close(batch);
    return ERROR_FAIL;
}

/* A portion of each lane.  *more_r: there is another. */
static int send_portions(struct libxl__xs_batch *batch, bool *more_r)
{
    struct libxl__xs_lane *lane, *const end = batch->lanes + LIBXL__XS_LANES;
    int rc = 0;

    for (lane = batch->lanes; lane < end; lane++) {
        if (!portion(lane))
            continue;
        if (connect_lane(lane))
            return lost(batch, "cannot connect to xenstored: is it running?");
        if (send_portion(lane))
            return lost(batch, "the connection to xenstored is lost");
    }
    *more_r = false;
    for (lane = batch->lanes; lane < end; lane++) {
        if (read_portion(batch, lane, &rc))
            return lost(batch, "the connection to xenstored is lost");
        *more_r = *more_r || portion(lane);
    }
    return rc;
}

int libxl__xs_batch_send(struct libxl__xs_batch *batch)
{
    bool more = true;
    int rc = 0;

    if (batch->too_long) {
        libxl__error(batch->gc->ctx,
                     "xenstore takes no more than %d bytes at once: '%.64s' "
                     "with its value has more",
                     XENSTORE_PAYLOAD_MAX, batch->too_long);
        rc = ERROR_INVAL;
    }
    while (!rc && more)
        rc = send_portions(batch, &more);
    forget(batch);
    return rc;
}
