/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * vfb: a framebuffer, which QEMU shows by VNC or in an X window.  xl.cfg(5),
 * xen/io/fbif.h.  xl adds a vkb to each.
 */
#include <libxl.h>

#include "device/kinds.h"
#include "device/qemu_arguments.h"
#include "types-index.h"

#define DEFAULT_LISTEN "127.0.0.1"

#define KEY(name, field) DEVICE_KEY(vfb, name, field, DEVICE_BACK)

static const struct libxl__device_key keys[] = {
    /* By VNC. */
    KEY("vnc", vnc.enable),
    KEY("vnclisten", vnc.listen),
    KEY("vncpasswd", vnc.passwd),
    KEY("vncdisplay", vnc.display),
    KEY("vncunused", vnc.findunused),
    /* In an X window. */
    KEY("sdl", sdl.enable),
    KEY("opengl", sdl.opengl),
    KEY("xauthority", sdl.xauthority),
    KEY("display", sdl.display),
    { NULL },
};

static int prepare(libxl__gc *gc, struct libxl__device *device)
{
    libxl_device_vfb *vfb = device->config;
    libxl_vnc_info *vnc = &vfb->vnc;
    bool enabled;

    libxl_defbool_setdefault(&vnc->enable, true);
    enabled = libxl_defbool_val(vnc->enable);
    libxl_defbool_setdefault(&vnc->findunused, enabled);
    libxl_defbool_setdefault(&vfb->sdl.enable, false);
    libxl_defbool_setdefault(&vfb->sdl.opengl, false);
    if (enabled && !vnc->listen)
        vnc->listen = libxl__strdup_nogc(DEFAULT_LISTEN);
    if (device->index)
        return libxl__device_refuse(gc, device,
                                    "is one too many: QEMU shows one display, "
                                    "leave only the first");
    if (enabled && vnc->display && libxl__vnc_has_display(vnc->listen))
        return libxl__device_refuse(gc, device,
                                    "has a display in 'vnclisten' \"%s\" and "
                                    "in 'vncdisplay': remove one of them",
                                    vnc->listen);
    return 0;
}

const struct libxl__device_kind libxl__kind_vfb = {
    .option = "vfb",
    .name = "vfb",
    .traits = DEVICE_XENBUS | DEVICE_QEMU,
    DEVICE_OF(VFB, vfb, vfbs),
    .devid = offsetof(libxl_device_vfb, devid),
    .keys = keys,
    .prepare = prepare,
};
