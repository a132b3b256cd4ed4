/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Operations that may take long.  The operation itself is straight-line code
 * that blocks; whether its caller waits for it is decided here.
 */
#ifndef LIBXL_BASE_AO_H
#define LIBXL_BASE_AO_H

#include <stddef.h>

#include <libxl.h>
#include <libxl_event.h>

#include "base/memory.h"

/* The work of one operation: job is what was given to libxl__ao_run. */
typedef int libxl__ao_work(libxl__gc *gc, void *job);

/*
 * Runs work.  With how == NULL in the caller's thread, returning what work
 * returns; else in a worker of its own, with a copy of the job_size bytes at
 * job, and how is told the result when the work is done.  domid stands in the
 * completion event.
 */
int libxl__ao_run(libxl_ctx *ctx, uint32_t domid, const libxl_asyncop_how *how,
                  libxl__ao_work *work, const void *job, size_t job_size);

/*
 * Reports progress of an operation: an event of this type to the callback or
 * the queue that how names; nothing where how is NULL.
 */
void libxl__ao_progress(libxl_ctx *ctx, const libxl_asyncprogress_how *how,
                        uint32_t domid, libxl_event_type type);

#endif
