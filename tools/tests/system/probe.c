/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Tells what the hypervisor itself knows, whatever library is in use:
 *
 *   probe domains        the number of every domain, one a line
 *   probe next           the number that Xen gives the next domain; that
 *                        number is then in use, too, as one is made and
 *                        destroyed for this
 *   probe domain DOMID TREE
 *                        limits, interrupt controller, parameters, the boot
 *                        vCPU's registers, and whether the device tree that
 *                        it will find is the one in the file TREE
 *
 * It compares nothing and knows nothing of what is right.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <xenctrl.h>

#include <xen/hvm/params.h>
#include <xenforeignmemory.h>

enum { MAX_DOMAINS = 1024, PAGE_BITS = 12, PAGE_BYTES = 1 << PAGE_BITS };

static int print_domains(xc_interface *xch)
{
    static xc_domaininfo_t info[MAX_DOMAINS];
    int i, count = xc_domain_getinfolist(xch, 0, MAX_DOMAINS, info);

    for (i = 0; i < count; i++)
        printf("domain %u\n", info[i].domain);
    return count < 0;
}

static int print_next(xc_interface *xch)
{
    struct xen_domctl_createdomain create = {
        .flags = XEN_DOMCTL_CDF_hvm | XEN_DOMCTL_CDF_hap,
        .max_vcpus = 1,
        .max_evtchn_port = 1023,
        .max_grant_frames = 32,
        .max_maptrack_frames = 1024,
        .grant_opts = XEN_DOMCTL_GRANT_version(1),
        .arch.gic_version = XEN_DOMCTL_CONFIG_GIC_NATIVE,
    };
    uint32_t domid = 0;

    if (xc_domain_create(xch, &domid, &create)) {
        perror("probe: cannot make a domain");
        return 1;
    }
    printf("%u\n", domid);
    return xc_domain_destroy(xch, domid) != 0;
}

static void print_info(const xc_domaininfo_t *info)
{
    const struct xen_arch_domainconfig *arch = &info->arch_config;

    printf("flags: %#x\n", info->flags);
    printf("pages: %" PRIu64 "\n", (uint64_t)info->tot_pages);
    printf("most pages: %" PRIu64 "\n", (uint64_t)info->max_pages);
    printf("promised pages: %" PRIu64 "\n", (uint64_t)info->outstanding_pages);
    printf("shared pages: %" PRIu64 "\n", (uint64_t)info->shr_pages);
    printf("vcpus: online %u, highest %u\n", info->nr_online_vcpus,
           info->max_vcpu_id);
    printf("cpupool: %u\n", info->cpupool);
    printf("address bits: %u\n", info->gpaddr_bits);
    printf("gic version: %u\n", arch->gic_version);
    printf("spis: %u\n", arch->nr_spis);
    printf("tee: %u\n", arch->tee_type);
    printf("clock frequency: %u\n", arch->clock_frequency);
}

static void print_params(xc_interface *xch, uint32_t domid)
{
    uint64_t value;
    uint32_t i;

    for (i = 0; i < HVM_NR_PARAMS; i++)
        if (!xc_hvm_param_get(xch, domid, i, &value) && value)
            printf("param %u: %#" PRIx64 "\n", i, value);
}

static void print_scheduler(xc_interface *xch, uint32_t domid)
{
    struct xen_domctl_sched_credit2 params = { 0 };

    if (!xc_sched_credit2_domain_get(xch, domid, &params))
        printf("credit2: weight %u cap %u\n", params.weight, params.cap);
}

static void print_affinity(xc_interface *xch, uint32_t domid, int vcpu)
{
    xc_cpumap_t hard = xc_cpumap_alloc(xch), soft = xc_cpumap_alloc(xch);
    int i, bytes = xc_get_cpumap_size(xch);

    if (hard && soft &&
        !xc_vcpu_getaffinity(xch, domid, vcpu, hard, soft,
                             XEN_VCPUAFFINITY_HARD | XEN_VCPUAFFINITY_SOFT)) {
        printf("vcpu %d: hard", vcpu);
        for (i = 0; i < bytes; i++)
            printf(" %02x", hard[i]);
        printf(" soft");
        for (i = 0; i < bytes; i++)
            printf(" %02x", soft[i]);
        printf("\n");
    }
    free(hard);
    free(soft);
}

static size_t read_file(const char *path, unsigned char *bytes, size_t room)
{
    FILE *file = fopen(path, "r");
    size_t size = file ? fread(bytes, 1, room, file) : 0;

    if (file)
        fclose(file);
    return size;
}

/* Whether the boot vCPU finds the tree of that file at an address. */
static void print_tree(uint32_t domid, uint64_t address, const char *path)
{
    enum { MOST = 2 << 20 };
    static unsigned char file[MOST];
    static xen_pfn_t frames[MOST / PAGE_BYTES];
    static int errors[MOST / PAGE_BYTES];
    xenforeignmemory_handle *memory = xenforeignmemory_open(NULL, 0);
    size_t i, size = read_file(path, file, MOST);
    size_t pages = (size + PAGE_BYTES - 1) >> PAGE_BITS;
    void *map;

    for (i = 0; i < pages; i++)
        frames[i] = (address >> PAGE_BITS) + i;
    map = xenforeignmemory_map(memory, domid, PROT_READ, pages, frames, errors);
    printf("device tree: %s\n", !size                     ? "no file"
                                : !map || errors[0]       ? "no memory"
                                : memcmp(map, file, size) ? "another"
                                                          : "as dumped");
    if (map)
        xenforeignmemory_unmap(memory, map, pages);
    xenforeignmemory_close(memory);
}

static void print_boot_vcpu(xc_interface *xch, uint32_t domid, const char *tree)
{
    static vcpu_guest_context_any_t context;
    const struct vcpu_guest_core_regs *regs = &context.c.user_regs;

    if (xc_vcpu_getcontext(xch, domid, 0, &context))
        return;
    printf("boot vcpu: pc %#" PRIx64 " cpsr %#" PRIx64 "\n",
           (uint64_t)regs->pc64, (uint64_t)regs->cpsr);
    printf("boot registers: x0 %#" PRIx64 " x1 %#" PRIx64 " x2 %#" PRIx64
           " x3 %#" PRIx64 "\n",
           (uint64_t)regs->x0, (uint64_t)regs->x1, (uint64_t)regs->x2,
           (uint64_t)regs->x3);
    printf("boot state: sctlr %#" PRIx64 " flags %#x\n",
           (uint64_t)context.c.sctlr, (unsigned)context.c.flags);
    print_tree(domid, regs->x0, tree);
}

static int print_domain(xc_interface *xch, uint32_t domid, const char *tree)
{
    xc_domaininfo_t info;
    uint64_t pool;
    unsigned i;

    if (xc_domain_getinfolist(xch, domid, 1, &info) != 1 ||
        info.domain != domid) {
        fprintf(stderr, "probe: there is no domain %u\n", domid);
        return 1;
    }
    print_info(&info);
    if (!xc_get_paging_mempool_size(xch, domid, &pool))
        printf("paging pool: %" PRIu64 " KiB\n", pool >> 10);
    print_scheduler(xch, domid);
    for (i = 0; i <= info.max_vcpu_id; i++)
        print_affinity(xch, domid, i);
    print_params(xch, domid);
    print_boot_vcpu(xch, domid, tree);
    return 0;
}

static int print_acpi(uint32_t domid)
{
    xenforeignmemory_handle *memory = xenforeignmemory_open(NULL, 0);
    xen_pfn_t frame;
    int error;

    for (frame = GUEST_ACPI_BASE >> PAGE_BITS;; frame++) {
        void *page =
            xenforeignmemory_map(memory, domid, PROT_READ, 1, &frame, &error);

        if (!page || error)
            break;
        fwrite(page, 1, PAGE_BYTES, stdout);
        xenforeignmemory_unmap(memory, page, 1);
    }
    xenforeignmemory_close(memory);
    return fflush(stdout) != 0;
}

int main(int argc, char **argv)
{
    xc_interface *xch = xc_interface_open(NULL, NULL, 0);
    const char *what = argc > 1 ? argv[1] : "";
    int failed = 2;

    if (!xch)
        return 1;
    if (!strcmp(what, "domains"))
        failed = print_domains(xch);
    else if (!strcmp(what, "next"))
        failed = print_next(xch);
    else if (!strcmp(what, "domain") && argc > 3)
        failed = print_domain(xch, atoi(argv[2]), argv[3]);
    else if (!strcmp(what, "acpi") && argc > 2)
        failed = print_acpi(atoi(argv[2]));
    else
        fprintf(stderr, "usage: probe domains|next|domain DOMID TREE|"
                        "acpi DOMID\n");
    xc_interface_close(xch);
    return failed;
}
