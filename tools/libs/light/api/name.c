/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * From the name of a domain to its number and back, and which domains serve
 * others.  How a name is found stands in domain/name.c.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <libxl_utils.h>

#include "base/ctx.h"
#include "base/log.h"
#include "base/xenstore.h"
#include "domain/name.h"

int libxl_name_to_domid(libxl_ctx *ctx, const char *name, uint32_t *domid)
{
    libxl__gc gc[1];
    int rc;

    libxl__gc_init(gc, ctx);
    rc = libxl__name_lookup(gc, name, domid);
    libxl__gc_dispose(gc);
    return rc == ERROR_NOTFOUND ? ERROR_INVAL : rc;
}

int libxl_domain_qualifier_to_domid(libxl_ctx *ctx, const char *name,
                                    uint32_t *domid)
{
    unsigned long number;
    char *end;

    errno = 0;
    number = strtoul(name, &end, 10);
    /* strtoul takes signs and spaces too: those are names. */
    if (*name < '0' || *name > '9' || *end || errno || number > UINT32_MAX)
        return libxl_name_to_domid(ctx, name, domid);
    *domid = number;
    return 0;
}

char *libxl_domid_to_name(libxl_ctx *ctx, uint32_t domid)
{
    libxl__gc gc[1];
    char *name;

    libxl__gc_init(gc, ctx);
    name = libxl__strdup_nogc(
        libxl__xs_read(gc, XBT_NULL, libxl__name_path(gc, domid)));
    libxl__gc_dispose(gc);
    return name;
}

int libxl_domid_valid_guest(uint32_t domid)
{
    return domid > 0 && domid < DOMID_FIRST_RESERVED;
}

/* The domain that runs the device model of guest_domid, or 0. */
int libxl_get_stubdom_id(libxl_ctx *ctx, int guest_domid)
{
    libxl__gc gc[1];
    const char *text;
    int domid = 0;

    libxl__gc_init(gc, ctx);
    text = libxl__xs_readf(gc, XBT_NULL, "%s/image/device-model-domid",
                           libxl__xs_domain_path(gc, guest_domid));
    if (text)
        domid = atoi(text);
    libxl__gc_dispose(gc);
    return domid;
}

/* Whether domid runs the device model of another, which is *target_domid. */
int libxl_is_stubdom(libxl_ctx *ctx, uint32_t domid, uint32_t *target_domid)
{
    libxl__gc gc[1];
    uint32_t target;
    int rc;

    libxl__gc_init(gc, ctx);
    rc = libxl__xs_read_u32(
        gc, XBT_NULL,
        libxl__sprintf(gc, "%s/target", libxl__xs_domain_path(gc, domid)),
        &target);
    libxl__gc_dispose(gc);
    if (rc)
        return 0;
    if (target_domid)
        *target_domid = target;
    return 1;
}
