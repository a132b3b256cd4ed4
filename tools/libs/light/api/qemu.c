/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * What an application may ask the QEMU of a domain.
 */
#include <inttypes.h>
#include <stdlib.h>

#include <libxl.h>

#include "base/log.h"
#include "device/qmp.h"
#include "event/ao.h"

struct monitor_job {
    uint32_t domid;
    char *command; /* the job owns it */
    char **output;
};

static int ask(libxl__gc *gc, struct libxl__qmp *qmp,
               const struct monitor_job *job)
{
    const struct libxl__json *result;
    int rc = libxl__qmp_run(qmp, "human-monitor-command", "command-line",
                            job->command, &result);

    if (rc)
        return rc;
    if (result->kind != LIBXL__JSON_STRING)
        return libxl__fail(gc->ctx, ERROR_PROTOCOL_ERROR_QMP,
                           "the QEMU of domain %" PRIu32
                           " answers '%s' with something else than text",
                           job->domid, job->command);
    *job->output = libxl__strdup_nogc(result->string);
    return 0;
}

static int monitor_work(libxl__gc *gc, void *opaque)
{
    struct monitor_job *job = opaque;
    struct libxl__qmp qmp;
    int rc = libxl__qmp_open(gc, job->domid, &qmp);

    if (!rc) {
        rc = ask(gc, &qmp, job);
        libxl__qmp_close(&qmp);
    }
    free(job->command);
    return rc;
}

int libxl_qemu_monitor_command(libxl_ctx *ctx, uint32_t domid,
                               const char *command_line, char **output,
                               const libxl_asyncop_how *ao_how)
{
    struct monitor_job job = {
        .domid = domid,
        .command = libxl__strdup_nogc(command_line),
        .output = output,
    };

    return libxl__ao_run(ctx, domid, ao_how, monitor_work, &job, sizeof(job));
}
