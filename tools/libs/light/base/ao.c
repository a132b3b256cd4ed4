/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Runs operations; for now in the caller's thread only.
 */
#include "base/ao.h"

#include <string.h>

#include "base/log.h"

int libxl__ao_run(libxl_ctx *ctx, uint32_t domid, const libxl_asyncop_how *how,
                  libxl__ao_work *work, const void *job, size_t job_size)
{
    libxl__gc gc[1];
    int rc;

    if (how) {
        libxl__error(ctx, "asynchronous operations are not implemented");
        return ERROR_NI;
    }
    libxl__gc_init(gc, ctx);
    rc = work(gc, memcpy(libxl__zalloc(gc, job_size), job, job_size));
    libxl__gc_dispose(gc);
    return rc;
}

void libxl__ao_progress(libxl_ctx *ctx, const libxl_asyncprogress_how *how,
                        uint32_t domid, libxl_event_type type)
{
    libxl_event *event;

    if (!how || !how->callback)
        return;
    event = libxl__zalloc_nogc(sizeof(*event));
    libxl_event_init(event);
    event->type = type;
    event->domid = domid;
    event->for_user = how->for_event;
    how->callback(ctx, event, how->for_callback);
}
