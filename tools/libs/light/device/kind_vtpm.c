/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * vTPM: a TPM of the guest's own, which a domain for it serves.  xen-vtpm(7),
 * xen/io/tpmif.h.
 */
#include <libxl.h>

#include "device/kinds.h"
#include "types/text.h"
#include "types-index.h"

#define KEY(name, field, where) DEVICE_KEY(vtpm, name, field, where)

static const struct libxl__device_key keys[] = {
    KEY("handle", devid, DEVICE_BACK | DEVICE_FRONT),
    KEY("uuid", uuid, DEVICE_BACK),
    { NULL },
};

static const struct libxl__device_key numbers[] = {
    DEVICE_NUMBER(vtpminfo, "state", state),
    DEVICE_NUMBER(vtpminfo, "event-channel", evtch),
    DEVICE_NUMBER(vtpminfo, "ring-ref", rref),
    { NULL },
};

static const char *unique_id(libxl__gc *gc, const void *config, int index)
{
    return index ? NULL
                 : libxl__field_text(gc, LIBXL__TYPE_DEVICE_VTPM,
                                     offsetof(libxl_device_vtpm, uuid), config);
}

static int prepare(libxl__gc *gc, struct libxl__device *device)
{
    libxl_device_vtpm *vtpm = device->config;

    if (libxl_uuid_is_nil(&vtpm->uuid))
        libxl_uuid_generate(&vtpm->uuid);
    return 0;
}

static void add_nodes(const struct libxl__device *device,
                      struct libxl__device_nodes *nodes)
{
    libxl__device_node(nodes, DEVICE_BACK, "resume", "False");
}

/* A restart keeps the vTPM, whose state is stored by its UUID. */
static void keep(const void *config, void *stored)
{
    const libxl_device_vtpm *from = config;
    libxl_device_vtpm *to = stored;

    to->uuid = from->uuid;
}

static void more_info(libxl__gc *gc, const struct libxl__device *device,
                      const void *config, void *info)
{
    const libxl_device_vtpm *vtpm = config;
    libxl_vtpminfo *to = info;

    to->uuid = vtpm->uuid;
}

const struct libxl__device_kind libxl__kind_vtpm = {
    .option = "vtpm",
    .name = "vtpm",
    .traits = DEVICE_XENBUS,
    DEVICE_OF(VTPM, vtpm, vtpms),
    .devid = offsetof(libxl_device_vtpm, devid),
    .keys = keys,
    .info = DEVICE_INFO(VTPMINFO, vtpminfo, numbers),
    .unique_id = unique_id,
    .prepare = prepare,
    .add_nodes = add_nodes,
    .more_info = more_info,
    .keep = keep,
};
