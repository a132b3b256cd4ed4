/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Opens and closes the library context.
 */
#include "base/ctx.h"

#include <errno.h>
#include <stdlib.h>

#include "base/event.h"
#include "base/log.h"
#include "base/memory.h"

int libxl_ctx_alloc(libxl_ctx **pctx, int version, unsigned flags,
                    xentoollog_logger *lg)
{
    pthread_mutexattr_t attributes;
    libxl_ctx *ctx;
    int rc;

    *pctx = NULL;
    if (version != LIBXL_VERSION)
        return ERROR_VERSION;

    ctx = libxl__zalloc_nogc(sizeof(*ctx));
    ctx->logger = lg;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_RECURSIVE);
    pthread_mutex_init(&ctx->lock, &attributes);
    pthread_mutexattr_destroy(&attributes);

    rc = libxl__events_init(ctx);
    if (rc)
        goto out;

    ctx->xch = xc_interface_open(lg, lg, 0);
    if (!ctx->xch) {
        libxl__error_errno(ctx, "cannot open the hypervisor interface "
                                "/dev/xen/privcmd: is this dom0, and is the "
                                "xen-privcmd module loaded?");
        rc = ERROR_FAIL;
        goto out;
    }

    ctx->xsh = xs_open(0);
    if (!ctx->xsh) {
        libxl__error_errno(ctx, "cannot connect to xenstored: is it running?");
        rc = ERROR_FAIL;
        goto out;
    }

    *pctx = ctx;
    return 0;

out:
    libxl_ctx_free(ctx);
    return rc;
}

int libxl_ctx_free(libxl_ctx *ctx)
{
    if (!ctx)
        return 0;
    libxl__events_dispose(ctx);
    libxl_version_info_dispose(ctx->version_info);
    free(ctx->version_info);
    if (ctx->xsh)
        xs_close(ctx->xsh);
    if (ctx->xch)
        xc_interface_close(ctx->xch);
    pthread_mutex_destroy(&ctx->lock);
    free(ctx);
    return 0;
}

void libxl__ctx_lock(libxl_ctx *ctx)
{
    pthread_mutex_lock(&ctx->lock);
}

void libxl__ctx_unlock(libxl_ctx *ctx)
{
    pthread_mutex_unlock(&ctx->lock);
}
