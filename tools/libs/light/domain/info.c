/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Queries the hypervisor about domains.
 */
#include "domain/info.h"

#include <errno.h>
#include <inttypes.h>

#include "base/ctx.h"
#include "base/log.h"

int libxl__domain_find(libxl_ctx *ctx, uint32_t domid, xc_domaininfo_t *info_r)
{
    xc_domaininfo_t info;
    int r = xc_domain_getinfolist(ctx->xch, domid, 1, &info);

    if (r < 0)
        return libxl__fail_errno(ctx, ERROR_FAIL,
                                 "cannot query domain %" PRIu32, domid);
    /* The list starts at the first domain whose number is domid or more. */
    if (r == 0 || info.domain != domid)
        return ERROR_DOMAIN_NOTFOUND;
    *info_r = info;
    return 0;
}

int libxl__domain_info(libxl__gc *gc, uint32_t domid, xc_domaininfo_t *info_r)
{
    int rc = libxl__domain_find(gc->ctx, domid, info_r);

    if (rc == ERROR_DOMAIN_NOTFOUND)
        libxl__error(gc->ctx, "there is no domain %" PRIu32, domid);
    return rc;
}

int libxl__domid_check(libxl_ctx *ctx, uint32_t domid)
{
    if (domid == (domid_t)domid)
        return 0;
    return libxl__fail(ctx, ERROR_FAIL, "there is no domain %" PRIu32, domid);
}

xc_domaininfo_t *libxl__domain_list(libxl__gc *gc, unsigned int *count_r)
{
    enum { STEP = 64 };
    xc_domaininfo_t *list = NULL;
    unsigned int count = 0;
    uint32_t first = 0;
    int r;

    do {
        list = libxl__realloc(gc, list, (count + STEP) * sizeof(*list));
        r = xc_domain_getinfolist(gc->ctx->xch, first, STEP, list + count);
        if (r < 0) {
            libxl__error_errno(gc->ctx, "cannot list the domains");
            return NULL;
        }
        count += r;
        if (count)
            first = list[count - 1].domain + 1;
    } while (r == STEP);
    *count_r = count;
    return list;
}

char *libxl__uuid_text(libxl__gc *gc, const xen_domain_handle_t handle)
{
    return libxl__sprintf(gc, LIBXL_UUID_FMT, LIBXL__UUID_BYTES(handle));
}

int libxl__domain_uuid(libxl__gc *gc, uint32_t domid, const char **uuid_r)
{
    xc_domaininfo_t info;
    int rc = libxl__domain_info(gc, domid, &info);

    if (!rc)
        *uuid_r = libxl__uuid_text(gc, info.handle);
    return rc;
}
