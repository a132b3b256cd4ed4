/* SPDX-License-Identifier: LGPL-2.1-only */
#include "sysfs.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "host.h"

static const char *refused;

/* Makes the folder that path begins with up to each '/', and path itself. */
static void make_folders(const char *path)
{
    char part[256];
    const char *at = path;

    while (at) {
        at = strchr(at + 1, '/');
        snprintf(part, sizeof(part), "%.*s",
                 at ? (int)(at - path) : (int)strlen(path), path);
        mkdir(part, 0700);
    }
}

void fake_driver(const char *bus, const char *name)
{
    static const char *const files[] = { "bind", "unbind", "new_slot",
                                         "remove_slot", "slots" };
    bool is_pciback = !strcmp(name, "pciback");
    char path[256];
    size_t i;

    snprintf(path, sizeof(path), "sys/%s/drivers/%s", bus, name);
    make_folders(path);
    for (i = 0; i < (is_pciback ? 5 : 2); i++) {
        snprintf(path, sizeof(path), "sys/%s/drivers/%s/%s", bus, name,
                 files[i]);
        fake_file(path, "", 0);
    }
}

static void set_driver(const char *bus, const char *name, const char *driver)
{
    char link[256], target[256], back[256];
    ssize_t size;

    snprintf(link, sizeof(link), "sys/%s/devices/%s/driver", bus, name);
    size = readlink(link, target, sizeof(target) - 1);
    if (size >= 0) {
        target[size] = '\0';
        snprintf(back, sizeof(back), "sys/%s/drivers/%s/%s", bus,
                 strrchr(target, '/') + 1, name);
        unlink(back);
        unlink(link);
    }
    if (!driver)
        return;
    snprintf(target, sizeof(target), "../../drivers/%s", driver);
    assert_int_equal(symlink(target, link), 0);
    snprintf(target, sizeof(target), "../../devices/%s", name);
    snprintf(back, sizeof(back), "sys/%s/drivers/%s/%s", bus, driver, name);
    assert_int_equal(symlink(target, back), 0);
}

void fake_device(const char *bus, const char *name, const char *driver)
{
    char path[256];

    snprintf(path, sizeof(path), "sys/%s/devices/%s", bus, name);
    make_folders(path);
    if (driver)
        fake_driver(bus, driver);
    set_driver(bus, name, driver);
}

void fake_device_file(const char *bus, const char *name, const char *file,
                      const char *text)
{
    char path[256];

    snprintf(path, sizeof(path), "sys/%s/devices/%s/%s", bus, name, file);
    fake_file(path, text, strlen(text));
}

static bool has_driver(const char *bus, const char *name, const char *driver)
{
    char link[256], target[256];
    ssize_t size;

    snprintf(link, sizeof(link), "sys/%s/devices/%s/driver", bus, name);
    size = readlink(link, target, sizeof(target) - 1);
    if (size < 0)
        return !driver;
    target[size] = '\0';
    return driver && !strcmp(strrchr(target, '/') + 1, driver);
}

void fake_driver_is(const char *bus, const char *name, const char *driver)
{
    if (!has_driver(bus, name, driver))
        fail_msg("the device '%s' is not of '%s'", name,
                 driver ? driver : "no driver");
}

void fake_sysfs_refuse(const char *part)
{
    refused = part;
}

/* pciback binds only a device that is one of its slots. */
static bool has_slot(const char *bus, const char *driver, const char *name)
{
    char path[256];

    snprintf(path, sizeof(path), "sys/%s/drivers/%s/slot %s", bus, driver,
             name);
    return strcmp(driver, "pciback") || !access(path, F_OK);
}

/* What Linux answers to a write: 0, or an errno. */
static int answer(const char *bus, const char *driver, const char *file,
                  const char *name)
{
    char device[256], slot[256];

    snprintf(device, sizeof(device), "sys/%s/devices/%s", bus, name);
    snprintf(slot, sizeof(slot), "sys/%s/drivers/%s/slot %s", bus, driver,
             name);
    if (!strcmp(file, "unbind")) {
        if (access(device, F_OK) || !has_driver(bus, name, driver))
            return ENODEV;
        set_driver(bus, name, NULL);
    } else if (!strcmp(file, "bind")) {
        if (access(device, F_OK) || !has_slot(bus, driver, name))
            return ENODEV;
        if (!has_driver(bus, name, NULL))
            return EBUSY;
        set_driver(bus, name, driver);
    } else if (!strcmp(file, "new_slot")) {
        fake_file(slot, "", 0);
    } else if (!strcmp(file, "remove_slot")) {
        return unlink(slot) ? ENODEV : 0;
    }
    return 0;
}

int __real_libxl__file_write(int fd, const void *data, size_t size);
int __wrap_libxl__file_write(int fd, const void *data, size_t size);

/* The name of a device goes to sys/BUS/drivers/DRIVER/FILE. */
int __wrap_libxl__file_write(int fd, const void *data, size_t size)
{
    char self[64], path[512], bus[32], driver[64], file[64], name[64];
    const char *at;
    ssize_t length;

    snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
    length = readlink(self, path, sizeof(path) - 1);
    path[length > 0 ? length : 0] = '\0';
    at = strstr(path, "/sys/");
    if (!at ||
        sscanf(at, "/sys/%31[^/]/drivers/%63[^/]/%63s", bus, driver, file) != 3)
        return __real_libxl__file_write(fd, data, size);
    if (refused && strstr(path, refused))
        return EIO;
    snprintf(name, sizeof(name), "%.*s", (int)size, (const char *)data);
    return answer(bus, driver, file, name);
}
