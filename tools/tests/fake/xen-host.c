/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The host: its parts, its version, labels, messages and parameters.
 */
#include "xen.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libxl.h>
#include <xenhypfs.h>

/* Numbers that differ wherever a test can tell them apart. */
#define NODE_OF_CPU(cpu) ((cpu) / 2)

int xc_physinfo(xc_interface *xch, xc_physinfo_t *info)
{
    uint64_t used = 0, claimed = 0;
    unsigned int i;

    if (fake_call(__func__))
        return -1;
    for (i = 0; i < FAKE_DOMAINS; i++) {
        if (!fake_xen.domains[i].exists)
            continue;
        used += fake_xen.domains[i].info.tot_pages;
        claimed += fake_xen.domains[i].info.outstanding_pages;
    }
    *info = (xc_physinfo_t) {
        .threads_per_core = 1,
        .cores_per_socket = 2,
        .nr_cpus = FAKE_CPUS,
        .max_cpu_id = FAKE_CPUS - 1,
        .nr_nodes = FAKE_NODES,
        .cpu_khz = 62500,
        .capabilities = fake_xen.capabilities,
        .total_pages = fake_xen.total_pages,
        .free_pages = fake_xen.total_pages - used,
        .outstanding_pages = claimed,
        .max_mfn = 0x80000,
    };
    return 0;
}

static int count(const char *name, int value)
{
    return fake_call(name) ? -1 : value;
}

int xc_get_max_cpus(xc_interface *xch)
{
    return count(__func__, FAKE_CPUS);
}

int xc_get_online_cpus(xc_interface *xch)
{
    return count(__func__, FAKE_CPUS);
}

int xc_get_max_nodes(xc_interface *xch)
{
    return count(__func__, FAKE_NODES);
}

int xc_get_cpumap_size(xc_interface *xch)
{
    return count(__func__, 1);
}

int xc_get_nodemap_size(xc_interface *xch)
{
    return count(__func__, 1);
}

int xc_cputopoinfo(xc_interface *xch, unsigned *max_cpus, xc_cputopo_t *cputopo)
{
    unsigned int i;

    if (fake_call(__func__))
        return -1;
    for (i = 0; cputopo && i < FAKE_CPUS; i++)
        cputopo[i] = (xc_cputopo_t) { i % 2, i / 2, NODE_OF_CPU(i) };
    *max_cpus = FAKE_CPUS;
    return 0;
}

int xc_numainfo(xc_interface *xch, unsigned *max_nodes, xc_meminfo_t *meminfo,
                uint32_t *distance)
{
    unsigned int i, j;

    if (fake_call(__func__))
        return -1;
    for (i = 0; meminfo && i < FAKE_NODES; i++) {
        meminfo[i].memsize = (1 + i) << 30;
        meminfo[i].memfree = (1 + i) << 20;
        for (j = 0; j < FAKE_NODES; j++)
            distance[i * FAKE_NODES + j] = i == j ? 10 : 20;
    }
    *max_nodes = FAKE_NODES;
    return 0;
}

int xc_pcitopoinfo(xc_interface *xch, unsigned num_devs,
                   physdev_pci_device_t *devs, uint32_t *nodes)
{
    unsigned int i;

    if (fake_call(__func__))
        return -1;
    for (i = 0; i < num_devs; i++)
        nodes[i] = i ? 1 : XEN_INVALID_DEV;
    return 0;
}

long xc_sharing_freed_pages(xc_interface *xch)
{
    if (fake_call(__func__))
        return -1;
    errno = ENOSYS;
    return fake_xen.has_sharing ? 5 : -1;
}

long xc_sharing_used_frames(xc_interface *xch)
{
    if (fake_call(__func__))
        return -1;
    errno = ENOSYS;
    return fake_xen.has_sharing ? 3 : -1;
}

#ifdef XENVER_extraversion2
enum { VERSION = 4 << 16 | 20 };

static char *version_text(const char *name, const char *text)
{
    return fake_call(name) ? NULL : strdup(text);
}

char *xc_xenver_extraversion(xc_interface *xch)
{
    return version_text(__func__, ".0");
}

char *xc_xenver_capabilities(xc_interface *xch)
{
    return version_text(__func__, "xen-3.0-aarch64 xen-3.0-armv7l ");
}

char *xc_xenver_changeset(xc_interface *xch)
{
    return version_text(__func__, "a changeset");
}

char *xc_xenver_commandline(xc_interface *xch)
{
    return version_text(__func__, "dom0_mem=512M");
}
#else
enum { VERSION = 4 << 16 | 17 };
#endif

int xc_version(xc_interface *xch, int cmd, void *arg)
{
    xen_build_id_t *id = arg;

    if (fake_call(__func__))
        return -1;
    switch (cmd) {
    case XENVER_version:
        return VERSION;
    case XENVER_pagesize:
        return XC_PAGE_SIZE;
    case XENVER_compile_info:
        strcpy(((xen_compile_info_t *)arg)->compiler, "a compiler");
        return 0;
    case XENVER_platform_parameters:
        ((xen_platform_parameters_t *)arg)->virt_start = 0x200000;
        return 0;
    case XENVER_extraversion:
        strcpy(arg, ".0");
        return 0;
    case XENVER_capabilities:
        strcpy(arg, "xen-3.0-aarch64 xen-3.0-armv7l ");
        return 0;
    case XENVER_changeset:
        strcpy(arg, "a changeset");
        return 0;
    case XENVER_commandline:
        strcpy(arg, "dom0_mem=512M");
        return 0;
    case XENVER_build_id:
        memcpy(id->buf, "\x01\xab", 2);
        return 2;
    default:
        errno = ENOSYS;
        return -1;
    }
}

int xc_readconsolering(xc_interface *xch, char *buffer, unsigned int *pnr_chars,
                       int clear, int incremental, uint32_t *pindex)
{
    unsigned int left = strlen(fake_xen.messages) - *pindex;

    if (fake_call(__func__))
        return -1;
    if (left < *pnr_chars)
        *pnr_chars = left;
    memcpy(buffer, fake_xen.messages + *pindex, *pnr_chars);
    *pindex += *pnr_chars;
    return 0;
}

int xc_send_debug_keys(xc_interface *xch, const char *keys)
{
    if (fake_call(__func__))
        return -1;
    snprintf(fake_xen.keys, sizeof(fake_xen.keys), "%s", keys);
    return 0;
}

xenhypfs_handle *xenhypfs_open(struct xentoollog_logger *logger,
                               unsigned int open_flags)
{
    return fake_call(__func__) ? NULL : (xenhypfs_handle *)&fake_xen;
}

int xenhypfs_close(xenhypfs_handle *fshdl)
{
    return 0;
}

int xenhypfs_write(xenhypfs_handle *fshdl, const char *path, const char *val)
{
    if (fake_call(__func__))
        return -1;
    snprintf(fake_xen.parameter, sizeof(fake_xen.parameter), "%s=%s", path,
             val);
    return 0;
}

/* Without FLASK, each of its calls fails by ENOSYS. */
static bool begin_flask(const char *name)
{
    if (fake_call(name))
        return false;
    errno = ENOSYS;
    return fake_xen.has_flask;
}

int xc_flask_context_to_sid(xc_interface *xc_handle, char *buf, uint32_t size,
                            uint32_t *sid)
{
    if (!begin_flask(__func__))
        return -1;
    errno = EINVAL;
    if (size != strlen("a_label") || memcmp(buf, "a_label", size))
        return -1;
    *sid = 7;
    return 0;
}

int xc_flask_sid_to_context(xc_interface *xc_handle, int sid, char *buf,
                            uint32_t size)
{
    if (!begin_flask(__func__))
        return -1;
    snprintf(buf, size, "%s", sid == 7 ? "a_label" : "another");
    return 0;
}

int xc_flask_getenforce(xc_interface *xc_handle)
{
    return begin_flask(__func__) ? fake_xen.enforcing : -1;
}

int xc_flask_setenforce(xc_interface *xc_handle, int mode)
{
    if (!begin_flask(__func__))
        return -1;
    fake_xen.enforcing = mode;
    return 0;
}

int xc_flask_load(xc_interface *xc_handle, char *buf, uint32_t size)
{
    return begin_flask(__func__) ? 0 : -1;
}

#ifdef LIBXL_HAVE_DT_OVERLAY
int xc_dt_overlay(xc_interface *xch, void *overlay_fdt,
                  uint32_t overlay_fdt_size, uint8_t overlay_op)
{
    return fake_call(__func__) ? -1 : 0;
}

int xc_dt_overlay_domain(xc_interface *xch, void *overlay_fdt,
                         uint32_t overlay_fdt_size, uint8_t overlay_op,
                         uint32_t domain_id)
{
    return fake_call(__func__) ? -1 : 0;
}
#endif

/* Only DOMID_IO gets PCI devices. */
static int count_pci(const char *name, uint32_t domid, int change)
{
    if (fake_call(name))
        return -1;
    if (!fake_xen.has_pci_iommu || domid != DOMID_IO) {
        errno = EOPNOTSUPP;
        return -1;
    }
    fake_xen.quarantined += change;
    return 0;
}

int xc_assign_device(xc_interface *xch, uint32_t domid, uint32_t machine_sbdf,
                     uint32_t flag)
{
    return count_pci(__func__, domid, 1);
}

int xc_deassign_device(xc_interface *xch, uint32_t domid, uint32_t machine_sbdf)
{
    return count_pci(__func__, domid, -1);
}
