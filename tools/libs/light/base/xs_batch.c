/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The writing side of xenstore's wire protocol.  It owns a connection; which
 * nodes to write is told by its callers.
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
#define XENBUS_DEVICE "/dev/xen/xenbus"

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

int libxl__xs_batch_open(struct libxl__xs_batch *batch)
{
    if (batch->fd >= 0)
        return 0;
    batch->fd = connect_socket();
    if (batch->fd < 0)
        batch->fd = open(XENBUS_DEVICE, O_RDWR | O_CLOEXEC);
    if (batch->fd >= 0)
        return 0;
    libxl__error_errno(batch->gc->ctx,
                       "cannot connect to xenstored: is it running?");
    return ERROR_FAIL;
}

void libxl__xs_batch_close(struct libxl__xs_batch *batch)
{
    if (batch->fd >= 0)
        close(batch->fd);
    batch->fd = -1;
    batch->size = 0;
    batch->count = 0;
}

static void append(struct libxl__xs_batch *batch, const void *data, size_t size)
{
    if (batch->size + size > batch->room) {
        batch->room = 2 * (batch->size + size);
        batch->requests =
            libxl__realloc(batch->gc, batch->requests, batch->room);
    }
    memcpy(batch->requests + batch->size, data, size);
    batch->size += size;
}

/* A request begins with its path; its length is known when it is complete. */
static size_t begin(struct libxl__xs_batch *batch, enum xsd_sockmsg_type type,
                    xs_transaction_t t, const char *path)
{
    struct xsd_sockmsg header = {
        .type = type,
        .req_id = batch->count,
        .tx_id = t,
    };
    size_t start = batch->size;

    batch->sent = libxl__realloc(batch->gc, batch->sent,
                                 (batch->count + 1) * sizeof(*batch->sent));
    batch->sent[batch->count++] = (struct libxl__xs_request) {
        .path = libxl__strdup(batch->gc, path),
        .may_miss = type == XS_RM,
    };
    append(batch, &header, sizeof(header));
    append(batch, path, strlen(path) + 1);
    return start;
}

static void complete(struct libxl__xs_batch *batch, size_t start)
{
    uint32_t length = batch->size - start - sizeof(struct xsd_sockmsg);

    memcpy(batch->requests + start + offsetof(struct xsd_sockmsg, len), &length,
           sizeof(length));
}

void libxl__xs_batch_write(struct libxl__xs_batch *batch, xs_transaction_t t,
                           const char *path, const char *value)
{
    size_t start = begin(batch, XS_WRITE, t, path);

    append(batch, value, strlen(value));
    complete(batch, start);
}

void libxl__xs_batch_rm(struct libxl__xs_batch *batch, xs_transaction_t t,
                        const char *path)
{
    complete(batch, begin(batch, XS_RM, t, path));
}

void libxl__xs_batch_set_permissions(struct libxl__xs_batch *batch,
                                     xs_transaction_t t, const char *path,
                                     const struct xs_permissions *permissions,
                                     unsigned int count)
{
    static const char letters[] = {
        [XS_PERM_NONE] = 'n',
        [XS_PERM_READ] = 'r',
        [XS_PERM_WRITE] = 'w',
        [XS_PERM_READ | XS_PERM_WRITE] = 'b',
    };
    size_t start = begin(batch, XS_SET_PERMS, t, path);
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
    size_t start = begin(batch, XS_INTRODUCE, XBT_NULL,
                         libxl__sprintf(batch->gc, "%" PRIu32, domid));
    size_t i;

    for (i = 0; i < sizeof(arguments) / sizeof(arguments[0]); i++)
        append(batch, arguments[i], strlen(arguments[i]) + 1);
    complete(batch, start);
}

static int send_all(struct libxl__xs_batch *batch)
{
    const char *data = batch->requests;
    size_t left = batch->size;
    ssize_t done;

    while (left) {
        done = send(batch->fd, data, left, MSG_NOSIGNAL);
        if (done < 0 && errno == ENOTSOCK)
            done = write(batch->fd, data, left);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return -1;
        data += done;
        left -= done;
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
 * The next answer, ended by a zero byte.  0, or -1 when the connection is
 * lost; *errno_r is what the answer says: 0, or why it was refused.
 */
static int answer(struct libxl__xs_batch *batch, char text[ANSWER_MAX],
                  struct xsd_sockmsg *header_r, int *errno_r)
{
    if (receive(batch->fd, header_r, sizeof(*header_r)))
        return -1;
    if (header_r->len >= ANSWER_MAX) {
        errno = EPROTO;
        return -1;
    }
    if (receive(batch->fd, text, header_r->len))
        return -1;
    text[header_r->len] = 0;
    *errno_r = header_r->type == XS_ERROR ? error_of(text) : 0;
    return 0;
}

static int lost(struct libxl__xs_batch *batch)
{
    libxl__error_errno(batch->gc->ctx, "the connection to xenstored is lost");
    libxl__xs_batch_close(batch);
    return ERROR_FAIL;
}

int libxl__xs_batch_send(struct libxl__xs_batch *batch)
{
    struct xsd_sockmsg header;
    char text[ANSWER_MAX];
    int rc = 0, error;
    size_t i;

    if (send_all(batch))
        return lost(batch);
    for (i = 0; i < batch->count; i++) {
        if (answer(batch, text, &header, &error))
            return lost(batch);
        if (error == ENOENT && batch->sent[i].may_miss)
            error = 0;
        if (!error || rc)
            continue;
        libxl__log(batch->gc->ctx, XTL_ERROR, error,
                   "cannot change '%s' in xenstore", batch->sent[i].path);
        rc = ERROR_FAIL;
    }
    batch->size = 0;
    batch->count = 0;
    return rc;
}

/* One request with an answer that matters. */
static int ask(struct libxl__xs_batch *batch, enum xsd_sockmsg_type type,
               xs_transaction_t t, const char *argument, char text[ANSWER_MAX],
               int *errno_r)
{
    struct xsd_sockmsg header;

    complete(batch, begin(batch, type, t, argument));
    if (send_all(batch) || answer(batch, text, &header, errno_r))
        return lost(batch);
    batch->size = 0;
    batch->count = 0;
    return 0;
}

int libxl__xs_batch_start(struct libxl__xs_batch *batch, xs_transaction_t *t_r)
{
    char text[ANSWER_MAX];
    int error, rc;

    rc = ask(batch, XS_TRANSACTION_START, XBT_NULL, "", text, &error);
    if (rc)
        return rc;
    if (error) {
        libxl__log(batch->gc->ctx, XTL_ERROR, error,
                   "cannot start a xenstore transaction");
        return ERROR_FAIL;
    }
    *t_r = strtoul(text, NULL, 10);
    return 0;
}

int libxl__xs_batch_end(struct libxl__xs_batch *batch, xs_transaction_t t,
                        bool commit)
{
    char text[ANSWER_MAX];
    int error, rc;

    rc = ask(batch, XS_TRANSACTION_END, t, commit ? "T" : "F", text, &error);
    if (rc || !error || !commit)
        return rc;
    if (error == EAGAIN)
        return ERROR_NOT_READY;
    libxl__log(batch->gc->ctx, XTL_ERROR, error,
               "the xenstore transaction fails");
    return ERROR_FAIL;
}
