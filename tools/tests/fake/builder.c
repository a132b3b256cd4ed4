/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The domain builder: it reads files, takes memory, and puts magic pages where
 * libxenguest does.
 */
#include "xen.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <xenguest.h>

#define IMAGE_MAGIC_OFFSET 56 /* of "ARM\x64" in a Linux arm64 Image */

struct xc_dom_image *xc_dom_allocate(xc_interface *xch, const char *cmdline,
                                     const char *features)
{
    struct xc_dom_image *dom;

    if (fake_call(__func__))
        return NULL;
    dom = calloc(1, sizeof(*dom));
    dom->xch = xch;
    dom->cmdline = strdup(cmdline ? cmdline : "");
    fake_xen.builders++;
    return dom;
}

void xc_dom_release(struct xc_dom_image *dom)
{
    free(dom->cmdline);
    free(dom->kernel_blob);
    free(dom->modules[0].blob);
    free(dom->devicetree_blob);
    free(dom);
    fake_xen.builders--;
}

static void *read_file(const char *filename, size_t *size_r)
{
    FILE *file = fopen(filename, "r");
    void *blob = calloc(1, 1 << 20);

    if (!file)
        abort();
    *size_r = fread(blob, 1, 1 << 20, file);
    fclose(file);
    return blob;
}

int xc_dom_kernel_file(struct xc_dom_image *dom, const char *filename)
{
    if (fake_call(__func__))
        return -1;
    dom->kernel_blob = read_file(filename, &dom->kernel_size);
    return 0;
}

int xc_dom_module_file(struct xc_dom_image *dom, const char *filename,
                       const char *cmdline)
{
    if (fake_call(__func__))
        return -1;
    dom->modules[0].blob = read_file(filename, &dom->modules[0].size);
    dom->num_modules = 1;
    return 0;
}

int xc_dom_boot_xen_init(struct xc_dom_image *dom, xc_interface *xch,
                         uint32_t domid)
{
    if (fake_call(__func__))
        return -1;
    dom->guest_domid = domid;
    dom->xen_version = xc_version(xch, XENVER_version, NULL);
    return dom->xen_version < 0 ? -1 : 0;
}

int xc_dom_rambase_init(struct xc_dom_image *dom, uint64_t rambase)
{
    if (fake_call(__func__))
        return -1;
    dom->rambase_pfn = rambase >> XC_PAGE_SHIFT;
    return 0;
}

int xc_dom_parse_image(struct xc_dom_image *dom)
{
    const char *image = dom->kernel_blob;

    if (fake_call(__func__))
        return -1;
    if (dom->kernel_size < 64 ||
        memcmp(image + IMAGE_MAGIC_OFFSET, "ARM\x64", 4))
        return -1;
    dom->guest_type = fake_xen.kernel_type;
    return 0;
}

int xc_dom_devicetree_mem(struct xc_dom_image *dom, const void *mem,
                          size_t memsize)
{
    if (fake_call(__func__))
        return -1;
    dom->devicetree_blob = malloc(memsize);
    memcpy(dom->devicetree_blob, mem, memsize);
    dom->devicetree_size = memsize;
    return 0;
}

int xc_dom_mem_init(struct xc_dom_image *dom, unsigned int mem_mb)
{
    if (fake_call(__func__))
        return -1;
    dom->target_pages = (xen_pfn_t)mem_mb << (20 - XC_PAGE_SHIFT);
    return 0;
}

/* All of the memory, in as few banks as it takes. */
int xc_dom_boot_mem_init(struct xc_dom_image *dom)
{
    xen_pfn_t left = dom->target_pages,
              first = GUEST_RAM0_SIZE >> XC_PAGE_SHIFT;
    struct fake_domain *domain;

    if (fake_call(__func__))
        return -1;
    domain = fake_domain_of_call(dom->guest_domid);
    if (!domain)
        return -1;
    if (left + domain->info.tot_pages > domain->info.max_pages) {
        errno = ENOMEM;
        return -1;
    }
    dom->rambank_size[0] = left < first ? left : first;
    dom->rambank_size[1] = left - dom->rambank_size[0];
    domain->info.tot_pages += left;
    /* Let something of a claim stay: whoever claims has to end it. */
    domain->info.outstanding_pages = domain->info.outstanding_pages > 0;
    dom->modules[0].seg.vstart = GUEST_RAM0_BASE + (8 << 20);
    dom->modules[0].seg.vend =
        dom->modules[0].seg.vstart + dom->modules[0].size;
    return 0;
}

int xc_dom_build_image(struct xc_dom_image *dom)
{
    xen_pfn_t magic = GUEST_MAGIC_BASE >> XC_PAGE_SHIFT;

    if (fake_call(__func__))
        return -1;
    dom->console_pfn = magic;
    dom->xenstore_pfn = magic + 1;
    dom->vuart_gfn = magic + 3;
    if (dom->devicetree_size > sizeof(fake_xen.tree))
        abort();
    memcpy(fake_xen.tree, dom->devicetree_blob, dom->devicetree_size);
    fake_xen.tree_size = dom->devicetree_size;
    return 0;
}

int xc_dom_boot_image(struct xc_dom_image *dom)
{
    struct fake_domain *domain;

    if (fake_call(__func__))
        return -1;
    domain = fake_domain_of_call(dom->guest_domid);
    if (!domain)
        return -1;
    domain->booted = true;
    domain->info.nr_online_vcpus = 1;
    return 0;
}

int xc_dom_gnttab_init(struct xc_dom_image *dom)
{
    return fake_call(__func__) ? -1 : 0;
}

int xc_dom_vuart_init(xc_interface *xch, uint32_t type, uint32_t domid,
                      uint32_t console_domid, xen_pfn_t gfn,
                      evtchn_port_t *evtchn)
{
    struct fake_domain *domain;

    if (fake_call(__func__))
        return -1;
    domain = fake_domain_of_call(domid);
    if (!domain)
        return -1;
    domain->has_vuart = true;
    *evtchn = ++domain->ports;
    return 0;
}

int xc_domain_resume(xc_interface *xch, uint32_t domid, int fast)
{
    return fake_call(__func__) ? -1 : 0;
}
