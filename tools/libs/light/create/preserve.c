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
#include "domain/info.h"
#include "domain/name.h"
#include "domain/paths.h"
#include "domain/userdata.h"
#include "domain/xstree.h"

/*
 * The nodes of /vm/UUID under the new UUID; the domain's name stays behind.
 * In one chain: at no time does the domain's node lead to nothing.
 */
static int move_vm(libxl__gc *gc, uint32_t domid, const char *old_uuid,
                   const char *new_uuid, const char *name)
{
    const char *old_vm = libxl__path_vm(gc, old_uuid);
    const char *new_vm = libxl__path_vm(gc, new_uuid);
    const char *start;
    struct libxl__xs_batch batch;
    struct libxl__xs_tree tree = { .batch = &batch, .domid = domid };
    int rc;

    rc = libxl__xs_find(gc, XBT_NULL,
                        libxl__sprintf(gc, "%s/start_time", old_vm), &start);
    if (rc)
        return rc;
    libxl__xs_batch_init(&batch, gc);
    libxl__xs_tree_renew(&tree, XS_GUEST_READS, new_vm);
    libxl__xs_tree_add(&tree, XS_INHERIT, new_vm, "name", name);
    libxl__xs_tree_add(&tree, XS_INHERIT, new_vm, "uuid", new_uuid);
    if (start)
        libxl__xs_tree_add(&tree, XS_INHERIT, new_vm, "start_time", start);
    libxl__xs_tree_add(&tree, XS_INHERIT, libxl__xs_domain_path(gc, domid),
                       "vm", new_vm);
    libxl__xs_batch_rm(&batch, old_vm);
    rc = libxl__xs_batch_send(&batch);
    libxl__xs_batch_close(&batch);
    return rc;
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
