/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Converts between names and domids, and finds stub domains. domain/name.c has
 * the work on names.
 */
#include <stdlib.h>

#include <libxl_utils.h>

#include "base/ctx.h"
#include "base/number.h"
#include "base/xenstore.h"
#include "domain/info.h"
#include "domain/name.h"

/* Return the error code that applications expect. */
static int find_name(libxl__gc *gc, const char *name, uint32_t *domid_r)
{
    int rc = libxl__name_lookup(gc, name, domid_r);

    return rc == ERROR_NOTFOUND ? ERROR_INVAL : rc;
}

int libxl_name_to_domid(libxl_ctx *ctx, const char *name, uint32_t *domid)
{
    LIBXL__GC(gc, ctx);

    return find_name(gc, name, domid);
}

int libxl_domain_qualifier_to_domid(libxl_ctx *ctx, const char *name,
                                    uint32_t *domid)
{
    LIBXL__GC(gc, ctx);

    return libxl__number_parse_u32(name, domid) ? 0
                                                : find_name(gc, name, domid);
}

char *libxl_domid_to_name(libxl_ctx *ctx, uint32_t domid)
{
    LIBXL__GC(gc, ctx);

    return libxl__strdup_nogc(libxl__name_show(gc, domid));
}

int libxl_domid_valid_guest(uint32_t domid)
{
    return libxl__is_guest(domid);
}

/* Return the domain that runs the device model of guest_domid, or 0. */
int libxl_get_stubdom_id(libxl_ctx *ctx, int guest_domid)
{
    LIBXL__GC(gc, ctx);
    const char *text =
        libxl__xs_readf(gc, XBT_NULL, "%s/image/device-model-domid",
                        libxl__xs_domain_path(gc, guest_domid));

    return text ? atoi(text) : 0;
}

/*
 * Return whether domid runs the device model of another domain, *target_domid.
 */
int libxl_is_stubdom(libxl_ctx *ctx, uint32_t domid, uint32_t *target_domid)
{
    LIBXL__GC(gc, ctx);
    uint32_t target;

    if (libxl__xs_read_u32(
            gc, XBT_NULL,
            libxl__sprintf(gc, "%s/target", libxl__xs_domain_path(gc, domid)),
            &target))
        return 0;
    if (target_domid)
        *target_domid = target;
    return 1;
}
