/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The options disk and virtio.  libxlutil parses the first; the second is split
 * here as xl.cfg(5) has it.
 */
#include "memmap/devices.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define REFUSE(...) arm_error_set(error, ARM_FAULT_CONFIG, __VA_ARGS__)
#define NO_MEMORY() arm_error_set(error, ARM_FAULT_NOMEM, "no memory")

#define VIRTIO_TYPE "virtio,device"

/* Whether a backend of that name, or NULL, is not dom0. */
static bool is_elsewhere(const char *backend)
{
    return backend && strcmp(backend, "0") && strcmp(backend, "Domain-0");
}

/* Whether the guest grants its pages to the backend: xl-disk-configuration. */
static bool uses_grants(const libxl_device_disk *disk)
{
/* Of the headers this is built with, which may be of an older release. */
#ifdef LIBXL_HAVE_DISK_GRANT_USAGE
    if (!libxl_defbool_is_default(disk->grant_usage))
        return libxl_defbool_val(disk->grant_usage);
#endif
    return is_elsewhere(disk->backend_domname);
}

/*
 * Takes a slot for entry index of the option origin.  Returns the device, which
 * is on dom0 and has no grants as yet; NULL if no slot is left.
 */
static struct arm_virtio *take_slot(struct memmap_config *config,
                                    const char *origin, int index,
                                    struct arm_error *error)
{
    struct arm_virtio *virtio = &config->virtio[config->guest.nr_virtio];
    struct arm_guest guest = config->guest;

    if (config->has_partial)
        guest.partial = &config->partial;
    if (arm_slot_take(&config->irqs, &guest, origin, index, virtio, error))
        return NULL;
    config->guest.nr_virtio++;
    return virtio;
}

static void set_grants(struct memmap_config *config, struct arm_virtio *virtio,
                       bool grants, const char *backend)
{
    virtio->grants = grants;
    if (grants && is_elsewhere(backend))
        config->backend_is_named = true;
}

/* A disk that the guest sees as a virtio device takes one of its slots. */
static int add_disk(struct memmap_config *config, int index,
                    const libxl_device_disk *disk, struct arm_error *error)
{
    struct arm_virtio *virtio = take_slot(config, "disk", index, error);

    if (!virtio)
        return -1;
    set_grants(config, virtio, uses_grants(disk), disk->backend_domname);
    return 0;
}

static int read_disks(XLU_Config *xlu, struct memmap_config *config,
                      struct arm_error *error)
{
    XLU_ConfigList *list;
    int count;

    if (xlu_cfg_get_list(xlu, "disk", &list, &count, 1))
        return 0;
    for (int i = 0; i < count; i++) {
        const char *text = xlu_cfg_get_listitem(list, i);
        libxl_device_disk disk;
        int result = EINVAL, taken = 0;

        libxl_device_disk_init(&disk);
        if (text)
            result = xlu_disk_parse(xlu, 1, &text, &disk);
        if (!result && disk.specification == LIBXL_DISK_SPECIFICATION_VIRTIO)
            taken = add_disk(config, i, &disk, error);
        libxl_device_disk_dispose(&disk);
        if (result)
            return REFUSE("disk[%d]=\"%.80s\": see xl-disk-configuration(5)", i,
                          text ? text : "[…]");
        if (taken)
            return -1;
    }
    return 0;
}

/* What an entry of virtio says. */
struct spec {
    char *type; /* "virtio,device22" */
    const char *backend;
    libxl_defbool grants;
};

static int split_word(char *word, struct spec *spec)
{
    char *value = strchr(word, '=');

    if (!value)
        return -1;
    *value++ = '\0';
    if (!strcmp(word, "backend"))
        spec->backend = value;
    else if (!strcmp(word, "grant_usage"))
        libxl_defbool_set(&spec->grants, strtoul(value, NULL, 0));
    else if (strcmp(word, "transport") || strcmp(value, "mmio"))
        return -1;
    return 0;
}

/* The one comma that separates nothing is that of the type. */
static int split(char *text, struct spec *spec)
{
    char *at = text, *word;
    size_t length;

    while (*at) {
        length = strcspn(at, ",");
        if (!strncmp(at, "type=" VIRTIO_TYPE, strlen("type=" VIRTIO_TYPE))) {
            spec->type = at + strlen("type=");
            length = spec->type - at + strlen("virtio,");
            length += strcspn(at + length, ",");
        }
        word = at;
        at += length;
        if (*at)
            *at++ = '\0';
        if (!(spec->type > word && spec->type < at) && split_word(word, spec))
            return -1;
    }
    return spec->type ? 0 : -1;
}

static int add_virtio(struct memmap_config *config, int index,
                      const char *entry, struct arm_error *error)
{
    struct spec spec = { 0 };
    struct arm_virtio *virtio;
    char *text = strdup(entry ? entry : "");
    int result = -1;

    if (!text)
        return NO_MEMORY();
    if (split(text, &spec)) {
        REFUSE("virtio[%d]=\"%.80s\": see xl.cfg(5)", index,
               entry ? entry : "[…]");
        goto out;
    }
    virtio = take_slot(config, "virtio", index, error);
    if (!virtio)
        goto out;
    config->types[virtio - config->virtio] = strdup(spec.type);
    virtio->type = config->types[virtio - config->virtio];
    if (!virtio->type) {
        NO_MEMORY();
        goto out;
    }
    libxl_defbool_setdefault(&spec.grants, is_elsewhere(spec.backend));
    set_grants(config, virtio, libxl_defbool_val(spec.grants), spec.backend);
    result = 0;

out:
    free(text);
    return result;
}

static int read_virtios(XLU_Config *xlu, struct memmap_config *config,
                        struct arm_error *error)
{
    XLU_ConfigList *list;
    int count, rc = 0;

    if (xlu_cfg_get_list(xlu, "virtio", &list, &count, 1))
        return 0;
    for (int i = 0; i < count && !rc; i++)
        rc = add_virtio(config, i, xlu_cfg_get_listitem(list, i), error);
    return rc;
}

int memmap_devices_read(XLU_Config *xlu, struct memmap_config *config,
                        struct arm_error *error)
{
    int rc = read_disks(xlu, config, error);

    return rc ? rc : read_virtios(xlu, config, error);
}
