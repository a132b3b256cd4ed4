/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Wrappers of libxenstore that log errors.  Paths belong to the rooms above.
 */
#include "base/xenstore.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/ctx.h"
#include "base/log.h"
#include "base/number.h"

/* More in a row: xenstored does not get on by itself. */
#define MOST_INTERFERED 50

const char *libxl__xs_read(libxl__gc *gc, xs_transaction_t t, const char *path)
{
    unsigned int length;

    return libxl__gc_adopt(gc, xs_read(gc->ctx->xsh, t, path, &length));
}

const char *libxl__xs_readf(libxl__gc *gc, xs_transaction_t t,
                            const char *format, ...)
{
    const char *path;
    va_list ap;

    va_start(ap, format);
    path = libxl__vsprintf(gc, format, ap);
    va_end(ap);
    return libxl__xs_read(gc, t, path);
}

int libxl__xs_find(libxl__gc *gc, xs_transaction_t t, const char *path,
                   const char **value_r)
{
    const char *value = libxl__xs_read(gc, t, path);

    if (!value && errno != ENOENT)
        return libxl__fail_errno(gc->ctx, ERROR_FAIL,
                                 "cannot read '%s' from xenstore", path);
    *value_r = value;
    return 0;
}

int libxl__xs_read_u32(libxl__gc *gc, xs_transaction_t t, const char *path,
                       uint32_t *value_r)
{
    const char *text;
    int rc = libxl__xs_find(gc, t, path, &text);

    if (rc)
        return rc;
    if (!text)
        return ERROR_NOTFOUND;
    if (!libxl__number_parse_u32(text, value_r))
        return libxl__fail(gc->ctx, ERROR_INVAL,
                           "'%s' in xenstore is '%.32s', expected a number",
                           path, text);
    return 0;
}

int libxl__xs_directory(libxl__gc *gc, xs_transaction_t t, const char *path,
                        char ***names_r, unsigned int *count_r)
{
    unsigned int count = 0;
    char **names =
        libxl__gc_adopt(gc, xs_directory(gc->ctx->xsh, t, path, &count));

    if (!names && errno != ENOENT)
        return libxl__fail_errno(gc->ctx, ERROR_FAIL,
                                 "cannot list '%s' in xenstore", path);
    *names_r = names;
    *count_r = names ? count : 0;
    return 0;
}

int libxl__xs_write(libxl__gc *gc, xs_transaction_t t, const char *path,
                    const char *value)
{
    if (!xs_write(gc->ctx->xsh, t, path, value, strlen(value)))
        return libxl__fail_errno(gc->ctx, ERROR_FAIL,
                                 "cannot write '%s' to xenstore", path);
    return 0;
}

int libxl__xs_writef(libxl__gc *gc, xs_transaction_t t, const char *path,
                     const char *format, ...)
{
    const char *value;
    va_list ap;

    va_start(ap, format);
    value = libxl__vsprintf(gc, format, ap);
    va_end(ap);
    return libxl__xs_write(gc, t, path, value);
}

int libxl__xs_rm(libxl__gc *gc, xs_transaction_t t, const char *path)
{
    if (!xs_rm(gc->ctx->xsh, t, path) && errno != ENOENT)
        return libxl__fail_errno(gc->ctx, ERROR_FAIL,
                                 "cannot remove '%s' from xenstore", path);
    return 0;
}

/* EIO of Xen 4.17, for a change; ENOMEM of Xen 4.20, at the end. */
bool libxl__xs_is_interference(int error)
{
    return error == EIO || error == ENOMEM;
}

int libxl__xs_transaction(libxl__gc *gc, const char *what, libxl__xs_body *body,
                          void *opaque)
{
    struct xs_handle *xsh = gc->ctx->xsh;
    unsigned int interfered = 0;
    xs_transaction_t t;
    int rc;

    for (;;) {
        t = xs_transaction_start(xsh);
        if (t == XBT_NULL)
            break;
        rc = body(gc, t, opaque);
        if (rc) {
            xs_transaction_end(xsh, t, true);
            if (rc != LIBXL__XS_INTERFERED)
                return rc;
            errno = EIO;
        } else if (xs_transaction_end(xsh, t, false)) {
            return 0;
        } else if (errno == EAGAIN) {
            continue;
        }
        if (!libxl__xs_is_interference(errno) ||
            interfered++ == MOST_INTERFERED)
            break;
    }
    return libxl__fail_errno(gc->ctx, ERROR_FAIL, "cannot %s", what);
}

char *libxl__xs_domain_path(libxl__gc *gc, uint32_t domid)
{
    return libxl__sprintf(gc, "/local/domain/%" PRIu32, domid);
}
