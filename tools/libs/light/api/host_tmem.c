/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Transcendent memory, removed in Xen 4.13.  Its functions are still part of
 * the interface, and fail.
 */
#include <libxl.h>

#include "base/log.h"

static int gone(libxl_ctx *ctx)
{
    return libxl__fail(ctx, ERROR_FAIL,
                       "this hypervisor has no transcendent memory (tmem)");
}

char *libxl_tmem_list(libxl_ctx *ctx, uint32_t domid, int use_long)
{
    gone(ctx);
    return NULL;
}

int libxl_tmem_freeze(libxl_ctx *ctx, uint32_t domid)
{
    return gone(ctx);
}

int libxl_tmem_thaw(libxl_ctx *ctx, uint32_t domid)
{
    return gone(ctx);
}

int libxl_tmem_set(libxl_ctx *ctx, uint32_t domid, char *name, uint32_t set)
{
    return gone(ctx);
}

int libxl_tmem_shared_auth(libxl_ctx *ctx, uint32_t domid, char *uuid, int auth)
{
    return gone(ctx);
}

int libxl_tmem_freeable(libxl_ctx *ctx)
{
    return gone(ctx);
}
