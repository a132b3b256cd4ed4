/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Files that the library keeps for a domain: /var/lib/xen/userdata-d.DOMID.
 * UUID.USERID, the names that Debian's library uses, so that either finds
 * what the other has stored.  A file is replaced as a whole: a reader sees
 * the old one or the new one.
 */
#include "domain/userdata.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libxl_utils.h>

#include "base/ctx.h"
#include "base/log.h"
#include "domain/info.h"

#define USERDATA_DIR "/var/lib/xen"

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
    libxl__error_errno(gc->ctx, "cannot remove '%s'", path);
    return ERROR_FAIL;
}

int libxl__userdata_store(libxl__gc *gc, uint32_t domid, const char *uuid,
                          const char *userid, const void *data, size_t size)
{
    const char *path = path_of(gc, domid, uuid, userid);
    const char *fresh = libxl__sprintf(gc, "%s.new", path);
    int rc = ERROR_FAIL;
    int fd;

    if (!size)
        return remove_file(gc, path);

    fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0) {
        libxl__error_errno(gc->ctx, "cannot create '%s'", fresh);
        return ERROR_FAIL;
    }
    if (libxl_write_exactly(gc->ctx, fd, data, size, fresh, "userdata"))
        goto out;
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
                             const char *userid, void **data_r, int *size_r)
{
    const char *path = path_of(gc, domid, uuid, userid);
    void *data = NULL;
    int size = 0;
    int e;

    e = libxl_read_file_contents(gc->ctx, path, &data, &size);
    if (e && e != ENOENT)
        return ERROR_FAIL;
    if (data_r)
        *data_r = data;
    else
        free(data);
    if (size_r)
        *size_r = size;
    return 0;
}

/* One of the domain's files: its path, and the USERID that it ends in. */
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
        libxl__error(gc->ctx, "cannot look for '%s'", pattern);
        return ERROR_FAIL;
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
    return for_each_file(gc, domid, uuid, remove_each, NULL);
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
    libxl__error_errno(gc->ctx, "cannot rename '%s' to '%s'", path, fresh);
    return ERROR_FAIL;
}

int libxl__userdata_move(libxl__gc *gc, uint32_t domid, const char *old_uuid,
                         const char *new_uuid)
{
    struct move move = { .domid = domid, .uuid = new_uuid };

    return for_each_file(gc, domid, old_uuid, move_each, &move);
}

int libxl_userdata_store(libxl_ctx *ctx, uint32_t domid,
                         const char *userdata_userid, const uint8_t *data,
                         int datalen)
{
    libxl__gc gc[1];
    const char *uuid;
    int rc;

    libxl__gc_init(gc, ctx);
    rc = libxl__domain_uuid(gc, domid, &uuid);
    if (!rc)
        rc = libxl__userdata_store(gc, domid, uuid, userdata_userid, data,
                                   datalen);
    libxl__gc_dispose(gc);
    return rc;
}

int libxl_userdata_retrieve(libxl_ctx *ctx, uint32_t domid,
                            const char *userdata_userid, uint8_t **data_r,
                            int *datalen_r)
{
    libxl__gc gc[1];
    const char *uuid;
    int rc;

    libxl__gc_init(gc, ctx);
    rc = libxl__domain_uuid(gc, domid, &uuid);
    if (!rc)
        rc = libxl__userdata_retrieve(gc, domid, uuid, userdata_userid,
                                      (void **)data_r, datalen_r);
    libxl__gc_dispose(gc);
    return rc;
}

int libxl_userdata_unlink(libxl_ctx *ctx, uint32_t domid,
                          const char *userdata_userid)
{
    return libxl_userdata_store(ctx, domid, userdata_userid, NULL, 0);
}
