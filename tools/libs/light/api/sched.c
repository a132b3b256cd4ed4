/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The scheduler, and parameters of a whole cpupool. sched_domain.c has those of
 * a domain.
 */
#include <inttypes.h>

#include <libxl.h>

#include "base/ctx.h"
#include "base/log.h"

int libxl_get_scheduler(libxl_ctx *ctx)
{
    int scheduler;

    if (xc_sched_id(ctx->xch, &scheduler))
        return libxl__fail_errno(ctx, ERROR_FAIL, "cannot read the scheduler");
    return scheduler;
}

static int fail(libxl_ctx *ctx, const char *verb, const char *scheduler,
                uint32_t poolid)
{
    return libxl__fail_errno(ctx, ERROR_FAIL,
                             "cannot %s the %s scheduler of cpupool %" PRIu32,
                             verb, scheduler, poolid);
}

/* 0 turns rate limiting off. */
static int check_ratelimit(libxl_ctx *ctx, int ratelimit_us)
{
    if (!ratelimit_us || (ratelimit_us >= XEN_SYSCTL_SCHED_RATELIMIT_MIN &&
                          ratelimit_us <= XEN_SYSCTL_SCHED_RATELIMIT_MAX))
        return 0;
    return libxl__fail(
        ctx, ERROR_INVAL,
        "the rate limit cannot be %d us: choose 0 for none, or %d "
        "to %d us",
        ratelimit_us, XEN_SYSCTL_SCHED_RATELIMIT_MIN,
        XEN_SYSCTL_SCHED_RATELIMIT_MAX);
}

static int check_credit(libxl_ctx *ctx, const libxl_sched_credit_params *params)
{
    if (params->tslice_ms < XEN_SYSCTL_CSCHED_TSLICE_MIN ||
        params->tslice_ms > XEN_SYSCTL_CSCHED_TSLICE_MAX)
        return libxl__fail(ctx, ERROR_INVAL,
                           "the time slice cannot be %d ms: choose %d to %d ms",
                           params->tslice_ms, XEN_SYSCTL_CSCHED_TSLICE_MIN,
                           XEN_SYSCTL_CSCHED_TSLICE_MAX);
    if (check_ratelimit(ctx, params->ratelimit_us))
        return ERROR_INVAL;
    if (params->ratelimit_us > params->tslice_ms * 1000)
        return libxl__fail(
            ctx, ERROR_INVAL,
            "the rate limit of %d us cannot be longer than the time "
            "slice of %d ms",
            params->ratelimit_us, params->tslice_ms);
    if (params->vcpu_migr_delay_us < 0 ||
        params->vcpu_migr_delay_us > XEN_SYSCTL_CSCHED_MGR_DLY_MAX_US) {
        libxl__error(
            ctx, "the migration delay cannot be %d us: choose 0 to %d us",
            params->vcpu_migr_delay_us, XEN_SYSCTL_CSCHED_MGR_DLY_MAX_US);
        return ERROR_INVAL;
    }
    return 0;
}

static void take_credit(const struct xen_sysctl_credit_schedule *from,
                        libxl_sched_credit_params *to)
{
    to->tslice_ms = from->tslice_ms;
    to->ratelimit_us = from->ratelimit_us;
    to->vcpu_migr_delay_us = from->vcpu_migr_delay_us;
}

int libxl_sched_credit_params_get(libxl_ctx *ctx, uint32_t poolid,
                                  libxl_sched_credit_params *scinfo)
{
    struct xen_sysctl_credit_schedule params;

    if (xc_sched_credit_params_get(ctx->xch, poolid, &params))
        return fail(ctx, "ask for", "credit", poolid);
    take_credit(&params, scinfo);
    return 0;
}

/* On success scinfo holds the values that the hypervisor chose. */
int libxl_sched_credit_params_set(libxl_ctx *ctx, uint32_t poolid,
                                  libxl_sched_credit_params *scinfo)
{
    struct xen_sysctl_credit_schedule params = {
        .tslice_ms = scinfo->tslice_ms,
        .ratelimit_us = scinfo->ratelimit_us,
        .vcpu_migr_delay_us = scinfo->vcpu_migr_delay_us,
    };
    int rc = check_credit(ctx, scinfo);

    if (rc)
        return rc;
    if (xc_sched_credit_params_set(ctx->xch, poolid, &params))
        return fail(ctx, "set", "credit", poolid);
    take_credit(&params, scinfo);
    return 0;
}

int libxl_sched_credit2_params_get(libxl_ctx *ctx, uint32_t poolid,
                                   libxl_sched_credit2_params *scinfo)
{
    struct xen_sysctl_credit2_schedule params;

    if (xc_sched_credit2_params_get(ctx->xch, poolid, &params))
        return fail(ctx, "ask for", "credit2", poolid);
    scinfo->ratelimit_us = params.ratelimit_us;
    return 0;
}

int libxl_sched_credit2_params_set(libxl_ctx *ctx, uint32_t poolid,
                                   libxl_sched_credit2_params *scinfo)
{
    struct xen_sysctl_credit2_schedule params = {
        .ratelimit_us = scinfo->ratelimit_us,
    };
    int rc = check_ratelimit(ctx, scinfo->ratelimit_us);

    if (rc)
        return rc;
    if (xc_sched_credit2_params_set(ctx->xch, poolid, &params))
        return fail(ctx, "set", "credit2", poolid);
    scinfo->ratelimit_us = params.ratelimit_us;
    return 0;
}
