/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The file of kept names: one record per domid, at an offset that follows from
 * it.  A record is valid while its bytes are locked.
 */
#include "event/kept_names.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#ifndef NAMES_FILE /* tests have their own */
#define NAMES_FILE "/run/xen/libxl-names"
#endif

/*
 * The UUID shows which domain the name belongs to, since domids are reused.
 * One write replaces a record.  A name that does not fit is not recorded.
 */
struct record {
    xen_domain_handle_t uuid;
    char name[LIBXL__KEPT_NAME_ROOM];
};

static off_t place_of(uint32_t domid)
{
    return (off_t)domid * sizeof(struct record);
}

/*
 * Open file description locks: closing another descriptor of the file does not
 * drop them.  Several keepers of one name share its lock.
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

int libxl__kept_names_open(bool keeper)
{
    return open(NAMES_FILE, O_CLOEXEC | (keeper ? O_RDWR | O_CREAT : O_RDONLY),
                0600);
}

void libxl__kept_names_set(int fd, uint32_t domid,
                           const xen_domain_handle_t uuid, const char *name)
{
    struct record record = { 0 };

    memcpy(record.uuid, uuid, sizeof(record.uuid));
    if (name && strlen(name) < sizeof(record.name))
        strcpy(record.name, name);
    /* If the record cannot be replaced, invalidate it. */
    if (pwrite(fd, &record, sizeof(record), place_of(domid)) != sizeof(record))
        libxl__kept_names_end(fd, domid);
}

bool libxl__kept_names_begin(int fd, uint32_t domid,
                             const xen_domain_handle_t uuid)
{
    struct flock lock = lock_of(domid, F_RDLCK);

    libxl__kept_names_set(fd, domid, uuid, NULL);
    return !fcntl(fd, F_OFD_SETLK, &lock);
}

void libxl__kept_names_end(int fd, uint32_t domid)
{
    struct flock lock = lock_of(domid, F_UNLCK);

    fcntl(fd, F_OFD_SETLK, &lock);
}

void libxl__kept_names_forget(uint32_t domid, const xen_domain_handle_t uuid)
{
    int fd = open(NAMES_FILE, O_CLOEXEC | O_RDWR);

    if (fd < 0)
        return;
    libxl__kept_names_set(fd, domid, uuid, NULL);
    close(fd);
}

bool libxl__kept_names_get(int fd, uint32_t domid,
                           const xen_domain_handle_t uuid,
                           char name_r[LIBXL__KEPT_NAME_ROOM])
{
    struct flock lock = lock_of(domid, F_WRLCK);
    struct record record;

    if (fcntl(fd, F_OFD_GETLK, &lock) || lock.l_type == F_UNLCK)
        return false;
    if (pread(fd, &record, sizeof(record), place_of(domid)) != sizeof(record))
        return false;
    if (memcmp(record.uuid, uuid, sizeof(record.uuid)) || !record.name[0])
        return false;
    record.name[sizeof(record.name) - 1] = 0;
    strcpy(name_r, record.name);
    return true;
}
