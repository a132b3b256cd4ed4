/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Sends debug keys to the hypervisor and sets its run-time parameters.
 */
#include <string.h>

#include <libxl.h>
#include <xenhypfs.h>

#include "base/ctx.h"
#include "base/log.h"
#include "base/memory.h"

/* Directory of the command line's parameters in hypfs. */
#define PARAMETERS_DIR "/params/"

int libxl_send_debug_keys(libxl_ctx *ctx, char *keys)
{
    if (xc_send_debug_keys(ctx->xch, keys))
        return libxl__fail_errno(ctx, ERROR_FAIL,
                                 "cannot send the debug keys '%s'", keys);
    return 0;
}

static int set_parameter(libxl__gc *gc, xenhypfs_handle *hypfs,
                         char *assignment)
{
    char *value = strchr(assignment, '=');
    const char *path;

    if (!value || value == assignment)
        return libxl__fail(gc->ctx, ERROR_INVAL,
                           "'%s' is no hypervisor parameter: write NAME=VALUE",
                           assignment);
    *value++ = 0;
    path = libxl__sprintf(gc, PARAMETERS_DIR "%s", assignment);
    if (xenhypfs_write(hypfs, path, value))
        return libxl__fail_errno(
            gc->ctx, ERROR_FAIL,
            "cannot set the hypervisor parameter '%s' to '%s'", assignment,
            value);
    return 0;
}

/* params is a list of NAME=VALUE. Stops at the first failure. */
int libxl_set_parameters(libxl_ctx *ctx, char *params)
{
    xenhypfs_handle *hypfs;
    char *text, *assignment, *rest;
    LIBXL__GC(gc, ctx);
    int rc = 0;

    hypfs = xenhypfs_open(ctx->logger, 0);
    if (!hypfs) {
        libxl__error_errno(ctx, "cannot open the hypervisor's parameters");
        rc = ERROR_FAIL;
        goto out;
    }
    text = libxl__strdup(gc, params);
    for (assignment = strtok_r(text, " ", &rest); assignment && !rc;
         assignment = strtok_r(NULL, " ", &rest))
        rc = set_parameter(gc, hypfs, assignment);

out:
    if (hypfs)
        xenhypfs_close(hypfs);
    return rc;
}
