/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Looks up a domain's scheduler through its cpupool, and reads and changes
 * what that scheduler gives the domain.
 */
#include "domain/scheduler.h"

#include <errno.h>
#include <inttypes.h>

#include "base/ctx.h"
#include "base/log.h"
#include "domain/info.h"

int libxl__domain_scheduler(libxl_ctx *ctx, uint32_t domid,
                            libxl_scheduler *scheduler_r)
{
    xc_cpupoolinfo_t *pool;
    xc_domaininfo_t info;
    int rc = libxl__domain_find(ctx, domid, &info);

    if (rc == ERROR_DOMAIN_NOTFOUND)
        libxl__error(ctx, "there is no domain %" PRIu32, domid);
    if (rc)
        return ERROR_INVAL;
    pool = xc_cpupool_getinfo(ctx->xch, info.cpupool);
    if (!pool || pool->cpupool_id != info.cpupool) {
        libxl__error(ctx, "cannot query cpupool %" PRIu32 " of domain %" PRIu32,
                     info.cpupool, domid);
        rc = ERROR_INVAL;
    } else {
        *scheduler_r = pool->sched_id;
    }
    if (pool)
        xc_cpupool_infofree(ctx->xch, pool);
    return rc;
}

void libxl__rtds_change(struct xen_domctl_sched_rtds *rtds, int period,
                        int budget, int extratime)
{
    if (period != LIBXL_DOMAIN_SCHED_PARAM_PERIOD_DEFAULT)
        rtds->period = period;
    if (budget != LIBXL_DOMAIN_SCHED_PARAM_BUDGET_DEFAULT)
        rtds->budget = budget;
    if (extratime != LIBXL_DOMAIN_SCHED_PARAM_EXTRATIME_DEFAULT) {
        rtds->flags &= ~XEN_DOMCTL_SCHEDRT_extra;
        if (extratime)
            rtds->flags |= XEN_DOMCTL_SCHEDRT_extra;
    }
}

/* A domain's parameters, by scheduler. */
union share {
    struct xen_domctl_sched_credit credit;
    struct xen_domctl_sched_credit2 credit2;
    struct xen_domctl_sched_rtds rtds;
};

static int fail(libxl_ctx *ctx, const char *verb, libxl_scheduler scheduler,
                uint32_t domid)
{
    return libxl__fail_errno(ctx, ERROR_FAIL,
                             "cannot %s what the %s scheduler gives domain "
                             "%" PRIu32,
                             verb, libxl_scheduler_to_string(scheduler), domid);
}

static int read_share(libxl_ctx *ctx, libxl_scheduler scheduler, uint32_t domid,
                      union share *share_r)
{
    int r;

    if (scheduler == LIBXL_SCHEDULER_CREDIT)
        r = xc_sched_credit_domain_get(ctx->xch, domid, &share_r->credit);
    else if (scheduler == LIBXL_SCHEDULER_CREDIT2)
        r = xc_sched_credit2_domain_get(ctx->xch, domid, &share_r->credit2);
    else
        r = xc_sched_rtds_domain_get(ctx->xch, domid, &share_r->rtds);
    return r ? fail(ctx, "ask for", scheduler, domid) : 0;
}

static int write_share(libxl_ctx *ctx, libxl_scheduler scheduler,
                       uint32_t domid, union share *share)
{
    int r;

    if (scheduler == LIBXL_SCHEDULER_CREDIT)
        r = xc_sched_credit_domain_set(ctx->xch, domid, &share->credit);
    else if (scheduler == LIBXL_SCHEDULER_CREDIT2)
        r = xc_sched_credit2_domain_set(ctx->xch, domid, &share->credit2);
    else
        r = xc_sched_rtds_domain_set(ctx->xch, domid, &share->rtds);
    return r ? fail(ctx, "set", scheduler, domid) : 0;
}

/*
 * Apply the weight and cap that params sets.  The cap is a percentage of one
 * CPU; 0 means no cap.
 */
static int change_weight(libxl_ctx *ctx, const xc_domaininfo_t *info,
                         const libxl_domain_sched_params *params,
                         uint16_t *weight, uint16_t *cap)
{
    int max_cap;

    if (params->weight != LIBXL_DOMAIN_SCHED_PARAM_WEIGHT_DEFAULT) {
        if (params->weight < 1 || params->weight > UINT16_MAX)
            return libxl__fail(ctx, ERROR_INVAL,
                               "the weight cannot be %d: choose 1 to %d",
                               params->weight, UINT16_MAX);
        *weight = params->weight;
    }
    if (params->cap != LIBXL_DOMAIN_SCHED_PARAM_CAP_DEFAULT) {
        max_cap = (info->max_vcpu_id + 1) * 100;
        if (params->cap < 0 || params->cap > max_cap)
            return libxl__fail(
                ctx, ERROR_INVAL,
                "the cap of domain %u cannot be %d: choose 0 for "
                "none, or up to %d, which is 100 for each vCPU",
                info->domain, params->cap, max_cap);
        *cap = params->cap;
    }
    return 0;
}

static int change_share(libxl_ctx *ctx, const xc_domaininfo_t *info,
                        libxl_scheduler scheduler,
                        const libxl_domain_sched_params *params,
                        union share *share)
{
    if (scheduler == LIBXL_SCHEDULER_CREDIT)
        return change_weight(ctx, info, params, &share->credit.weight,
                             &share->credit.cap);
    if (scheduler == LIBXL_SCHEDULER_CREDIT2)
        return change_weight(ctx, info, params, &share->credit2.weight,
                             &share->credit2.cap);
    libxl__rtds_change(&share->rtds, params->period, params->budget,
                       params->extratime);
    return 0;
}

static int set_share(libxl_ctx *ctx, const xc_domaininfo_t *info,
                     libxl_scheduler scheduler,
                     const libxl_domain_sched_params *params)
{
    union share share;
    int rc = read_share(ctx, scheduler, info->domain, &share);

    if (!rc)
        rc = change_share(ctx, info, scheduler, params, &share);
    if (!rc)
        rc = write_share(ctx, scheduler, info->domain, &share);
    return rc;
}

int libxl__sched_params_set(libxl_ctx *ctx, uint32_t domid,
                            const libxl_domain_sched_params *params)
{
    libxl_scheduler scheduler = params->sched;
    xc_domaininfo_t info;
    int rc;

    if (libxl__domain_find(ctx, domid, &info))
        return libxl__fail(ctx, ERROR_INVAL, "there is no domain %" PRIu32,
                           domid);
    if (scheduler == LIBXL_SCHEDULER_UNKNOWN) {
        rc = libxl__domain_scheduler(ctx, domid, &scheduler);
        if (rc)
            return rc;
    }
    switch (scheduler) {
    case LIBXL_SCHEDULER_CREDIT:
    case LIBXL_SCHEDULER_CREDIT2:
    case LIBXL_SCHEDULER_RTDS:
        return set_share(ctx, &info, scheduler, params);
    case LIBXL_SCHEDULER_ARINC653:
    case LIBXL_SCHEDULER_NULL:
        return 0; /* no parameters per domain */
    case LIBXL_SCHEDULER_SEDF:
        return libxl__fail(ctx, ERROR_FEATURE_REMOVED,
                           "this hypervisor has no sedf scheduler");
    default:
        return libxl__fail(ctx, ERROR_INVAL, "%d is no scheduler", scheduler);
    }
}

static int get_share(libxl_ctx *ctx, uint32_t domid, libxl_scheduler scheduler,
                     libxl_domain_sched_params *params)
{
    union share share;
    int rc = read_share(ctx, scheduler, domid, &share);

    if (rc)
        return rc;
    if (scheduler == LIBXL_SCHEDULER_CREDIT) {
        params->weight = share.credit.weight;
        params->cap = share.credit.cap;
    } else if (scheduler == LIBXL_SCHEDULER_CREDIT2) {
        params->weight = share.credit2.weight;
        params->cap = share.credit2.cap;
    } else {
        params->period = share.rtds.period;
        params->budget = share.rtds.budget;
    }
    return 0;
}

int libxl__sched_params_get(libxl_ctx *ctx, uint32_t domid,
                            libxl_domain_sched_params *params_r)
{
    libxl_scheduler scheduler;
    int rc = libxl__domain_scheduler(ctx, domid, &scheduler);

    if (rc)
        return rc;
    libxl_domain_sched_params_init(params_r);
    params_r->sched = scheduler;
    switch (scheduler) {
    case LIBXL_SCHEDULER_CREDIT:
    case LIBXL_SCHEDULER_CREDIT2:
    case LIBXL_SCHEDULER_RTDS:
        return get_share(ctx, domid, scheduler, params_r);
    case LIBXL_SCHEDULER_ARINC653:
    case LIBXL_SCHEDULER_NULL:
        return 0;
    default:
        return libxl__fail(ctx, ERROR_INVAL,
                           "domain %" PRIu32 " runs under a scheduler that is "
                           "not known here: %d",
                           domid, scheduler);
    }
}
