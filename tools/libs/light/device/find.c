/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The devices that a domain has, from /libxl/DOMID/device, which only the
 * toolstack's domain can write.
 */
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/number.h"
#include "base/xenstore.h"
#include "device/device.h"
#include "domain/paths.h"
#include "domain/stored.h"
#include "types/text.h"
#include "types/type.h"

/* Splits /local/domain/B/backend/NAME/DOMID/DEVID. */
static bool parse_backend(libxl__gc *gc, const char *path,
                          struct libxl__device *device)
{
    char name[32];
    unsigned int backend, domid, devid;

    if (sscanf(path, "/local/domain/%u/backend/%31[^/]/%u/%u", &backend, name,
               &domid, &devid) != 4 ||
        domid != device->domid || devid != device->devid)
        return false;
    device->backend_domid = backend;
    device->backend = libxl__strdup(gc, name);
    return true;
}

static int append(struct libxl__devices *devices,
                  const struct libxl__device_kind *kind, uint32_t devid)
{
    libxl__gc *gc = devices->gc;
    struct libxl__device device = {
        .kind = kind,
        .domid = devices->domid,
        .devid = devid,
        .label = libxl__device_label(gc, devices->domid, kind, devid),
    };
    const char *kept =
        libxl__path_device(gc, devices->domid, kind->name, devid);
    const char *path;
    int rc;

    if (devid < kind->first_devid)
        return 0;
    rc = libxl__xs_find(gc, XBT_NULL, libxl__sprintf(gc, "%s/backend", kept),
                        &path);

    /* A device that is just being removed has lost it. */
    if (rc || !path || !parse_backend(gc, path, &device))
        return rc;
    if (kind->script)
        rc = libxl__xs_find(gc, XBT_NULL, libxl__sprintf(gc, "%s/script", kept),
                            &device.script);
    if (rc)
        return rc;
    libxl__devices_add(devices, &device);
    return 0;
}

/* The names below /libxl/DOMID/device/NAME. */
static int list_devids(libxl__gc *gc, xs_transaction_t t, uint32_t domid,
                       const struct libxl__device_kind *kind, char ***names_r,
                       unsigned int *count_r)
{
    return libxl__xs_directory(gc, t,
                               libxl__sprintf(gc, "%s/device/%s",
                                              libxl__path_libxl(gc, domid),
                                              kind->name),
                               names_r, count_r);
}

static int find_kind(struct libxl__devices *devices,
                     const struct libxl__device_kind *kind)
{
    unsigned int i, count;
    uint32_t devid;
    char **names;
    int rc = list_devids(devices->gc, XBT_NULL, devices->domid, kind, &names,
                         &count);

    for (i = 0; !rc && i < count; i++)
        if (libxl__number_parse_u32(names[i], &devid))
            rc = append(devices, kind, devid);
    return rc;
}

int libxl__devices_find(libxl__gc *gc, uint32_t domid,
                        const struct libxl__device_kind *kind,
                        struct libxl__devices *devices_r)
{
    const struct libxl__device_kind *named;
    unsigned int i, count;
    char **names;
    int rc;

    *devices_r = (struct libxl__devices) { .gc = gc, .domid = domid };
    if (kind) {
        named = kind;
        do {
            rc = find_kind(devices_r, named);
            named = libxl__device_kind_sibling(named);
        } while (!rc && named != kind);
    } else {
        rc = libxl__xs_directory(
            gc, XBT_NULL,
            libxl__sprintf(gc, "%s/device", libxl__path_libxl(gc, domid)),
            &names, &count);
        for (i = 0; !rc && i < count; i++) {
            named = libxl__device_kind_named(names[i]);
            if (named && named->traits & DEVICE_XENBUS)
                rc = find_kind(devices_r, named);
        }
    }
    if (!rc)
        libxl__devices_place(devices_r, domid);
    return rc;
}

int libxl__device_find(libxl__gc *gc, uint32_t domid,
                       const struct libxl__device_kind *kind, uint32_t devid,
                       struct libxl__devices *devices_r)
{
    const struct libxl__device_kind *tried = kind;
    int rc;

    *devices_r = (struct libxl__devices) { .gc = gc, .domid = domid };
    do {
        rc = append(devices_r, tried, devid);
        tried = libxl__device_kind_sibling(tried);
    } while (!rc && !devices_r->count && tried != kind);
    if (rc)
        return rc;
    if (!devices_r->count)
        return ERROR_NOTFOUND;
    libxl__devices_place(devices_r, domid);
    return 0;
}

static int front_number(libxl__gc *gc, const struct libxl__device *device,
                        const char *prefix, const char *name)
{
    const char *text = libxl__xs_readf(gc, XBT_NULL, "%s/%s%s",
                                       device->frontend_path, prefix, name);
    uint32_t number;

    return text && libxl__number_parse_u32(text, &number) && number <= INT_MAX
               ? (int)number
               : -1;
}

void libxl__device_front_numbers(libxl__gc *gc,
                                 const struct libxl__device *device,
                                 const char *prefix,
                                 const struct libxl__device_key *keys,
                                 void *info_r)
{
    const struct libxl__device_key *key;

    for (key = keys; key->name; key++)
        *(int *)((char *)info_r + key->offset) =
            front_number(gc, device, prefix, key->name);
}

int libxl__device_next_devid(libxl__gc *gc, xs_transaction_t t, uint32_t domid,
                             const struct libxl__device_kind *kind,
                             uint32_t *devid_r)
{
    unsigned int i, count;
    uint32_t devid;
    char **names;
    int rc = list_devids(gc, t, domid, kind, &names, &count);

    *devid_r = kind->first_devid;
    for (i = 0; !rc && i < count; i++)
        if (libxl__number_parse_u32(names[i], &devid) && devid >= *devid_r)
            *devid_r = devid + 1;
    return rc;
}

/* What this library does not understand stays at its default. */
static void read_node(libxl__gc *gc, const struct libxl__device_kind *kind,
                      void *config, const char *name, const char *value)
{
    const struct libxl__device_key *key = kind->keys;

    while (key->name && strcmp(key->name, name))
        key++;
    if (key->name)
        libxl__field_parse(gc, kind->type, key->offset, config, value);
    else if (kind->read_node)
        kind->read_node(gc, config, name, value);
}

static int read_nodes(libxl__gc *gc, const struct libxl__device *device,
                      void *config)
{
    const struct libxl__device_kind *kind = device->kind;
    const char *value;
    unsigned int i, count;
    char **names;
    int rc =
        libxl__xs_directory(gc, XBT_NULL, device->kept_path, &names, &count);

    for (i = 0; !rc && i < count; i++) {
        rc = libxl__xs_find(
            gc, XBT_NULL,
            libxl__sprintf(gc, "%s/%s", device->kept_path, names[i]), &value);
        if (!rc && value)
            read_node(gc, kind, config, names[i], value);
    }
    return rc;
}

/* A device that is not stored yet, or no longer, stays at its defaults. */
static int read_stored(libxl__gc *gc, const struct libxl__device *device,
                       void *config)
{
    const struct libxl__device_kind *kind = device->kind;
    const struct libxl__type *type = &libxl__types[kind->type];
    libxl_domain_config stored;
    char *list, **name;
    int i, count, rc;

    libxl_domain_config_init(&stored);
    rc = libxl__stored_read(gc, device->domid, &stored);
    list = *(char **)((char *)&stored + kind->list);
    count = rc ? 0 : *(int *)((char *)&stored + kind->count);
    for (i = 0; i < count; i++)
        if (libxl__device_devid(kind, list + i * type->size) == device->devid)
            break;
    if (i < count) {
        /* Its backend is the one that it has, not the one of that name now. */
        name = (char **)(list + i * type->size + kind->backend_domname);
        free(*name);
        *name = NULL;
        libxl__type_copy(type, config, list + i * type->size);
    }
    libxl_domain_config_dispose(&stored);
    return rc;
}

int libxl__device_read(libxl__gc *gc, const struct libxl__device *device,
                       void *config_r)
{
    const struct libxl__device_kind *kind = device->kind;
    int rc;

    libxl__type_init(&libxl__types[kind->type], config_r);
    rc = kind->traits & DEVICE_STORED ? read_stored(gc, device, config_r)
                                      : read_nodes(gc, device, config_r);
    if (rc)
        return rc;
    *(libxl_domid *)((char *)config_r + kind->backend_domid) =
        device->backend_domid;
    if (!kind->devid_of)
        *(int *)((char *)config_r + kind->devid) = device->devid;
    return 0;
}

int libxl__device_getinfo(libxl__gc *gc, const struct libxl__device *device,
                          void *info_r)
{
    const struct libxl__device_kind *kind = device->kind;
    const struct libxl__device_info *info = &kind->info;
    char *at = info_r;
    void *config;
    int rc;

    libxl__type_init(&libxl__types[info->type], info_r);
    *(char **)(at + info->backend) = libxl__strdup_nogc(device->backend_path);
    *(uint32_t *)(at + info->backend_id) = device->backend_domid;
    *(char **)(at + info->frontend) = libxl__strdup_nogc(device->frontend_path);
    *(uint32_t *)(at + info->frontend_id) = device->domid;
    *(libxl_devid *)(at + info->devid) = device->devid;
    libxl__device_front_numbers(gc, device, "", info->numbers, info_r);
    if (!kind->more_info)
        return 0;
    config = libxl__zalloc(gc, libxl__types[kind->type].size);
    rc = libxl__device_read(gc, device, config);
    if (!rc)
        kind->more_info(gc, device, config, info_r);
    else
        libxl__type_dispose(&libxl__types[info->type], info_r);
    libxl__type_dispose(&libxl__types[kind->type], config);
    return rc;
}
