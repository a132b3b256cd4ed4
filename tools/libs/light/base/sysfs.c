/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Reads and changes which driver has a device.
 */
#include "base/sysfs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"

#ifndef SYSFS_BUS /* tests have their own */
#define SYSFS_BUS "/sys/bus"
#endif

static const char *path_of(libxl__gc *gc, const char *path)
{
    return libxl__sprintf(gc, SYSFS_BUS "/%s", path);
}

bool libxl__sysfs_has(libxl__gc *gc, const char *path)
{
    return !access(path_of(gc, path), F_OK);
}

const char *libxl__sysfs_readf(libxl__gc *gc, const char *format, ...)
{
    const char *path, *line;
    size_t size = 0;
    char *data = NULL;
    va_list ap;

    va_start(ap, format);
    path = libxl__vsprintf(gc, format, ap);
    va_end(ap);
    if (libxl__file_read(path_of(gc, path), &data, &size))
        return NULL;
    line = libxl__strndup(gc, data ? data : "", size);
    free(data);
    return libxl__strndup(gc, line, strcspn(line, "\n"));
}

int libxl__sysfs_list(libxl__gc *gc, const char *folder, const char ***names_r,
                      unsigned int *count_r)
{
    const char *path = path_of(gc, folder);
    DIR *dir = opendir(path);
    struct dirent *entry;

    *names_r = NULL;
    *count_r = 0;
    if (!dir)
        return errno == ENOENT ? 0
                               : libxl__fail_errno(gc->ctx, ERROR_FAIL,
                                                   "cannot read '%s'", path);
    while ((entry = readdir(dir))) {
        if (*entry->d_name == '.')
            continue;
        *names_r =
            libxl__realloc(gc, *names_r, (*count_r + 1) * sizeof(**names_r));
        (*names_r)[(*count_r)++] = libxl__strdup(gc, entry->d_name);
    }
    closedir(dir);
    return 0;
}

int libxl__sysfs_write(libxl__gc *gc, const char *bus, const char *driver,
                       const char *file, const char *text)
{
    const char *path =
        libxl__sprintf(gc, SYSFS_BUS "/%s/drivers/%s/%s", bus, driver, file);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    int error = fd < 0 ? errno : libxl__file_write(fd, text, strlen(text));

    if (fd >= 0)
        close(fd);
    errno = error;
    return error ? libxl__fail_errno(gc->ctx, ERROR_FAIL,
                                     "cannot write '%s' to '%s'", text, path)
                 : 0;
}

const char *libxl__sysfs_driver(libxl__gc *gc, const char *bus,
                                const char *device)
{
    const char *path =
        libxl__sprintf(gc, SYSFS_BUS "/%s/devices/%s/driver", bus, device);
    char target[PATH_MAX], *name;
    ssize_t size = readlink(path, target, sizeof(target) - 1);

    if (size < 0)
        return NULL;
    target[size] = '\0';
    name = strrchr(target, '/');
    return libxl__strdup(gc, name ? name + 1 : target);
}

int libxl__sysfs_bind(libxl__gc *gc, const char *bus, const char *device,
                      const char *driver)
{
    const char *old = libxl__sysfs_driver(gc, bus, device);
    int rc = 0;

    if (old)
        rc = libxl__sysfs_write(gc, bus, old, "unbind", device);
    if (!rc && driver)
        rc = libxl__sysfs_write(gc, bus, driver, "bind", device);
    return rc;
}
