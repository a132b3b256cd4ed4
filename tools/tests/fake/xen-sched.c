/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Where domains run: vCPUs, cpupools and schedulers.
 */
#include "xen.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct fake_domain *begin(const char *name, uint32_t domid)
{
    return fake_call(name) ? NULL : fake_domain_of_call(domid);
}

int xc_vcpu_getinfo(xc_interface *xch, uint32_t domid, uint32_t vcpu,
                    xc_vcpuinfo_t *info)
{
    if (!begin(__func__, domid))
        return -1;
    *info = (xc_vcpuinfo_t) {
        .vcpu = vcpu,
        .online = !vcpu,
        .blocked = 1,
        .cpu_time = 100 + vcpu,
        .cpu = vcpu % FAKE_CPUS,
    };
    return 0;
}

int xc_vcpu_getaffinity(xc_interface *xch, uint32_t domid, int vcpu,
                        xc_cpumap_t cpumap_hard, xc_cpumap_t cpumap_soft,
                        uint32_t flags)
{
    struct fake_domain *domain = begin(__func__, domid);

    if (!domain)
        return -1;
    cpumap_hard[0] = domain->hard[vcpu];
    cpumap_soft[0] = domain->soft[vcpu];
    return 0;
}

/* What is given back is what counts: CPUs that there are. */
int xc_vcpu_setaffinity(xc_interface *xch, uint32_t domid, int vcpu,
                        xc_cpumap_t cpumap_hard_inout,
                        xc_cpumap_t cpumap_soft_inout, uint32_t flags)
{
    struct fake_domain *domain = begin(__func__, domid);
    uint8_t present = (1 << FAKE_CPUS) - 1;

    if (!domain)
        return -1;
    if (vcpu >= FAKE_VCPUS) {
        errno = EINVAL;
        return -1;
    }
    if (flags & XEN_VCPUAFFINITY_HARD) {
        if (!(cpumap_hard_inout[0] & present)) {
            errno = EINVAL;
            return -1;
        }
        domain->hard[vcpu] = cpumap_hard_inout[0];
        cpumap_hard_inout[0] &= present;
    }
    if (flags & XEN_VCPUAFFINITY_SOFT) {
        domain->soft[vcpu] = cpumap_soft_inout[0];
        cpumap_soft_inout[0] &= domain->hard[vcpu] & present;
    }
    return 0;
}

int xc_domain_node_setaffinity(xc_interface *xch, uint32_t domind,
                               xc_nodemap_t nodemap)
{
    struct fake_domain *domain = begin(__func__, domind);

    if (!domain)
        return -1;
    domain->nodes = nodemap[0];
    return 0;
}

int xc_domain_node_getaffinity(xc_interface *xch, uint32_t domind,
                               xc_nodemap_t nodemap)
{
    struct fake_domain *domain = begin(__func__, domind);

    if (!domain)
        return -1;
    nodemap[0] = domain->nodes;
    return 0;
}

static unsigned int domains_in(uint32_t poolid)
{
    unsigned int i, count = 0;

    for (i = 0; i < FAKE_DOMAINS; i++)
        count += fake_xen.domains[i].exists &&
                 fake_xen.domains[i].info.cpupool == poolid;
    return count;
}

static uint8_t free_cpus(void)
{
    uint8_t cpus = (1 << FAKE_CPUS) - 1;
    unsigned int i;

    for (i = 0; i < FAKE_POOLS; i++)
        if (fake_xen.pools[i].exists)
            cpus &= ~fake_xen.pools[i].cpus;
    return cpus;
}

static struct fake_pool *begin_pool(const char *name, uint32_t poolid)
{
    if (fake_call(name))
        return NULL;
    errno = ENOENT;
    return poolid < FAKE_POOLS && fake_xen.pools[poolid].exists
               ? &fake_xen.pools[poolid]
               : NULL;
}

int xc_cpupool_create(xc_interface *xch, uint32_t *ppoolid, uint32_t sched_id)
{
    uint32_t id = *ppoolid;

    if (fake_call(__func__))
        return -1;
    if (id == XC_CPUPOOL_POOLID_ANY)
        for (id = 0; id < FAKE_POOLS && fake_xen.pools[id].exists; id++)
            ;
    errno = id >= FAKE_POOLS ? ENOSPC : fake_xen.pools[id].exists ? EEXIST : 0;
    if (errno)
        return -1;
    fake_xen.pools[id] = (struct fake_pool) { true, sched_id, 0 };
    *ppoolid = id;
    return 0;
}

int xc_cpupool_destroy(xc_interface *xch, uint32_t poolid)
{
    struct fake_pool *pool = begin_pool(__func__, poolid);

    if (!pool)
        return -1;
    errno = EBUSY;
    if (pool->cpus || domains_in(poolid))
        return -1;
    pool->exists = false;
    return 0;
}

xc_cpupoolinfo_t *xc_cpupool_getinfo(xc_interface *xch, uint32_t poolid)
{
    xc_cpupoolinfo_t *info;

    if (fake_call(__func__))
        return NULL;
    while (poolid < FAKE_POOLS && !fake_xen.pools[poolid].exists)
        poolid++;
    errno = ENOENT;
    if (poolid >= FAKE_POOLS)
        return NULL;
    info = calloc(1, sizeof(*info));
    info->cpupool_id = poolid;
    info->sched_id = fake_xen.pools[poolid].scheduler;
    info->n_dom = domains_in(poolid);
    info->cpumap = calloc(1, 1);
    info->cpumap[0] = fake_xen.pools[poolid].cpus;
    return info;
}

void xc_cpupool_infofree(xc_interface *xch, xc_cpupoolinfo_t *info)
{
    free(info->cpumap);
    free(info);
}

xc_cpumap_t xc_cpupool_freeinfo(xc_interface *xch)
{
    xc_cpumap_t map;

    if (fake_call(__func__))
        return NULL;
    map = calloc(1, 1);
    map[0] = free_cpus();
    return map;
}

int xc_cpupool_addcpu(xc_interface *xch, uint32_t poolid, int cpu)
{
    struct fake_pool *pool = begin_pool(__func__, poolid);

    if (!pool)
        return -1;
    errno = ENODEV;
    if (!(free_cpus() & 1 << cpu))
        return -1;
    pool->cpus |= 1 << cpu;
    return 0;
}

/* The last CPU stays while there are domains. */
int xc_cpupool_removecpu(xc_interface *xch, uint32_t poolid, int cpu)
{
    struct fake_pool *pool = begin_pool(__func__, poolid);

    if (!pool)
        return -1;
    errno = pool->cpus & 1 << cpu ? EBUSY : ENODEV;
    if (errno == ENODEV || (pool->cpus == 1 << cpu && domains_in(poolid)))
        return -1;
    pool->cpus &= ~(1 << cpu);
    return 0;
}

int xc_cpupool_movedomain(xc_interface *xch, uint32_t poolid, uint32_t domid)
{
    struct fake_pool *pool = begin_pool(__func__, poolid);
    struct fake_domain *domain = fake_domain(domid);

    if (!pool || !domain)
        return -1;
    domain->info.cpupool = poolid;
    return 0;
}

int xc_sched_id(xc_interface *xch, int *sched_id)
{
    if (fake_call(__func__))
        return -1;
    *sched_id = fake_xen.pools[0].scheduler;
    return 0;
}

int xc_sched_credit_params_get(xc_interface *xch, uint32_t cpupool_id,
                               struct xen_sysctl_credit_schedule *schedule)
{
    if (!begin_pool(__func__, cpupool_id))
        return -1;
    *schedule = fake_xen.credit;
    return 0;
}

int xc_sched_credit_params_set(xc_interface *xch, uint32_t cpupool_id,
                               struct xen_sysctl_credit_schedule *schedule)
{
    if (!begin_pool(__func__, cpupool_id))
        return -1;
    fake_xen.credit = *schedule;
    return 0;
}

int xc_sched_credit2_params_get(xc_interface *xch, uint32_t cpupool_id,
                                struct xen_sysctl_credit2_schedule *schedule)
{
    if (!begin_pool(__func__, cpupool_id))
        return -1;
    *schedule = fake_xen.credit2;
    return 0;
}

int xc_sched_credit2_params_set(xc_interface *xch, uint32_t cpupool_id,
                                struct xen_sysctl_credit2_schedule *schedule)
{
    if (!begin_pool(__func__, cpupool_id))
        return -1;
    fake_xen.credit2 = *schedule;
    return 0;
}

int xc_sched_credit_domain_get(xc_interface *xch, uint32_t domid,
                               struct xen_domctl_sched_credit *sdom)
{
    struct fake_domain *domain = begin(__func__, domid);

    if (!domain)
        return -1;
    *sdom = domain->credit;
    return 0;
}

int xc_sched_credit_domain_set(xc_interface *xch, uint32_t domid,
                               struct xen_domctl_sched_credit *sdom)
{
    struct fake_domain *domain = begin(__func__, domid);

    if (!domain)
        return -1;
    domain->credit = *sdom;
    return 0;
}

int xc_sched_credit2_domain_get(xc_interface *xch, uint32_t domid,
                                struct xen_domctl_sched_credit2 *sdom)
{
    struct fake_domain *domain = begin(__func__, domid);

    if (!domain)
        return -1;
    *sdom = domain->credit2;
    return 0;
}

int xc_sched_credit2_domain_set(xc_interface *xch, uint32_t domid,
                                struct xen_domctl_sched_credit2 *sdom)
{
    struct fake_domain *domain = begin(__func__, domid);

    if (!domain)
        return -1;
    domain->credit2 = *sdom;
    return 0;
}

int xc_sched_rtds_domain_get(xc_interface *xch, uint32_t domid,
                             struct xen_domctl_sched_rtds *sdom)
{
    struct fake_domain *domain = begin(__func__, domid);

    if (!domain)
        return -1;
    *sdom = domain->rtds[0].u.rtds;
    return 0;
}

int xc_sched_rtds_domain_set(xc_interface *xch, uint32_t domid,
                             struct xen_domctl_sched_rtds *sdom)
{
    struct fake_domain *domain = begin(__func__, domid);
    unsigned int i;

    if (!domain)
        return -1;
    for (i = 0; i < FAKE_VCPUS; i++)
        domain->rtds[i].u.rtds = *sdom;
    return 0;
}

int xc_sched_rtds_vcpu_get(xc_interface *xch, uint32_t domid,
                           struct xen_domctl_schedparam_vcpu *vcpus,
                           uint32_t num_vcpus)
{
    struct fake_domain *domain = begin(__func__, domid);
    uint32_t i;

    if (!domain)
        return -1;
    for (i = 0; i < num_vcpus; i++)
        vcpus[i] = domain->rtds[vcpus[i].vcpuid];
    return 0;
}

int xc_sched_rtds_vcpu_set(xc_interface *xch, uint32_t domid,
                           struct xen_domctl_schedparam_vcpu *vcpus,
                           uint32_t num_vcpus)
{
    struct fake_domain *domain = begin(__func__, domid);
    uint32_t i;

    if (!domain)
        return -1;
    for (i = 0; i < num_vcpus; i++)
        domain->rtds[vcpus[i].vcpuid] = vcpus[i];
    return 0;
}
