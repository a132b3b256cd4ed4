/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Small things done to a domain that lives: pausing, renaming, triggers,
 * dumps.  What its kernel has to agree to stands in lifecycle_control.c;
 * creation and the end of a domain stand in domain/.
 */
#include <inttypes.h>
#include <string.h>

#include <libxl.h>
#include <libxl_utils.h>

#include "event/ao.h"
#include "base/ctx.h"
#include "event/kept_names.h"
#include "base/log.h"
#include "base/xenstore.h"
#include "domain/info.h"
#include "domain/name.h"
#include "domain/paths.h"

static int pause_work(libxl__gc *gc, void *opaque)
{
    uint32_t domid = *(uint32_t *)opaque;

    if (libxl__domid_check(gc->ctx, domid))
        return ERROR_FAIL;
    if (xc_domain_pause(gc->ctx->xch, domid)) {
        libxl__error_errno(gc->ctx, "cannot pause domain %" PRIu32, domid);
        return ERROR_FAIL;
    }
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
    if (xc_domain_unpause(gc->ctx->xch, domid)) {
        libxl__error_errno(gc->ctx, "cannot unpause domain %" PRIu32, domid);
        return ERROR_FAIL;
    }
    return 0;
}

int libxl_domain_unpause(libxl_ctx *ctx, uint32_t domid,
                         const libxl_asyncop_how *ao_how)
{
    return libxl__ao_run_now(ctx, domid, ao_how, unpause_work, &domid,
                             sizeof(domid));
}

struct rename {
    xc_domaininfo_t domain;
    const char *old_name; /* NULL: any */
    const char *new_name;
};

/*
 * Everything that the decision rests on is read within the transaction t, so
 * that a name which somebody else takes meanwhile makes it fail and start
 * again.
 */
static int rename_within(libxl__gc *gc, xs_transaction_t t, void *opaque)
{
    const struct rename *job = opaque;
    uint32_t domid = job->domain.domain;
    const char *path = libxl__name_path(gc, domid), *name;
    xc_domaininfo_t *others;
    unsigned int i, count;
    int rc;

    name = libxl__xs_read(gc, t, path);
    if (job->old_name && (!name || strcmp(name, job->old_name))) {
        libxl__error(gc->ctx,
                     "domain %u is named '%s', not '%s': it was renamed "
                     "meanwhile",
                     domid, name ? name : "", job->old_name);
        return ERROR_FAIL;
    }
    if (name && !strcmp(name, job->new_name))
        return 0;

    others = libxl__domain_list(gc, &count);
    if (!others)
        return ERROR_FAIL;
    for (i = 0; i < count; i++) {
        if (others[i].domain == domid)
            continue;
        name = libxl__xs_read(gc, t, libxl__name_path(gc, others[i].domain));
        if (!name || strcmp(name, job->new_name))
            continue;
        libxl__error(gc->ctx, "domain %u has the name '%s' already",
                     others[i].domain, job->new_name);
        return ERROR_INVAL;
    }

    rc = libxl__xs_write(gc, t, path, job->new_name);
    if (rc || domid == 0)
        return rc;
    path = libxl__sprintf(
        gc, "%s/name",
        libxl__path_vm(gc, libxl__uuid_text(gc, job->domain.handle)));
    return libxl__xs_write(gc, t, path, job->new_name);
}

static int rename_domain(libxl__gc *gc, uint32_t domid, const char *old_name,
                         const char *new_name)
{
    struct rename job = { .old_name = old_name, .new_name = new_name };
    int rc;

    if (!new_name || !*new_name) {
        libxl__error(gc->ctx, "no new name for domain %" PRIu32 " is given",
                     domid);
        return ERROR_INVAL;
    }
    rc = libxl__domain_info(gc, domid, &job.domain);
    if (rc)
        return rc;
    rc = libxl__xs_transaction(
        gc, libxl__sprintf(gc, "rename domain %u to '%s'", domid, new_name),
        rename_within, &job);
    if (!rc)
        libxl__kept_names_forget(domid, job.domain.handle);
    return rc;
}

int libxl_domain_rename(libxl_ctx *ctx, uint32_t domid, const char *old_name,
                        const char *new_name)
{
    libxl__gc gc[1];
    int rc;

    libxl__gc_init(gc, ctx);
    rc = rename_domain(gc, domid, old_name, new_name);
    libxl__gc_dispose(gc);
    return rc;
}

struct core_dump_job {
    uint32_t domid;
    const char *filename;
};

static int core_dump_work(libxl__gc *gc, void *opaque)
{
    const struct core_dump_job *job = opaque;

    if (xc_domain_dumpcore(gc->ctx->xch, job->domid, job->filename)) {
        libxl__error_errno(gc->ctx, "cannot dump domain %" PRIu32 " to '%s'",
                           job->domid, job->filename);
        return ERROR_FAIL;
    }
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

/* The hypervisor's number of a trigger, or -1 where it has none. */
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

    /* Waking up from S3 is for machines with emulated firmware. */
    if (number < 0) {
        libxl__error(gc->ctx, "domain %" PRIu32 " on Arm has no trigger '%s'",
                     job->domid, libxl_trigger_to_string(job->trigger) ?: "?");
        return job->trigger == LIBXL_TRIGGER_S3RESUME ? ERROR_INVAL
                                                      : ERROR_FAIL;
    }
    if (libxl__domid_check(gc->ctx, job->domid))
        return ERROR_FAIL;
    if (xc_domain_send_trigger(gc->ctx->xch, job->domid, number, job->vcpu)) {
        libxl__error_errno(gc->ctx,
                           "cannot send the trigger '%s' to domain %" PRIu32,
                           libxl_trigger_to_string(job->trigger), job->domid);
        return ERROR_FAIL;
    }
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
