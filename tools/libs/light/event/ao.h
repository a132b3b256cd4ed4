/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Operations that may take long.  The operation itself is straight-line code
 * that blocks; whether its caller waits for it is decided here.
 */
#ifndef LIBXL_EVENT_AO_H
#define LIBXL_EVENT_AO_H

#include <stdbool.h>
#include <stddef.h>

#include <libxl.h>
#include <libxl_event.h>

#include "base/memory.h"

struct libxl__report;
typedef struct libxl__ao libxl__ao;

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
 * The same for work that is done at once and never waits: it always runs in
 * the caller's thread.  If it fails, that is the result and how is not told.
 */
int libxl__ao_run_now(libxl_ctx *ctx, uint32_t domid,
                      const libxl_asyncop_how *how, libxl__ao_work *work,
                      const void *job, size_t job_size);

/*
 * Reports progress of the operation that the calling thread works on: an
 * event of this type to the callback or the queue that how names; nothing
 * where how is NULL.
 */
void libxl__ao_progress(libxl_ctx *ctx, const libxl_asyncprogress_how *how,
                        uint32_t domid, libxl_event_type type);

/*
 * For work that can be cut short: was the operation of the calling thread
 * asked to end?  It then cleans up and returns ERROR_ABORTED.  Whatever waits
 * with event/wait.h need not ask.
 */
bool libxl__ao_is_aborted(void);

/* A descriptor that is readable when so; -1 outside any operation. */
int libxl__ao_abort_fd(void);

/* See libxl_ao_abort. */
int libxl__ao_abort(libxl_ctx *ctx, const libxl_asyncop_how *how);

/*
 * For those who make and tell events.  Is a report of this operation being told
 * just now? Tells one, with the lock held once.  Waits for all workers, without
 * the lock.  Closes the descriptors in the child of a fork.
 */
bool libxl__ao_is_telling(const libxl__ao *ao);
void libxl__ao_tell(libxl_ctx *ctx, struct libxl__report *report);
void libxl__aos_join(libxl_ctx *ctx);
void libxl__aos_forget(libxl_ctx *ctx);

#endif
