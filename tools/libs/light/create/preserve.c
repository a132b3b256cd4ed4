/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Keeping a domain that has ended for people to look at: it gets another
 * name and another UUID, so that a new domain can have its own.
 */
#include "create/preserve.h"

#include <inttypes.h>
#include <string.h>

#include <libxl_utils.h>

#include "base/ctx.h"
#include "base/log.h"
#include "base/xenstore.h"
#include "base/xs_changes.h"
#include "domain/info.h"
#include "domain/name.h"
#include "domain/paths.h"
#include "domain/userdata.h"

/*
 * Record the nodes of /vm/UUID under the new UUID.  One chain: the domain's
 * node never names a directory that does not exist.
 */
static void record_move(struct libxl__xs_changes *changes, uint32_t domid,
                        const char *old_vm, const char *new_uuid,
                        const char *name, const char *start)
{
    const char *new_vm = libxl__path_vm(changes->gc, new_uuid);
    const char *domain = libxl__xs_domain_path(changes->gc, domid);

    libxl__xs_renew(changes, new_vm, XS_SHOWN(0, domid));
    libxl__xs_add(changes, new_vm, "name", XS_INHERIT, name);
    libxl__xs_add(changes, new_vm, "uuid", XS_INHERIT, new_uuid);
    if (start)
        libxl__xs_add(changes, new_vm, "start_time", XS_INHERIT, start);
    libxl__xs_add(changes, domain, "vm", XS_INHERIT, new_vm);
    libxl__xs_remove(changes, old_vm);
}

static int move_vm(libxl__gc *gc, uint32_t domid, const char *old_uuid,
                   const char *new_uuid, const char *name)
{
    const char *old_vm = libxl__path_vm(gc, old_uuid);
    struct libxl__xs_changes changes;
    const char *start;
    int rc;

    rc = libxl__xs_find(gc, XBT_NULL,
                        libxl__sprintf(gc, "%s/start_time", old_vm), &start);
    if (rc)
        return rc;
    libxl__xs_changes_init(&changes, gc);
    record_move(&changes, domid, old_vm, new_uuid, name, start);
    return libxl__xs_commit(
        &changes,
        libxl__sprintf(gc, "give domain %" PRIu32 " the UUID %s in xenstore",
                       domid, new_uuid),
        libxl__domain_present, &domid);
}

int libxl__domain_preserve(libxl__gc *gc, uint32_t domid,
                           const char *name_suffix, const libxl_uuid *new_uuid)
{
    const char *uuid_text =
        libxl__sprintf(gc, LIBXL_UUID_FMT, LIBXL_UUID_BYTES(*new_uuid));
    xen_domain_handle_t handle;
    const char *old_uuid, *name;
    int rc;

    rc = libxl__domain_uuid(gc, domid, &old_uuid);
    if (rc)
        return rc;
    name = libxl__name_read(gc, domid);
    if (!name) {
        libxl__error(gc->ctx, "domain %" PRIu32 " has no name in xenstore",
                     domid);
        return ERROR_FAIL;
    }
    name = libxl__sprintf(gc, "%s%s", name, name_suffix);
    rc = libxl__name_change(gc, domid, NULL, name);
    if (rc)
        return rc;
    rc = move_vm(gc, domid, old_uuid, uuid_text, name);
    if (rc)
        return rc;
    rc = libxl__userdata_move(gc, domid, old_uuid, uuid_text);
    if (rc)
        return rc;
    memcpy(handle, new_uuid->uuid, sizeof(handle));
    if (xc_domain_sethandle(gc->ctx->xch, domid, handle)) {
        libxl__error_errno(gc->ctx,
                           "cannot give domain %" PRIu32 " the UUID "
                           "%s",
                           domid, uuid_text);
        return ERROR_FAIL;
    }
    return 0;
}
