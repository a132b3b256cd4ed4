/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The xenstore paths of a domain, and removing all of them.
 */
#include "domain/paths.h"

#include <inttypes.h>
#include <string.h>

#include "base/ctx.h"
#include "base/xenstore.h"

char *libxl__path_vm(libxl__gc *gc, const char *uuid)
{
    return libxl__sprintf(gc, "/vm/%s", uuid);
}

char *libxl__path_libxl(libxl__gc *gc, uint32_t domid)
{
    return libxl__sprintf(gc, "/libxl/%" PRIu32, domid);
}

char *libxl__path_device(libxl__gc *gc, uint32_t domid, const char *kind,
                         unsigned int devid)
{
    return libxl__sprintf(gc, "/libxl/%" PRIu32 "/device/%s/%u", domid, kind,
                          devid);
}

char *libxl__path_backend(libxl__gc *gc, const char *kind, uint32_t domid,
                          unsigned int devid)
{
    return libxl__sprintf(gc, "/local/domain/0/backend/%s/%" PRIu32 "/%u", kind,
                          domid, devid);
}

/*
 * The backends of a domain's devices, from what the toolstack kept of them:
 * a guest cannot make us remove anything else.  Each backend has a directory
 * of its own below one for the domain.
 */
static int remove_backends(libxl__gc *gc, uint32_t domid)
{
    const char *devices =
        libxl__sprintf(gc, "%s/device", libxl__path_libxl(gc, domid));
    unsigned int i, count = 0;
    char **kinds = libxl__xs_directory(gc, XBT_NULL, devices, &count);
    int rc = 0, this_rc;

    for (i = 0; kinds && i < count; i++) {
        this_rc = libxl__xs_rm(
            gc, XBT_NULL,
            libxl__sprintf(gc, "/local/domain/0/backend/%s/%" PRIu32, kinds[i],
                           domid));
        if (this_rc)
            rc = this_rc;
    }
    return rc;
}

int libxl__paths_remove(libxl__gc *gc, uint32_t domid, const char *uuid)
{
    const char *const paths[] = {
        libxl__path_vm(gc, uuid),
        libxl__xs_domain_path(gc, domid),
        libxl__path_libxl(gc, domid),
    };
    int rc = remove_backends(gc, domid), this_rc;
    size_t i;

    for (i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        this_rc = libxl__xs_rm(gc, XBT_NULL, paths[i]);
        if (this_rc)
            rc = this_rc;
    }
    return rc;
}
