/* SPDX-License-Identifier: LGPL-2.1-only */
#include "base/log_file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"

#ifndef LOG_DIRECTORY /* tests have their own */
#define LOG_DIRECTORY "/var/log/xen"
#endif

/* Number of old logs to keep. */
#define LOGS_KEPT 10

/* NAME.log becomes NAME.log.1, that becomes NAME.log.2, and so on. */
static int rotate(libxl__gc *gc, const char *log)
{
    const char *from, *to;
    int i;

    for (i = LOGS_KEPT; i > 0; i--) {
        to = libxl__sprintf(gc, "%s.%d", log, i);
        from = i > 1 ? libxl__sprintf(gc, "%s.%d", log, i - 1) : log;
        if (rename(from, to) && errno != ENOENT) {
            libxl__error_errno(
                gc->ctx, "cannot rename the old log '%s' to '%s'", from, to);
            return ERROR_FAIL;
        }
    }
    return 0;
}

const char *libxl__log_path(libxl__gc *gc, const char *name)
{
    return libxl__sprintf(gc, LOG_DIRECTORY "/%s.log", name);
}

int libxl__log_rotate(libxl__gc *gc, const char *name, const char **path_r)
{
    const char *log;
    int rc = 0;

    if (strchr(name, '/'))
        return libxl__fail(gc->ctx, ERROR_INVAL,
                           "a log's name must have no slash: '%s'", name);
    log = libxl__log_path(gc, name);
    /* Rotate only if there is a current log. */
    if (!access(log, F_OK))
        rc = rotate(gc, log);
    if (!rc)
        *path_r = log;
    return rc;
}
