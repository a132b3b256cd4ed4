/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Requests to a guest's kernel through the nodes below control/, which
 * xenstore-paths(7) describes.  The kernel accepts a request by emptying the
 * node; it acts in its own time.
 */
#include <inttypes.h>
#include <string.h>

#include <libxl.h>
#include <xenctrl.h>
#include <xenguest.h>

#include "event/ao.h"
#include "base/ctx.h"
#include "base/log.h"
#include "event/wait.h"
#include "base/xenstore.h"
#include "base/xs_changes.h"
#include "domain/info.h"
#include "domain/paths.h"

/* Time for the kernel to accept a request, as in Debian's library. */
#ifndef TAKEN_TIMEOUT_MS /* tests have their own */
#define TAKEN_TIMEOUT_MS 60000
#endif

/* If the node does not exist, the domain does not either. */
static int check_taken(libxl__gc *gc, void *path)
{
    const char *value;
    int rc = libxl__xs_find(gc, XBT_NULL, path, &value);

    if (rc)
        return rc;
    return value && *value ? ERROR_NOT_READY : 0;
}

/* A kernel that will not act on a request has written "0". */
static bool is_refused(libxl__gc *gc, uint32_t domid, const char *command)
{
    const char *feature =
        libxl__xs_readf(gc, XBT_NULL, "%s/control/feature-%s",
                        libxl__xs_domain_path(gc, domid), command);

    return feature && !strcmp(feature, "0");
}

/* Writes a node below the domain's control/, unless the domain is destroyed. */
static int write_control(libxl__gc *gc, uint32_t domid, const char *node,
                         const char *value)
{
    const char *directory =
        libxl__sprintf(gc, "%s/control", libxl__xs_domain_path(gc, domid));
    struct libxl__xs_changes changes;

    libxl__xs_changes_init(&changes, gc);
    libxl__xs_add(&changes, directory, node, XS_INHERIT, value);
    return libxl__xs_commit(
        &changes,
        libxl__sprintf(gc, "write '%s/%s' to xenstore", directory, node),
        libxl__domain_present, &domid);
}

struct control_job {
    uint32_t domid;
    const char *command;
};

static int control_work(libxl__gc *gc, void *opaque)
{
    const struct control_job *job = opaque;
    xc_domaininfo_t info;
    char *path;
    int rc;

    rc = libxl__domain_info(gc, job->domid, &info);
    if (rc)
        return rc;
    if (is_refused(gc, job->domid, job->command))
        return libxl__fail(gc->ctx, ERROR_NOPARAVIRT,
                           "domain %" PRIu32
                           " says that it does not react to a "
                           "request for '%s'",
                           job->domid, job->command);
    rc = write_control(gc, job->domid, "shutdown", job->command);
    if (rc)
        return rc;
    path = libxl__sprintf(gc, "%s/control/shutdown",
                          libxl__xs_domain_path(gc, job->domid));
    rc = libxl__wait_xenstore(gc, (const char *const[]) { path }, 1,
                              TAKEN_TIMEOUT_MS, check_taken, path);
    if (rc == ERROR_TIMEDOUT)
        libxl__error(gc->ctx,
                     "domain %" PRIu32 " has not taken the request for '%s' "
                     "within %d seconds: is its kernel running?",
                     job->domid, job->command, TAKEN_TIMEOUT_MS / 1000);
    return rc;
}

int libxl_domain_shutdown(libxl_ctx *ctx, uint32_t domid,
                          const libxl_asyncop_how *ao_how)
{
    struct control_job job = { .domid = domid, .command = "poweroff" };

    return libxl__ao_run(ctx, domid, ao_how, control_work, &job, sizeof(job));
}

int libxl_domain_reboot(libxl_ctx *ctx, uint32_t domid,
                        const libxl_asyncop_how *ao_how)
{
    struct control_job job = { .domid = domid, .command = "reboot" };

    return libxl__ao_run(ctx, domid, ao_how, control_work, &job, sizeof(job));
}

static int check_suspended(libxl__gc *gc, void *domid)
{
    xc_domaininfo_t info;
    int rc = libxl__domain_info(gc, *(uint32_t *)domid, &info);

    if (rc)
        return rc;
    return info.flags & XEN_DOMINF_shutdown ? 0 : ERROR_NOT_READY;
}

/*
 * Wait until the domain has stopped.  If it does not, take the request back, so
 * that it does not stop later, when nobody resumes it.
 */
static int suspend_work(libxl__gc *gc, void *opaque)
{
    struct control_job job = { *(uint32_t *)opaque, "suspend" };
    const char *const paths[] = { "@releaseDomain" };
    int rc = control_work(gc, &job);

    if (!rc) {
        rc = libxl__wait_xenstore(gc, paths, 1, TAKEN_TIMEOUT_MS,
                                  check_suspended, &job.domid);
        if (rc == ERROR_TIMEDOUT)
            libxl__error(gc->ctx,
                         "domain %" PRIu32 " has taken the request for "
                         "'suspend', and has not stopped within %d seconds",
                         job.domid, TAKEN_TIMEOUT_MS / 1000);
    } else if (rc == ERROR_TIMEDOUT || rc == ERROR_ABORTED) {
        write_control(gc, job.domid, "shutdown", "");
    }
    if (rc == ERROR_TIMEDOUT)
        rc = ERROR_GUEST_TIMEDOUT;
    return rc == ERROR_DOMAIN_NOTFOUND ? ERROR_FAIL : rc;
}

int libxl_domain_suspend_only(libxl_ctx *ctx, uint32_t domid,
                              const libxl_asyncop_how *ao_how)
{
    return libxl__ao_run(ctx, domid, ao_how, suspend_work, &domid,
                         sizeof(domid));
}

struct resume_job {
    uint32_t domid;
    int cooperative;
};

/* A domain that runs goes on running. */
static int resume_work(libxl__gc *gc, void *opaque)
{
    const struct resume_job *job = opaque;
    xc_domaininfo_t info;

    if (libxl__domain_info(gc, job->domid, &info))
        return ERROR_FAIL;
    if (xc_domain_resume(gc->ctx->xch, job->domid, job->cooperative))
        return libxl__fail_errno(gc->ctx, ERROR_FAIL,
                                 "cannot resume domain %" PRIu32, job->domid);
    if (!xs_resume_domain(gc->ctx->xsh, job->domid))
        return libxl__fail_errno(gc->ctx, ERROR_FAIL,
                                 "xenstored does not resume domain %" PRIu32,
                                 job->domid);
    return 0;
}

int libxl_domain_resume(libxl_ctx *ctx, uint32_t domid, int suspend_cancel,
                        const libxl_asyncop_how *ao_how)
{
    struct resume_job job = { domid, suspend_cancel };

    return libxl__ao_run_now(ctx, domid, ao_how, resume_work, &job,
                             sizeof(job));
}

/* Send one magic SysRq key of Linux.  Does not wait until it is accepted. */
int libxl_send_sysrq(libxl_ctx *ctx, uint32_t domid, char sysrq)
{
    xc_domaininfo_t info;
    LIBXL__GC(gc, ctx);
    int rc;

    rc = libxl__domain_info(gc, domid, &info);
    if (!rc)
        rc = write_control(gc, domid, "sysrq", (char[]) { sysrq, '\0' });
    return rc;
}
