/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Many xenstore requests in flight at once.  Only base/xs_changes.c uses this.
 *
 * libxenstore sends a request and waits for its answer; with one vCPU that is
 * two context switches for each of the many nodes of a domain.  xenstored
 * takes one request from each connection in a round, and a round takes longer
 * the more guests there are.  So the lanes speak the public wire protocol
 * (xen/io/xs_wire.h) over a few connections of their own: they send all
 * requests, and read the answers later.
 */
#ifndef LIBXL_BASE_XS_LANES_H
#define LIBXL_BASE_XS_LANES_H

#include "base/xs_changes.h"

/*
 * The number of connections: with 50 guests present, 64 writes take half the
 * time over four that they take over one, and hardly less over eight
 * (docs/figures.md).
 */
#define LIBXL__XS_LANES 4

/* Allocated from gc; a connection is made when it first has work. */
struct libxl__xs_lanes *libxl__xs_lanes_new(libxl__gc *gc);

/* Closes the connections; what is on its way may or may not be done. */
void libxl__xs_lanes_close(struct libxl__xs_lanes *lanes);

/*
 * Finishes what is on its way, then sends all of changes and returns without
 * waiting for the answers.  Nothing is sent if a change before was refused.
 */
int libxl__xs_lanes_begin(struct libxl__xs_lanes *lanes,
                          const struct libxl__xs_changes *changes);

/*
 * Waits for the answers that are due.  Returns ERROR_FAIL and logs the first
 * refused change, or what is wrong with the connection, unless all were made.
 */
int libxl__xs_lanes_finish(struct libxl__xs_lanes *lanes, libxl_ctx *ctx);

#endif
