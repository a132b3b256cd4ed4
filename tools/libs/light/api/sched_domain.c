/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Scheduler parameters of a domain. sched_vcpu.c has those of single vCPUs.
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
