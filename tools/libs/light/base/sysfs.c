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
#include "base/xenstore.h"

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

static bool is_same(const char *a, const char *b)
{
    return a && b && !strcmp(a, b);
}

int libxl__sysfs_lend(libxl__gc *gc, const char *bus, const char *device,
                      const char *driver, const char *memory)
{
    const char *old = libxl__sysfs_driver(gc, bus, device);
    int rc = 0;

    if (is_same(old, driver))
        return 0;
    if (old && memory)
        rc = libxl__xs_writef(gc, XBT_NULL,
                              libxl__sprintf(gc, "%s/driver_path", memory),
                              SYSFS_BUS "/%s/drivers/%s", bus, old);
    if (!rc && old)
        rc = libxl__sysfs_write(gc, bus, old, "unbind", device);
    if (rc)
        return rc;
    rc = libxl__sysfs_write(gc, bus, driver, "bind", device);
    if (rc && old)
        libxl__sysfs_write(gc, bus, old, "bind", device);
    return rc;
}

int libxl__sysfs_return(libxl__gc *gc, const char *bus, const char *device,
                        const char *driver, const char *memory)
{
    const char *has = libxl__sysfs_driver(gc, bus, device);
    const char *path = NULL, *old;
    int rc = 0;

    if (memory)
        path = libxl__xs_readf(gc, XBT_NULL, "%s/driver_path", memory);
    old = path ? strrchr(path, '/') : NULL;
    if (is_same(has, driver)) {
        rc = libxl__sysfs_write(gc, bus, driver, "unbind", device);
        has = NULL;
    }
    if (!rc && !has && old)
        rc = libxl__sysfs_write(gc, bus, old + 1, "bind", device);
    return rc;
}
