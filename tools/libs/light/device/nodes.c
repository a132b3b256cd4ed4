/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The nodes of devices in xenstore: what is written for each, and where.
 */
#include <inttypes.h>
#include <string.h>

#include <xen/io/xenbus.h>

#include "base/xenstore.h"
#include "device/device.h"
#include "domain/paths.h"
#include "types/text.h"

void libxl__device_node(struct libxl__device_nodes *nodes, unsigned int where,
                        const char *name, const char *value)
{
    if (!value)
        return;
    if (nodes->count == nodes->room) {
        nodes->room = nodes->room ? 2 * nodes->room : 32;
        nodes->list = libxl__realloc(nodes->gc, nodes->list,
                                     nodes->room * sizeof(*nodes->list));
    }
    nodes->list[nodes->count++] = (struct libxl__device_node) {
        .name = name,
        .value = value,
        .where = where,
    };
}

void libxl__device_node_in(struct libxl__device_nodes *nodes,
                           unsigned int where, const char *prefix,
                           const char *name, const char *value)
{
    libxl__device_node(nodes, where,
                       libxl__sprintf(nodes->gc, "%s%s", prefix, name), value);
}

void libxl__device_nodef(struct libxl__device_nodes *nodes, unsigned int where,
                         const char *name, const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    libxl__device_node(nodes, where, name,
                       libxl__vsprintf(nodes->gc, format, ap));
    va_end(ap);
}

static void place(libxl__gc *gc, struct libxl__device *device)
{
    const struct libxl__device_kind *kind = device->kind;
    const char *domain = libxl__xs_domain_path(gc, device->domid);

    device->frontend_path =
        kind->frontend ? libxl__sprintf(gc, "%s/%s", domain, kind->frontend)
                       : libxl__sprintf(gc, "%s/device/%s/%" PRIu32, domain,
                                        kind->name, device->devid);
    device->backend_path =
        libxl__path_backend(gc, device->backend_domid, device->backend,
                            device->domid, device->devid);
    device->kept_path =
        libxl__path_device(gc, device->domid, kind->name, device->devid);
}

void libxl__devices_place(struct libxl__devices *devices, uint32_t domid)
{
    unsigned int i;

    devices->domid = domid;
    for (i = 0; i < devices->count; i++) {
        devices->list[i].domid = domid;
        place(devices->gc, &devices->list[i]);
    }
}

bool libxl__device_is_elsewhere(const struct libxl__device *device)
{
    return device->backend_domid != DEVICE_OWN_DOMID;
}

struct libxl__devices
libxl__devices_select(const struct libxl__devices *devices,
                      bool (*is_wanted)(const struct libxl__device *device))
{
    struct libxl__devices selected = {
        .gc = devices->gc,
        .domid = devices->domid,
        .list = libxl__calloc(devices->gc, devices->count + 1,
                              sizeof(*selected.list)),
    };
    unsigned int i;

    for (i = 0; i < devices->count; i++)
        if (is_wanted(&devices->list[i]))
            selected.list[selected.count++] = devices->list[i];
    return selected;
}

const struct libxl__device *
libxl__devices_first(const struct libxl__devices *devices,
                     bool (*is_wanted)(const struct libxl__device *device))
{
    unsigned int i;

    for (i = 0; i < devices->count; i++)
        if (is_wanted(&devices->list[i]))
            return &devices->list[i];
    return NULL;
}

struct libxl__device *libxl__devices_add(struct libxl__devices *devices,
                                         const struct libxl__device *device)
{
    devices->list =
        libxl__realloc(devices->gc, devices->list,
                       (devices->count + 1) * sizeof(*devices->list));
    devices->list[devices->count] = *device;
    return &devices->list[devices->count++];
}

/* What every device has whose backend goes through xenbus states. */
static void add_xenbus(const struct libxl__device *device,
                       struct libxl__device_nodes *nodes)
{
    libxl__device_node(nodes, DEVICE_FRONT, "backend", device->backend_path);
    libxl__device_nodef(nodes, DEVICE_FRONT, "backend-id", "%" PRIu32,
                        device->backend_domid);
}

static void add_key(const struct libxl__device *device,
                    const struct libxl__device_key *key,
                    struct libxl__device_nodes *nodes)
{
    const char *text = libxl__field_text(nodes->gc, device->kind->type,
                                         key->offset, device->config);

    if (key->where & DEVICE_NONZERO && text && !strcmp(text, "0"))
        return;
    libxl__device_node(nodes, key->where, key->name, text);
}

/* All nodes of a device but the states. */
static void list_nodes(const struct libxl__device *device,
                       struct libxl__device_nodes *nodes)
{
    const struct libxl__device_kind *kind = device->kind;
    const struct libxl__device_key *key;

    libxl__device_node(nodes, DEVICE_BACK, "frontend", device->frontend_path);
    libxl__device_nodef(nodes, DEVICE_BACK, "frontend-id", "%" PRIu32,
                        device->domid);
    libxl__device_node(nodes, DEVICE_BACK, "online", "1");
    if (kind->traits & DEVICE_XENBUS)
        add_xenbus(device, nodes);
    for (key = kind->keys; key && key->name; key++)
        add_key(device, key, nodes);
    if (kind->add_nodes)
        kind->add_nodes(device, nodes);
}

/* What a frontend's node is readable and writable by. */
static struct libxl__xs_access access_of(const struct libxl__device *device,
                                         unsigned int where)
{
    if (where & DEVICE_FIXED)
        return XS_SHOWN(device->backend_domid, device->domid);
    if (where & DEVICE_GUEST)
        return XS_SHOWN(device->domid, device->backend_domid);
    return XS_INHERIT;
}

static void record_back(const struct libxl__device *device,
                        const struct libxl__device_nodes *nodes,
                        struct libxl__xs_changes *changes,
                        const char *directory)
{
    size_t i;

    for (i = 0; i < nodes->count; i++)
        if (nodes->list[i].where & DEVICE_BACK)
            libxl__xs_add(changes, directory, nodes->list[i].name, XS_INHERIT,
                          nodes->list[i].value);
    libxl__xs_addf(changes, directory, "state", XS_INHERIT, "%d",
                   XenbusStateInitialising);
}

static void record_front(const struct libxl__device *device,
                         const struct libxl__device_nodes *nodes,
                         struct libxl__xs_changes *changes)
{
    const unsigned int front = DEVICE_FRONT | DEVICE_FIXED | DEVICE_GUEST;
    size_t i;

    if (!(device->kind->traits & DEVICE_BARE))
        libxl__xs_renew(changes, device->frontend_path,
                        XS_SHOWN(device->domid, device->backend_domid));
    for (i = 0; i < nodes->count; i++)
        if (nodes->list[i].where & front)
            libxl__xs_add(changes, device->frontend_path, nodes->list[i].name,
                          access_of(device, nodes->list[i].where),
                          nodes->list[i].value);
    if (device->kind->traits & DEVICE_XENBUS)
        libxl__xs_addf(changes, device->frontend_path, "state", XS_INHERIT,
                       "%d", XenbusStateInitialising);
}

void libxl__devices_record_kept(const struct libxl__devices *devices,
                                struct libxl__xs_changes *changes)
{
    unsigned int i;

    for (i = 0; i < devices->count; i++) {
        const struct libxl__device *device = &devices->list[i];
        struct libxl__device_nodes nodes = { .gc = devices->gc };

        list_nodes(device, &nodes);
        record_back(device, &nodes, changes, device->kept_path);
        libxl__xs_add(changes, device->kept_path, "backend", XS_INHERIT,
                      device->backend_path);
    }
}

void libxl__devices_record_ends(const struct libxl__devices *devices,
                                struct libxl__xs_changes *changes)
{
    unsigned int i;

    for (i = 0; i < devices->count; i++) {
        const struct libxl__device *device = &devices->list[i];
        struct libxl__device_nodes nodes = { .gc = devices->gc };

        list_nodes(device, &nodes);
        libxl__xs_chain(changes);
        record_front(device, &nodes, changes);
        libxl__xs_remove(changes, device->backend_path);
        libxl__xs_put(changes, device->backend_path,
                      XS_SHOWN(device->backend_domid, device->domid), "");
        record_back(device, &nodes, changes, device->backend_path);
    }
}

/* The devices to remove, and the record of it. */
struct erasure {
    const struct libxl__devices *devices;
    struct libxl__xs_changes changes;
    const char **paths; /* those removed so far */
    unsigned int count;
};

static bool is_erased(const struct erasure *erasure, const char *directory,
                      const char *name)
{
    size_t length = strlen(directory);
    unsigned int i;

    for (i = 0; i < erasure->count; i++)
        if (!strncmp(erasure->paths[i], directory, length) &&
            erasure->paths[i][length] == '/' &&
            !strcmp(erasure->paths[i] + length + 1, name))
            return true;
    return false;
}

/* Whether nothing is in a directory but what is removed. */
static int check_empty(const struct erasure *erasure, xs_transaction_t t,
                       const char *directory, bool *empty_r)
{
    unsigned int i, count;
    char **names;
    int rc =
        libxl__xs_directory(erasure->changes.gc, t, directory, &names, &count);

    *empty_r = !rc;
    for (i = 0; !rc && i < count; i++)
        *empty_r = *empty_r && is_erased(erasure, directory, names[i]);
    return rc;
}

/*
 * Record the removal of path, and of the directories above it up to top that
 * then are empty.
 */
static int remove_upwards(struct erasure *erasure, xs_transaction_t t,
                          const char *path, const char *top)
{
    libxl__gc *gc = erasure->changes.gc;
    const char *highest = path;
    bool empty = true;
    int rc = 0;

    while (!rc && empty && strcmp(path, top)) {
        highest = path;
        erasure->paths = libxl__realloc(
            gc, erasure->paths, (erasure->count + 1) * sizeof(*erasure->paths));
        erasure->paths[erasure->count++] = path;
        path = libxl__strndup(gc, path, strrchr(path, '/') - path);
        if (strcmp(path, top))
            rc = check_empty(erasure, t, path, &empty);
    }
    if (!rc)
        libxl__xs_remove(&erasure->changes, highest);
    return rc;
}

/* What Linux has noted of a backend that went wrong. */
static int remove_error(struct erasure *erasure, xs_transaction_t t,
                        const struct libxl__device *device)
{
    libxl__gc *gc = erasure->changes.gc;
    const char *domain = libxl__xs_domain_path(gc, device->backend_domid);
    const char *path = libxl__sprintf(gc, "%s/error%s", domain,
                                      device->backend_path + strlen(domain));
    const char *value;
    int rc = libxl__xs_find(gc, t, path, &value);

    return rc || !value ? rc : remove_upwards(erasure, t, path, domain);
}

static int record_erasure(libxl__gc *gc, xs_transaction_t t, void *opaque)
{
    struct erasure *erasure = opaque;
    const struct libxl__devices *devices = erasure->devices;
    unsigned int i;
    int rc = 0;

    erasure->count = 0;
    for (i = 0; i < devices->count && !rc; i++) {
        const struct libxl__device *device = &devices->list[i];
        const char *domain = libxl__xs_domain_path(gc, device->domid);

        rc = remove_upwards(erasure, t, device->backend_path,
                            libxl__xs_domain_path(gc, device->backend_domid));
        if (!rc)
            rc = remove_error(erasure, t, device);
        if (!rc)
            rc = remove_upwards(erasure, t, device->frontend_path,
                                libxl__sprintf(gc, "%s/device", domain));
        if (!rc)
            rc = remove_upwards(erasure, t, device->kept_path,
                                libxl__path_libxl(gc, device->domid));
    }
    return rc;
}

int libxl__devices_erase(const struct libxl__devices *devices)
{
    struct erasure erasure = { .devices = devices };

    if (!devices->count)
        return 0;
    libxl__xs_changes_init(&erasure.changes, devices->gc);
    return libxl__xs_commit(&erasure.changes,
                            libxl__sprintf(devices->gc,
                                           "remove devices of domain %" PRIu32,
                                           devices->domid),
                            record_erasure, &erasure);
}

int libxl__devices_erase_elsewhere(const struct libxl__devices *devices)
{
    struct libxl__devices elsewhere =
        libxl__devices_select(devices, libxl__device_is_elsewhere);

    return libxl__devices_erase(&elsewhere);
}
