/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Helpers of libxl_utils.h for applications: files, descriptors, child
 * processes.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libxl.h>
#include <libxl_utils.h>

#include "base/file.h"
#include "base/log.h"
#include "base/log_file.h"
#include "base/memory.h"
#include "event/child.h"

static int change_flag(libxl_ctx *ctx, int fd, int get, int set, int flag,
                       int on, const char *what)
{
    int flags = fcntl(fd, get);

    if (flags >= 0)
        flags = fcntl(fd, set, on ? flags | flag : flags & ~flag);
    if (flags < 0)
        return libxl__fail_errno(ctx, ERROR_FAIL,
                                 "cannot change the %s flag of descriptor %d",
                                 what, fd);
    return 0;
}

int libxl_fd_set_cloexec(libxl_ctx *ctx, int fd, int cloexec)
{
    return change_flag(ctx, fd, F_GETFD, F_SETFD, FD_CLOEXEC, cloexec,
                       "close-on-exec");
}

int libxl_fd_set_nonblock(libxl_ctx *ctx, int fd, int nonblock)
{
    return change_flag(ctx, fd, F_GETFL, F_SETFL, O_NONBLOCK, nonblock,
                       "nonblocking");
}

int libxl_pipe(libxl_ctx *ctx, int pipes[2])
{
    int r = pipe(pipes);

    if (r)
        libxl__error_errno(ctx, "cannot make a pipe");
    return r;
}

int libxl_read_file_contents(libxl_ctx *ctx, const char *filename,
                             void **data_r, int *datalen_r)
{
    size_t length = 0;
    char *data = NULL;
    int error = libxl__file_read(filename, &data, &length);

    if (error) {
        if (error != ENOENT)
            libxl__log(ctx, XTL_ERROR, error, "cannot read the plain file '%s'",
                       filename);
        return error;
    }
    if (data_r)
        *data_r = data;
    else
        free(data);
    if (datalen_r)
        *datalen_r = length;
    return 0;
}

/* Log and return error. what and filename may be NULL. */
static int cannot(libxl_ctx *ctx, const char *verb, const char *what,
                  const char *filename, int error)
{
    libxl__log(ctx, XTL_ERROR, error == EPROTO ? -1 : error,
               "cannot %s %s of '%s'%s", verb, what ? what : "part",
               filename ? filename : "(no name)",
               error == EPROTO ? ": it ends too early" : "");
    return error;
}

int libxl_read_exactly(libxl_ctx *ctx, int fd, void *data, ssize_t sz,
                       const char *filename, const char *what)
{
    ssize_t got;

    for (; sz > 0; sz -= got, data = (char *)data + got) {
        got = read(fd, data, sz);
        if (got == 0)
            return cannot(ctx, "read", what, filename, EPROTO);
        if (got < 0 && errno != EINTR)
            return cannot(ctx, "read", what, filename, errno);
        got = got < 0 ? 0 : got;
    }
    return 0;
}

int libxl_write_exactly(libxl_ctx *ctx, int fd, const void *data, ssize_t sz,
                        const char *filename, const char *what)
{
    int error = sz > 0 ? libxl__file_write(fd, data, sz) : 0;

    return error ? cannot(ctx, "write", what, filename, error) : 0;
}

/* Rotate old logs.  The caller creates the new one. */
int libxl_create_logfile(libxl_ctx *ctx, const char *name, char **full_name)
{
    const char *log;
    LIBXL__GC(gc, ctx);
    int rc = libxl__log_rotate(gc, name, &log);

    if (!rc)
        *full_name = libxl__strdup_nogc(log);
    return rc;
}

void libxl_report_child_exitstatus(libxl_ctx *ctx, xentoollog_level level,
                                   const char *what, pid_t pid, int status)
{
    libxl__child_report(ctx, level, what, pid, status);
}
