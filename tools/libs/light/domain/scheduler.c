/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * From a domain to its cpupool to that one's scheduler.
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
        libxl__error(ctx,
                     "cannot ask for cpupool %" PRIu32 " of domain %" PRIu32,
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
