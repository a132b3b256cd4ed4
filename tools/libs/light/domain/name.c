/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Looks names up in the cache, then in xenstore, and changes them there.
 */
#include "domain/name.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "event/kept_names.h"
#include "base/xenstore.h"
#include "domain/info.h"
#include "domain/paths.h"

char *libxl__name_path(libxl__gc *gc, uint32_t domid)
{
    return libxl__sprintf(gc, "%s/name", libxl__xs_domain_path(gc, domid));
}

const char *libxl__name_read(libxl__gc *gc, uint32_t domid)
{
    return libxl__xs_read(gc, XBT_NULL, libxl__name_path(gc, domid));
}

/* A record may be that of a domain that had the number before: see the UUID. */
static const char *read_kept(libxl__gc *gc, uint32_t domid)
{
    int fd = libxl__kept_names_open(false);
    char name[LIBXL__KEPT_NAME_ROOM];
    const char *found = NULL;
    xc_domaininfo_t info;

    if (fd < 0)
        return NULL;
    if (!libxl__domain_find(gc->ctx, domid, &info) &&
        libxl__kept_names_get(fd, domid, info.handle, name))
        found = libxl__strdup(gc, name);
    close(fd);
    return found;
}

const char *libxl__name_show(libxl__gc *gc, uint32_t domid)
{
    const char *kept = read_kept(gc, domid);

    return kept ? kept : libxl__name_read(gc, domid);
}

/* Whether a domain has this name, as read within t. */
static int has_name(libxl__gc *gc, xs_transaction_t t, uint32_t domid,
                    const char *name, bool *has_r)
{
    const char *found;
    int rc = libxl__xs_find(gc, t, libxl__name_path(gc, domid), &found);

    if (!rc)
        *has_r = found && !strcmp(found, name);
    return rc;
}

/*
 * Look name up in the cache only.  Returns ERROR_NOTFOUND if it is not there:
 * then the domains whose names are not cached are at the front of the list,
 * *unknown_r of them.
 */
static int find_kept(libxl__gc *gc, const char *name, xc_domaininfo_t *domains,
                     unsigned int count, uint32_t *domid_r,
                     unsigned int *unknown_r)
{
    int fd = libxl__kept_names_open(false);
    unsigned int i, unknown = 0;
    char kept[LIBXL__KEPT_NAME_ROOM];
    int rc = ERROR_NOTFOUND;
    bool equal;

    for (i = 0; i < count && rc == ERROR_NOTFOUND; i++) {
        if (fd < 0 || !libxl__kept_names_get(fd, domains[i].domain,
                                             domains[i].handle, kept)) {
            domains[unknown++] = domains[i];
            continue;
        }
        if (strcmp(kept, name))
            continue;
        /* A cached name may be out of date: confirm it. */
        rc = has_name(gc, XBT_NULL, domains[i].domain, name, &equal);
        if (!rc && equal)
            *domid_r = domains[i].domain;
        else if (!rc)
            rc = ERROR_NOTFOUND;
    }
    if (fd >= 0)
        close(fd);
    *unknown_r = unknown;
    return rc;
}

int libxl__name_lookup(libxl__gc *gc, const char *name, uint32_t *domid_r)
{
    unsigned int i, count, unknown;
    xc_domaininfo_t *domains;
    bool has = false;
    int rc;

    domains = libxl__domain_list(gc, &count);
    if (!domains)
        return ERROR_FAIL;
    rc = find_kept(gc, name, domains, count, domid_r, &unknown);
    for (i = 0; i < unknown && rc == ERROR_NOTFOUND; i++) {
        rc = has_name(gc, XBT_NULL, domains[i].domain, name, &has);
        if (!rc && has)
            *domid_r = domains[i].domain;
        else if (!rc)
            rc = ERROR_NOTFOUND;
    }
    return rc;
}

/*
 * The name is part of the names of log files: xl-NAME.log of xl's monitor and
 * guest-NAME.log of xenconsoled.  Without these the guest would run, but with
 * nothing to look after it.
 */
int libxl__name_check(libxl__gc *gc, const char *name)
{
    const size_t longest = NAME_MAX - strlen("guest-.log");

    if (strchr(name, '/'))
        return libxl__fail(gc->ctx, ERROR_INVAL,
                           "the domain's name '%s' has a slash, but becomes "
                           "part of the names of log files: choose another "
                           "'name'",
                           name);
    if (strlen(name) > longest)
        return libxl__fail(gc->ctx, ERROR_INVAL,
                           "the domain's name has %zu bytes, but becomes part "
                           "of the names of log files: choose a 'name' of %zu "
                           "at most",
                           strlen(name), longest);
    return 0;
}

/*
 * Each name has a byte of the file, far behind the records of kept names.  The
 * number is its FNV-1a hash: should two names share one, they cannot be given
 * at the same moment.
 */
static off_t byte_of(const char *name)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);

    for (; *name; name++)
        hash = (hash ^ (unsigned char)*name) * UINT64_C(0x100000001b3);
    return (off_t)(hash >> 2 | UINT64_C(1) << 62);
}

int libxl__name_claim(libxl__gc *gc, const char *name, int *claim_r)
{
    struct flock lock = {
        .l_type = F_WRLCK,
        .l_whence = SEEK_SET,
        .l_start = byte_of(name),
        .l_len = 1,
    };
    int fd = libxl__kept_names_open(true);

    *claim_r = fd;
    if (fd < 0 || !fcntl(fd, F_OFD_SETLK, &lock) ||
        (errno != EAGAIN && errno != EACCES))
        return 0;
    close(fd);
    *claim_r = -1;
    return libxl__fail(gc->ctx, ERROR_INVAL,
                       "another domain gets the name '%s' at this moment: "
                       "choose another 'name'",
                       name);
}

void libxl__name_release(int claim)
{
    if (claim >= 0)
        close(claim);
}

struct rename {
    xc_domaininfo_t domain;
    const char *old_name; /* NULL: any */
    const char *new_name;
};

/*
 * Read everything that the decision depends on within transaction t, so that a
 * concurrent rename makes the transaction fail and start again.
 */
static int rename_within(libxl__gc *gc, xs_transaction_t t, void *opaque)
{
    const struct rename *job = opaque;
    uint32_t domid = job->domain.domain;
    const char *path = libxl__name_path(gc, domid), *name;
    xc_domaininfo_t *others;
    unsigned int i, count;
    bool has;
    int rc;

    rc = libxl__domain_present(gc, t, &domid);
    if (rc)
        return rc;
    rc = libxl__xs_find(gc, t, path, &name);
    if (rc)
        return rc;
    if (job->old_name && (!name || strcmp(name, job->old_name)))
        return libxl__fail(gc->ctx, ERROR_FAIL,
                           "domain %u is named '%s', not '%s': it was renamed "
                           "meanwhile",
                           domid, name ? name : "", job->old_name);
    if (name && !strcmp(name, job->new_name))
        return 0;

    others = libxl__domain_list(gc, &count);
    if (!others)
        return ERROR_FAIL;
    for (i = 0; i < count; i++) {
        if (others[i].domain == domid)
            continue;
        rc = has_name(gc, t, others[i].domain, job->new_name, &has);
        if (rc)
            return rc;
        if (!has)
            continue;
        return libxl__fail(gc->ctx, ERROR_INVAL,
                           "domain %u has the name '%s' already",
                           others[i].domain, job->new_name);
    }

    rc = libxl__xs_write(gc, t, path, job->new_name);
    if (rc || domid == 0)
        return rc;
    path = libxl__sprintf(
        gc, "%s/name",
        libxl__path_vm(gc, libxl__uuid_text(gc, job->domain.handle)));
    return libxl__xs_write(gc, t, path, job->new_name);
}

int libxl__name_change(libxl__gc *gc, uint32_t domid, const char *old_name,
                       const char *new_name)
{
    struct rename job = { .old_name = old_name, .new_name = new_name };
    int rc, claim;

    if (!new_name || !*new_name)
        return libxl__fail(gc->ctx, ERROR_INVAL,
                           "no new name for domain %" PRIu32 " is given",
                           domid);
    rc = libxl__domain_info(gc, domid, &job.domain);
    if (!rc)
        rc = libxl__name_claim(gc, new_name, &claim);
    if (rc)
        return rc;
    rc = libxl__xs_transaction(
        gc, libxl__sprintf(gc, "rename domain %u to '%s'", domid, new_name),
        rename_within, &job);
    libxl__name_release(claim);
    if (!rc)
        libxl__kept_names_forget(domid, job.domain.handle);
    return rc;
}
