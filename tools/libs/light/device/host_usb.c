/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Finds USB devices of the host, and moves them between drivers.
 */
#include "device/host_usb.h"

#include <string.h>

#include "base/log.h"
#include "base/number.h"
#include "base/sysfs.h"
#include "base/xenstore.h"

#define BUS     "usb"
#define DEVICES BUS "/devices"
#define BACKEND "usbback"
#define HUB     "09" /* bDeviceClass in the USB specification */

/* 0 for what has no such number, as an interface. */
static uint32_t number_of(libxl__gc *gc, const char *name, const char *file)
{
    const char *text = libxl__sysfs_readf(gc, DEVICES "/%s/%s", name, file);
    uint32_t number;

    return text && libxl__number_parse_u32(text, &number) ? number : 0;
}

int libxl__host_usb_find(libxl__gc *gc, const char *label,
                         const libxl_device_usbdev *usbdev, const char **name_r)
{
    const uint32_t bus = usbdev->u.hostdev.hostbus,
                   address = usbdev->u.hostdev.hostaddr;
    const char **names, *class;
    unsigned int i, count;
    int rc = libxl__sysfs_list(gc, DEVICES, &names, &count);

    if (rc)
        return rc;
    for (i = 0; i < count; i++)
        if (number_of(gc, names[i], "busnum") == bus &&
            number_of(gc, names[i], "devnum") == address)
            break;
    if (i == count || !bus || !address)
        return libxl__fail(gc->ctx, ERROR_INVAL,
                           "%s has 'hostbus' %u and 'hostaddr' %u: the host "
                           "has no such device, see 'lsusb'",
                           label, bus, address);
    class = libxl__sysfs_readf(gc, DEVICES "/%s/bDeviceClass", names[i]);
    if (class && !strcmp(class, HUB))
        return libxl__fail(gc->ctx, ERROR_INVAL,
                           "%s has 'hostbus' %u and 'hostaddr' %u: that is a "
                           "hub, name a device",
                           label, bus, address);
    *name_r = names[i];
    return 0;
}

void libxl__host_usb_numbers(libxl__gc *gc, const char *name,
                             libxl_device_usbdev *usbdev)
{
    usbdev->u.hostdev.hostbus = number_of(gc, name, "busnum");
    usbdev->u.hostdev.hostaddr = number_of(gc, name, "devnum");
}

/* /libxl/usbback/NAME, in which no '.' and no ':' may be. */
static char *memory_of(libxl__gc *gc, const char *name, const char *interface)
{
    static const char folder[] = "/libxl/usbback/";
    char *path =
        interface ? libxl__sprintf(gc, "%s%s/%s", folder, name, interface)
                  : libxl__sprintf(gc, "%s%s", folder, name);
    char *at;

    for (at = path; *at; at++)
        *at = *at == '.' ? '_' : *at == ':' ? '@' : *at;
    return path;
}

typedef int move_interface(libxl__gc *gc, const char *bus, const char *device,
                           const char *driver, const char *memory);

/* Each interface of a device, such as "1-2.4:1.0"; with all, after a failure,
 * too. */
static int move_interfaces(libxl__gc *gc, const char *name,
                           move_interface *move, bool all)
{
    const size_t length = strlen(name);
    const char **names;
    unsigned int i, count;
    int rc = libxl__sysfs_list(gc, DEVICES, &names, &count), this_rc;

    for (i = 0; i < count && (!rc || all); i++) {
        if (strncmp(names[i], name, length) || names[i][length] != ':')
            continue;
        this_rc =
            move(gc, BUS, names[i], BACKEND, memory_of(gc, name, names[i]));
        rc = rc ? rc : this_rc;
    }
    return rc;
}

int libxl__host_usb_lend(libxl__gc *gc, const char *name)
{
    if (!libxl__sysfs_has(gc, BUS "/drivers/" BACKEND))
        return libxl__fail(gc->ctx, ERROR_FAIL,
                           "cannot lend the USB device '%s': dom0 has no "
                           "driver '" BACKEND "', load it",
                           name);
    return move_interfaces(gc, name, libxl__sysfs_lend, false);
}

void libxl__host_usb_return(libxl__gc *gc, const char *name)
{
    move_interfaces(gc, name, libxl__sysfs_return, true);
    libxl__xs_rm(gc, XBT_NULL, memory_of(gc, name, NULL));
}
