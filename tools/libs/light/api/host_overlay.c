/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Device tree overlays: add devices to, or remove them from, the running host
 * or a domain.  Releases before Xen 4.19 have none.
 */
#include <inttypes.h>

#include <libfdt.h>
#include <libxl.h>

#include "base/ctx.h"
#include "base/log.h"

#ifdef LIBXL_HAVE_DT_OVERLAY

/* The hypervisor reads as many bytes as the tree's header says. */
static int check_overlay(libxl_ctx *ctx, const void *overlay, uint32_t size)
{
    int res = size < sizeof(struct fdt_header) ? -FDT_ERR_TRUNCATED
                                               : fdt_check_header(overlay);

    if (!res && fdt_totalsize(overlay) > size)
        res = -FDT_ERR_TRUNCATED;
    if (!res)
        return 0;
    return libxl__fail(ctx, ERROR_FAIL,
                       "the overlay is no flattened device tree: %s",
                       fdt_strerror(res));
}

int libxl_dt_overlay(libxl_ctx *ctx, void *overlay, uint32_t overlay_size,
                     uint8_t overlay_op)
{
    int rc = check_overlay(ctx, overlay, overlay_size);

    if (rc)
        return rc;
    if (xc_dt_overlay(ctx->xch, overlay, overlay_size, overlay_op)) {
        libxl__error_errno(
            ctx, "cannot %s the overlay %s the machine's device tree",
            overlay_op == LIBXL_DT_OVERLAY_ADD ? "add" : "remove",
            overlay_op == LIBXL_DT_OVERLAY_ADD ? "to" : "from");
        return ERROR_FAIL;
    }
    return 0;
}

int libxl_dt_overlay_domain(libxl_ctx *ctx, uint32_t domain_id,
                            void *overlay_dt, uint32_t overlay_dt_size,
                            uint8_t overlay_op)
{
    int rc = check_overlay(ctx, overlay_dt, overlay_dt_size);

    if (rc)
        return rc;
    if (xc_dt_overlay_domain(ctx->xch, overlay_dt, overlay_dt_size, overlay_op,
                             domain_id))
        return libxl__fail_errno(
            ctx, ERROR_FAIL,
            "cannot attach the overlay's devices to domain "
            "%" PRIu32,
            domain_id);
    return 0;
}

#endif
