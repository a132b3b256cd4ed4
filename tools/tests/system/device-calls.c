/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Calls public functions about the devices of a domain, and what else of them
 * host-calls.c does not have: see calls.h.  A device is its JSON, without
 * spaces; '-' is one as its init function leaves it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libxl.h>
#include <libxl_event.h>
#include <libxl_utils.h>

#include "calls.h"

/* A device from an argument; ends the call if that is no JSON of one. */
#define READ_DEVICE(name, device, i)                                           \
    libxl_device_##name##_init(&(device));                                     \
    if (string(i) &&                                                           \
        libxl_device_##name##_from_json(ctx, &(device), arguments[i])) {       \
        printf("no device\n");                                                 \
        return;                                                                \
    }

#define CHANGE(name, verb)                                                     \
    static void do_##name##_##verb(void)                                       \
    {                                                                          \
        libxl_device_##name device;                                            \
                                                                               \
        READ_DEVICE(name, device, 1)                                           \
        print_rc(libxl_device_##name##_##verb(ctx, number(0), &device, NULL)); \
        libxl_device_##name##_dispose(&device);                                \
    }

/* The caller finds the number of its device there. */
#define ADD_NUMBERED(name, function)                                           \
    static void do_##name##_add(void)                                          \
    {                                                                          \
        libxl_device_##name device;                                            \
        int rc;                                                                \
                                                                               \
        READ_DEVICE(name, device, 1)                                           \
        rc = function(ctx, number(0), &device, NULL);                          \
        print_rc(rc);                                                          \
        if (!rc)                                                               \
            printf("devid %d\n", device.devid);                                \
        libxl_device_##name##_dispose(&device);                                \
    }

/* An empty list may be NULL. */
#define LIST(name)                                                             \
    static void do_##name##_list(void)                                         \
    {                                                                          \
        int count = -7, i;                                                     \
        libxl_device_##name *list =                                            \
            libxl_device_##name##_list(ctx, number(0), &count);                \
                                                                               \
        printf("count %d\n", count);                                           \
        for (i = 0; list && i < count; i++)                                    \
            print_json(libxl_device_##name##_to_json(ctx, &list[i]));          \
        if (list)                                                              \
            libxl_device_##name##_list_free(list, count);                      \
    }

#define GETINFO(name)                                                          \
    static void do_##name##_getinfo(void)                                      \
    {                                                                          \
        libxl_device_##name device;                                            \
        libxl_##name##info info;                                               \
        int rc;                                                                \
                                                                               \
        READ_DEVICE(name, device, 1)                                           \
        libxl_##name##info_init(&info);                                        \
        rc = libxl_device_##name##_getinfo(ctx, number(0), &device, &info);    \
        print_rc(rc);                                                          \
        if (!rc)                                                               \
            print_json(libxl_##name##info_to_json(ctx, &info));                \
        libxl_##name##info_dispose(&info);                                     \
        libxl_device_##name##_dispose(&device);                                \
    }

#define FIND(function, name, key)                                              \
    static void do_##function(void)                                            \
    {                                                                          \
        libxl_device_##name device;                                            \
        int rc;                                                                \
                                                                               \
        libxl_device_##name##_init(&device);                                   \
        rc =                                                                   \
            libxl_##function##_to_device_##name(ctx, number(0), key, &device); \
        print_rc(rc);                                                          \
        if (!rc)                                                               \
            print_json(libxl_device_##name##_to_json(ctx, &device));           \
        libxl_device_##name##_dispose(&device);                                \
    }

#define FIND_DEVID(name)                                                       \
    static void do_devid_##name(void)                                          \
    {                                                                          \
        libxl_device_##name device;                                            \
        int rc;                                                                \
                                                                               \
        libxl_device_##name##_init(&device);                                   \
        rc = libxl_devid_to_device_##name(ctx, number(0), number(1), &device); \
        print_rc(rc);                                                          \
        if (!rc)                                                               \
            print_json(libxl_device_##name##_to_json(ctx, &device));           \
        libxl_device_##name##_dispose(&device);                                \
    }

#define REMOVE(name)                                                           \
    CHANGE(name, remove)                                                       \
    CHANGE(name, destroy)

#define DEVICE(name)                                                           \
    ADD_NUMBERED(name, libxl_device_##name##_add)                              \
    REMOVE(name)                                                               \
    LIST(name)                                                                 \
    GETINFO(name)                                                              \
    FIND_DEVID(name)

CHANGE(disk, add)
REMOVE(disk)
CHANGE(disk, safe_remove)
LIST(disk)
GETINFO(disk)
FIND(vdev, disk, arguments[1])
DEVICE(nic)
FIND(mac, nic, arguments[1])
DEVICE(vtpm)
DEVICE(vdispl)
DEVICE(vsnd)
DEVICE(vkb)
DEVICE(usbctrl)
CHANGE(usbdev, add)
CHANGE(usbdev, remove)
LIST(usbdev)
ADD_NUMBERED(vfb, libxl_device_vfb_add)
REMOVE(vfb)
REMOVE(p9)
#ifdef LIBXL_HAVE_P9_ADD
ADD_NUMBERED(p9, libxl_device_9pfs_add)
#endif
REMOVE(pvcallsif)
CHANGE(pci, add)
REMOVE(pci)
LIST(pci)

static void do_uuid_vtpm(void)
{
    libxl_device_vtpm device;
    libxl_uuid uuid;
    int rc;

    libxl_device_vtpm_init(&device);
    if (libxl_uuid_from_string(&uuid, arguments[1])) {
        printf("no uuid\n");
        return;
    }
    rc = libxl_uuid_to_device_vtpm(ctx, number(0), &uuid, &device);
    print_rc(rc);
    if (!rc)
        print_json(libxl_device_vtpm_to_json(ctx, &device));
    libxl_device_vtpm_dispose(&device);
}

static void do_ctrlport(void)
{
    libxl_device_usbdev device;
    int rc;

    libxl_device_usbdev_init(&device);
    rc = libxl_ctrlport_to_device_usbdev(ctx, number(0), number(1), number(2),
                                         &device);
    print_rc(rc);
    if (!rc)
        print_json(libxl_device_usbdev_to_json(ctx, &device));
    libxl_device_usbdev_dispose(&device);
}

#ifdef LIBXL_HAVE_DT_OVERLAY_DOMAIN
static void do_dt_overlay(void)
{
    char overlay[64] = "no device tree";

    print_rc(libxl_dt_overlay(ctx, overlay, number(0), number(1)));
    print_rc(
        libxl_dt_overlay_domain(ctx, number(2), overlay, number(0), number(1)));
}
#endif

static void do_channel_list(void)
{
    int count = -7, i;
    libxl_device_channel *list =
        libxl_device_channel_list(ctx, number(0), &count);
    libxl_channelinfo info;

    printf("count %d\n", count);
    for (i = 0; list && i < count; i++) {
        print_json(libxl_device_channel_to_json(ctx, &list[i]));
        libxl_channelinfo_init(&info);
        print_rc(libxl_device_channel_getinfo(ctx, number(0), &list[i], &info));
        print_json(libxl_channelinfo_to_json(ctx, &info));
        libxl_channelinfo_dispose(&info);
        libxl_device_channel_dispose(&list[i]);
    }
    free(list);
}

static void do_cdrom_insert(void)
{
    libxl_device_disk device;

    READ_DEVICE(disk, device, 1)
    print_rc(libxl_cdrom_insert(ctx, number(0), &device, NULL));
    libxl_device_disk_dispose(&device);
}

static void do_disk_eject(void)
{
    libxl_evgen_disk_eject *gen = NULL;

    print_rc(libxl_evenable_disk_eject(ctx, number(0), string(1), 7, &gen));
    if (gen)
        libxl_evdisable_disk_eject(ctx, gen);
}

static void do_assignable_list(void)
{
    int count = -7;
    libxl_device_pci *list = libxl_device_pci_assignable_list(ctx, &count);

    printf("count %d\n", count);
    if (list)
        libxl_device_pci_assignable_list_free(list, count);
}

static void do_assignable_add(void)
{
    libxl_device_pci device;

    READ_DEVICE(pci, device, 0)
    print_rc(libxl_device_pci_assignable_add(ctx, &device, number(1)));
    libxl_device_pci_dispose(&device);
}

static void do_assignable_remove(void)
{
    libxl_device_pci device;

    READ_DEVICE(pci, device, 0)
    print_rc(libxl_device_pci_assignable_remove(ctx, &device, number(1)));
    libxl_device_pci_dispose(&device);
}

/* What is kept of a domain */

static void do_config(void)
{
    libxl_domain_config config;
    int rc;

    libxl_domain_config_init(&config);
    rc = libxl_retrieve_domain_configuration(ctx, number(0), &config, NULL);
    print_rc(rc);
    if (!rc)
        print_json(libxl_domain_config_to_json(ctx, &config));
    libxl_domain_config_dispose(&config);
}

static void do_userdata_store(void)
{
    const char *data = string(2);

    print_rc(libxl_userdata_store(ctx, number(0), arguments[1],
                                  (const uint8_t *)data,
                                  data ? (int)strlen(data) : 0));
}

static void do_userdata_retrieve(void)
{
    uint8_t *data = NULL;
    int length = -7;

    print_rc(
        libxl_userdata_retrieve(ctx, number(0), arguments[1], &data, &length));
    printf("length %d '%.*s'\n", length, data ? length : 0, (char *)data);
    free(data);
    print_rc(libxl_userdata_retrieve(ctx, number(0), arguments[1], NULL, NULL));
}

static void do_userdata_unlink(void)
{
    print_rc(libxl_userdata_unlink(ctx, number(0), arguments[1]));
}

static void do_monitor(void)
{
    char *output = NULL;

    print_rc(libxl_qemu_monitor_command(ctx, number(0), arguments[1], &output,
                                        NULL));
    print_text(output);
}

/* What belongs to no domain */

static void do_string_to_backend(void)
{
    libxl_disk_backend backend = 77;

    print_rc(libxl_string_to_backend(ctx, arguments[0], &backend));
    printf("backend %d\n", backend);
}

static void do_genid(void)
{
    libxl_ms_vm_genid id = { { 0 } };

    printf("zero %d\n", libxl_ms_vm_genid_is_zero(&id));
    print_rc(libxl_ms_vm_genid_generate(ctx, &id));
    printf("zero %d\n", libxl_ms_vm_genid_is_zero(&id));
}

static void do_uuid(void)
{
    libxl_uuid uuid;
    int i;

    if (libxl_uuid_from_string(&uuid, arguments[0])) {
        printf("no uuid\n");
        return;
    }
    for (i = 0; i < 16; i++)
        printf("%02x %02x ", libxl_uuid_bytearray(&uuid)[i],
               libxl_uuid_bytearray_const(&uuid)[i]);
    printf("\n");
}

/* The library did not start the process. */
static void do_own_children(void)
{
    static const libxl_childproc_hooks hooks = {
        .chldowner = libxl_sigchld_owner_mainloop,
    };

    libxl_childproc_setmode(ctx, &hooks, NULL);
    libxl_childproc_sigchld_occurred(ctx);
    print_rc(libxl_childproc_reaped(ctx, number(0), number(1)));
    libxl_childproc_setmode(ctx, NULL, NULL);
    libxl_report_child_exitstatus(ctx, XTL_ERROR, "a child", number(0),
                                  number(1));
}

#define CALL(name)                                                             \
    {                                                                          \
#name, do_##name                                                       \
    }
#define CALL_REMOVE(name) CALL(name##_remove), CALL(name##_destroy)
#define CALL_DEVICE(name)                                                      \
    CALL(name##_add), CALL_REMOVE(name), CALL(name##_list), CALL(name##_getinfo)
#define CALL_NUMBERED(name) CALL_DEVICE(name), CALL(devid_##name)

static const struct call calls[] = {
    CALL_DEVICE(disk),
    CALL(disk_safe_remove),
    CALL(vdev),
    CALL_NUMBERED(nic),
    CALL(mac),
    CALL_NUMBERED(vtpm),
    CALL(uuid_vtpm),
    CALL_NUMBERED(vdispl),
    CALL_NUMBERED(vsnd),
    CALL_NUMBERED(vkb),
    CALL_NUMBERED(usbctrl),
    CALL(usbdev_add),
    CALL(usbdev_remove),
    CALL(usbdev_list),
    CALL(ctrlport),
    CALL(vfb_add),
    CALL_REMOVE(vfb),
    CALL_REMOVE(p9),
#ifdef LIBXL_HAVE_P9_ADD
    CALL(p9_add),
#endif
    CALL_REMOVE(pvcallsif),
    CALL(pci_add),
    CALL_REMOVE(pci),
    CALL(pci_list),
    CALL(assignable_list),
    CALL(assignable_add),
    CALL(assignable_remove),
    CALL(channel_list),
    CALL(cdrom_insert),
    CALL(disk_eject),
    CALL(config),
    CALL(userdata_store),
    CALL(userdata_retrieve),
    CALL(userdata_unlink),
    CALL(monitor),
    CALL(string_to_backend),
    CALL(genid),
    CALL(uuid),
    CALL(own_children),
#ifdef LIBXL_HAVE_DT_OVERLAY_DOMAIN
    CALL(dt_overlay),
#endif
    { NULL },
};

int main(void)
{
    return run_lines(calls);
}
