/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The scheduler that a domain runs under, and its parameters.
 */
#ifndef LIBXL_DOMAIN_SCHEDULER_H
#define LIBXL_DOMAIN_SCHEDULER_H

#include <libxl.h>
#include <xenctrl.h>

/*
 * Get the scheduler of the domain's cpupool.  Returns ERROR_INVAL, logged, if
 * there is no such domain.
 */
int libxl__domain_scheduler(libxl_ctx *ctx, uint32_t domid,
                            libxl_scheduler *scheduler_r);

/*
 * See libxl_domain_sched_params_set and _get.  Parameters that are
 * LIBXL_…_DEFAULT stay unchanged.
 */
int libxl__sched_params_set(libxl_ctx *ctx, uint32_t domid,
                            const libxl_domain_sched_params *params);
int libxl__sched_params_get(libxl_ctx *ctx, uint32_t domid,
                            libxl_domain_sched_params *params_r);

/* Set those parameters, in microseconds, that are not LIBXL_…_DEFAULT. */
void libxl__rtds_change(struct xen_domctl_sched_rtds *rtds, int period,
                        int budget, int extratime);

#endif
