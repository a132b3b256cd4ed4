/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The CPUs that a domain's vCPUs may (hard) and should (soft) run on, and the
 * NUMA nodes that its memory comes from.
 */
#ifndef LIBXL_DOMAIN_AFFINITY_H
#define LIBXL_DOMAIN_AFFINITY_H

#include <libxl.h>

/*
 * Sets the affinity of one vCPU.  One of hard and soft may be NULL: it stays
 * as it is.  flags may be XEN_VCPUAFFINITY_FORCE.  Logs its errors.
 */
int libxl__vcpu_affinity_set(libxl_ctx *ctx, uint32_t domid, uint32_t vcpu,
                             const libxl_bitmap *hard, const libxl_bitmap *soft,
                             uint32_t flags);

/* Sets the NUMA nodes of the domain.  Logs its errors. */
int libxl__node_affinity_set(libxl_ctx *ctx, uint32_t domid,
                             const libxl_bitmap *nodemap);

#endif
