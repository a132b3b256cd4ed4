/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Facts of the host and its hypervisor. host_topology.c has CPUs, nodes and
 * devices.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libxl.h>

#include "base/ctx.h"
#include "base/log.h"
#include "base/memory.h"

/* File with domids of domains that ended recently; a reboot removes it. */
#ifndef DOMID_HISTORY_FILE /* tests have their own */
#define DOMID_HISTORY_FILE "/run/xen/domid-history"
#endif

static void fill_capabilities(libxl_physinfo *to, uint32_t bits)
{
    to->cap_hvm = bits & XEN_SYSCTL_PHYSCAP_hvm;
    to->cap_pv = bits & XEN_SYSCTL_PHYSCAP_pv;
    to->cap_hvm_directio = bits & XEN_SYSCTL_PHYSCAP_directio;
    to->cap_hap = bits & XEN_SYSCTL_PHYSCAP_hap;
    to->cap_shadow = bits & XEN_SYSCTL_PHYSCAP_shadow;
    to->cap_iommu_hap_pt_share = bits & XEN_SYSCTL_PHYSCAP_iommu_hap_pt_share;
    to->cap_vmtrace = bits & XEN_SYSCTL_PHYSCAP_vmtrace;
    to->cap_vpmu = bits & XEN_SYSCTL_PHYSCAP_vpmu;
    to->cap_gnttab_v1 = bits & XEN_SYSCTL_PHYSCAP_gnttab_v1;
    to->cap_gnttab_v2 = bits & XEN_SYSCTL_PHYSCAP_gnttab_v2;
}

/*
 * Count pages shared between guests; 0 if the hypervisor does not support
 * sharing.
 */
static int read_sharing(libxl_ctx *ctx, libxl_physinfo *to)
{
    long freed = xc_sharing_freed_pages(ctx->xch);
    long used;

    if (freed < 0 && errno != ENOSYS)
        return libxl__fail_errno(
            ctx, ERROR_FAIL,
            "cannot read the number of pages saved by sharing");
    to->sharing_freed_pages = freed < 0 ? 0 : freed;

    used = freed < 0 ? 0 : xc_sharing_used_frames(ctx->xch);
    if (used < 0 && errno != ENOSYS)
        return libxl__fail_errno(ctx, ERROR_FAIL,
                                 "cannot read the number of shared frames");
    to->sharing_used_frames = used < 0 ? 0 : used;
    return 0;
}

int libxl_get_physinfo(libxl_ctx *ctx, libxl_physinfo *physinfo)
{
    xc_physinfo_t from = { 0 };

    if (xc_physinfo(ctx->xch, &from))
        return libxl__fail_errno(ctx, ERROR_FAIL,
                                 "cannot query the hypervisor about the host");
    physinfo->threads_per_core = from.threads_per_core;
    physinfo->cores_per_socket = from.cores_per_socket;
    physinfo->max_cpu_id = from.max_cpu_id;
    physinfo->nr_cpus = from.nr_cpus;
    physinfo->cpu_khz = from.cpu_khz;
    physinfo->total_pages = from.total_pages;
    physinfo->free_pages = from.free_pages;
    physinfo->scrub_pages = from.scrub_pages;
    physinfo->outstanding_pages = from.outstanding_pages;
    physinfo->max_possible_mfn = from.max_mfn;
    physinfo->nr_nodes = from.nr_nodes;
    memcpy(physinfo->hw_cap, from.hw_cap, sizeof(physinfo->hw_cap));
    fill_capabilities(physinfo, from.capabilities);
#ifdef LIBXL_HAVE_PHYSINFO_ARCH_CAPABILITIES
    physinfo->arch_capabilities = from.arch_capabilities;
#endif
    return read_sharing(ctx, physinfo);
}

/*
 * Read the hypervisor's strings, by the calls without a length limit if it has
 * them, otherwise by the older ones.
 */
#ifdef XENVER_extraversion2
static void read_strings(libxl_ctx *ctx, libxl_version_info *info)
{
    info->xen_version_extra = xc_xenver_extraversion(ctx->xch);
    info->capabilities = xc_xenver_capabilities(ctx->xch);
    info->changeset = xc_xenver_changeset(ctx->xch);
    info->commandline = xc_xenver_commandline(ctx->xch);
}
#else
static char *fixed_string(libxl_ctx *ctx, int command)
{
    union {
        xen_extraversion_t extraversion;
        xen_changeset_info_t changeset;
        xen_capabilities_info_t capabilities;
        xen_commandline_t commandline;
        char text[2048];
    } room = { .text = "" };

    if (xc_version(ctx->xch, command, &room))
        return libxl__strdup_nogc("");
    return libxl__strdup_nogc(room.text);
}

static void read_strings(libxl_ctx *ctx, libxl_version_info *info)
{
    info->xen_version_extra = fixed_string(ctx, XENVER_extraversion);
    info->capabilities = fixed_string(ctx, XENVER_capabilities);
    info->changeset = fixed_string(ctx, XENVER_changeset);
    info->commandline = fixed_string(ctx, XENVER_commandline);
}
#endif

/* The build ID in hexadecimal; "" if the hypervisor has none. */
static char *build_id(libxl_ctx *ctx)
{
    union {
        xen_build_id_t id;
        char room[4096];
    } answer = { .id = { .len = sizeof(answer) - sizeof(answer.id) } };
    int length = xc_version(ctx->xch, XENVER_build_id, &answer.id);
    char *text;
    int i;

    if (length < 0)
        length = 0;
    text = libxl__zalloc_nogc(2 * length + 1);
    for (i = 0; i < length; i++)
        snprintf(text + 2 * i, 3, "%02x", answer.id.buf[i]);
    return text;
}

static libxl_version_info *read_version(libxl_ctx *ctx)
{
    libxl_version_info *info;
    xen_compile_info_t compile = { 0 };
    xen_platform_parameters_t platform = { 0 };
    int version = xc_version(ctx->xch, XENVER_version, NULL);

    if (version < 0 || xc_version(ctx->xch, XENVER_compile_info, &compile) ||
        xc_version(ctx->xch, XENVER_platform_parameters, &platform)) {
        libxl__error_errno(ctx, "cannot read the hypervisor's version");
        return NULL;
    }
    info = libxl__zalloc_nogc(sizeof(*info));
    libxl_version_info_init(info);
    info->xen_version_major = version >> 16;
    info->xen_version_minor = version & 0xffff;
    info->compiler = libxl__strdup_nogc(compile.compiler);
    info->compile_by = libxl__strdup_nogc(compile.compile_by);
    info->compile_domain = libxl__strdup_nogc(compile.compile_domain);
    info->compile_date = libxl__strdup_nogc(compile.compile_date);
    info->virt_start = platform.virt_start;
    info->pagesize = xc_version(ctx->xch, XENVER_pagesize, NULL);
    info->build_id = build_id(ctx);
    read_strings(ctx, info);
    return info;
}

/* Cached in the context: the hypervisor does not change while it runs. */
const libxl_version_info *libxl_get_version_info(libxl_ctx *ctx)
{
    libxl_version_info *info;

    libxl__ctx_lock(ctx);
    if (!ctx->version_info)
        ctx->version_info = read_version(ctx);
    info = ctx->version_info;
    libxl__ctx_unlock(ctx);
    return info;
}

int libxl_clear_domid_history(libxl_ctx *ctx)
{
    if (!unlink(DOMID_HISTORY_FILE) || errno == ENOENT)
        return 0;
    return libxl__fail_errno(ctx, ERROR_FAIL, "cannot remove '%s'",
                             DOMID_HISTORY_FILE);
}
