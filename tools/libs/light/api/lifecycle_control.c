/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Requests to a guest's kernel through the nodes below control/, which
 * xenstore-paths(7) describes.  The kernel accepts a request by emptying the
 * node; it acts in its own time.
 */
#include <inttypes.h>
#include <string.h>

#include <libxl.h>

#include "event/ao.h"
#include "base/ctx.h"
#include "base/log.h"
#include "event/wait.h"
#include "base/xenstore.h"
#include "base/xs_changes.h"
#include "domain/info.h"
#include "domain/paths.h"

/* Time for the kernel to accept a request, as in Debian's library. */
#define TAKEN_TIMEOUT_MS 60000

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
