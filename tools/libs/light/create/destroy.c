/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The end of a domain: everything that creating it made is taken away, also
 * when part of it is gone already.
 */
#include "create/destroy.h"

#include <errno.h>
#include <inttypes.h>
#include <time.h>

#include "base/ctx.h"
#include "base/log.h"
#include "base/xenstore.h"
#include "domain/info.h"
#include "domain/paths.h"
#include "domain/userdata.h"

/*
 * How long xenconsoled may take to notice that a domain is gone; longer when
 * somebody else keeps its memory, which is no business of ours.
 */
#define GONE_TRIES    100
#define GONE_PAUSE_NS 5000000

static void wait_until_gone(libxl_ctx *ctx, uint32_t domid)
{
    const struct timespec pause = { .tv_nsec = GONE_PAUSE_NS };
    xc_domaininfo_t info;
    int tries;

    for (tries = 0; tries < GONE_TRIES; tries++) {
        if (libxl__domain_find(ctx, domid, &info))
            return;
        nanosleep(&pause, NULL);
    }
}

int libxl__domain_end(libxl__gc *gc, uint32_t domid)
{
    if (xc_domain_destroy(gc->ctx->xch, domid)) {
        libxl__error_errno(gc->ctx, "cannot destroy domain %" PRIu32, domid);
        return ERROR_FAIL;
    }
    wait_until_gone(gc->ctx, domid);
    return libxl__xs_rm(gc, XBT_NULL, libxl__xs_domain_path(gc, domid));
}

int libxl__domain_destroy(libxl__gc *gc, uint32_t domid)
{
    xc_interface *xch = gc->ctx->xch;
    xc_domaininfo_t info;
    const char *uuid;
    int rc, this_rc;

    rc = libxl__domain_info(gc, domid, &info);
    if (rc)
        return rc;
    uuid = libxl__uuid_text(gc, info.handle);

    /* No vCPU may run while its devices go. */
    if (xc_domain_pause(xch, domid)) {
        libxl__error_errno(gc->ctx, "cannot pause domain %" PRIu32, domid);
        /* It is the one that we run in: nothing of it may be taken away. */
        if (errno == EINVAL)
            return ERROR_FAIL;
    }
    rc = libxl__userdata_destroy(gc, domid, uuid);
    this_rc = libxl__paths_remove(gc, domid, uuid);
    /* What is left can only be found while the domain is there. */
    if (rc || this_rc)
        return rc ? rc : this_rc;
    return libxl__domain_end(gc, domid);
}
