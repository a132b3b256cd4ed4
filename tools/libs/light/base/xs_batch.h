/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Many xenstore requests in flight together.
 *
 * libxenstore sends a request and waits for its answer; with one vCPU that is
 * two switches between processes for each of the many nodes of a domain.  A
 * batch speaks the public wire protocol (xen/io/xs_wire.h) on a connection of
 * its own: it sends all requests at once and then reads all answers, which
 * xenstored gives in order.  Only writing is worth it; whoever reads uses
 * base/xenstore.h.
 */
#ifndef LIBXL_BASE_XS_BATCH_H
#define LIBXL_BASE_XS_BATCH_H

#include <stdbool.h>
#include <stddef.h>

#include <libxl.h>
#include <xenstore.h>

#include "base/memory.h"

/* A request that waits for its answer: what it is about, for its error. */
struct libxl__xs_request {
    const char *path;
    bool may_miss; /* no such path is no error */
};

struct libxl__xs_batch {
    libxl__gc *gc;
    int fd; /* -1: not connected */
    char *requests;
    size_t size, room;
    struct libxl__xs_request *sent;
    size_t count;
};

/* Connects where it is not yet; ERROR_FAIL, logged, if xenstored is away. */
int libxl__xs_batch_open(struct libxl__xs_batch *batch);

/* Forgets what was not sent.  Accepts a batch that is closed already. */
void libxl__xs_batch_close(struct libxl__xs_batch *batch);

/* Requests to send.  Paths and values are copied. */
void libxl__xs_batch_write(struct libxl__xs_batch *batch, xs_transaction_t t,
                           const char *path, const char *value);
void libxl__xs_batch_rm(struct libxl__xs_batch *batch, xs_transaction_t t,
                        const char *path);
void libxl__xs_batch_set_permissions(struct libxl__xs_batch *batch,
                                     xs_transaction_t t, const char *path,
                                     const struct xs_permissions *permissions,
                                     unsigned int count);
void libxl__xs_batch_introduce(struct libxl__xs_batch *batch, uint32_t domid,
                               uint64_t gfn, uint32_t port);

/*
 * Sends all requests and waits for their answers.  ERROR_FAIL, with the first
 * refused one logged, unless all were done; that a path to remove is not
 * there is no error.
 */
int libxl__xs_batch_send(struct libxl__xs_batch *batch);

/*
 * A transaction of this connection.  end returns ERROR_NOT_READY, not logged,
 * where others got in between and all is to be done again.
 */
int libxl__xs_batch_start(struct libxl__xs_batch *batch, xs_transaction_t *t_r);
int libxl__xs_batch_end(struct libxl__xs_batch *batch, xs_transaction_t t,
                        bool commit);

#endif
