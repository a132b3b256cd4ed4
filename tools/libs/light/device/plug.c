/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Attaches and detaches one device.
 *
 * The nodes below /libxl claim the device: they are made in a transaction that
 * checks that they are not there.  The stored configuration follows once the
 * device works, and is believed only of devices that have those nodes, so a
 * caller that is killed in between leaves nothing that a detach cannot remove.
 */
#include "device/plug.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/number.h"
#include "base/xenstore.h"
#include "device/p9d.h"
#include "device/qemu.h"
#include "device/usbdev.h"
#include "domain/paths.h"
#include "domain/stored.h"
#include "types/type.h"

/* The devices of one kind in a configuration. */
struct array {
    const struct libxl__type *type;
    char **elements;
    int *count;
};

static struct array array_of(const struct libxl__device_kind *kind,
                             libxl_domain_config *config)
{
    return (struct array) {
        .type = &libxl__types[kind->type],
        .elements = (char **)((char *)config + kind->list),
        .count = (int *)((char *)config + kind->count),
    };
}

static void *array_at(const struct array *array, int i)
{
    return *array->elements + (size_t)i * array->type->size;
}

static void array_append(struct array *array, const void *element)
{
    *array->elements = libxl__realloc_nogc(
        *array->elements, (*array->count + 1) * (size_t)array->type->size);
    libxl__type_copy(array->type, array_at(array, (*array->count)++), element);
}

static void array_remove(struct array *array, int i)
{
    char *element = array_at(array, i);
    int after = --*array->count - i;

    libxl__type_dispose(array->type, element);
    memmove(element, element + array->type->size,
            (size_t)after * array->type->size);
}

static void array_remove_devid(struct array *array,
                               const struct libxl__device_kind *kind,
                               uint32_t devid)
{
    int i = 0;

    while (i < *array->count)
        if (libxl__device_devid(kind, array_at(array, i)) == devid)
            array_remove(array, i);
        else
            i++;
}

/* A change of the stored configuration. */
struct change {
    const struct libxl__device_kind *kind;
    uint32_t devid;
    const void *added; /* NULL: the device is removed */
};

static int change_stored(libxl__gc *gc, libxl_domain_config *config,
                         void *opaque)
{
    const struct change *change = opaque;
    struct array array = array_of(change->kind, config);

    array_remove_devid(&array, change->kind, change->devid);
    if (change->added)
        array_append(&array, change->added);
    return 0;
}

/* A device to claim, and the record of its nodes. */
struct claim {
    struct libxl__devices *devices;
    struct libxl__xs_changes changes;
    bool any_devid;
};

static int check_free(libxl__gc *gc, xs_transaction_t t,
                      const struct libxl__device *device)
{
    const char *backend;
    int rc = libxl__xs_find(
        gc, t, libxl__sprintf(gc, "%s/backend", device->kept_path), &backend);

    if (rc || !backend)
        return rc;
    return libxl__fail(gc->ctx, ERROR_DEVICE_EXISTS,
                       "%s exists already: choose another '%s', or detach that "
                       "one first",
                       device->label, libxl__device_number_field(device->kind));
}

/*
 * Check for libxl__xs_commit: the domain is there, and the device is not.  A
 * number that the caller left open is chosen here, where nobody else can take
 * it.
 */
static int record_claim(libxl__gc *gc, xs_transaction_t t, void *opaque)
{
    struct claim *claim = opaque;
    struct libxl__device *device = &claim->devices->list[0];
    uint32_t domid = device->domid, devid;
    int rc = libxl__domain_present(gc, t, &domid);

    if (!rc && claim->any_devid) {
        rc = libxl__device_next_devid(gc, t, domid, device->kind, &devid);
        if (rc)
            return rc;
        libxl__device_number(device, devid);
        libxl__devices_place(claim->devices, domid);
        device->label = libxl__device_label(gc, domid, device->kind, devid);
    } else if (!rc) {
        rc = check_free(gc, t, device);
    }
    if (rc)
        return rc;
    libxl__devices_record_kept(claim->devices, &claim->changes);
    libxl__devices_record_ends(claim->devices, &claim->changes);
    return 0;
}

static int claim_device(struct libxl__devices *devices, bool any_devid)
{
    struct claim claim = { .devices = devices, .any_devid = any_devid };

    libxl__xs_changes_init(&claim.changes, devices->gc);
    return libxl__xs_commit(&claim.changes,
                            libxl__sprintf(devices->gc,
                                           "add a device to domain %" PRIu32,
                                           devices->domid),
                            record_claim, &claim);
}

int libxl__device_attach(libxl__gc *gc, uint32_t domid,
                         const struct libxl__device_kind *kind, void *config,
                         const void *asked)
{
    const struct libxl__type *type = &libxl__types[kind->type];
    void *stored = libxl__zalloc(gc, type->size);
    struct libxl__devices devices;
    struct change change;
    bool new_qemu = false;
    int rc;

    rc = libxl__devices_single(gc, domid, kind, config, &devices);
    if (rc)
        return rc;
    rc = claim_device(&devices, libxl__device_devid(kind, asked) == DEVICE_ANY);
    if (rc)
        return rc;
    rc = libxl__p9d_need(gc, &devices);
    if (!rc)
        rc = libxl__qemu_need(gc, &devices, &new_qemu);
    if (!rc)
        rc = libxl__devices_connect(&devices);
    if (rc)
        goto out;
    libxl__type_copy(type, stored, asked);
    libxl__device_keep(kind, config, stored);
    change = (struct change) { kind, devices.list[0].devid, stored };
    rc = libxl__stored_change(gc, domid, change_stored, &change);
    libxl__type_dispose(type, stored);
    if (rc)
        libxl__devices_disconnect(&devices, DETACH_FORCED);

out:
    if (rc && new_qemu)
        libxl__qemu_stop(gc, domid);
    if (rc)
        libxl__devices_erase(&devices);
    return rc;
}

int libxl__device_detach(libxl__gc *gc, uint32_t domid,
                         const struct libxl__device_kind *kind, uint32_t devid,
                         enum libxl__detach how)
{
    struct change change = { kind, devid, NULL };
    struct libxl__devices devices;
    int rc = libxl__device_find(gc, domid, kind, devid, &devices);

    if (rc == ERROR_NOTFOUND)
        return libxl__fail(gc->ctx, rc, "%s does not exist",
                           libxl__device_label(gc, domid, kind, devid));
    if (rc)
        return rc;
    rc = libxl__devices_disconnect(&devices, how);
    if (rc == ERROR_TIMEDOUT && how == DETACH_SOON)
        rc = libxl__devices_disconnect(&devices, DETACH_FORCED);
    if (rc)
        return rc;
    rc = libxl__devices_erase(&devices);
    if (rc)
        return rc;
    return libxl__stored_change(gc, domid, change_stored, &change);
}

static int drop_absent(libxl__gc *gc, uint32_t domid,
                       const struct libxl__device_kind *kind,
                       libxl_domain_config *config)
{
    struct array array = array_of(kind, config);
    struct libxl__devices found;
    unsigned int j;
    int i = 0, rc;

    if (!*array.count)
        return 0;
    rc = libxl__devices_find(gc, domid, kind, &found);
    while (!rc && i < *array.count) {
        uint32_t devid = libxl__device_devid(kind, array_at(&array, i));

        for (j = 0; j < found.count && found.list[j].devid != devid; j++)
            ;
        if (j < found.count)
            i++;
        else
            array_remove(&array, i);
    }
    return rc;
}

int libxl__devices_drop_absent(libxl__gc *gc, uint32_t domid,
                               libxl_domain_config *config)
{
    const struct libxl__device_kind *const *kind;
    int rc = 0;

    for (kind = libxl__device_kinds; *kind && !rc; kind++)
        if (!(*kind)->is_wanted)
            rc = drop_absent(gc, domid, *kind, config);
    return rc ? rc : libxl__usbdevs_drop_absent(gc, domid, config);
}
