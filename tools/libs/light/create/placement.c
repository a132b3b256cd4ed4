/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Affinity and scheduler parameters of a new domain.  Makes no hypercall for
 * what the configuration does not set.
 */
#include "base/log.h"
#include "create/creation.h"
#include "domain/affinity.h"
#include "domain/scheduler.h"

/* The map for one vCPU; NULL if the configuration has none. */
static const libxl_bitmap *map_of(const libxl_bitmap *maps, int count, int vcpu)
{
    return vcpu < count && maps[vcpu].size ? &maps[vcpu] : NULL;
}

static int place_vcpu(struct libxl__creation *creation, int vcpu)
{
    const libxl_domain_build_info *b_info = &creation->config.b_info;
    const libxl_bitmap *hard = map_of(b_info->vcpu_hard_affinity,
                                      b_info->num_vcpu_hard_affinity, vcpu);
    const libxl_bitmap *soft = map_of(b_info->vcpu_soft_affinity,
                                      b_info->num_vcpu_soft_affinity, vcpu);

    if (!hard && b_info->cpumap.size)
        hard = &b_info->cpumap;
    if (!hard && !soft)
        return 0;
    return libxl__vcpu_affinity_set(creation->ctx, creation->domid, vcpu, hard,
                                    soft, 0);
}

static bool asks_for_scheduling(const libxl_domain_sched_params *params)
{
    return params->weight != LIBXL_DOMAIN_SCHED_PARAM_WEIGHT_DEFAULT ||
           params->cap != LIBXL_DOMAIN_SCHED_PARAM_CAP_DEFAULT ||
           params->period != LIBXL_DOMAIN_SCHED_PARAM_PERIOD_DEFAULT ||
           params->budget != LIBXL_DOMAIN_SCHED_PARAM_BUDGET_DEFAULT ||
           params->extratime != LIBXL_DOMAIN_SCHED_PARAM_EXTRATIME_DEFAULT;
}

int libxl__placement_do(struct libxl__creation *creation)
{
    const libxl_domain_build_info *b_info = &creation->config.b_info;
    int vcpu, rc;

    for (vcpu = 0; vcpu < b_info->max_vcpus; vcpu++) {
        rc = place_vcpu(creation, vcpu);
        if (rc)
            return rc;
    }
    if (b_info->nodemap.size && !libxl_bitmap_is_empty(&b_info->nodemap)) {
        rc = libxl__node_affinity_set(creation->ctx, creation->domid,
                                      &b_info->nodemap);
        if (rc)
            return rc;
    }
    if (!asks_for_scheduling(&b_info->sched_params))
        return 0;
    return libxl__sched_params_set(creation->ctx, creation->domid,
                                   &b_info->sched_params);
}
