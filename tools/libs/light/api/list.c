/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Lists domains by what the hypervisor says. xenstore is read for start times
 * only.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <libxl_utils.h>

#include "base/ctx.h"
#include "base/log.h"
#include "base/xenstore.h"
#include "domain/info.h"
#include "domain/paths.h"

static uint64_t kb_of_pages(uint64_t pages)
{
    return pages << (XC_PAGE_SHIFT - 10);
}

/* Leaves *label untouched if the hypervisor has no labels. */
static void read_label(libxl_ctx *ctx, uint32_t ssidref, char **label)
{
    size_t length;

    libxl_flask_sid_to_context(ctx, ssidref, label, &length);
}

static void fill_dominfo(libxl_ctx *ctx, const xc_domaininfo_t *from,
                         libxl_dominfo *to)
{
    libxl_dominfo_init(to);
    memcpy(to->uuid.uuid, from->handle, sizeof(from->handle));
    to->domid = from->domain;
    to->ssidref = from->ssidref;
    read_label(ctx, from->ssidref, &to->ssid_label);

    to->running = from->flags & XEN_DOMINF_running;
    to->blocked = from->flags & XEN_DOMINF_blocked;
    to->paused = from->flags & XEN_DOMINF_paused;
    to->shutdown = from->flags & XEN_DOMINF_shutdown;
    to->dying = from->flags & XEN_DOMINF_dying;
    to->never_stop = from->flags & XEN_DOMINF_xs_domain;
    to->shutdown_reason = LIBXL_SHUTDOWN_REASON_UNKNOWN;
    if (to->shutdown)
        to->shutdown_reason =
            from->flags >> XEN_DOMINF_shutdownshift & XEN_DOMINF_shutdownmask;

    to->outstanding_memkb = kb_of_pages(from->outstanding_pages);
    to->current_memkb = kb_of_pages(from->tot_pages);
    to->shared_memkb = kb_of_pages(from->shr_pages);
    to->paged_memkb = kb_of_pages(from->paged_pages);
    to->max_memkb = kb_of_pages(from->max_pages);
    to->cpu_time = from->cpu_time;
    to->vcpu_max_id = from->max_vcpu_id;
    to->vcpu_online = from->nr_online_vcpus;
    to->cpupool = from->cpupool;
    to->gpaddr_bits = from->gpaddr_bits;
    to->domain_type = from->flags & XEN_DOMINF_hvm_guest ? LIBXL_DOMAIN_TYPE_HVM
                                                         : LIBXL_DOMAIN_TYPE_PV;
}

/* Callers use this to test whether a domain exists, so log nothing if not. */
int libxl_domain_info(libxl_ctx *ctx, libxl_dominfo *info_r, uint32_t domid)
{
    xc_domaininfo_t info;
    int rc = libxl__domain_find(ctx, domid, &info);

    if (!rc && info_r)
        fill_dominfo(ctx, &info, info_r);
    return rc;
}

libxl_dominfo *libxl_list_domain(libxl_ctx *ctx, int *nb_domain_out)
{
    libxl_dominfo *list = NULL;
    xc_domaininfo_t *domains;
    unsigned int i, count;
    LIBXL__GC(gc, ctx);

    domains = libxl__domain_list(gc, &count);
    if (domains) {
        list = libxl__calloc_nogc(count, sizeof(*list));
        for (i = 0; i < count; i++)
            fill_dominfo(ctx, &domains[i], &list[i]);
        *nb_domain_out = count;
    }
    return list;
}

libxl_vminfo *libxl_list_vm(libxl_ctx *ctx, int *nb_vm_out)
{
    libxl_vminfo *list = NULL;
    xc_domaininfo_t *domains;
    unsigned int i, count;
    LIBXL__GC(gc, ctx);

    domains = libxl__domain_list(gc, &count);
    if (domains) {
        list = libxl__calloc_nogc(count, sizeof(*list));
        for (i = 0; i < count; i++) {
            libxl_vminfo_init(&list[i]);
            memcpy(list[i].uuid.uuid, domains[i].handle,
                   sizeof(domains[i].handle));
            list[i].domid = domains[i].domain;
        }
        *nb_vm_out = count;
    }
    return list;
}

uint32_t libxl_vm_get_start_time(libxl_ctx *ctx, uint32_t domid)
{
    const char *uuid, *text;
    LIBXL__GC(gc, ctx);

    if (libxl__domain_uuid(gc, domid, &uuid))
        return UINT32_MAX;
    text = libxl__xs_readf(gc, XBT_NULL, "%s/start_time",
                           libxl__path_vm(gc, uuid));
    if (text)
        return strtoul(text, NULL, 10); /* SECONDS.MICROSECONDS */
    libxl__error_errno(ctx, "no start time of domain %" PRIu32, domid);
    return UINT32_MAX;
}
