/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * vkb: a keyboard and a pointer, which QEMU or a program in the backend's
 * domain serves.  xl.cfg(5), xen/io/kbdif.h.
 */
#include <string.h>

#include <libxl.h>

#include "device/kinds.h"
#include "types-index.h"

/* The backend's name in xenstore of each backend_type. */
#define QEMU_BACKEND  "vkbd"
#define LINUX_BACKEND "vinput"

#define KEY(name, field)                                                       \
    DEVICE_KEY(vkb, name, field, DEVICE_BACK | DEVICE_NONZERO)

static const struct libxl__device_key keys[] = {
    KEY("unique-id", unique_id),
    KEY("feature-disable-keyboard", feature_disable_keyboard),
    KEY("feature-disable-pointer", feature_disable_pointer),
    KEY("feature-abs-pointer", feature_abs_pointer),
    KEY("feature-raw-pointer", feature_raw_pointer),
    KEY("feature-multi-touch", feature_multi_touch),
    KEY("multi-touch-width", multi_touch_width),
    KEY("multi-touch-height", multi_touch_height),
    KEY("multi-touch-num-contacts", multi_touch_num_contacts),
    KEY("width", width),
    KEY("height", height),
    { NULL },
};

static const struct libxl__device_key numbers[] = {
    DEVICE_NUMBER(vkbinfo, "state", state),
    DEVICE_NUMBER(vkbinfo, "event-channel", evtch),
    DEVICE_NUMBER(vkbinfo, "page-gref", rref),
    { NULL },
};

static const char *unique_id(libxl__gc *gc, const void *config, int index)
{
    const libxl_device_vkb *vkb = config;

    if (index)
        return NULL;
    return vkb->unique_id ? vkb->unique_id : "";
}

static int prepare(libxl__gc *gc, struct libxl__device *device)
{
    const libxl_device_vkb *vkb = device->config;

    switch (vkb->backend_type) {
    case LIBXL_VKB_BACKEND_UNKNOWN: /* the vkb that xl adds to a vfb */
    case LIBXL_VKB_BACKEND_QEMU:
        device->backend = QEMU_BACKEND;
        return 0;
    case LIBXL_VKB_BACKEND_LINUX:
        device->backend = LINUX_BACKEND;
        return 0;
    default:
        return libxl__device_refuse(
            gc, device,
            "has no backend type: set 'backend-type' to 'qemu' or "
            "'linux'");
    }
}

static void read_node(libxl__gc *gc, void *config, const char *name,
                      const char *value)
{
    libxl_device_vkb *vkb = config;

    if (!strcmp(name, "backend"))
        vkb->backend_type = strstr(value, "/backend/" LINUX_BACKEND "/")
                                ? LIBXL_VKB_BACKEND_LINUX
                                : LIBXL_VKB_BACKEND_QEMU;
}

const struct libxl__device_kind libxl__kind_vkb = {
    .option = "vkb",
    .name = "vkbd",
    .traits = DEVICE_XENBUS,
    DEVICE_OF(VKB, vkb, vkbs),
    .devid = offsetof(libxl_device_vkb, devid),
    .keys = keys,
    .info = DEVICE_INFO(VKBINFO, vkbinfo, numbers),
    .unique_id = unique_id,
    .prepare = prepare,
    .read_node = read_node,
};
