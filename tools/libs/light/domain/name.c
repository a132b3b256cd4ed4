/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The file of kept names: a record for each domain number, at a place that
 * follows from the number.  A record holds while its bytes are locked.
 */
#include "domain/name.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/ctx.h"
#include "base/xenstore.h"
#include "domain/info.h"

#define NAMES_FILE "/run/xen/libxl-names"

/* Domain numbers are used again: the UUID tells whose name it is. */
struct record {
    xen_domain_handle_t uuid;
    char name[512 - sizeof(xen_domain_handle_t)];
};

struct libxl__name_keeper {
    int fd;
    uint32_t domid;
    struct record record;
};

static off_t place_of(uint32_t domid)
{
    return (off_t)domid * sizeof(struct record);
}

/*
 * Locks belong to the open file, not to the process: two contexts of one
 * process do not take each other's away, nor does a lookup.
 */
static struct flock lock_of(uint32_t domid, int type)
{
    return (struct flock) {
        .l_type = type,
        .l_whence = SEEK_SET,
        .l_start = place_of(domid),
        .l_len = sizeof(struct record),
    };
}

char *libxl__name_path(libxl__gc *gc, uint32_t domid)
{
    return libxl__sprintf(gc, "%s/name", libxl__xs_domain_path(gc, domid));
}

/* True with the kept name of this domain, if somebody keeps it. */
static bool read_kept(int fd, const xc_domaininfo_t *domain,
                      struct record *record_r)
{
    struct flock lock = lock_of(domain->domain, F_WRLCK);

    if (fcntl(fd, F_OFD_GETLK, &lock) || lock.l_type == F_UNLCK)
        return false;
    if (pread(fd, record_r, sizeof(*record_r), place_of(domain->domain)) !=
        sizeof(*record_r))
        return false;
    return !memcmp(record_r->uuid, domain->handle, sizeof(record_r->uuid)) &&
           record_r->name[0] &&
           memchr(record_r->name, 0, sizeof(record_r->name));
}

/* 0, or ERROR_NOTFOUND where the domain has another name or none. */
static int compare_in_xenstore(libxl__gc *gc, uint32_t domid, const char *name)
{
    const char *found =
        libxl__xs_read(gc, XBT_NULL, libxl__name_path(gc, domid));

    return found && !strcmp(found, name) ? 0 : ERROR_NOTFOUND;
}

int libxl__name_lookup(libxl__gc *gc, const char *name, uint32_t *domid_r)
{
    xc_domaininfo_t *domains;
    unsigned int i, count, unknown = 0;
    struct record record;
    uint32_t domid;
    int fd;

    domains = libxl__domain_list(gc, &count);
    if (!domains)
        return ERROR_FAIL;

    /* Those whose name is kept first, the others move to the front. */
    fd = open(NAMES_FILE, O_RDONLY | O_CLOEXEC);
    for (i = 0; i < count; i++) {
        domid = domains[i].domain;
        if (fd < 0 || !read_kept(fd, &domains[i], &record)) {
            domains[unknown++] = domains[i];
            continue;
        }
        if (!strcmp(record.name, name) && !compare_in_xenstore(gc, domid, name))
            goto found;
    }
    for (i = 0; i < unknown; i++) {
        domid = domains[i].domain;
        if (!compare_in_xenstore(gc, domid, name))
            goto found;
    }
    if (fd >= 0)
        close(fd);
    return ERROR_NOTFOUND;

found:
    if (fd >= 0)
        close(fd);
    *domid_r = domid;
    return 0;
}

/* A name that has no room is kept as none: it has to be asked for. */
void libxl__name_keep_update(libxl__gc *gc, struct libxl__name_keeper *keeper)
{
    struct record *record = &keeper->record;
    const char *name =
        libxl__xs_read(gc, XBT_NULL, libxl__name_path(gc, keeper->domid));

    memset(record->name, 0, sizeof(record->name));
    if (name && strlen(name) < sizeof(record->name))
        strcpy(record->name, name);
    if (pwrite(keeper->fd, record, sizeof(*record), place_of(keeper->domid)) !=
        sizeof(*record)) {
        close(keeper->fd);
        keeper->fd = -1;
    }
}

struct libxl__name_keeper *libxl__name_keep(libxl__gc *gc, uint32_t domid)
{
    struct flock lock = lock_of(domid, F_RDLCK);
    struct libxl__name_keeper *keeper;
    xc_domaininfo_t info;

    if (libxl__domain_find(gc->ctx, domid, &info))
        return NULL;
    keeper = libxl__zalloc_nogc(sizeof(*keeper));
    keeper->domid = domid;
    memcpy(keeper->record.uuid, info.handle, sizeof(info.handle));
    keeper->fd = open(NAMES_FILE, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (keeper->fd < 0)
        goto out;
    /* Several processes may keep one name: their locks are shared ones. */
    libxl__name_keep_update(gc, keeper);
    if (keeper->fd < 0 || fcntl(keeper->fd, F_OFD_SETLK, &lock))
        goto out;
    return keeper;

out:
    libxl__name_keep_end(keeper);
    return NULL;
}

void libxl__name_keep_end(struct libxl__name_keeper *keeper)
{
    if (!keeper)
        return;
    if (keeper->fd >= 0)
        close(keeper->fd);
    free(keeper);
}
