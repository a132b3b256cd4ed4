/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Many xenstore requests in flight together.
 *
 * libxenstore sends a request and waits for its answer; with one vCPU that is
 * two switches between processes for each of the many nodes of a domain.
 * xenstored in turn takes one request from each connection in a round, and a
 * round takes the longer the more guests there are.  So a batch speaks the
 * public wire protocol (xen/io/xs_wire.h) over a few connections of its own: it
 * sends all requests at once and then reads all answers.
 *
 * Requests of one chain are done in their order.  Chains know nothing of each
 * other: what has to be there before is sent before.  Only writing is worth
 * it; whoever reads uses base/xenstore.h.
 */
#ifndef LIBXL_BASE_XS_BATCH_H
#define LIBXL_BASE_XS_BATCH_H

#include <stdbool.h>
#include <stddef.h>

#include <libxl.h>
#include <xenstore.h>

#include "base/memory.h"

/*
 * How many connections: with 50 guests present, 64 writes take 57 % of the
 * time over four that they take over one, and hardly less over eight
 * (docs/figures.md).
 */
#define LIBXL__XS_LANES 4

/* A request that waits for its answer: what it is about, for its error. */
struct libxl__xs_request {
    const char *path;
    bool may_miss; /* no such path is no error */
};

/* One connection, made when it first has something to send. */
struct libxl__xs_lane {
    int fd; /* -1: not connected */
    bool is_device;
    char *requests;
    size_t size, room, sent_bytes;
    struct libxl__xs_request *asked;
    size_t count, done;
};

struct libxl__xs_batch {
    libxl__gc *gc;
    struct libxl__xs_lane lanes[LIBXL__XS_LANES];
    struct libxl__xs_lane *lane; /* of the chain that grows */
    const char *too_long;        /* the first path that is, or has such data */
};

void libxl__xs_batch_init(struct libxl__xs_batch *batch, libxl__gc *gc);

/* Forgets what was not sent.  Accepts a batch that is closed already. */
void libxl__xs_batch_close(struct libxl__xs_batch *batch);

/* Begins a chain.  Without, what follows belongs to the one before. */
void libxl__xs_batch_chain(struct libxl__xs_batch *batch);

/* Requests to send.  Paths and values are copied. */
void libxl__xs_batch_write(struct libxl__xs_batch *batch, const char *path,
                           const char *value);
void libxl__xs_batch_rm(struct libxl__xs_batch *batch, const char *path);
void libxl__xs_batch_set_permissions(struct libxl__xs_batch *batch,
                                     const char *path,
                                     const struct xs_permissions *permissions,
                                     unsigned int count);
void libxl__xs_batch_introduce(struct libxl__xs_batch *batch, uint32_t domid,
                               uint64_t gfn, uint32_t port);

/*
 * Sends all requests and waits for their answers.  ERROR_FAIL, with the first
 * refused one logged, unless all were done; that a path to remove is not
 * there is no error.  ERROR_INVAL, logged, with nothing sent, where a request
 * is longer than xenstore takes.  Either way nothing waits any more.
 */
int libxl__xs_batch_send(struct libxl__xs_batch *batch);

#endif
