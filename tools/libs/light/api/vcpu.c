/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * A domain's vCPUs: their state, and which are online. vcpu_affinity.c has
 * their affinity.
 */
#include <inttypes.h>
#include <stdlib.h>

#include <libxl.h>
#include <libxl_utils.h>

#include "event/ao.h"
#include "base/ctx.h"
#include "base/log.h"
#include "base/xenstore.h"
#include "base/xs_changes.h"
#include "domain/info.h"
#include "domain/paths.h"

static int read_vcpu(libxl_ctx *ctx, uint32_t domid, unsigned int vcpu,
                     int cpus, libxl_vcpuinfo *to)
{
    xc_vcpuinfo_t from;

    libxl_vcpuinfo_init(to);
    if (libxl_bitmap_alloc(ctx, &to->cpumap, cpus) ||
        libxl_bitmap_alloc(ctx, &to->cpumap_soft, cpus))
        return ERROR_FAIL;
    if (xc_vcpu_getinfo(ctx->xch, domid, vcpu, &from))
        return libxl__fail_errno(ctx, ERROR_FAIL,
                                 "cannot query vCPU %u of domain %" PRIu32,
                                 vcpu, domid);
    if (xc_vcpu_getaffinity(ctx->xch, domid, vcpu, to->cpumap.map,
                            to->cpumap_soft.map,
                            XEN_VCPUAFFINITY_HARD | XEN_VCPUAFFINITY_SOFT)) {
        libxl__error_errno(
            ctx, "cannot read the affinity of vCPU %u of domain %" PRIu32 "",
            vcpu, domid);
        return ERROR_FAIL;
    }
    to->vcpuid = vcpu;
    to->cpu = from.cpu;
    to->online = from.online;
    to->blocked = from.blocked;
    to->running = from.running;
    to->vcpu_time = from.cpu_time;
    return 0;
}

libxl_vcpuinfo *libxl_list_vcpu(libxl_ctx *ctx, uint32_t domid, int *nb_vcpu,
                                int *nr_cpus_out)
{
    int cpus = libxl_get_max_cpus(ctx);
    libxl_vcpuinfo *list = NULL;
    unsigned int i, count = 0;
    xc_domaininfo_t info;
    LIBXL__GC(gc, ctx);

    if (libxl__domain_info(gc, domid, &info))
        return list;
    if (cpus < 0) {
        libxl__error_errno(ctx, "cannot determine the number of CPUs");
        return list;
    }
    if (info.max_vcpu_id != XEN_INVALID_MAX_VCPU_ID)
        count = info.max_vcpu_id + 1;
    list = libxl__calloc_nogc(count, sizeof(*list));
    for (i = 0; i < count; i++) {
        if (!read_vcpu(ctx, domid, i, cpus, &list[i]))
            continue;
        libxl_vcpuinfo_list_free(list, i + 1);
        list = NULL;
        return list;
    }
    *nb_vcpu = count;
    *nr_cpus_out = cpus;
    return list;
}

struct online_job {
    uint32_t domid;
    const libxl_bitmap *vcpus;
    unsigned int vcpu_count; /* those the domain has */
};

static int check_online(libxl__gc *gc, const struct online_job *job)
{
    unsigned int bit;

    if (libxl_bitmap_is_empty(job->vcpus))
        return libxl__fail(gc->ctx, ERROR_FAIL,
                           "domain %" PRIu32 " needs a vCPU that is online",
                           job->domid);
    for (bit = job->vcpu_count; bit < job->vcpus->size * 8; bit++) {
        if (!libxl_bitmap_test(job->vcpus, bit))
            continue;
        return libxl__fail(gc->ctx, ERROR_FAIL,
                           "vCPU %u cannot be online: domain %" PRIu32
                           " was created with %u vCPUs",
                           bit, job->domid, job->vcpu_count);
    }
    return 0;
}

static void record_online(struct libxl__xs_changes *changes,
                          const struct online_job *job)
{
    const char *domain = libxl__xs_domain_path(changes->gc, job->domid);
    unsigned int vcpu;

    for (vcpu = 0; vcpu < job->vcpu_count; vcpu++)
        libxl__xs_add(changes, domain,
                      libxl__sprintf(changes->gc, "cpu/%u/availability", vcpu),
                      XS_INHERIT,
                      libxl_bitmap_test(job->vcpus, vcpu) ? "online"
                                                          : "offline");
}

/*
 * Ask the domain to bring vCPUs on- or offline.  It may take its time or ignore
 * the request.
 */
static int online_work(libxl__gc *gc, void *opaque)
{
    struct online_job *job = opaque;
    struct libxl__xs_changes changes;
    xc_domaininfo_t info;
    int rc;

    rc = libxl__domain_info(gc, job->domid, &info);
    if (rc)
        return rc;
    job->vcpu_count = info.max_vcpu_id + 1;
    rc = check_online(gc, job);
    if (rc)
        return rc;
    libxl__xs_changes_init(&changes, gc);
    record_online(&changes, job);
    return libxl__xs_commit(
        &changes,
        libxl__sprintf(gc,
                       "write to xenstore which vCPUs of domain %" PRIu32
                       " are to be online",
                       job->domid),
        libxl__domain_present, &job->domid);
}

int libxl_set_vcpuonline(libxl_ctx *ctx, uint32_t domid, libxl_bitmap *cpumap,
                         const libxl_asyncop_how *ao_how)
{
    struct online_job job = { .domid = domid, .vcpus = cpumap };

    return libxl__ao_run_now(ctx, domid, ao_how, online_work, &job,
                             sizeof(job));
}
