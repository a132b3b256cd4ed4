/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * A domain's share of the CPUs.  For a scheduler that knows a share for each
 * vCPU, see sched_vcpu.c as well.
 */
#include <inttypes.h>

#include <libxl.h>

#include "base/ctx.h"
#include "base/log.h"
#include "domain/info.h"
#include "domain/scheduler.h"

/* What credit and credit2 have in common. */
struct share {
    uint16_t weight;
    uint16_t cap; /* per cent of one CPU; 0 is no cap */
};

/* The fields of share that params asks for; the others stay as they are. */
static int change_share(libxl_ctx *ctx, const xc_domaininfo_t *info,
                        const libxl_domain_sched_params *params,
                        struct share *share)
{
    int max_cap;

    if (params->weight != LIBXL_DOMAIN_SCHED_PARAM_WEIGHT_DEFAULT) {
        if (params->weight < 1 || params->weight > UINT16_MAX) {
            libxl__error(ctx, "the weight cannot be %d: choose 1 to %d",
                         params->weight, UINT16_MAX);
            return ERROR_INVAL;
        }
        share->weight = params->weight;
    }
    if (params->cap != LIBXL_DOMAIN_SCHED_PARAM_CAP_DEFAULT) {
        max_cap = (info->max_vcpu_id + 1) * 100;
        if (params->cap < 0 || params->cap > max_cap) {
            libxl__error(ctx,
                         "the cap of domain %u cannot be %d: choose 0 for "
                         "none, or up to %d, which is 100 for each vCPU",
                         info->domain, params->cap, max_cap);
            return ERROR_INVAL;
        }
        share->cap = params->cap;
    }
    return 0;
}

static int fail_get(libxl_ctx *ctx, uint32_t domid, const char *scheduler)
{
    libxl__error_errno(ctx,
                       "cannot ask for what the %s scheduler gives domain "
                       "%" PRIu32,
                       scheduler, domid);
    return ERROR_FAIL;
}

static int fail_set(libxl_ctx *ctx, uint32_t domid, const char *scheduler)
{
    libxl__error_errno(ctx,
                       "cannot set what the %s scheduler gives domain "
                       "%" PRIu32,
                       scheduler, domid);
    return ERROR_FAIL;
}

static int set_credit(libxl_ctx *ctx, const xc_domaininfo_t *info,
                      const libxl_domain_sched_params *params)
{
    struct xen_domctl_sched_credit domain;
    struct share share;
    int rc;

    if (xc_sched_credit_domain_get(ctx->xch, info->domain, &domain))
        return fail_get(ctx, info->domain, "credit");
    share = (struct share) { domain.weight, domain.cap };
    rc = change_share(ctx, info, params, &share);
    if (rc)
        return rc;
    domain.weight = share.weight;
    domain.cap = share.cap;
    if (xc_sched_credit_domain_set(ctx->xch, info->domain, &domain))
        return fail_set(ctx, info->domain, "credit");
    return 0;
}

static int set_credit2(libxl_ctx *ctx, const xc_domaininfo_t *info,
                       const libxl_domain_sched_params *params)
{
    struct xen_domctl_sched_credit2 domain;
    struct share share;
    int rc;

    if (xc_sched_credit2_domain_get(ctx->xch, info->domain, &domain))
        return fail_get(ctx, info->domain, "credit2");
    share = (struct share) { domain.weight, domain.cap };
    rc = change_share(ctx, info, params, &share);
    if (rc)
        return rc;
    domain.weight = share.weight;
    domain.cap = share.cap;
    if (xc_sched_credit2_domain_set(ctx->xch, info->domain, &domain))
        return fail_set(ctx, info->domain, "credit2");
    return 0;
}

static int set_rtds(libxl_ctx *ctx, const xc_domaininfo_t *info,
                    const libxl_domain_sched_params *params)
{
    struct xen_domctl_sched_rtds domain;

    if (xc_sched_rtds_domain_get(ctx->xch, info->domain, &domain))
        return fail_get(ctx, info->domain, "rtds");
    if (params->period != LIBXL_DOMAIN_SCHED_PARAM_PERIOD_DEFAULT)
        domain.period = params->period;
    if (params->budget != LIBXL_DOMAIN_SCHED_PARAM_BUDGET_DEFAULT)
        domain.budget = params->budget;
    if (params->extratime != LIBXL_DOMAIN_SCHED_PARAM_EXTRATIME_DEFAULT) {
        domain.flags &= ~XEN_DOMCTL_SCHEDRT_extra;
        if (params->extratime)
            domain.flags |= XEN_DOMCTL_SCHEDRT_extra;
    }
    if (xc_sched_rtds_domain_set(ctx->xch, info->domain, &domain))
        return fail_set(ctx, info->domain, "rtds");
    return 0;
}

int libxl_domain_sched_params_set(libxl_ctx *ctx, uint32_t domid,
                                  const libxl_domain_sched_params *params)
{
    libxl_scheduler scheduler = params->sched;
    xc_domaininfo_t info;
    int rc;

    if (libxl__domain_find(ctx, domid, &info)) {
        libxl__error(ctx, "there is no domain %" PRIu32, domid);
        return ERROR_INVAL;
    }
    if (scheduler == LIBXL_SCHEDULER_UNKNOWN) {
        rc = libxl__domain_scheduler(ctx, domid, &scheduler);
        if (rc)
            return rc;
    }
    switch (scheduler) {
    case LIBXL_SCHEDULER_CREDIT:
        return set_credit(ctx, &info, params);
    case LIBXL_SCHEDULER_CREDIT2:
        return set_credit2(ctx, &info, params);
    case LIBXL_SCHEDULER_RTDS:
        return set_rtds(ctx, &info, params);
    case LIBXL_SCHEDULER_ARINC653:
    case LIBXL_SCHEDULER_NULL:
        return 0; /* they have nothing that could be set for a domain */
    case LIBXL_SCHEDULER_SEDF:
        libxl__error(ctx, "this hypervisor has no sedf scheduler");
        return ERROR_FEATURE_REMOVED;
    default:
        libxl__error(ctx, "%d is no scheduler", scheduler);
        return ERROR_INVAL;
    }
}

static int get_credit(libxl_ctx *ctx, uint32_t domid,
                      libxl_domain_sched_params *params)
{
    struct xen_domctl_sched_credit domain;

    if (xc_sched_credit_domain_get(ctx->xch, domid, &domain))
        return fail_get(ctx, domid, "credit");
    params->weight = domain.weight;
    params->cap = domain.cap;
    return 0;
}

static int get_credit2(libxl_ctx *ctx, uint32_t domid,
                       libxl_domain_sched_params *params)
{
    struct xen_domctl_sched_credit2 domain;

    if (xc_sched_credit2_domain_get(ctx->xch, domid, &domain))
        return fail_get(ctx, domid, "credit2");
    params->weight = domain.weight;
    params->cap = domain.cap;
    return 0;
}

static int get_rtds(libxl_ctx *ctx, uint32_t domid,
                    libxl_domain_sched_params *params)
{
    struct xen_domctl_sched_rtds domain;

    if (xc_sched_rtds_domain_get(ctx->xch, domid, &domain))
        return fail_get(ctx, domid, "rtds");
    params->period = domain.period;
    params->budget = domain.budget;
    return 0;
}

int libxl_domain_sched_params_get(libxl_ctx *ctx, uint32_t domid,
                                  libxl_domain_sched_params *params)
{
    libxl_scheduler scheduler;
    int rc = libxl__domain_scheduler(ctx, domid, &scheduler);

    if (rc)
        return rc;
    libxl_domain_sched_params_init(params);
    params->sched = scheduler;
    switch (scheduler) {
    case LIBXL_SCHEDULER_CREDIT:
        return get_credit(ctx, domid, params);
    case LIBXL_SCHEDULER_CREDIT2:
        return get_credit2(ctx, domid, params);
    case LIBXL_SCHEDULER_RTDS:
        return get_rtds(ctx, domid, params);
    case LIBXL_SCHEDULER_ARINC653:
    case LIBXL_SCHEDULER_NULL:
        return 0;
    default:
        libxl__error(ctx,
                     "domain %" PRIu32 " runs under a scheduler that is "
                     "not known here: %d",
                     domid, scheduler);
        return ERROR_INVAL;
    }
}
