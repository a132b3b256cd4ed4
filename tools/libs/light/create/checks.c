/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Rejects configurations that are invalid or not supported yet.  The error
 * names the option, nothing has been created by then, and no option is
 * silently ignored: fields.txt has a line for every field.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "base/log.h"
#include "create/creation.h"
#include "create/libxl_arm.h"
#include "device/p9d.h"
#include "device/qemu.h"
#include "device/usbdev.h"
#include "domain/name.h"
#include "types-index.h"
#include "types/type.h"

/* Whether a defbool is set and true. */
static bool is_true(libxl_defbool value)
{
    return !libxl_defbool_is_default(value) && libxl_defbool_val(value);
}

/* Refuse or warn of every field that is set in vain: see fields.txt. */
static int check_fields(struct libxl__creation *creation)
{
    const libxl_domain_config *config = &creation->config;
    const struct {
        bool is_set;
        bool is_refused;
        const char *option, *why;
    } fields[] = {
#include "fields.inc"
    };
    size_t i;

    for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        if (!fields[i].is_set)
            continue;
        if (fields[i].is_refused)
            return libxl__fail(creation->ctx, ERROR_NI,
                               "domain '%s' asks for '%s': %s, remove it from "
                               "the configuration",
                               config->c_info.name, fields[i].option,
                               fields[i].why);
        libxl__warn(creation->ctx, "domain '%s': '%s' has no effect: %s",
                    config->c_info.name, fields[i].option, fields[i].why);
    }
    return 0;
}

/* The label that replaces another one. */
static int check_absent(struct libxl__creation *creation)
{
    const libxl_domain_config *config = &creation->config;

    if (!config->b_info.exec_ssidref)
        return 0;
    return libxl__fail(
        creation->ctx, ERROR_NI,
        "domain '%s' asks for 'init_seclabel', which this library "
        "does not support yet: remove it from the configuration",
        config->c_info.name);
}

/* What no guest on Arm can have, with the reason. */
static int check_machine(struct libxl__creation *creation)
{
    const libxl_domain_config *config = &creation->config;
    const libxl_domain_build_info *b_info = &config->b_info;
    const struct {
        bool asked;
        const char *option, *reason;
    } other_machines[] = {
        { !libxl_defbool_val(config->c_info.hap), "hap",
          "guests on Arm have hardware-assisted paging, always" },
        { libxl_defbool_val(b_info->nested_hvm), "nestedhvm",
          "a guest on Arm cannot be a hypervisor" },
        { b_info->vmtrace_buf_kb != 0, "vmtrace_buf_kb",
          "Xen does not trace processors on Arm" },
        { b_info->video_memkb != 0, "videoram",
          "guests on Arm have no emulated graphics" },
    };
    size_t i;

    for (i = 0; i < sizeof(other_machines) / sizeof(other_machines[0]); i++) {
        if (!other_machines[i].asked)
            continue;
        libxl__error(creation->ctx,
                     "domain '%s' sets '%s': %s, remove it from the "
                     "configuration",
                     config->c_info.name, other_machines[i].option,
                     other_machines[i].reason);
        return ERROR_INVAL;
    }
    return 0;
}

static int check_type(struct libxl__creation *creation)
{
    const libxl_domain_create_info *c_info = &creation->asked->c_info;

    if (c_info->type != LIBXL_DOMAIN_TYPE_HVM)
        return 0;
    libxl__error(creation->ctx,
                 "domain '%s' is of type \"hvm\", which does not exist on "
                 "Arm: set 'type' to \"pvh\", or remove it",
                 c_info->name);
    return ERROR_INVAL;
}

static int check_vcpus(struct libxl__creation *creation)
{
    const libxl_domain_build_info *b_info = &creation->config.b_info;
    const char *name = creation->config.c_info.name;

    if (b_info->max_vcpus < 1 || b_info->max_vcpus > GUEST_MAX_VCPUS) {
        libxl__error(creation->ctx,
                     "domain '%s' asks for %d vCPUs: set 'vcpus' and "
                     "'maxvcpus' from 1 to %d",
                     name, b_info->max_vcpus, GUEST_MAX_VCPUS);
        return ERROR_INVAL;
    }
    if (b_info->arch_arm.gic_version == LIBXL_GIC_VERSION_V2 &&
        b_info->max_vcpus > ARM_GICV2_MAX_VCPUS) {
        libxl__error(creation->ctx,
                     "domain '%s' asks for %d vCPUs and 'gic_version' \"v2\": "
                     "a GICv2 is for %d at most, set 'vcpus' and 'maxvcpus' "
                     "to no more",
                     name, b_info->max_vcpus, ARM_GICV2_MAX_VCPUS);
        return ERROR_INVAL;
    }
    if (!libxl_bitmap_test(&b_info->avail_vcpus, 0)) {
        libxl__error(creation->ctx,
                     "domain '%s' starts without its first vCPU: set 'vcpus' "
                     "to at least 1",
                     name);
        return ERROR_INVAL;
    }
    return 0;
}

static int check_memory(struct libxl__creation *creation)
{
    const libxl_domain_build_info *b_info = &creation->config.b_info;
    const char *name = creation->config.c_info.name;

    if (b_info->target_memkb < 1024) {
        libxl__error(creation->ctx,
                     "domain '%s' asks for %" PRIu64 " KiB of memory: set "
                     "'memory' to at least 1 MiB",
                     name, b_info->target_memkb);
        return ERROR_INVAL;
    }
    if (b_info->max_memkb < b_info->target_memkb) {
        libxl__error(creation->ctx,
                     "domain '%s' asks for 'memory' %" PRIu64 " KiB with "
                     "'maxmem' %" PRIu64 " KiB: raise 'maxmem' or lower "
                     "'memory'",
                     name, b_info->target_memkb, b_info->max_memkb);
        return ERROR_INVAL;
    }
    if (b_info->max_memkb / 1024 > GUEST_RAM_MAX >> 20) {
        libxl__error(creation->ctx,
                     "domain '%s' asks for %" PRIu64 " MiB of memory: a guest "
                     "on Arm has room for %llu MiB",
                     name, b_info->max_memkb >> 10, GUEST_RAM_MAX >> 20);
        return ERROR_INVAL;
    }
    return 0;
}

static int check_name(struct libxl__creation *creation)
{
    const char *name = creation->config.c_info.name;
    uint32_t domid;
    int rc;

    if (!name || !*name) {
        libxl__error(creation->ctx, "the domain has no name: set 'name'");
        return ERROR_INVAL;
    }
    rc = libxl__name_check(creation->gc, name);
    if (!rc)
        rc = libxl__name_claim(creation->gc, name, &creation->name_claim);
    if (rc)
        return rc;
    rc = libxl__name_lookup(creation->gc, name, &domid);
    if (rc && rc != ERROR_NOTFOUND)
        return rc;
    if (!rc) {
        libxl__error(creation->ctx,
                     "domain %" PRIu32 " has the name '%s' already: choose "
                     "another 'name', or destroy that domain first",
                     domid, name);
        return ERROR_INVAL;
    }
    return 0;
}

/* A bootloader reads the guest's first disk as a file or a block device. */
static int check_bootloader(struct libxl__creation *creation)
{
    const libxl_domain_config *config = &creation->config;
    const libxl_device_disk *disk = config->disks;
    const char *name = config->c_info.name;

    if (!config->num_disks)
        return libxl__fail(creation->ctx, ERROR_INVAL,
                           "domain '%s' has a 'bootloader' and no disk to boot "
                           "from: set 'disk'",
                           name);
    if (disk->pdev_path && *disk->pdev_path && !disk->script &&
        !disk->backend_domname && !disk->backend_domid &&
        (disk->format == LIBXL_DISK_FORMAT_RAW ||
         disk->format == LIBXL_DISK_FORMAT_UNKNOWN))
        return 0;
    return libxl__fail(creation->ctx, ERROR_INVAL,
                       "domain '%s' has a 'bootloader', which cannot read its "
                       "first disk '%s': put a raw file or a block device of "
                       "dom0 first, without 'script' and 'backend'",
                       name, disk->vdev ? disk->vdev : "");
}

static int check_kernel(struct libxl__creation *creation)
{
    const libxl_domain_config *config = &creation->config;

    if (config->b_info.bootloader)
        return check_bootloader(creation);
    if (config->b_info.bootloader_args)
        libxl__warn(creation->ctx,
                    "domain '%s': 'bootloader_args' has no effect: the guest "
                    "has no 'bootloader'",
                    config->c_info.name);
    if (config->b_info.kernel && *config->b_info.kernel)
        return 0;
    libxl__error(creation->ctx,
                 "domain '%s' has no kernel: set 'kernel' to a Linux Image or "
                 "zImage, or 'bootloader'",
                 config->c_info.name);
    return ERROR_INVAL;
}

/* A virtio device has a place in the guest's address map. */
static int take_slot(struct libxl__creation *creation,
                     struct libxl__device *device)
{
    const struct arm_virtio wanted = {
        .grants = device->kind->uses_grants(device),
        .backend = device->backend_domid,
        .type = device->kind->slot_type
                    ? device->kind->slot_type(device->config)
                    : NULL,
    };
    const struct arm_virtio *slot;
    int rc = libxl__arch_domain_take_slot(creation, device->kind->option,
                                          device->index, &wanted, &slot);

    if (!rc)
        device->kind->set_slot(device->config, slot->base, slot->irq);
    return rc;
}

static int check_devices(struct libxl__creation *creation)
{
    struct libxl__devices *devices = &creation->devices;
    unsigned int i;
    int rc =
        libxl__usbdevs_place(creation->gc, creation->asked, &creation->config);

    if (!rc)
        rc = libxl__devices_gather(creation->gc, &creation->config, devices);
    for (i = 0; i < devices->count && !rc; i++)
        if (devices->list[i].kind->traits & DEVICE_SLOT)
            rc = take_slot(creation, &devices->list[i]);
    if (!rc)
        rc = libxl__qemu_check(creation->gc, &creation->config, devices);
    return rc ? rc : libxl__p9d_check(creation->gc, devices);
}

int libxl__checks_do(struct libxl__creation *creation)
{
    int (*const checks[])(struct libxl__creation *) = {
        check_type,
        check_machine,
        check_absent,
        check_fields,
        check_kernel,
        check_vcpus,
        check_memory,
        check_name,
        libxl__arch_domain_read_policy,
        libxl__memory_choose,
        libxl__arch_domain_fill_maps,
        check_devices,
    };
    size_t i;
    int rc;

    for (i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
        rc = checks[i](creation);
        if (rc)
            return rc;
    }
    return 0;
}
