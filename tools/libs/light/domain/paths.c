/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The xenstore paths of a domain, and removing all of them.
 */
#include "domain/paths.h"

#include <inttypes.h>
#include <string.h>

#include "base/ctx.h"
#include "base/xenstore.h"

#define BACKENDS "/local/domain/0/backend"

struct domain_paths {
    uint32_t domid;
    const char *uuid;
};

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
    return libxl__sprintf(gc, BACKENDS "/%s/%" PRIu32 "/%u", kind, domid,
                          devid);
}

/* Removes a directory that nothing stands in any more. */
static int remove_if_empty(libxl__gc *gc, xs_transaction_t t, const char *path)
{
    unsigned int count;
    char **names;
    int rc = libxl__xs_directory(gc, t, path, &names, &count);

    return rc || count ? rc : libxl__xs_rm(gc, t, path);
}

/*
 * The backends of a domain's devices.  Look for them where they are: a creation
 * that was cut short has not written down below /libxl which there are.
 */
static int remove_backends(libxl__gc *gc, xs_transaction_t t, uint32_t domid)
{
    unsigned int i, count;
    char **kinds;
    int rc;

    rc = libxl__xs_directory(gc, t, BACKENDS, &kinds, &count);
    for (i = 0; !rc && i < count; i++) {
        const char *kind = libxl__sprintf(gc, BACKENDS "/%s", kinds[i]);

        rc =
            libxl__xs_rm(gc, t, libxl__sprintf(gc, "%s/%" PRIu32, kind, domid));
        if (!rc)
            rc = remove_if_empty(gc, t, kind);
    }
    if (rc || !count)
        return rc;
    return remove_if_empty(gc, t, BACKENDS);
}

static int remove_all(libxl__gc *gc, xs_transaction_t t, void *opaque)
{
    const struct domain_paths *paths = opaque;
    const char *const tops[] = {
        libxl__path_vm(gc, paths->uuid),
        libxl__xs_domain_path(gc, paths->domid),
        libxl__path_libxl(gc, paths->domid),
    };
    int rc = remove_backends(gc, t, paths->domid);
    size_t i;

    for (i = 0; i < sizeof(tops) / sizeof(tops[0]) && !rc; i++)
        rc = libxl__xs_rm(gc, t, tops[i]);
    return rc;
}

int libxl__paths_remove(libxl__gc *gc, uint32_t domid, const char *uuid)
{
    struct domain_paths paths = { .domid = domid, .uuid = uuid };

    return libxl__xs_transaction(
        gc,
        libxl__sprintf(gc, "remove domain %" PRIu32 " from xenstore", domid),
        remove_all, &paths);
}
