/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Domains: their lives and what they are given.
 */
#include "xen.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <libxl.h>

#include "xenstored.h"

#define GPADDR_BITS     40
#define CLOCK_FREQUENCY 62500000

struct fake_xen fake_xen;

static unsigned int calls, fail_at;
static bool fail_all;
static int fail_error, refuse_error;
static const char *failed, *refused;

void fake_xen_fail(unsigned int n, bool all, int error)
{
    calls = 0;
    fail_at = n;
    fail_all = all;
    fail_error = error;
    failed = "";
}

unsigned int fake_xen_calls(void)
{
    return calls;
}

const char *fake_xen_failed(void)
{
    return failed;
}

void fake_xen_refuse(const char *call, int error)
{
    refused = call;
    refuse_error = error;
}

bool fake_call(const char *name)
{
    calls++;
    if (fake_kill && fake_killed) {
        errno = fail_error;
        return true;
    }
    if (fail_at && (calls == fail_at || (fail_all && calls > fail_at))) {
        if (calls == fail_at)
            failed = name;
        fake_killed = true;
        errno = fail_error;
        return true;
    }
    if (refused && !strcmp(refused, name)) {
        errno = refuse_error;
        return true;
    }
    return false;
}

struct fake_domain *fake_domain(uint32_t domid)
{
    return domid < FAKE_DOMAINS && fake_xen.domains[domid].exists
               ? &fake_xen.domains[domid]
               : NULL;
}

struct fake_domain *fake_domain_of_call(uint32_t domid)
{
    struct fake_domain *domain = fake_domain(domid);

    if (!domain)
        errno = ESRCH;
    return domain;
}

struct fake_domain *fake_domain_add(uint32_t domid, uint32_t flags)
{
    struct fake_domain *domain = &fake_xen.domains[domid];
    unsigned int i;

    *domain = (struct fake_domain) {
        .exists = true,
        .info = {
            .domain = domid,
            .flags = flags,
            .max_vcpu_id = XEN_INVALID_MAX_VCPU_ID,
            .gpaddr_bits = GPADDR_BITS,
        },
        .nodes = (1 << FAKE_NODES) - 1,
        .credit = { .weight = 256 },
        .credit2 = { .weight = 256 },
    };
    domain->info.handle[15] = domid;
    for (i = 0; i < FAKE_VCPUS; i++) {
        domain->hard[i] = domain->soft[i] = (1 << FAKE_CPUS) - 1;
        domain->rtds[i].vcpuid = i;
        domain->rtds[i].u.rtds.period = 10000;
        domain->rtds[i].u.rtds.budget = 4000;
    }
    return domain;
}

unsigned int fake_domain_count(void)
{
    unsigned int i, count = 0;

    for (i = 1; i < FAKE_DOMAINS; i++)
        count += fake_xen.domains[i].exists;
    return count;
}

void fake_xen_reset(void)
{
    struct fake_domain *dom0;

    memset(&fake_xen, 0, sizeof(fake_xen));
    fake_xen.total_pages = FAKE_TOTAL_PAGES;
    fake_xen.capabilities = XEN_SYSCTL_PHYSCAP_hvm | XEN_SYSCTL_PHYSCAP_hap |
                            XEN_SYSCTL_PHYSCAP_gnttab_v1;
    fake_xen.kernel_type = "xen-3.0-aarch64";
    fake_xen.messages = "(XEN) a message\n";
    fake_xen.credit.tslice_ms = 30;
    fake_xen.credit.ratelimit_us = 1000;
    fake_xen.credit2.ratelimit_us = 1000;
    fake_xen.pools[0] = (struct fake_pool) { true, XEN_SCHEDULER_CREDIT2,
                                             (1 << FAKE_CPUS) - 1 };
    dom0 = fake_domain_add(0, XEN_DOMINF_running);
    dom0->info.max_vcpu_id = 0;
    dom0->info.nr_online_vcpus = 1;
    dom0->info.tot_pages = 0x20000;
    dom0->info.max_pages = 0x40000;
    fake_xen_fail(0, false, 0);
    fake_xen_refuse(NULL, 0);
}

xc_interface *xc_interface_open(xentoollog_logger *logger,
                                xentoollog_logger *dombuild_logger,
                                unsigned open_flags)
{
    return fake_call(__func__) ? NULL : (xc_interface *)&fake_xen;
}

int xc_interface_close(xc_interface *xch)
{
    return 0;
}

/*
 * For 0 the lowest free number; or, as the hypervisor does it, the next after
 * that of the newest domain.
 */
static uint32_t choose_domid(uint32_t asked)
{
    uint32_t domid = asked ? asked : fake_xen.newest + 1;
    unsigned int tried;

    for (tried = 1; !asked && tried < FAKE_DOMAINS; tried++) {
        domid = domid < FAKE_DOMAINS ? domid : 1;
        if (!fake_domain(domid))
            break;
        domid++;
    }
    if (fake_xen.goes_on)
        fake_xen.newest = domid;
    return domid;
}

int xc_domain_create(xc_interface *xch, uint32_t *pdomid,
                     struct xen_domctl_createdomain *config)
{
    uint32_t domid = choose_domid(*pdomid);
    struct fake_domain *domain;

    if (fake_call(__func__))
        return -1;
    errno = domid >= FAKE_DOMAINS                                  ? ENOMEM
            : fake_domain(domid)                                   ? EEXIST
            : config->max_vcpus > FAKE_VCPUS                       ? EINVAL
            : config->cpupool_id >= FAKE_POOLS                     ? EINVAL
            : !fake_xen.pools[config->cpupool_id].exists           ? EINVAL
            : config->arch.tee_type != XEN_DOMCTL_CONFIG_TEE_NONE  ? EINVAL
            : config->arch.gic_version == XEN_DOMCTL_CONFIG_GIC_V2 ? ENODEV
                                                                   : 0;
    if (errno)
        return -1;
    config->arch.gic_version = XEN_DOMCTL_CONFIG_GIC_V3;
    config->arch.clock_frequency = CLOCK_FREQUENCY;
    domain = fake_domain_add(domid, XEN_DOMINF_paused | XEN_DOMINF_hvm_guest);
    domain->created = *config;
    domain->info.ssidref = config->ssidref;
    domain->info.cpupool = config->cpupool_id;
    memcpy(domain->info.handle, config->handle, sizeof(domain->info.handle));
    *pdomid = domid;
    return 0;
}

int xc_domain_destroy(xc_interface *xch, uint32_t domid)
{
    struct fake_domain *domain;

    if (fake_call(__func__))
        return -1;
    domain = fake_domain_of_call(domid);
    if (!domain)
        return -1;
    if (fake_xen.dying_for)
        domain->info.flags |= XEN_DOMINF_dying;
    else
        domain->exists = false;
    fake_store_release(domid);
    return 0;
}

static void let_die(struct fake_domain *domain)
{
    if (!(domain->info.flags & XEN_DOMINF_dying) || fake_xen.dying_for-- > 1)
        return;
    fake_xen.dying_for = 0;
    domain->exists = false;
    fake_store_release(domain->info.domain);
}

int xc_domain_getinfolist(xc_interface *xch, uint32_t first_domain,
                          unsigned int max_domains, xc_domaininfo_t *info)
{
    unsigned int i, count = 0;

    if (fake_call(__func__))
        return -1;
    for (i = first_domain; i < FAKE_DOMAINS && count < max_domains; i++) {
        if (!fake_xen.domains[i].exists)
            continue;
        info[count++] = fake_xen.domains[i].info;
        let_die(&fake_xen.domains[i]);
    }
    return count;
}

/* A call that finds a domain or fails. */
static struct fake_domain *begin(const char *name, uint32_t domid)
{
    return fake_call(name) ? NULL : fake_domain_of_call(domid);
}

int xc_domain_max_vcpus(xc_interface *xch, uint32_t domid, unsigned int max)
{
    struct fake_domain *domain = begin(__func__, domid);

    if (!domain)
        return -1;
    domain->info.max_vcpu_id = max - 1;
    domain->info.nr_online_vcpus = 0;
    return 0;
}

int xc_domain_setmaxmem(xc_interface *xch, uint32_t domid, uint64_t max_memkb)
{
    struct fake_domain *domain = begin(__func__, domid);

    if (!domain)
        return -1;
    domain->info.max_pages = max_memkb >> (XC_PAGE_SHIFT - 10);
    return 0;
}

int xc_set_paging_mempool_size(xc_interface *xch, uint32_t domid, uint64_t size)
{
    struct fake_domain *domain = begin(__func__, domid);

    if (!domain)
        return -1;
    domain->paging_bytes = size;
    return 0;
}

xc_evtchn_port_or_error_t
xc_evtchn_alloc_unbound(xc_interface *xch, uint32_t dom, uint32_t remote_dom)
{
    struct fake_domain *domain = begin(__func__, dom);

    return domain ? (int)++domain->ports : -1;
}

int xc_hvm_param_set(xc_interface *handle, uint32_t dom, uint32_t param,
                     uint64_t value)
{
    struct fake_domain *domain = begin(__func__, dom);

    if (!domain)
        return -1;
    domain->params[param] = value;
    return 0;
}

int xc_domain_claim_pages(xc_interface *xch, uint32_t domid,
                          unsigned long nr_pages)
{
    struct fake_domain *domain = begin(__func__, domid);

    if (!domain)
        return -1;
    domain->info.outstanding_pages = nr_pages;
    return 0;
}

int xc_domain_pause(xc_interface *xch, uint32_t domid)
{
    struct fake_domain *domain = begin(__func__, domid);

    if (!domain)
        return -1;
    domain->info.flags |= XEN_DOMINF_paused;
    return 0;
}

int xc_domain_unpause(xc_interface *xch, uint32_t domid)
{
    struct fake_domain *domain = begin(__func__, domid);

    if (!domain)
        return -1;
    domain->info.flags &= ~XEN_DOMINF_paused;
    return 0;
}

#ifdef LIBXL_HAVE_BUILDINFO_LLC_COLORS
/* Like a hypervisor that does not colour caches. */
int xc_domain_set_llc_colors(xc_interface *xch, uint32_t domid,
                             const uint32_t *llc_colors,
                             uint32_t num_llc_colors)
{
    if (begin(__func__, domid))
        errno = EOPNOTSUPP;
    return -1;
}
#endif

int xc_domain_sethandle(xc_interface *xch, uint32_t domid,
                        xen_domain_handle_t handle)
{
    struct fake_domain *domain = begin(__func__, domid);

    if (!domain)
        return -1;
    memcpy(domain->info.handle, handle, sizeof(domain->info.handle));
    return 0;
}

int xc_domain_send_trigger(xc_interface *xch, uint32_t domid, uint32_t trigger,
                           uint32_t vcpu)
{
    struct fake_domain *domain = begin(__func__, domid);

    if (!domain)
        return -1;
    domain->trigger = trigger;
    domain->trigger_vcpu = vcpu;
    return 0;
}

int xc_domain_dumpcore(xc_interface *xch, uint32_t domid, const char *corename)
{
    return begin(__func__, domid) ? 0 : -1;
}

int xc_domain_iomem_permission(xc_interface *xch, uint32_t domid,
                               unsigned long first_mfn, unsigned long nr_mfns,
                               uint8_t allow_access)
{
    return begin(__func__, domid) ? 0 : -1;
}

int xc_domain_memory_mapping(xc_interface *xch, uint32_t domid,
                             unsigned long first_gfn, unsigned long first_mfn,
                             unsigned long nr_mfns, uint32_t add_mapping)
{
    struct fake_domain *domain = begin(__func__, domid);

    if (!domain)
        return -1;
    domain->iomem[domain->iomem_count++] =
        (struct fake_range) { first_gfn, first_mfn, nr_mfns };
    return 0;
}

int xc_domain_irq_permission(xc_interface *xch, uint32_t domid, uint32_t pirq,
                             bool allow_access)
{
    return begin(__func__, domid) ? 0 : -1;
}

int xc_domain_bind_pt_spi_irq(xc_interface *xch, uint32_t domid, uint16_t vspi,
                              uint16_t spi)
{
    struct fake_domain *domain = begin(__func__, domid);

    if (!domain)
        return -1;
    domain->irqs[domain->irq_count++] = spi;
    return 0;
}

/* The host's device tree has those that are not called "missing". */
static int note_dt_device(const char *name, uint32_t domid, const char *path,
                          char sign)
{
    const struct fake_domain *domain = begin(name, domid);
    size_t size = strlen(fake_xen.dt_devices);

    if (!domain)
        return -1;
    if (strstr(path, "missing") ||
        !(domain->created.flags & XEN_DOMCTL_CDF_iommu)) {
        errno = EINVAL;
        return -1;
    }
    snprintf(fake_xen.dt_devices + size, sizeof(fake_xen.dt_devices) - size,
             "%c%s ", sign, path);
    return 0;
}

int xc_assign_dt_device(xc_interface *xch, uint32_t domid, char *path)
{
    return note_dt_device(__func__, domid, path, '+');
}

int xc_deassign_dt_device(xc_interface *xch, uint32_t domid, char *path)
{
    return note_dt_device(__func__, domid, path, '-');
}
