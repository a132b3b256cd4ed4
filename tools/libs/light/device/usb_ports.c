/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Which USB device is at which port.
 */
#include "device/usb_ports.h"

#include <stdbool.h>

#include "base/log.h"

void libxl__usb_number_controllers(libxl_domain_config *config)
{
    libxl_device_usbctrl *list = config->usbctrls;
    int i, next = 0;

    for (i = 0; i < config->num_usbctrls; i++)
        if (list[i].devid >= next)
            next = list[i].devid + 1;
    for (i = 0; i < config->num_usbctrls; i++)
        if (list[i].devid < 0)
            list[i].devid = next++;
}

static const libxl_device_usbctrl *
find_controller(const libxl_domain_config *config, int devid)
{
    int i;

    for (i = 0; i < config->num_usbctrls; i++)
        if (config->usbctrls[i].devid == devid)
            return &config->usbctrls[i];
    return NULL;
}

static int ports_of(const libxl_device_usbctrl *ctrl)
{
    return ctrl->ports ? ctrl->ports : USB_DEFAULT_PORTS;
}

/* Whether another device than usbdevs[i] is at that port. */
static bool is_taken(const libxl_domain_config *config, int i, int ctrl,
                     int port)
{
    int j;

    for (j = 0; j < config->num_usbdevs; j++)
        if (j != i && config->usbdevs[j].ctrl == ctrl &&
            config->usbdevs[j].port == port)
            return true;
    return false;
}

/* The first free port of a controller; 0: there is none. */
static int free_port(const libxl_domain_config *config, int i,
                     const libxl_device_usbctrl *ctrl)
{
    int port, count = ports_of(ctrl);

    for (port = 1; port <= count; port++)
        if (!is_taken(config, i, ctrl->devid, port))
            return port;
    return 0;
}

static int check_port(libxl__gc *gc, const char *label,
                      libxl_domain_config *config, int i)
{
    libxl_device_usbdev *usbdev = &config->usbdevs[i];
    const libxl_device_usbctrl *ctrl = find_controller(config, usbdev->ctrl);

    if (!ctrl)
        return libxl__fail(gc->ctx, ERROR_INVAL,
                           "%s: there is no controller %d: set 'controller' to "
                           "another, or remove it",
                           label, usbdev->ctrl);
    if (!usbdev->port)
        usbdev->port = free_port(config, i, ctrl);
    if (usbdev->port < 1 || usbdev->port > ports_of(ctrl))
        return libxl__fail(gc->ctx, ERROR_INVAL,
                           "%s: controller %d has %d ports, and no free one "
                           "that is asked for: set 'port' to another",
                           label, usbdev->ctrl, ports_of(ctrl));
    if (is_taken(config, i, usbdev->ctrl, usbdev->port))
        return libxl__fail(gc->ctx, ERROR_INVAL,
                           "%s: port %d of controller %d has a device already: "
                           "set 'port' to another",
                           label, usbdev->port, usbdev->ctrl);
    return 0;
}

static const libxl_device_usbctrl *add_controller(libxl_domain_config *config)
{
    libxl_device_usbctrl *added;

    config->usbctrls =
        libxl__realloc_nogc(config->usbctrls, (config->num_usbctrls + 1) *
                                                  sizeof(*config->usbctrls));
    added = &config->usbctrls[config->num_usbctrls++];
    libxl_device_usbctrl_init(added);
    libxl__usb_number_controllers(config);
    return added;
}

int libxl__usb_choose_port(libxl__gc *gc, const char *label,
                           libxl_domain_config *config, int i)
{
    libxl_device_usbdev *usbdev = &config->usbdevs[i];
    const libxl_device_usbctrl *ctrl;
    int j;

    usbdev->type = LIBXL_USBDEV_TYPE_HOSTDEV; /* there is no other */
    if (usbdev->ctrl >= 0)
        return check_port(gc, label, config, i);
    if (usbdev->port)
        return libxl__fail(gc->ctx, ERROR_INVAL,
                           "%s has a 'port', but no 'controller': set both, or "
                           "remove it",
                           label);
    for (j = 0; j < config->num_usbctrls && !usbdev->port; j++) {
        ctrl = &config->usbctrls[j];
        if (ctrl->backend_domid || ctrl->backend_domname)
            continue;
        usbdev->port = free_port(config, i, ctrl);
        usbdev->ctrl = ctrl->devid;
    }
    if (!usbdev->port) {
        usbdev->ctrl = add_controller(config)->devid;
        usbdev->port = 1;
    }
    return 0;
}

void libxl__usb_append(libxl_domain_config *config,
                       const libxl_device_usbdev *usbdev)
{
    config->usbdevs = libxl__realloc_nogc(
        config->usbdevs, (config->num_usbdevs + 1) * sizeof(*config->usbdevs));
    config->usbdevs[config->num_usbdevs++] = *usbdev;
}

void libxl__usb_forget(libxl_domain_config *config, int ctrl, int port)
{
    libxl_device_usbdev *list = config->usbdevs;
    int i, kept = 0;

    for (i = 0; i < config->num_usbdevs; i++)
        if (list[i].ctrl != ctrl || list[i].port != port)
            list[kept++] = list[i];
    config->num_usbdevs = kept;
}

void libxl__usb_keep(const libxl_domain_config *config,
                     libxl_domain_config *stored)
{
    int i;

    while (stored->num_usbctrls < config->num_usbctrls)
        add_controller(stored);
    for (i = 0; i < config->num_usbdevs; i++) {
        stored->usbdevs[i] = config->usbdevs[i];
    }
}
