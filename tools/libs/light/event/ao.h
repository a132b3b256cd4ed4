/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Asynchronous operations.  The work itself is straight-line code that blocks;
 * this file decides whether the caller waits for it.
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

/*
 * The work of one operation. job is the one that was passed to libxl__ao_run.
 */
typedef int libxl__ao_work(libxl__gc *gc, void *job);

/*
 * Run work.  If how is NULL, run it in the caller's thread and return its
 * result.  Otherwise run it in a worker with a copy of the job_size bytes at
 * job, return 0, and report the result as how says. domid goes into the
 * completion event.
 */
int libxl__ao_run(libxl_ctx *ctx, uint32_t domid, const libxl_asyncop_how *how,
                  libxl__ao_work *work, const void *job, size_t job_size);

/*
 * The same for work that never waits: always run it in the caller's thread.  If
 * it fails, return its result and report nothing through how.
 */
int libxl__ao_run_now(libxl_ctx *ctx, uint32_t domid,
                      const libxl_asyncop_how *how, libxl__ao_work *work,
                      const void *job, size_t job_size);

/*
 * Report progress of the operation that the calling thread runs: an event of
 * this type to the callback or queue that how names.  Does nothing if how is
 * NULL.
 */
void libxl__ao_progress(libxl_ctx *ctx, const libxl_asyncprogress_how *how,
                        uint32_t domid, libxl_event_type type);

/*
 * Return true if the calling thread's operation was asked to abort.  The work
 * then cleans up and returns ERROR_ABORTED. The functions of event/wait.h check
 * this themselves.
 */
bool libxl__ao_is_aborted(void);

/*
 * File descriptor that becomes readable when the calling thread's operation is
 * aborted; -1 if the thread runs none.
 */
int libxl__ao_abort_fd(void);

/* See libxl_ao_abort. */
int libxl__ao_abort(libxl_ctx *ctx, const libxl_asyncop_how *how);

/* Return true while a report of ao is being delivered. */
bool libxl__ao_is_reporting(const libxl__ao *ao);

/* Deliver one report.  The lock must be held exactly once. */
void libxl__ao_deliver(libxl_ctx *ctx, struct libxl__report *report);

/* Wait for all workers.  The lock must not be held. */
void libxl__aos_join(libxl_ctx *ctx);

/* Close the operations' descriptors in a forked child. */
void libxl__aos_forget(libxl_ctx *ctx);

#endif
