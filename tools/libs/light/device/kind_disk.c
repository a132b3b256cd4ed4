/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Disks: a vbd of blkback, set up by a hotplug script, and a virtio disk on a
 * slot of virtio-mmio, served by a program that watches xenstore.
 * xl-disk-configuration(5), xen/io/blkif.h.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/xenstore.h"
#include "device/hotplug.h"
#include "device/kinds.h"
#include "device/vdev.h"
#include "types-index.h"

#define DEFAULT_SCRIPT "block"

/* The backend that QEMU is, in xenstore. */
#define QDISK "qdisk"

#define KEY(name, field, where) DEVICE_KEY(disk, name, field, where)

#define COMMON_KEYS                                                            \
    KEY("script", script, DEVICE_BACK),                                        \
        KEY("removable", removable, DEVICE_BACK),                              \
        KEY("dev", vdev, DEVICE_BACK), KEY("type", backend, DEVICE_BACK),      \
        KEY("discard-enable", discard_enable, DEVICE_BACK),                    \
        KEY("specification", specification, DEVICE_BACK),                      \
        KEY("trusted", trusted, DEVICE_FRONT)

static const struct libxl__device_key keys[] = { COMMON_KEYS, { NULL } };

static const struct libxl__device_key virtio_keys[] = {
    COMMON_KEYS,
    KEY("transport", transport, DEVICE_BACK),
    KEY("base", base, DEVICE_BACK),
    KEY("irq", irq, DEVICE_BACK),
#ifdef LIBXL__HAS_DEVICE_DISK_GRANT_USAGE
    KEY("grant_usage", grant_usage, DEVICE_BACK),
#endif
    { NULL },
};

static const struct libxl__device_key numbers[] = {
    DEVICE_NUMBER(diskinfo, "state", state),
    DEVICE_NUMBER(diskinfo, "event-channel", evtch),
    DEVICE_NUMBER(diskinfo, "ring-ref", rref),
    { NULL },
};

static bool is_virtio(const void *config)
{
    const libxl_device_disk *disk = config;

    return disk->specification == LIBXL_DISK_SPECIFICATION_VIRTIO;
}

static bool is_vbd(const void *config)
{
    return !is_virtio(config);
}

/* What no vbd has. */
static int check_features(libxl__gc *gc, const struct libxl__device *device)
{
    const libxl_device_disk *disk = device->config;

    if (!libxl_defbool_is_default(disk->colo_enable) &&
        libxl_defbool_val(disk->colo_enable))
        return libxl__device_refuse(gc, device,
                                    "asks for COLO, which guests on Arm do not "
                                    "have: remove 'colo'");
    if (disk->transport != LIBXL_DISK_TRANSPORT_UNKNOWN)
        return libxl__device_refuse(gc, device,
                                    "has a 'transport', which only a disk with "
                                    "'specification' \"virtio\" has: remove "
                                    "it");
    return 0;
}

/* blkback serves block devices, and files through a loop device. */
static bool suits_phy(const libxl_device_disk *disk)
{
    return disk->format == LIBXL_DISK_FORMAT_RAW;
}

static int check_backend(libxl__gc *gc, const struct libxl__device *device)
{
    const libxl_device_disk *disk = device->config;

    switch (disk->backend) {
    case LIBXL_DISK_BACKEND_PHY:
        if (suits_phy(disk))
            return 0;
        return libxl__device_refuse(gc, device,
                                    "has the format '%s', which 'backendtype' "
                                    "\"phy\" does not read: set 'format' to "
                                    "\"raw\"",
                                    libxl_disk_format_to_string(disk->format));
    case LIBXL_DISK_BACKEND_STANDALONE:
        return libxl__device_refuse(gc, device,
                                    "asks for 'backendtype' \"standalone\", "
                                    "which is for 'specification' \"virtio\": "
                                    "set that, or remove it");
    case LIBXL_DISK_BACKEND_TAP:
        return libxl__device_refuse(gc, device,
                                    "asks for 'backendtype' \"tap\", which "
                                    "Xen no longer has: remove it");
    default:
        return 0;
    }
}

/* QEMU has no use for a script. */
static int check_qdisk(libxl__gc *gc, const struct libxl__device *device)
{
    const libxl_device_disk *disk = device->config;

    if (disk->script)
        return libxl__device_refuse(gc, device,
                                    "has a 'script' and the backend \"qdisk\", "
                                    "which runs none: remove it, or set "
                                    "'backendtype' to \"phy\"");
    return 0;
}

/*
 * The file or block device must be there, unless a script makes it or another
 * domain has it.
 */
static int check_target(libxl__gc *gc, const struct libxl__device *device)
{
    const libxl_device_disk *disk = device->config;
    struct stat found;

    if (disk->script || device->backend_domid != DEVICE_OWN_DOMID ||
        disk->format == LIBXL_DISK_FORMAT_EMPTY)
        return 0;
    if (!disk->pdev_path || !*disk->pdev_path)
        return libxl__device_refuse(gc, device,
                                    "has no 'target': set it to a file or "
                                    "a block device");
    if (stat(disk->pdev_path, &found))
        return libxl__device_refuse(gc, device, "cannot use '%s': %s",
                                    disk->pdev_path, strerror(errno));
    if (!S_ISBLK(found.st_mode) && !S_ISREG(found.st_mode))
        return libxl__device_refuse(gc, device,
                                    "cannot use '%s': it is neither a file "
                                    "nor a block device",
                                    disk->pdev_path);
    return 0;
}

static void choose_backend(libxl_device_disk *disk)
{
    if (disk->format == LIBXL_DISK_FORMAT_UNKNOWN)
        disk->format = disk->is_cdrom && (!disk->pdev_path || !*disk->pdev_path)
                           ? LIBXL_DISK_FORMAT_EMPTY
                           : LIBXL_DISK_FORMAT_RAW;
    if (disk->backend == LIBXL_DISK_BACKEND_UNKNOWN)
        disk->backend =
            suits_phy(disk) ? LIBXL_DISK_BACKEND_PHY : LIBXL_DISK_BACKEND_QDISK;
}

static uint32_t devid_of(const void *config)
{
    const libxl_device_disk *disk = config;
    uint32_t devid;

    return libxl__vdev_parse(disk->vdev, &devid, NULL, NULL) ? DEVICE_ANY
                                                             : devid;
}

static int check_name(libxl__gc *gc, const struct libxl__device *device)
{
    const libxl_device_disk *disk = device->config;

    if (device->devid != DEVICE_ANY)
        return 0;
    return libxl__device_refuse(gc, device,
                                "has the 'vdev' '%s', which is no name of a "
                                "disk: use one such as \"xvda\"",
                                disk->vdev ? disk->vdev : "");
}

static void default_options(libxl_device_disk *disk)
{
    if (disk->specification == LIBXL_DISK_SPECIFICATION_UNKNOWN)
        disk->specification = LIBXL_DISK_SPECIFICATION_XEN;
    libxl_defbool_setdefault(&disk->discard_enable,
                             disk->readwrite && !disk->is_cdrom);
    libxl_defbool_setdefault(&disk->trusted, true);
}

static int prepare(libxl__gc *gc, struct libxl__device *device)
{
    libxl_device_disk *disk = device->config;
    int rc = check_name(gc, device);

    if (!rc)
        rc = check_features(gc, device);
    if (rc)
        return rc;
    choose_backend(disk);
    rc = check_backend(gc, device);
    if (!rc)
        rc = check_target(gc, device);
    if (rc)
        return rc;
    default_options(disk);
    if (disk->backend == LIBXL_DISK_BACKEND_QDISK) {
        device->backend = QDISK;
        return check_qdisk(gc, device);
    }
    if (!disk->script)
        disk->script = libxl__strdup_nogc(DEFAULT_SCRIPT);
    libxl__hotplug_choose(gc, device, &disk->script);
    return 0;
}

static int prepare_virtio(libxl__gc *gc, struct libxl__device *device)
{
    libxl_device_disk *disk = device->config;
    int rc = check_name(gc, device);

    if (rc)
        return rc;
    if (disk->backend == LIBXL_DISK_BACKEND_UNKNOWN)
        disk->backend = LIBXL_DISK_BACKEND_STANDALONE;
    if (disk->backend != LIBXL_DISK_BACKEND_STANDALONE)
        return libxl__device_refuse(
            gc, device,
            "has 'specification' \"virtio\" with "
            "'backendtype' \"%s\": set that to "
            "\"standalone\"",
            libxl_disk_backend_to_string(disk->backend));
    if (disk->script)
        return libxl__device_refuse(gc, device,
                                    "has a 'script', which no disk with "
                                    "'specification' \"virtio\" runs: remove "
                                    "it");
    rc = check_target(gc, device);
    if (rc)
        return rc;
    disk->transport = LIBXL_DISK_TRANSPORT_MMIO;
#ifdef LIBXL__HAS_DEVICE_DISK_GRANT_USAGE
    libxl_defbool_setdefault(&disk->grant_usage,
                             device->backend_domid != DEVICE_OWN_DOMID);
#endif
    default_options(disk);
    return 0;
}

/* A backend in dom0 may map any page of the guest. */
static bool uses_grants(const struct libxl__device *device)
{
#ifdef LIBXL__HAS_DEVICE_DISK_GRANT_USAGE
    const libxl_device_disk *disk = device->config;

    return libxl_defbool_val(disk->grant_usage);
#else
    return device->backend_domid != DEVICE_OWN_DOMID;
#endif
}

static void set_slot(void *config, uint64_t base, uint32_t irq)
{
    libxl_device_disk *disk = config;

    disk->base = base;
    disk->irq = irq;
}

/* What QEMU calls the formats that it calls otherwise: raw and none. */
#define QEMU_RAW "aio"

/* QEMU has to know the format, too. */
static void add_params(const libxl_device_disk *disk,
                       struct libxl__device_nodes *nodes)
{
    const char *path = disk->pdev_path ? disk->pdev_path : "";
    bool is_raw = disk->format == LIBXL_DISK_FORMAT_RAW ||
                  disk->format == LIBXL_DISK_FORMAT_EMPTY;

    if (disk->backend != LIBXL_DISK_BACKEND_QDISK)
        libxl__device_node(nodes, DEVICE_BACK, "params", disk->pdev_path);
    else
        libxl__device_nodef(nodes, DEVICE_BACK, "params", "%s:%s",
                            is_raw ? QEMU_RAW
                                   : libxl_disk_format_to_string(disk->format),
                            path);
}

static void read_params(libxl__gc *gc, libxl_device_disk *disk,
                        const char *value)
{
    const char *colon = strchr(value, ':');
    libxl_disk_format format = LIBXL_DISK_FORMAT_RAW;

    /* "type" came before it, or will come. */
    if (colon && colon - value < 6 &&
        (!strncmp(value, QEMU_RAW ":", sizeof(QEMU_RAW)) ||
         !libxl_disk_format_from_string(
             libxl__strndup(gc, value, colon - value), &format))) {
        disk->format = format;
        value = colon + 1;
    }
    disk->pdev_path = libxl__strdup_nogc(value);
}

static void add_nodes(const struct libxl__device *device,
                      struct libxl__device_nodes *nodes)
{
    const libxl_device_disk *disk = device->config;
    const char *type = disk->is_cdrom ? "cdrom" : "disk";

    add_params(disk, nodes);

    libxl__device_node(nodes, DEVICE_BACK, "bootable", "1");
    libxl__device_node(nodes, DEVICE_BACK, "mode", disk->readwrite ? "w" : "r");
    libxl__device_node(nodes, DEVICE_BACK | DEVICE_FRONT, "device-type", type);
    libxl__device_node(nodes, DEVICE_BACK, "direct-io-safe",
                       disk->direct_io_safe ? "1" : NULL);
    libxl__device_nodef(nodes, DEVICE_FRONT, "virtual-device", "%" PRIu32,
                        device->devid);
}

static void read_node(libxl__gc *gc, void *config, const char *name,
                      const char *value)
{
    libxl_device_disk *disk = config;

    if (!strcmp(name, "params"))
        read_params(gc, disk, value);
    else if (!strcmp(name, "mode"))
        disk->readwrite = !strcmp(value, "w");
    else if (!strcmp(name, "device-type"))
        disk->is_cdrom = !strcmp(value, "cdrom");
    else if (!strcmp(name, "direct-io-safe"))
        disk->direct_io_safe = !strcmp(value, "1");
}

static void script(libxl__gc *gc, const struct libxl__device *device,
                   enum libxl__device_action action, libxl__child_spec *spec)
{
    const char *const arguments[] = {
        action == DEVICE_COMES ? "add" : "remove",
        NULL,
    };

    libxl__hotplug_script(gc, device, arguments, NULL, spec);
}

const struct libxl__device_kind libxl__kind_disk = {
    .option = "disk",
    .name = "vbd",
    .traits = DEVICE_XENBUS,
    DEVICE_OF(DISK, disk, disks),
    .keys = keys,
    .info = DEVICE_INFO(DISKINFO, diskinfo, numbers),
    .is_of_kind = is_vbd,
    .devid_of = devid_of,
    .prepare = prepare,
    .add_nodes = add_nodes,
    .read_node = read_node,
    .script = script,
};

const struct libxl__device_kind libxl__kind_virtio_disk = {
    .option = "disk",
    .name = "virtio_disk",
    .traits = DEVICE_XENBUS | DEVICE_SLOT,
    DEVICE_OF(DISK, disk, disks),
    .keys = virtio_keys,
    .info = DEVICE_INFO(DISKINFO, diskinfo, numbers),
    .is_of_kind = is_virtio,
    .devid_of = devid_of,
    .prepare = prepare_virtio,
    .add_nodes = add_nodes,
    .read_node = read_node,
    .uses_grants = uses_grants,
    .set_slot = set_slot,
};
