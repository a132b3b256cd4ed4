/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The memory of a running domain: its target and its limit.
 */
#include <inttypes.h>

#include <libxl.h>
#include <libxl_utils.h>

#include "base/ctx.h"
#include "base/log.h"
#include "domain/info.h"
#include "domain/memory.h"
#include "event/wait.h"

#define WAIT_INTERVAL_MS 100

int libxl_get_memory_target(libxl_ctx *ctx, uint32_t domid,
                            uint64_t *out_target)
{
    struct libxl__memory memory;
    LIBXL__GC(gc, ctx);
    int rc = libxl__memory_read(gc, XBT_NULL, domid, &memory);

    if (!rc)
        *out_target = memory.target_kb;
    return rc;
}

int libxl_get_memory_target_0x040700(libxl_ctx *ctx, uint32_t domid,
                                     uint32_t *out_target)
{
    uint64_t kb;
    int rc = libxl_get_memory_target(ctx, domid, &kb);

    if (rc)
        return rc;
    if (kb > UINT32_MAX) {
        libxl__error(ctx,
                     "the target of domain %" PRIu32 ", %" PRIu64 " KiB, does "
                     "not fit into 32 bits: build against a newer "
                     "LIBXL_API_VERSION",
                     domid, kb);
        return ERROR_FAIL;
    }
    *out_target = kb;
    return 0;
}

int libxl_domain_setmaxmem(libxl_ctx *ctx, uint32_t domid, uint64_t max_memkb)
{
    struct libxl__memory memory;
    xc_domaininfo_t info;
    LIBXL__GC(gc, ctx);
    int rc;

    rc = libxl__domain_info(gc, domid, &info);
    if (!rc)
        rc = libxl__memory_read(gc, XBT_NULL, domid, &memory);
    if (rc)
        return rc;
    if (max_memkb < memory.target_kb)
        return libxl__fail(ctx, ERROR_INVAL,
                           "domain %" PRIu32 " cannot be limited to %" PRIu64
                           " KiB: its memory target is %" PRIu64
                           " KiB, lower that first",
                           domid, max_memkb, memory.target_kb);
    return libxl__memory_limit(gc, domid, max_memkb);
}

int libxl_set_memory_target(libxl_ctx *ctx, uint32_t domid,
                            int64_t target_memkb, int relative, int enforce)
{
    LIBXL__GC(gc, ctx);

    return libxl__memory_target(gc, domid, target_memkb, relative, enforce);
}

struct progress {
    uint32_t domid;
    int wait_secs;
    uint64_t target_kb;
    uint64_t least_kb; /* the least memory the domain had so far */
    libxl__deadline deadline;
};

/* The domain may take wait_secs from each time that it came closer. */
static int check_target(libxl__gc *gc, void *user)
{
    struct progress *progress = user;
    xc_domaininfo_t info;
    uint64_t now_kb;
    int rc = libxl__domain_find(gc->ctx, progress->domid, &info);

    if (rc)
        return rc;
    now_kb = libxl__kb_of_pages(info.tot_pages);
    if (now_kb <= progress->target_kb + LIBXL__MEMORY_EXTRA_KB)
        return 0;
    if (now_kb < progress->least_kb) {
        progress->least_kb = now_kb;
        progress->deadline = libxl__deadline_in(progress->wait_secs * 1000);
    }
    return ERROR_NOT_READY;
}

/* wait_secs limits how long the domain may make no progress. */
int libxl_wait_for_memory_target(libxl_ctx *ctx, uint32_t domid, int wait_secs)
{
    struct progress progress = {
        .domid = domid,
        .wait_secs = wait_secs > 0 ? wait_secs : 0,
        .least_kb = UINT64_MAX,
    };
    LIBXL__GC(gc, ctx);
    int rc;

    rc = libxl_get_memory_target(ctx, domid, &progress.target_kb);
    if (rc)
        return rc;
    rc = libxl__wait_poll(gc, WAIT_INTERVAL_MS, &progress.deadline, true,
                          check_target, &progress);
    return rc == ERROR_TIMEDOUT ? ERROR_FAIL : rc;
}
