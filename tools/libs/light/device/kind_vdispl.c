/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * vdispl: a display with connectors, which a program in the backend's domain
 * serves.  xl.cfg(5), xen/io/displif.h.
 */
#include <inttypes.h>

#include <libxl.h>

#include "device/kinds.h"
#include "types-index.h"

#define KEY(name, field, where) DEVICE_KEY(vdispl, name, field, where)

static const struct libxl__device_key keys[] = {
    KEY("be-alloc", be_alloc, DEVICE_FIXED),
    { NULL },
};

static const struct libxl__device_key numbers[] = {
    DEVICE_NUMBER(vdisplinfo, "state", state),
    { NULL },
};

static const struct libxl__device_key connector_numbers[] = {
    DEVICE_NUMBER(connectorinfo, "req-event-channel", req_evtch),
    DEVICE_NUMBER(connectorinfo, "req-ring-ref", req_rref),
    DEVICE_NUMBER(connectorinfo, "evt-event-channel", evt_evtch),
    DEVICE_NUMBER(connectorinfo, "evt-ring-ref", evt_rref),
    { NULL },
};

static const char *unique_id(libxl__gc *gc, const void *config, int index)
{
    const libxl_device_vdispl *vdispl = config;
    const char *id;

    if (index >= vdispl->num_connectors)
        return NULL;
    id = vdispl->connectors[index].unique_id;
    return id ? id : "";
}

static int prepare(libxl__gc *gc, struct libxl__device *device)
{
    const libxl_device_vdispl *vdispl = device->config;
    int i;

    for (i = 0; i < vdispl->num_connectors; i++) {
        const libxl_connector_param *connector = &vdispl->connectors[i];

        if (!connector->width || !connector->height)
            return libxl__device_refuse(
                gc, device,
                "has a connector '%s' of %" PRIu32 "x%" PRIu32
                " pixels: set its width and height",
                connector->unique_id ? connector->unique_id : "",
                connector->width, connector->height);
    }
    return 0;
}

static const char *resolution(libxl__gc *gc,
                              const libxl_connector_param *connector)
{
    return libxl__sprintf(gc, "%" PRIu32 "x%" PRIu32, connector->width,
                          connector->height);
}

static void add_nodes(const struct libxl__device *device,
                      struct libxl__device_nodes *nodes)
{
    const libxl_device_vdispl *vdispl = device->config;
    libxl__gc *gc = nodes->gc;
    int i;

    for (i = 0; i < vdispl->num_connectors; i++) {
        const libxl_connector_param *connector = &vdispl->connectors[i];
        const char *directory = libxl__sprintf(gc, "%d/", i);

        libxl__device_node_in(nodes, DEVICE_FIXED, directory, "unique-id",
                              connector->unique_id);
        libxl__device_node_in(nodes, DEVICE_FIXED, directory, "resolution",
                              resolution(gc, connector));
    }
}

static void more_info(libxl__gc *gc, const struct libxl__device *device,
                      const void *config, void *info)
{
    const libxl_device_vdispl *vdispl = config;
    libxl_vdisplinfo *to = info;
    int i;

    to->be_alloc = vdispl->be_alloc;
    to->num_connectors = vdispl->num_connectors;
    to->connectors =
        libxl__calloc_nogc(to->num_connectors, sizeof(*to->connectors));
    for (i = 0; i < to->num_connectors; i++) {
        const libxl_connector_param *from = &vdispl->connectors[i];

        to->connectors[i].unique_id =
            libxl__strdup_nogc(from->unique_id ? from->unique_id : "");
        to->connectors[i].width = from->width;
        to->connectors[i].height = from->height;
        libxl__device_front_numbers(gc, device, libxl__sprintf(gc, "%d/", i),
                                    connector_numbers, &to->connectors[i]);
    }
}

const struct libxl__device_kind libxl__kind_vdispl = {
    .option = "vdispl",
    .name = "vdispl",
    .traits = DEVICE_XENBUS | DEVICE_STORED,
    DEVICE_OF(VDISPL, vdispl, vdispls),
    .devid = offsetof(libxl_device_vdispl, devid),
    .keys = keys,
    .info = DEVICE_INFO(VDISPLINFO, vdisplinfo, numbers),
    .unique_id = unique_id,
    .prepare = prepare,
    .add_nodes = add_nodes,
    .more_info = more_info,
};
