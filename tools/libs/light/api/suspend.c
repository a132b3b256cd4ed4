/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Saving and restoring.  Xen on Arm does neither, as libxl.h says, nor a soft
 * reset.  The functions fail at once, with the codes of Debian's library, and
 * write nothing to the caller's descriptors.
 * A domain can only be stopped at its own consent, and resumed:
 * lifecycle_control.c.
 */
#include <inttypes.h>

#include <libxl.h>

#include "base/ctx.h"
#include "base/log.h"
#include "domain/info.h"
#include "event/ao.h"

struct refusal {
    uint32_t domid;
    int rc;
    const char *what;
};

static int refuse(libxl__gc *gc, void *opaque)
{
    const struct refusal *refusal = opaque;
    xc_domaininfo_t info;

    if (libxl__domain_info(gc, refusal->domid, &info))
        return refusal->rc == ERROR_INVAL ? ERROR_INVAL : ERROR_FAIL;
    return libxl__fail(gc->ctx, refusal->rc,
                       "domain %" PRIu32 " cannot be %s: Xen on Arm does not "
                       "support it",
                       refusal->domid, refusal->what);
}

int libxl_domain_suspend(libxl_ctx *ctx, uint32_t domid, int fd, int flags,
                         const libxl_asyncop_how *ao_how)
{
    struct refusal refusal = { domid, ERROR_GUEST_TIMEDOUT, "saved" };

    return libxl__ao_run_now(ctx, domid, ao_how, refuse, &refusal,
                             sizeof(refusal));
}

int libxl_domain_remus_start(libxl_ctx *ctx, libxl_domain_remus_info *info,
                             uint32_t domid, int send_fd, int recv_fd,
                             const libxl_asyncop_how *ao_how)
{
    struct refusal refusal = { domid, ERROR_FAIL, "replicated" };

    return libxl__ao_run_now(ctx, domid, ao_how, refuse, &refusal,
                             sizeof(refusal));
}

int libxl_domain_soft_reset(libxl_ctx *ctx, libxl_domain_config *d_config,
                            uint32_t domid, const libxl_asyncop_how *ao_how,
                            const libxl_asyncprogress_how *aop_console_how)
{
    struct refusal refusal = { domid, ERROR_INVAL, "reset" };

    return libxl__ao_run_now(ctx, domid, ao_how, refuse, &refusal,
                             sizeof(refusal));
}

static int refuse_restore(libxl__gc *gc, void *opaque)
{
    return libxl__fail(gc->ctx, ERROR_FAIL,
                       "no domain can be restored: Xen on Arm does not support "
                       "it");
}

int libxl_domain_create_restore(libxl_ctx *ctx, libxl_domain_config *d_config,
                                uint32_t *domid, int restore_fd,
                                int send_back_fd,
                                const libxl_domain_restore_params *params,
                                const libxl_asyncop_how *ao_how,
                                const libxl_asyncprogress_how *aop_console_how)
{
    return libxl__ao_run_now(ctx, 0, ao_how, refuse_restore, NULL, 0);
}
