/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Files kept for a domain: /var/lib/xen/userdata-d.DOMID.UUID.USERID. Debian's
 * library uses the same names, so either library finds what the other has
 * stored.  A file is replaced atomically.
 */
#include "domain/userdata.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/ctx.h"
#include "base/file.h"
#include "base/log.h"

#ifndef USERDATA_DIR /* tests have their own */
#define USERDATA_DIR "/var/lib/xen"
#endif

static char *path_of(libxl__gc *gc, uint32_t domid, const char *uuid,
                     const char *userid)
{
    return libxl__sprintf(gc, USERDATA_DIR "/userdata-d.%" PRIu32 ".%s.%s",
                          domid, uuid, userid);
}

static int remove_file(libxl__gc *gc, const char *path)
{
    if (!unlink(path) || errno == ENOENT)
        return 0;
    return libxl__fail_errno(gc->ctx, ERROR_FAIL, "cannot remove '%s'", path);
}

int libxl__userdata_store(libxl__gc *gc, uint32_t domid, const char *uuid,
                          const char *userid, const void *data, size_t size)
{
    const char *path = path_of(gc, domid, uuid, userid);
    char *fresh = libxl__sprintf(gc, "%s.XXXXXX", path);
    int rc = ERROR_FAIL;
    int fd, error;

    if (!size)
        return remove_file(gc, path);

    fd = mkostemp(fresh, O_CLOEXEC);
    if (fd < 0)
        return libxl__fail_errno(gc->ctx, ERROR_FAIL,
                                 "cannot create a file for '%s'", path);
    error = libxl__file_write(fd, data, size);
    if (error) {
        libxl__log(gc->ctx, XTL_ERROR, error, "cannot write '%s'", fresh);
        goto out;
    }
    if (rename(fresh, path)) {
        libxl__error_errno(gc->ctx, "cannot rename '%s' to '%s'", fresh, path);
        goto out;
    }
    rc = 0;

out:
    close(fd);
    if (rc)
        unlink(fresh);
    return rc;
}

int libxl__userdata_retrieve(libxl__gc *gc, uint32_t domid, const char *uuid,
                             const char *userid, char **data_r, size_t *size_r)
{
    const char *path = path_of(gc, domid, uuid, userid);
    size_t size = 0;
    char *data = NULL;
    int error = libxl__file_read(path, &data, &size);

    if (error && error != ENOENT) {
        libxl__log(gc->ctx, XTL_ERROR, error, "cannot read '%s'", path);
        return ERROR_FAIL;
    }
    *data_r = data;
    *size_r = size;
    return 0;
}

/*
 * Open and lock the file at path; *lock_r is -1 if there is none.  A file is
 * changed by putting another in its place, so once it is locked it may be an
 * old one.
 */
static int lock_file(libxl__gc *gc, const char *path, int *lock_r)
{
    struct stat locked, current;
    int fd;

    for (;;) {
        fd = open(path, O_RDONLY | O_CLOEXEC);
        *lock_r = fd;
        if (fd < 0 && errno == ENOENT)
            return 0;
        if (fd < 0 || flock(fd, LOCK_EX) || fstat(fd, &locked)) {
            libxl__error_errno(gc->ctx, "cannot lock '%s'", path);
            libxl__userdata_unlock(fd);
            *lock_r = -1;
            return ERROR_FAIL;
        }
        if (!stat(path, &current) && current.st_ino == locked.st_ino &&
            current.st_dev == locked.st_dev)
            return 0;
        close(fd);
    }
}

int libxl__userdata_lock(libxl__gc *gc, uint32_t domid, const char *uuid,
                         const char *userid, int *lock_r)
{
    int rc = lock_file(gc, path_of(gc, domid, uuid, userid), lock_r);

    if (rc || *lock_r >= 0)
        return rc;
    return libxl__fail(gc->ctx, ERROR_DOMAIN_NOTFOUND,
                       "nothing is stored for domain %" PRIu32 ": it has ended",
                       domid);
}

void libxl__userdata_unlock(int lock)
{
    if (lock >= 0)
        close(lock);
}

/* Called with the path of one of the domain's files and its USERID. */
typedef int each_file(libxl__gc *gc, const char *path, const char *userid,
                      void *opaque);

static int for_each_file(libxl__gc *gc, uint32_t domid, const char *uuid,
                         each_file *call, void *opaque)
{
    const char *pattern = path_of(gc, domid, uuid, "*");
    size_t i, stem = strlen(pattern) - 1;
    glob_t found;
    int rc = 0;

    switch (glob(pattern, GLOB_NOSORT, NULL, &found)) {
    case 0:
        break;
    case GLOB_NOMATCH:
        return 0;
    default:
        return libxl__fail(gc->ctx, ERROR_FAIL, "cannot look for '%s'",
                           pattern);
    }
    for (i = 0; i < found.gl_pathc; i++)
        if (call(gc, found.gl_pathv[i], found.gl_pathv[i] + stem, opaque))
            rc = ERROR_FAIL;
    globfree(&found);
    return rc;
}

static int remove_each(libxl__gc *gc, const char *path, const char *userid,
                       void *opaque)
{
    return remove_file(gc, path);
}

int libxl__userdata_destroy(libxl__gc *gc, uint32_t domid, const char *uuid)
{
    int lock = -1, rc;

    /* Whoever changes the configuration now must not make it anew. */
    rc = lock_file(gc, path_of(gc, domid, uuid, LIBXL__USERDATA_CONFIG), &lock);
    if (!rc)
        rc = for_each_file(gc, domid, uuid, remove_each, NULL);
    libxl__userdata_unlock(lock);
    return rc;
}

struct move {
    uint32_t domid;
    const char *uuid;
};

static int move_each(libxl__gc *gc, const char *path, const char *userid,
                     void *opaque)
{
    const struct move *move = opaque;
    const char *fresh = path_of(gc, move->domid, move->uuid, userid);

    if (!rename(path, fresh))
        return 0;
    return libxl__fail_errno(gc->ctx, ERROR_FAIL, "cannot rename '%s' to '%s'",
                             path, fresh);
}

int libxl__userdata_move(libxl__gc *gc, uint32_t domid, const char *old_uuid,
                         const char *new_uuid)
{
    struct move move = { .domid = domid, .uuid = new_uuid };

    return for_each_file(gc, domid, old_uuid, move_each, &move);
}
