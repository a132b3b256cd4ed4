/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * FLASK, the hypervisor's mandatory access control.  These functions return
 * what libxenctrl returns, with errno: ENOSYS means a hypervisor without FLASK.
 */
#include <stdlib.h>
#include <string.h>

#include <libxl.h>

#include "base/ctx.h"
#include "base/memory.h"

int libxl_flask_context_to_sid(libxl_ctx *ctx, char *buf, size_t len,
                               uint32_t *ssidref)
{
    return xc_flask_context_to_sid(ctx->xch, buf, len, ssidref);
}

/* On success *buf is from malloc and *len counts the terminating zero byte. */
int libxl_flask_sid_to_context(libxl_ctx *ctx, uint32_t ssidref, char **buf,
                               size_t *len)
{
    char context[XC_PAGE_SIZE] = "";
    int rc = xc_flask_sid_to_context(ctx->xch, ssidref, context,
                                     sizeof(context) - 1);

    if (!rc) {
        *buf = libxl__strdup_nogc(context);
        *len = strlen(context) + 1;
    }
    return rc;
}

int libxl_flask_getenforce(libxl_ctx *ctx)
{
    return xc_flask_getenforce(ctx->xch);
}

int libxl_flask_setenforce(libxl_ctx *ctx, int mode)
{
    return xc_flask_setenforce(ctx->xch, mode);
}

int libxl_flask_loadpolicy(libxl_ctx *ctx, void *policy, uint32_t size)
{
    return xc_flask_load(ctx->xch, policy, size);
}
