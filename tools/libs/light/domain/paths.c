/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The xenstore paths of a domain, and removing all of them.
 */
#include "domain/paths.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "base/ctx.h"
#include "base/log.h"
#include "base/xenstore.h"
#include "base/xs_changes.h"
#include "domain/info.h"

#define VM "/vm/"

/* Linux in dom0 notes below ERRORS what goes wrong with a backend. */
#define BACKENDS   "/local/domain/0/backend"
#define ALL_ERRORS "/local/domain/0/error"
#define ERRORS     ALL_ERRORS "/backend"

char *libxl__path_vm(libxl__gc *gc, const char *uuid)
{
    return libxl__sprintf(gc, VM "%s", uuid);
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

char *libxl__path_backend(libxl__gc *gc, uint32_t backend_domid,
                          const char *kind, uint32_t domid, unsigned int devid)
{
    return libxl__sprintf(gc, "%s/backend/%s/%" PRIu32 "/%u",
                          libxl__xs_domain_path(gc, backend_domid), kind, domid,
                          devid);
}

int libxl__domain_present(libxl__gc *gc, xs_transaction_t t, void *domid)
{
    uint32_t number = *(uint32_t *)domid;
    const char *value;
    int rc;

    rc = libxl__xs_find(gc, t, libxl__xs_domain_path(gc, number), &value);
    if (rc || value)
        return rc;
    return libxl__fail(gc->ctx, ERROR_DOMAIN_NOTFOUND,
                       "domain %" PRIu32 " is not in xenstore: it has ended, "
                       "or was never finished",
                       number);
}

/* What is removed of one domain, and the record of it. */
struct removal {
    struct libxl__xs_changes changes;
    uint32_t domid;
    const char *uuid; /* NULL: unknown */
    const xc_domaininfo_t *domains;
    unsigned int domain_count;
    libxl__xs_body *check;
    bool shared; /* others use, or may get nodes in, a directory that may go */
};

static bool is_in(const char *name, char **names, unsigned int count)
{
    while (count-- > 0)
        if (!strcmp(names[count], name))
            return true;
    return false;
}

/*
 * Record the removal of the domain's entry of one kind: of the directory of
 * the kind if it has no others.  *all_r: it is removed as a whole.
 */
static int remove_kind(struct removal *removal, xs_transaction_t t,
                       const char *directory, bool *all_r)
{
    libxl__gc *gc = removal->changes.gc;
    const char *domid = libxl__sprintf(gc, "%" PRIu32, removal->domid);
    unsigned int count;
    char **domids;
    int rc = libxl__xs_directory(gc, t, directory, &domids, &count);

    if (rc)
        return rc;
    *all_r = count == is_in(domid, domids, count);
    removal->shared = removal->shared || *all_r;
    if (*all_r)
        libxl__xs_remove(&removal->changes, directory);
    else if (is_in(domid, domids, count))
        libxl__xs_remove(&removal->changes,
                         libxl__sprintf(gc, "%s/%s", directory, domid));
    return 0;
}

/*
 * Record the removal of what TOP/KIND/DOMID have of the domain.  *all_r:
 * nothing else is below top.
 */
static int remove_kinds(struct removal *removal, xs_transaction_t t,
                        const char *top, bool *all_r)
{
    libxl__gc *gc = removal->changes.gc;
    unsigned int i, count, gone = 0;
    char **kinds;
    bool all;
    int rc = libxl__xs_directory(gc, t, top, &kinds, &count);

    for (i = 0; !rc && i < count; i++) {
        rc = remove_kind(removal, t, libxl__sprintf(gc, "%s/%s", top, kinds[i]),
                         &all);
        gone += !rc && all;
    }
    *all_r = !rc && count && gone == count;
    return rc;
}

/*
 * Record the removal of the backends of a domain's devices.  Look for them
 * where they are: a creation that was cut short has not written down below
 * /libxl which there are.
 */
static int remove_backends(struct removal *removal, xs_transaction_t t)
{
    bool all;
    int rc = remove_kinds(removal, t, BACKENDS, &all);

    if (!rc && all)
        libxl__xs_remove(&removal->changes, BACKENDS);
    return rc;
}

static int remove_errors(struct removal *removal, xs_transaction_t t)
{
    unsigned int count;
    char **names;
    bool all;
    int rc = remove_kinds(removal, t, ERRORS, &all);

    if (rc || !all)
        return rc;
    rc =
        libxl__xs_directory(removal->changes.gc, t, ALL_ERRORS, &names, &count);
    if (!rc)
        libxl__xs_remove(&removal->changes, count > 1 ? ERRORS : ALL_ERRORS);
    return rc;
}

static int find_vm(libxl__gc *gc, xs_transaction_t t, uint32_t domid,
                   const char **vm_r)
{
    return libxl__xs_find(
        gc, t, libxl__sprintf(gc, "%s/vm", libxl__xs_domain_path(gc, domid)),
        vm_r);
}

/*
 * Record the removal of one /vm/UUID. Guests made from one file that gives a
 * UUID have it in common: it goes with the last of them.
 */
static int remove_one_vm(struct removal *removal, xs_transaction_t t,
                         const char *vm)
{
    libxl__gc *gc = removal->changes.gc;
    unsigned int i, count = removal->domain_count;
    const char *others = NULL;
    libxl_uuid uuid;
    int rc = 0;

    /* No domain of the hypervisor has what is no UUID. */
    if (libxl_uuid_from_string(&uuid, vm + strlen(VM)))
        count = 0;
    for (i = 0; i < count; i++) {
        const xc_domaininfo_t *other = &removal->domains[i];

        if (other->domain == removal->domid ||
            memcmp(uuid.uuid, other->handle, sizeof(uuid.uuid)))
            continue;
        removal->shared = true;
        rc = find_vm(gc, t, other->domain, &others);
        if (rc || others)
            return rc;
    }
    libxl__xs_remove(&removal->changes, vm);
    return 0;
}

/*
 * The domain's node names another /vm/UUID than the hypervisor if preserving
 * it was killed halfway.  Only dom0 can write this node.
 */
static int remove_vm(struct removal *removal, xs_transaction_t t)
{
    libxl__gc *gc = removal->changes.gc;
    const char *own = removal->uuid ? libxl__path_vm(gc, removal->uuid) : "";
    const char *vm = NULL;
    int rc = find_vm(gc, t, removal->domid, &vm);

    if (!rc && *own)
        rc = remove_one_vm(removal, t, own);
    if (!rc && vm && !strncmp(vm, VM, strlen(VM)) && vm[strlen(VM)] &&
        strcmp(vm, own))
        rc = remove_one_vm(removal, t, vm);
    return rc;
}

/*
 * What names the rest goes after it, and the domain's name last: destroying
 * it once more, by its name, completes a removal that was cut short.
 */
static int record_removal(libxl__gc *gc, xs_transaction_t t, void *opaque)
{
    struct removal *removal = opaque;
    uint32_t domid = removal->domid;
    int rc = removal->check ? removal->check(gc, t, &domid) : 0;

    if (!rc)
        rc = remove_backends(removal, t);
    if (!rc)
        rc = remove_errors(removal, t);
    if (!rc)
        rc = remove_vm(removal, t);
    if (rc)
        return rc;
    libxl__xs_remove(&removal->changes, libxl__path_libxl(gc, domid));
    libxl__xs_remove(&removal->changes, libxl__xs_domain_path(gc, domid));
    return 0;
}

/*
 * Nodes of this domain alone go in flight.  A directory goes in a transaction,
 * or it would take what another domain gets there at this moment.
 */
int libxl__paths_remove(libxl__gc *gc, uint32_t domid, const char *uuid,
                        libxl__xs_body *check)
{
    struct removal removal = {
        .domid = domid,
        .uuid = uuid,
        .check = check,
    };
    int rc;

    removal.domains = libxl__domain_list(gc, &removal.domain_count);
    if (!removal.domains)
        return ERROR_FAIL;
    libxl__xs_changes_init(&removal.changes, gc);
    if (!check) {
        rc = record_removal(gc, XBT_NULL, &removal);
        if (!rc && !removal.shared)
            rc = libxl__xs_send(&removal.changes);
        libxl__xs_changes_dispose(&removal.changes);
        if (rc || !removal.shared)
            return rc;
    }
    return libxl__xs_commit(
        &removal.changes,
        libxl__sprintf(gc, "remove domain %" PRIu32 " from xenstore", domid),
        record_removal, &removal);
}
