/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * From a configuration to a set of devices: defaults, device numbers, the
 * domain of each backend.
 */
#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <string.h>

#include "base/log.h"
#include "base/number.h"
#include "device/device.h"
#include "device/vdev.h"
#include "domain/info.h"
#include "domain/name.h"
#include "types/type.h"

int libxl__device_refuse(libxl__gc *gc, const struct libxl__device *device,
                         const char *format, ...)
{
    const char *reason;
    va_list ap;

    va_start(ap, format);
    reason = libxl__vsprintf(gc, format, ap);
    va_end(ap);
    return libxl__fail(gc->ctx, ERROR_INVAL, "%s %s", device->label, reason);
}

char *libxl__device_name(libxl__gc *gc, const struct libxl__device_kind *kind,
                         uint32_t devid)
{
    char vdev[LIBXL__VDEV_NAME_SIZE];

    if (!kind->devid_of)
        return libxl__sprintf(gc, "%" PRIu32, devid);
    libxl__vdev_name(devid, vdev);
    return libxl__strdup(gc, vdev);
}

char *libxl__device_label(libxl__gc *gc, uint32_t domid,
                          const struct libxl__device_kind *kind, uint32_t devid)
{
    return libxl__sprintf(gc, "domain %" PRIu32 ": %s %s", domid, kind->option,
                          libxl__device_name(gc, kind, devid));
}

static void *field_at(const struct libxl__device *device, uint16_t offset)
{
    return (char *)device->config + offset;
}

/* 'backend' is a name or a number. */
static int find_backend(libxl__gc *gc, const struct libxl__device *device,
                        const char *name, uint32_t *domid_r)
{
    xc_domaininfo_t info;
    int rc;

    if (libxl__number_parse_u32(name, domid_r))
        rc = libxl__domain_find(gc->ctx, *domid_r, &info);
    else
        rc = libxl__name_lookup(gc, name, domid_r);
    if (rc == ERROR_NOTFOUND || rc == ERROR_DOMAIN_NOTFOUND)
        return libxl__device_refuse(gc, device,
                                    "has its backend in domain '%s', which "
                                    "does not exist: start that domain first",
                                    name);
    return rc;
}

static int resolve_backend(libxl__gc *gc, struct libxl__device *device)
{
    const struct libxl__device_kind *kind = device->kind;
    char **name = field_at(device, kind->backend_domname);
    libxl_domid *domid = field_at(device, kind->backend_domid);
    uint32_t found;
    int rc;

    if (*name && **name) {
        rc = find_backend(gc, device, *name, &found);
        if (rc)
            return rc;
        *domid = found;
    }
    device->backend_domid = *domid;
    return 0;
}

uint32_t libxl__device_devid(const struct libxl__device_kind *kind,
                             const void *config)
{
    int devid;

    if (kind->devid_of)
        return kind->devid_of(config);
    devid = *(const int *)((const char *)config + kind->devid);
    return devid < 0 ? DEVICE_ANY : (uint32_t)devid;
}

static int prepare(libxl__gc *gc, struct libxl__device *device)
{
    const struct libxl__device_kind *kind = device->kind;
    int rc = resolve_backend(gc, device);

    if (rc)
        return rc;
    device->devid = libxl__device_devid(kind, device->config);
    return kind->prepare ? kind->prepare(gc, device) : 0;
}

void libxl__device_number(struct libxl__device *device, uint32_t devid)
{
    int *field = field_at(device, device->kind->devid);

    device->devid = devid;
    *field = devid;
}

/* The lowest number above all that are in use. */
static void give_devid(struct libxl__device *device, uint32_t *next_io)
{
    if (device->devid == DEVICE_ANY)
        libxl__device_number(device, (*next_io)++);
}

static int check_unique(const struct libxl__devices *devices, unsigned int i)
{
    const struct libxl__device *device = &devices->list[i], *other;

    for (other = devices->list; other < device; other++)
        if (other->devid == device->devid && other->config &&
            other->kind->list == device->kind->list)
            return libxl__device_refuse(
                devices->gc, device,
                "has the '%s' of %s, both are %s: give it another one",
                libxl__device_number_field(device->kind), other->label,
                libxl__device_name(devices->gc, device->kind, device->devid));
    return 0;
}

/* Whether one of the first count unique ids of a device is id. */
static bool has_id(libxl__gc *gc, const struct libxl__device *device,
                   const char *id, int count)
{
    const char *used;
    int i;

    for (i = 0; i < count; i++) {
        used = device->kind->unique_id(gc, device->config, i);
        if (!used)
            return false;
        if (!strcmp(used, id))
            return true;
    }
    return false;
}

/* A backend could not tell two of one name apart. */
static int check_id(const struct libxl__devices *devices, unsigned int i,
                    const char *id, int index)
{
    const struct libxl__device *device = &devices->list[i], *other;

    for (other = devices->list; *id && other <= device; other++)
        if (other->kind == device->kind &&
            other->backend_domid == device->backend_domid &&
            has_id(devices->gc, other, id, other == device ? index : INT_MAX))
            return libxl__device_refuse(
                devices->gc, device,
                "has the unique id '%s', as %s has: give it another one", id,
                other == device ? "another part of it" : other->label);
    return 0;
}

static int check_ids(const struct libxl__devices *devices, unsigned int i)
{
    const struct libxl__device *device = &devices->list[i];
    const char *id;
    int index, rc = 0;

    if (!device->kind->unique_id)
        return 0;
    for (index = 0; !rc; index++) {
        id = device->kind->unique_id(devices->gc, device->config, index);
        if (!id)
            break;
        rc = check_id(devices, i, id, index);
    }
    return rc;
}

/* Of the devices from the first one on, which are of one kind. */
static int give_devids(const struct libxl__devices *devices, unsigned int first)
{
    struct libxl__device *list = devices->list;
    uint32_t next = first < devices->count ? list[first].kind->first_devid : 0;
    unsigned int i;
    int rc = 0;

    for (i = first; i < devices->count; i++)
        if (list[i].devid != DEVICE_ANY && list[i].devid >= next)
            next = list[i].devid + 1;
    for (i = first; i < devices->count && !rc; i++) {
        give_devid(&list[i], &next);
        rc = check_unique(devices, i);
        if (!rc)
            rc = check_ids(devices, i);
    }
    return rc;
}

static struct libxl__device *append(struct libxl__devices *devices,
                                    const struct libxl__device_kind *kind,
                                    const char *label)
{
    const struct libxl__device device = {
        .kind = kind,
        .label = label,
        .backend = kind->name,
    };

    return libxl__devices_add(devices, &device);
}

int libxl__devices_gather_kind(struct libxl__devices *devices,
                               const struct libxl__device_kind *kind,
                               libxl_domain_config *config)
{
    libxl__gc *gc = devices->gc;
    char *elements = *(char **)((char *)config + kind->list);
    int i, count = *(int *)((char *)config + kind->count);
    unsigned int first = devices->count;
    int rc = 0;

    for (i = 0; i < count && !rc; i++) {
        void *element = elements + i * libxl__types[kind->type].size;
        struct libxl__device *device;

        if (kind->is_of_kind && !kind->is_of_kind(element))
            continue;
        device = append(devices, kind,
                        libxl__sprintf(gc, "domain '%s': %s[%d]",
                                       config->c_info.name, kind->option, i));
        device->config = element;
        device->index = i;
        rc = prepare(gc, device);
    }
    return rc ? rc : give_devids(devices, first);
}

int libxl__devices_gather(libxl__gc *gc, libxl_domain_config *config,
                          struct libxl__devices *devices_r)
{
    const struct libxl__device_kind *const *kind;
    int rc = 0;

    *devices_r = (struct libxl__devices) { .gc = gc };
    for (kind = libxl__device_kinds; *kind && !rc; kind++) {
        if (!(*kind)->is_wanted)
            rc = libxl__devices_gather_kind(devices_r, *kind, config);
        else if ((*kind)->is_wanted(config))
            append(devices_r, *kind, (*kind)->option);
    }
    return rc;
}

void libxl__device_keep(const struct libxl__device_kind *kind,
                        const void *config, void *stored)
{
    if (!kind->devid_of)
        *(libxl_devid *)((char *)stored + kind->devid) =
            *(const libxl_devid *)((const char *)config + kind->devid);
    if (kind->keep)
        kind->keep(config, stored);
}

void libxl__devices_keep(const struct libxl__devices *devices,
                         const libxl_domain_config *config,
                         libxl_domain_config *stored)
{
    unsigned int i;

    for (i = 0; i < devices->count; i++) {
        const struct libxl__device *device = &devices->list[i];
        const struct libxl__device_kind *kind = device->kind;
        const char *from;

        if (!device->config)
            continue;
        from = *(char **)((char *)config + kind->list);
        libxl__device_keep(kind, device->config,
                           *(char **)((char *)stored + kind->list) +
                               ((char *)device->config - from));
    }
}

/* The same for a device that is to join those that the domain has. */
static int check_ids_present(libxl__gc *gc, uint32_t domid,
                             const struct libxl__device *device)
{
    const struct libxl__type *type = &libxl__types[device->kind->type];
    struct libxl__devices all;
    unsigned int i, count;
    int rc;

    if (!device->kind->unique_id)
        return 0;
    rc = libxl__devices_find(gc, domid, device->kind, &all);
    for (count = 0; !rc && count < all.count; count++) {
        all.list[count].config = libxl__zalloc(gc, type->size);
        rc = libxl__device_read(gc, &all.list[count], all.list[count].config);
    }
    if (!rc) {
        libxl__devices_add(&all, device);
        rc = check_ids(&all, count);
    }
    for (i = 0; i < count; i++)
        libxl__type_dispose(type, all.list[i].config);
    return rc;
}

int libxl__devices_single(libxl__gc *gc, uint32_t domid,
                          const struct libxl__device_kind *kind, void *config,
                          struct libxl__devices *devices_r)
{
    struct libxl__device *device;
    uint32_t next;
    int rc;

    *devices_r = (struct libxl__devices) { .gc = gc };
    device = append(
        devices_r, kind,
        libxl__sprintf(gc, "domain %" PRIu32 ": %s", domid, kind->option));
    device->config = config;
    if (kind->traits & DEVICE_SLOT)
        return libxl__device_refuse(gc, device,
                                    "is a virtio device, which is part of the "
                                    "guest's device tree: add it to the "
                                    "configuration and start the guest anew");
    rc = prepare(gc, device);
    if (!rc)
        rc = check_ids_present(gc, domid, device);
    if (!rc && device->devid == DEVICE_ANY) {
        rc = libxl__device_next_devid(gc, XBT_NULL, domid, kind, &next);
        if (!rc)
            give_devid(device, &next);
    }
    if (rc)
        return rc;
    libxl__devices_place(devices_r, domid);
    device->label = libxl__device_label(gc, domid, kind, device->devid);
    return 0;
}
