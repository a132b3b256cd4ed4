/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * 9pfs: a folder of the backend's domain, which QEMU serves, or from Xen 4.20
 * on xen-9pfsd.  xl.cfg(5), xen/io/9pfs.h.
 */
#include <libxl.h>

#include "device/kinds.h"
#include "device/p9d.h"
#include "types-index.h"

/* xl.cfg(5), of the type "xen_9pfsd". */
#define DEFAULT_TAG   "Xen"
#define DEFAULT_MODEL "none"

#define KEY(name, field, where) DEVICE_KEY(p9, name, field, where)

static const struct libxl__device_key keys[] = {
    KEY("path", path, DEVICE_BACK),
    KEY("security_model", security_model, DEVICE_BACK),
    KEY("tag", tag, DEVICE_FRONT),
    { NULL },
};

static int check_given(libxl__gc *gc, const struct libxl__device *device,
                       const char *value, const char *key)
{
    return value && *value
               ? 0
               : libxl__device_refuse(gc, device, "has no '%s': set it", key);
}

#ifdef LIBXL__HAS_DEVICE_P9_TYPE
static void set_default(char **field, const char *value)
{
    if (!*field)
        *field = libxl__strdup_nogc(value);
}

static int choose_server(libxl__gc *gc, struct libxl__device *device)
{
    libxl_device_p9 *p9 = device->config;

    if (p9->type == LIBXL_P9_TYPE_XEN_9PFSD) {
        device->backend = P9D_BACKEND;
        set_default(&p9->tag, DEFAULT_TAG);
        set_default(&p9->security_model, DEFAULT_MODEL);
        if (p9->path && *p9->path != '/')
            return libxl__device_refuse(gc, device,
                                        "has the 'path' \"%s\", which does not "
                                        "begin with '/': write it in full",
                                        p9->path);
        return 0;
    }
    if (p9->max_space || p9->max_files || p9->max_open_files || p9->auto_delete)
        return libxl__device_refuse(gc, device,
                                    "limits space or files, which only 'type' "
                                    "\"xen_9pfsd\" does: remove 'max-space', "
                                    "'max-files', 'max-open-files' and "
                                    "'auto-delete'");
    return 0;
}

static void add_limits(const struct libxl__device *device,
                       struct libxl__device_nodes *nodes)
{
    const libxl_device_p9 *p9 = device->config;

    if (p9->type != LIBXL_P9_TYPE_XEN_9PFSD)
        return;
    libxl__device_nodef(nodes, DEVICE_BACK, "max-space", "%d", p9->max_space);
    libxl__device_nodef(nodes, DEVICE_BACK, "max-files", "%d", p9->max_files);
    libxl__device_nodef(nodes, DEVICE_BACK, "max-open-files", "%d",
                        p9->max_open_files);
    libxl__device_nodef(nodes, DEVICE_BACK, "auto-delete", "%d",
                        p9->auto_delete);
}
#else
#define choose_server(gc, device) 0
#define add_limits                NULL
#endif

static int prepare(libxl__gc *gc, struct libxl__device *device)
{
    const libxl_device_p9 *p9 = device->config;
    int rc = choose_server(gc, device);

    if (!rc)
        rc = check_given(gc, device, p9->tag, "tag");
    if (!rc)
        rc = check_given(gc, device, p9->path, "path");
    if (!rc)
        rc = check_given(gc, device, p9->security_model, "security_model");
    return rc;
}

const struct libxl__device_kind libxl__kind_p9 = {
    .option = "p9",
    .name = "9pfs",
    .traits = DEVICE_XENBUS,
    DEVICE_OF(P9, p9, p9s),
    .devid = offsetof(libxl_device_p9, devid),
    .keys = keys,
    .prepare = prepare,
    .add_nodes = add_limits,
};
