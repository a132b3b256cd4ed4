/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Scheduler parameters of single vCPUs, which only rtds has.
 */
#include <inttypes.h>
#include <stdlib.h>

#include <libxl.h>

#include "base/ctx.h"
#include "base/log.h"
#include "base/memory.h"
#include "domain/info.h"
#include "domain/scheduler.h"

/* Return 0 and the number of the domain's vCPUs if its scheduler is rtds. */
static int begin(libxl_ctx *ctx, uint32_t domid, libxl_scheduler scheduler,
                 unsigned int *vcpus_r)
{
    xc_domaininfo_t info;
    int rc;

    if (scheduler == LIBXL_SCHEDULER_UNKNOWN) {
        rc = libxl__domain_scheduler(ctx, domid, &scheduler);
        if (rc)
            return rc;
    }
    if (scheduler != LIBXL_SCHEDULER_RTDS)
        return libxl__fail(
            ctx, ERROR_INVAL,
            "the %s scheduler knows no parameters of single vCPUs",
            libxl_scheduler_to_string(scheduler) ?: "unknown");
    rc = libxl__domain_find(ctx, domid, &info);
    if (rc)
        return libxl__fail(ctx, ERROR_INVAL, "there is no domain %" PRIu32,
                           domid);
    *vcpus_r = info.max_vcpu_id + 1;
    return 0;
}

static int check_vcpu(libxl_ctx *ctx, uint32_t domid, int vcpu,
                      unsigned int vcpus)
{
    if (vcpu >= 0 && (unsigned int)vcpu < vcpus)
        return 0;
    return libxl__fail(ctx, ERROR_INVAL,
                       "domain %" PRIu32 " has no vCPU %d: it has %u", domid,
                       vcpu, vcpus);
}

static int fail(libxl_ctx *ctx, const char *verb, uint32_t domid)
{
    return libxl__fail_errno(
        ctx, ERROR_FAIL,
        "cannot %s what the rtds scheduler gives the vCPUs of "
        "domain %" PRIu32,
        verb, domid);
}

static void take_share(const struct xen_domctl_schedparam_vcpu *from,
                       libxl_sched_params *to)
{
    to->vcpuid = from->vcpuid;
    to->period = from->u.rtds.period;
    to->budget = from->u.rtds.budget;
    to->extratime = !!(from->u.rtds.flags & XEN_DOMCTL_SCHEDRT_extra);
}

static void change_share(const libxl_sched_params *from,
                         struct xen_domctl_schedparam_vcpu *to)
{
    libxl__rtds_change(&to->u.rtds, from->period, from->budget,
                       from->extratime);
}

/* Read the parameters of the vCPUs that params names. */
static int read_named(libxl__gc *gc, uint32_t domid,
                      const libxl_vcpu_sched_params *params, unsigned int vcpus,
                      struct xen_domctl_schedparam_vcpu **shares_r)
{
    int i, rc;

    if (params->num_vcpus < 1)
        return libxl__fail(gc->ctx, ERROR_INVAL,
                           "no vCPU of domain %" PRIu32 " is named", domid);
    *shares_r = libxl__calloc(gc, params->num_vcpus, sizeof(**shares_r));
    for (i = 0; i < params->num_vcpus; i++) {
        rc = check_vcpu(gc->ctx, domid, params->vcpus[i].vcpuid, vcpus);
        if (rc)
            return rc;
        (*shares_r)[i].vcpuid = params->vcpus[i].vcpuid;
    }
    if (xc_sched_rtds_vcpu_get(gc->ctx->xch, domid, *shares_r,
                               params->num_vcpus))
        return fail(gc->ctx, "ask for", domid);
    return 0;
}

static int read_all(libxl__gc *gc, uint32_t domid, unsigned int vcpus,
                    struct xen_domctl_schedparam_vcpu **shares_r)
{
    unsigned int i;

    *shares_r = libxl__calloc(gc, vcpus, sizeof(**shares_r));
    for (i = 0; i < vcpus; i++)
        (*shares_r)[i].vcpuid = i;
    if (xc_sched_rtds_vcpu_get(gc->ctx->xch, domid, *shares_r, vcpus))
        return fail(gc->ctx, "ask for", domid);
    return 0;
}

int libxl_vcpu_sched_params_get(libxl_ctx *ctx, uint32_t domid,
                                libxl_vcpu_sched_params *params)
{
    struct xen_domctl_schedparam_vcpu *shares;
    unsigned int vcpus;
    LIBXL__GC(gc, ctx);
    int i, rc;

    rc = begin(ctx, domid, LIBXL_SCHEDULER_UNKNOWN, &vcpus);
    if (!rc)
        rc = read_named(gc, domid, params, vcpus, &shares);
    if (!rc) {
        params->sched = LIBXL_SCHEDULER_RTDS;
        for (i = 0; i < params->num_vcpus; i++)
            take_share(&shares[i], &params->vcpus[i]);
    }
    return rc;
}

/* params->vcpus comes from malloc. */
int libxl_vcpu_sched_params_get_all(libxl_ctx *ctx, uint32_t domid,
                                    libxl_vcpu_sched_params *params)
{
    struct xen_domctl_schedparam_vcpu *shares;
    unsigned int i, vcpus;
    LIBXL__GC(gc, ctx);
    int rc;

    rc = begin(ctx, domid, LIBXL_SCHEDULER_UNKNOWN, &vcpus);
    if (!rc)
        rc = read_all(gc, domid, vcpus, &shares);
    if (!rc) {
        params->sched = LIBXL_SCHEDULER_RTDS;
        params->num_vcpus = vcpus;
        params->vcpus = libxl__calloc_nogc(vcpus, sizeof(*params->vcpus));
        for (i = 0; i < vcpus; i++) {
            libxl_sched_params_init(&params->vcpus[i]);
            take_share(&shares[i], &params->vcpus[i]);
        }
    }
    return rc;
}

int libxl_vcpu_sched_params_set(libxl_ctx *ctx, uint32_t domid,
                                const libxl_vcpu_sched_params *params)
{
    struct xen_domctl_schedparam_vcpu *shares;
    unsigned int vcpus;
    LIBXL__GC(gc, ctx);
    int i, rc;

    rc = begin(ctx, domid, params->sched, &vcpus);
    if (!rc)
        rc = read_named(gc, domid, params, vcpus, &shares);
    if (!rc) {
        for (i = 0; i < params->num_vcpus; i++)
            change_share(&params->vcpus[i], &shares[i]);
        if (xc_sched_rtds_vcpu_set(ctx->xch, domid, shares, params->num_vcpus))
            rc = fail(ctx, "set", domid);
    }
    return rc;
}

/* params has one element, which applies to all vCPUs of the domain. */
int libxl_vcpu_sched_params_set_all(libxl_ctx *ctx, uint32_t domid,
                                    const libxl_vcpu_sched_params *params)
{
    struct xen_domctl_schedparam_vcpu *shares;
    unsigned int i, vcpus;
    LIBXL__GC(gc, ctx);
    int rc;

    rc = begin(ctx, domid, params->sched, &vcpus);
    if (!rc && params->num_vcpus != 1) {
        libxl__error(ctx,
                     "parameters for all vCPUs of domain %" PRIu32
                     " must be given once, not %d times",
                     domid, params->num_vcpus);
        rc = ERROR_INVAL;
    }
    if (!rc)
        rc = read_all(gc, domid, vcpus, &shares);
    if (!rc) {
        for (i = 0; i < vcpus; i++)
            change_share(&params->vcpus[0], &shares[i]);
        if (xc_sched_rtds_vcpu_set(ctx->xch, domid, shares, vcpus))
            rc = fail(ctx, "set", domid);
    }
    return rc;
}
