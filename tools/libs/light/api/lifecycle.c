/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Lifecycle of a domain: create, preserve, destroy, pause, rename, trigger,
 * dump. lifecycle_control.c has what the guest's kernel must agree to.
 */
#include <inttypes.h>
#include <string.h>

#include <libxl.h>
#include <libxl_utils.h>

#include "event/ao.h"
#include "base/ctx.h"
#include "base/log.h"
#include "create/create.h"
#include "create/destroy.h"
#include "create/preserve.h"
#include "domain/info.h"
#include "domain/name.h"

struct create_job {
    const libxl_domain_config *config;
    uint32_t *domid;
    const libxl_asyncprogress_how *console_how; /* NULL, or &console_how_copy */
    libxl_asyncprogress_how console_how_copy;
};

static int create_work(libxl__gc *gc, void *opaque)
{
    struct create_job *job = opaque;

    return libxl__domain_create(
        gc, job->config, job->console_how ? &job->console_how_copy : NULL,
        job->domid);
}

int libxl_domain_create_new(libxl_ctx *ctx, libxl_domain_config *d_config,
                            uint32_t *domid, const libxl_asyncop_how *ao_how,
                            const libxl_asyncprogress_how *aop_console_how)
{
    struct create_job job = {
        .config = d_config,
        .domid = domid,
        .console_how = aop_console_how,
    };

    if (aop_console_how)
        job.console_how_copy = *aop_console_how;
    /* The caller learns the number from *domid, not from the event. */
    return libxl__ao_run(ctx, 0, ao_how, create_work, &job, sizeof(job));
}

static int destroy_work(libxl__gc *gc, void *opaque)
{
    return libxl__domain_destroy(gc, *(uint32_t *)opaque);
}

int libxl_domain_destroy(libxl_ctx *ctx, uint32_t domid,
                         const libxl_asyncop_how *ao_how)
{
    return libxl__ao_run(ctx, domid, ao_how, destroy_work, &domid,
                         sizeof(domid));
}

int libxl_domain_preserve(libxl_ctx *ctx, uint32_t domid,
                          libxl_domain_create_info *info,
                          const char *name_suffix, libxl_uuid new_uuid)
{
    LIBXL__GC(gc, ctx);

    return libxl__domain_preserve(gc, domid, name_suffix, &new_uuid);
}

static int pause_work(libxl__gc *gc, void *opaque)
{
    uint32_t domid = *(uint32_t *)opaque;

    if (libxl__domid_check(gc->ctx, domid))
        return ERROR_FAIL;
    if (xc_domain_pause(gc->ctx->xch, domid))
        return libxl__fail_errno(gc->ctx, ERROR_FAIL,
                                 "cannot pause domain %" PRIu32, domid);
    return 0;
}

int libxl_domain_pause(libxl_ctx *ctx, uint32_t domid,
                       const libxl_asyncop_how *ao_how)
{
    return libxl__ao_run_now(ctx, domid, ao_how, pause_work, &domid,
                             sizeof(domid));
}

static int unpause_work(libxl__gc *gc, void *opaque)
{
    uint32_t domid = *(uint32_t *)opaque;

    if (libxl__domid_check(gc->ctx, domid))
        return ERROR_FAIL;
    if (xc_domain_unpause(gc->ctx->xch, domid))
        return libxl__fail_errno(gc->ctx, ERROR_FAIL,
                                 "cannot unpause domain %" PRIu32, domid);
    return 0;
}

int libxl_domain_unpause(libxl_ctx *ctx, uint32_t domid,
                         const libxl_asyncop_how *ao_how)
{
    return libxl__ao_run_now(ctx, domid, ao_how, unpause_work, &domid,
                             sizeof(domid));
}

int libxl_domain_rename(libxl_ctx *ctx, uint32_t domid, const char *old_name,
                        const char *new_name)
{
    LIBXL__GC(gc, ctx);

    /* At its next reboot the domain is created by its new name. */
    if (new_name && libxl__name_check(gc, new_name))
        return ERROR_INVAL;
    return libxl__name_change(gc, domid, old_name, new_name);
}

struct core_dump_job {
    uint32_t domid;
    const char *filename;
};

static int core_dump_work(libxl__gc *gc, void *opaque)
{
    const struct core_dump_job *job = opaque;

    if (xc_domain_dumpcore(gc->ctx->xch, job->domid, job->filename))
        return libxl__fail_errno(gc->ctx, ERROR_FAIL,
                                 "cannot dump domain %" PRIu32 " to '%s'",
                                 job->domid, job->filename);
    return 0;
}

int libxl_domain_core_dump(libxl_ctx *ctx, uint32_t domid, const char *filename,
                           const libxl_asyncop_how *ao_how)
{
    struct core_dump_job job = { .domid = domid, .filename = filename };

    return libxl__ao_run(ctx, domid, ao_how, core_dump_work, &job, sizeof(job));
}

struct trigger_job {
    uint32_t domid;
    libxl_trigger trigger;
    uint32_t vcpu;
};

/* Convert to the hypervisor's number; -1 if it has no such trigger. */
static int number_of_trigger(libxl_trigger trigger)
{
    switch (trigger) {
    case LIBXL_TRIGGER_POWER:
        return XEN_DOMCTL_SENDTRIGGER_POWER;
    case LIBXL_TRIGGER_SLEEP:
        return XEN_DOMCTL_SENDTRIGGER_SLEEP;
    case LIBXL_TRIGGER_NMI:
        return XEN_DOMCTL_SENDTRIGGER_NMI;
    case LIBXL_TRIGGER_INIT:
        return XEN_DOMCTL_SENDTRIGGER_INIT;
    case LIBXL_TRIGGER_RESET:
        return XEN_DOMCTL_SENDTRIGGER_RESET;
    default:
        return -1;
    }
}

static int trigger_work(libxl__gc *gc, void *opaque)
{
    const struct trigger_job *job = opaque;
    int number = number_of_trigger(job->trigger);

    /* Resuming from S3 needs emulated firmware. */
    if (number < 0) {
        libxl__error(gc->ctx, "domain %" PRIu32 " on Arm has no trigger '%s'",
                     job->domid, libxl_trigger_to_string(job->trigger) ?: "?");
        return job->trigger == LIBXL_TRIGGER_S3RESUME ? ERROR_INVAL
                                                      : ERROR_FAIL;
    }
    if (libxl__domid_check(gc->ctx, job->domid))
        return ERROR_FAIL;
    if (xc_domain_send_trigger(gc->ctx->xch, job->domid, number, job->vcpu))
        return libxl__fail_errno(
            gc->ctx, ERROR_FAIL,
            "cannot send the trigger '%s' to domain %" PRIu32,
            libxl_trigger_to_string(job->trigger), job->domid);
    return 0;
}

int libxl_send_trigger(libxl_ctx *ctx, uint32_t domid, libxl_trigger trigger,
                       uint32_t vcpuid, const libxl_asyncop_how *ao_how)
{
    struct trigger_job job = {
        .domid = domid,
        .trigger = trigger,
        .vcpu = vcpuid,
    };

    return libxl__ao_run_now(ctx, domid, ao_how, trigger_work, &job,
                             sizeof(job));
}
