/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * A hypervisor of the test's own, behind the functions of libxenctrl,
 * libxenguest and libxenhypfs that the library calls: four CPUs, two NUMA
 * nodes, domains with what creation gives them, cpupools and schedulers.
 *
 * The types are those of the release's public headers, as an Arm64 host has
 * them.
 */
#ifndef FAKE_XEN_H
#define FAKE_XEN_H

#include <stdbool.h>
#include <stdint.h>

#include <xenctrl.h>

#include <xen/hvm/params.h>

enum {
    FAKE_CPUS = 4,
    FAKE_NODES = 2,
    FAKE_VCPUS = 128,
    FAKE_DOMAINS = 80,
    FAKE_POOLS = 8,
    FAKE_LIST = 16,
    FAKE_TOTAL_PAGES = 1 << 20,
};

struct fake_range {
    uint64_t gfn, mfn, pages;
};

struct fake_domain {
    bool exists;
    xc_domaininfo_t info;
    struct xen_domctl_createdomain created;
    unsigned int ports;
    uint64_t paging_bytes;
    uint64_t params[HVM_NR_PARAMS];
    uint8_t hard[FAKE_VCPUS], soft[FAKE_VCPUS], nodes;
    struct fake_range iomem[FAKE_LIST];
    unsigned int iomem_count;
    uint32_t irqs[FAKE_LIST];
    unsigned int irq_count;
    bool booted, has_vuart;
    uint32_t trigger, trigger_vcpu;
    struct xen_domctl_sched_credit credit;
    struct xen_domctl_sched_credit2 credit2;
    struct xen_domctl_schedparam_vcpu rtds[FAKE_VCPUS];
};

struct fake_pool {
    bool exists;
    uint32_t scheduler;
    uint8_t cpus;
};

/* What the hypervisor has, for tests to look at and to change. */
struct fake_xen {
    struct fake_domain domains[FAKE_DOMAINS]; /* by number */
    struct fake_pool pools[FAKE_POOLS];
    uint64_t total_pages;
    uint32_t capabilities; /* XEN_SYSCTL_PHYSCAP_… */
    bool has_flask;        /* its one label is "a_label", of number 7 */
    int enforcing;
    bool has_sharing;
    const char *kernel_type; /* the guest type that the builder finds */
    unsigned int dying_for;  /* so often a destroyed domain is still listed */
    bool goes_on; /* a new domain gets another number than those before */
    uint32_t newest;
    struct xen_sysctl_credit_schedule credit;
    struct xen_sysctl_credit2_schedule credit2;
    const char *messages; /* those of its console */
    char keys[16], parameter[64];
    bool has_pci_iommu;
    unsigned int quarantined; /* PCI devices of DOMID_IO */
    char dt_devices[128];     /* assigned: "+/path ", taken back: "-/path " */
    unsigned int builders;    /* those that were not released */
    int log_errors;           /* of the builder, as an error */
    char tree[65536];         /* the last device tree that was put in place */
    unsigned int tree_size;
};

extern struct fake_xen fake_xen;

/* Dom0 alone, with no failure planned. */
void fake_xen_reset(void);

/* NULL where there is none. */
struct fake_domain *fake_domain(uint32_t domid);

/* A domain that nobody created by the library: number, flags, name of none. */
struct fake_domain *fake_domain_add(uint32_t domid, uint32_t flags);
unsigned int fake_domain_count(void); /* without dom0 */

/*
 * The n-th call from now on fails, counted from 1, and, with all, so do those
 * after it; with errno as given.  None if n is 0.
 */
void fake_xen_fail(unsigned int n, bool all, int error);

/* The calls since fake_xen_fail, and what failed, or "". */
unsigned int fake_xen_calls(void);
const char *fake_xen_failed(void);

/* The calls of this name fail, with this errno, until it is NULL again. */
void fake_xen_refuse(const char *call, int error);

/* Counts a call; true, with errno set, if it is to fail. */
bool fake_call(const char *name);

/* As fake_domain, with errno set to ESRCH. */
struct fake_domain *fake_domain_of_call(uint32_t domid);

#endif
