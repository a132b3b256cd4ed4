/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * A domain's share of the CPUs.  For a scheduler that knows a share for each
 * vCPU, see sched_vcpu.c as well.
 */
#include <libxl.h>

#include "domain/scheduler.h"

int libxl_domain_sched_params_set(libxl_ctx *ctx, uint32_t domid,
                                  const libxl_domain_sched_params *params)
{
    return libxl__sched_params_set(ctx, domid, params);
}

int libxl_domain_sched_params_get(libxl_ctx *ctx, uint32_t domid,
                                  libxl_domain_sched_params *params)
{
    return libxl__sched_params_get(ctx, domid, params);
}
