/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * usbctrl: a USB controller of usbback, whose ports USB devices of the host are
 * attached to: usbdev.c.  xl.cfg(5), xen/io/usbif.h.
 */
#include <libxl.h>

#include "base/sysfs.h"
#include "device/kinds.h"
#include "device/usb_ports.h"
#include "device/usbdev.h"
#include "types-index.h"

/* xl.cfg(5) */
#define DEFAULT_VERSION 2
#define MAX_PORTS       31

#define KEY(name, field, where) DEVICE_KEY(usbctrl, name, field, where)

static const struct libxl__device_key keys[] = {
    KEY("type", type, DEVICE_BACK),
    KEY("usb-ver", version, DEVICE_BACK),
    KEY("num-ports", ports, DEVICE_BACK),
    { NULL },
};

static const struct libxl__device_key numbers[] = {
    DEVICE_NUMBER(usbctrlinfo, "state", state),
    DEVICE_NUMBER(usbctrlinfo, "event-channel", evtch),
    DEVICE_NUMBER(usbctrlinfo, "urb-ring-ref", ref_urb),
    DEVICE_NUMBER(usbctrlinfo, "conn-ring-ref", ref_conn),
    { NULL },
};

static int check_type(libxl__gc *gc, const struct libxl__device *device)
{
    libxl_device_usbctrl *usbctrl = device->config;

    switch (usbctrl->type) {
    case LIBXL_USBCTRL_TYPE_PV:
        return 0;
    case LIBXL_USBCTRL_TYPE_AUTO:
        if (device->backend_domid == DEVICE_OWN_DOMID &&
            !libxl__sysfs_has(gc, "usb/drivers/usbback"))
            return libxl__device_refuse(gc, device,
                                        "finds no backend: load a driver "
                                        "'usbback' in dom0, or set 'type' to "
                                        "\"pv\" and 'backend' to a domain that "
                                        "has one");
        usbctrl->type = LIBXL_USBCTRL_TYPE_PV;
        return 0;
    case LIBXL_USBCTRL_TYPE_DEVICEMODEL:
        return libxl__device_refuse(gc, device,
                                    "has 'type' \"devicemodel\", a controller "
                                    "on a PCI bus, which guests on Arm do not "
                                    "have: set it to \"pv\"");
    default:
        return libxl__device_refuse(
            gc, device,
            "has 'type' \"%s\", whose backend is a "
            "QEMU, which this library does not start "
            "for USB: set it to \"pv\"",
            libxl_usbctrl_type_to_string(usbctrl->type));
    }
}

static int prepare(libxl__gc *gc, struct libxl__device *device)
{
    libxl_device_usbctrl *usbctrl = device->config;
    int rc = check_type(gc, device);

    if (rc)
        return rc;
    if (!usbctrl->version)
        usbctrl->version = DEFAULT_VERSION;
    if (!usbctrl->ports)
        usbctrl->ports = USB_DEFAULT_PORTS;
    if (usbctrl->version < 1 || usbctrl->version > 2)
        return libxl__device_refuse(gc, device,
                                    "has 'version' %d: set it to 1 or 2, which "
                                    "a controller of 'type' \"pv\" can be",
                                    usbctrl->version);
    if (usbctrl->ports < 1 || usbctrl->ports > MAX_PORTS)
        return libxl__device_refuse(gc, device,
                                    "has %d ports: set 'ports' from 1 to %d",
                                    usbctrl->ports, MAX_PORTS);
    return 0;
}

static void add_nodes(const struct libxl__device *device,
                      struct libxl__device_nodes *nodes)
{
    const libxl_device_usbctrl *usbctrl = device->config;
    int i;

    libxl__device_node(nodes, DEVICE_BACK, "port", "");
    for (i = 1; i <= usbctrl->ports; i++)
        libxl__device_node(nodes, DEVICE_BACK,
                           libxl__sprintf(nodes->gc, "port/%d", i), "");
}

static void more_info(libxl__gc *gc, const struct libxl__device *device,
                      const void *config, void *info)
{
    const libxl_device_usbctrl *usbctrl = config;
    libxl_usbctrlinfo *to = info;

    to->type = usbctrl->type;
    to->version = usbctrl->version;
    to->ports = usbctrl->ports;
}

const struct libxl__device_kind libxl__kind_usbctrl = {
    .option = "usbctrl",
    .name = "vusb",
    .traits = DEVICE_XENBUS,
    DEVICE_OF(USBCTRL, usbctrl, usbctrls),
    .devid = offsetof(libxl_device_usbctrl, devid),
    .keys = keys,
    .info = DEVICE_INFO(USBCTRLINFO, usbctrlinfo, numbers),
    .prepare = prepare,
    .add_nodes = add_nodes,
    .more_info = more_info,
    .release = libxl__usbdevs_release,
};
