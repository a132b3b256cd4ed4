/* SPDX-License-Identifier: LGPL-2.1-only */
#include "guest-devices.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libxl_utils.h>

#include "event/child.h"
#include "fake/host.h"
#include "guest-nodes.h"

#define XVDA 51712 /* the number of xvda in xenstore, and of xvdb, … */
#define STEP 16

/* A bit for each device that the guest has, by its number. */
static unsigned int disks, nics, displays;
static bool has_tables;

/* The scripts that would have run since devices_count_scripts. */
static unsigned int scripts;

static void fixed_nic(libxl_device_nic *nic)
{
    static const libxl_mac mac = { 0x00, 0x16, 0x3e, 1, 2, 3 };

    libxl_device_nic_init(nic);
    memcpy(nic->mac, mac, sizeof(mac));
}

void devices_configure(libxl_domain_config *config, bool tables)
{
    fake_config_devices(config, 1, 1);
    fixed_nic(&config->nics[0]);
    has_tables = tables;
    disks = nics = 1;
    displays = tables;
    if (!tables)
        return;
    fake_config_tables(config);
    config->num_usbctrls = 1;
    config->usbctrls = calloc(1, sizeof(*config->usbctrls));
    libxl_device_usbctrl_init(config->usbctrls);
    config->usbctrls->type = LIBXL_USBCTRL_TYPE_PV;
    config->b_info.arch_arm.vuart = LIBXL_VUART_TYPE_SBSA_UART;
}

static void check_ends(const char *backend, uint32_t backend_id,
                       const char *frontend, uint32_t frontend_id,
                       const char *kind, const char *server, int devid)
{
    char path[128];

    snprintf(path, sizeof(path), "/local/domain/0/backend/%s/%" PRIu32 "/%d",
             server, hostile, devid);
    must(!strcmp(backend, path) && !backend_id, "the backend is the device's");
    snprintf(path, sizeof(path), "/local/domain/%" PRIu32 "/device/%s/%d",
             hostile, kind, devid);
    must(!strcmp(frontend, path) && frontend_id == hostile,
         "the frontend is the device's");
}

static bool is_text(const char *text, const char *expected)
{
    return text && !strcmp(text, expected);
}

static bool is_disk(const libxl_device_disk *disk)
{
    return disk->backend_domid == 0 && is_text(disk->pdev_path, "disk") &&
           disk->backend == LIBXL_DISK_BACKEND_PHY && disk->readwrite == 1 &&
           disk->vdev && !strncmp(disk->vdev, "xvd", 3) &&
           is_text(disk->script, "/proc/self/cwd/scripts/block");
}

static bool is_nic(const libxl_device_nic *nic)
{
    libxl_device_nic expected;

    fixed_nic(&expected);
    return nic->backend_domid == 0 &&
           !memcmp(nic->mac, expected.mac, sizeof(expected.mac)) &&
           !nic->gatewaydev && is_text(nic->bridge, "xenbr0") &&
           is_text(nic->script, "/proc/self/cwd/scripts/vif-bridge");
}

/*
 * Lists the devices of a kind: all those in bits, and no others, each as it was
 * made and with its own ends.
 */
#define LIST(type, number, kind, server, is_as_made)                           \
    static void list_##type(unsigned int bits)                                 \
    {                                                                          \
        int i, count;                                                          \
        libxl_device_##type *list =                                            \
            libxl_device_##type##_list(ctx, hostile, &count);                  \
        libxl_##type##info info;                                               \
                                                                               \
        must(list &&count == __builtin_popcount(bits),                         \
             "as many are listed as there are");                               \
        for (i = 0; i < count; i++) {                                          \
            must(is_as_made, "a device is as it was made");                    \
            libxl_##type##info_init(&info);                                    \
            must(                                                              \
                !libxl_device_##type##_getinfo(ctx, hostile, &list[i], &info), \
                "what is listed is found");                                    \
            must(bits >> (number)&1, "what is listed is there");               \
            check_ends(info.backend, info.backend_id, info.frontend,           \
                       info.frontend_id, kind, server, info.devid);            \
            libxl_##type##info_dispose(&info);                                 \
        }                                                                      \
        libxl_device_##type##_list_free(list, count);                          \
    }

LIST(disk, (info.devid - XVDA) / STEP, "vbd", "vbd", is_disk(&list[i]))
LIST(nic, info.devid, "vif", "vif", is_nic(&list[i]))
LIST(vtpm, info.devid, "vtpm", "vtpm", list[i].backend_domid == 0)
LIST(vdispl, info.devid, "vdispl", "vdispl", list[i].backend_domid == 0)
LIST(vsnd, info.devid, "vsnd", "vsnd", list[i].num_vsnd_pcms == 1)
LIST(vkb, info.devid, "vkbd", "vinput", list[i].feature_abs_pointer)
LIST(usbctrl, info.devid, "vusb", "vusb", list[i].ports == 8)

/* A console is no channel. */
static void list_channels(void)
{
    int count;
    libxl_device_channel *list =
        libxl_device_channel_list(ctx, hostile, &count);

    must(list && !count, "there is no channel");
    free(list);
}

static void list_tables(void)
{
    list_vtpm(1);
    list_vsnd(1);
    list_vkb(1);
    list_usbctrl(1);
    list_channels();
}

void devices_list(uint8_t argument)
{
    list_disk(disks);
    list_nic(nics);
    if (displays)
        list_vdispl(displays);
    if (has_tables)
        list_tables();
}

void devices_check_stored(const libxl_domain_config *config)
{
    must(config->num_disks == __builtin_popcount(disks) &&
             config->num_nics == __builtin_popcount(nics) &&
             config->num_vdispls == __builtin_popcount(displays) &&
             config->num_vsnds == has_tables && config->num_vkbs == has_tables,
         "the stored configuration has the devices");
}

/* Three that may come and go; the first is there from the start. */
static unsigned int number_of(uint8_t argument)
{
    return argument / 4 % 3;
}

static void a_disk(libxl_device_disk *disk, unsigned int number)
{
    char vdev[] = "xvda";

    vdev[3] = (char)(vdev[3] + number);
    fake_disk(disk, vdev);
}

/* What is there cannot come again.  A guest may keep a new one from working. */
static void note_attached(unsigned int *bits, unsigned int number, int rc)
{
    must(rc || !(*bits >> number & 1), "a number is one device's");
    if (!rc)
        *bits |= 1u << number;
}

/* A guest may keep its device only if it is asked. */
static void note_detached(unsigned int *bits, unsigned int number, bool asked,
                          int rc)
{
    must(rc || *bits >> number & 1, "what is not there does not go");
    must(!rc || asked || !(*bits >> number & 1), "a device goes");
    if (!rc)
        *bits &= ~(1u << number);
}

void devices_attach_disk(uint8_t argument)
{
    unsigned int number = number_of(argument);
    libxl_device_disk disk;

    a_disk(&disk, number);
    note_attached(&disks, number,
                  libxl_device_disk_add(ctx, hostile, &disk, NULL));
    libxl_device_disk_dispose(&disk);
}

void devices_detach_disk(uint8_t argument)
{
    static int (*const ways[])(libxl_ctx *, uint32_t, libxl_device_disk *,
                               const libxl_asyncop_how *) = {
        libxl_device_disk_remove,
        libxl_device_disk_destroy,
        libxl_device_disk_safe_remove,
    };
    unsigned int number = number_of(argument), way = argument % 4 % 3;
    libxl_device_disk disk;

    a_disk(&disk, number);
    note_detached(&disks, number, way == 2,
                  ways[way](ctx, hostile, &disk, NULL));
    libxl_device_disk_dispose(&disk);
}

void devices_attach_nic(uint8_t argument)
{
    unsigned int number = number_of(argument);
    libxl_device_nic nic;

    fixed_nic(&nic);
    nic.devid = (int)number;
    note_attached(&nics, number,
                  libxl_device_nic_add(ctx, hostile, &nic, NULL));
    libxl_device_nic_dispose(&nic);
}

void devices_detach_nic(uint8_t argument)
{
    unsigned int number = number_of(argument);
    libxl_device_nic nic;
    int rc;

    libxl_device_nic_init(&nic);
    nic.devid = (int)number;
    rc = argument & 1 ? libxl_device_nic_destroy(ctx, hostile, &nic, NULL)
                      : libxl_device_nic_remove(ctx, hostile, &nic, NULL);
    note_detached(&nics, number, false, rc);
    libxl_device_nic_dispose(&nic);
}

/* A display, of the kinds that are but nodes. */
void devices_change_table(uint8_t argument)
{
    unsigned int number = number_of(argument);
    libxl_device_vdispl display;

    libxl_device_vdispl_init(&display);
    display.devid = (int)number;
    if (argument & 1)
        note_attached(&displays, number,
                      libxl_device_vdispl_add(ctx, hostile, &display, NULL));
    else
        note_detached(&displays, number, false,
                      libxl_device_vdispl_remove(ctx, hostile, &display, NULL));
    libxl_device_vdispl_dispose(&display);
}

/* What the library would run is scripts/NAME, for a device of a guest. */
static void check_script(const libxl__child_spec *spec)
{
    static const char folder[] = "/proc/self/cwd/scripts/";
    const char *script = spec->argv[0], *const * env;
    unsigned int domid, devid;

    must(!strncmp(script, folder, strlen(folder)) &&
             (!strcmp(script + strlen(folder), "block") ||
              !strcmp(script + strlen(folder), "vif-bridge")),
         "the script is the toolstack's");
    for (env = spec->env; *env; env++) {
        must(strncmp(*env, "netdev=", 7) || !(*env)[7], "there is no netdev");
        if (strncmp(*env, "XENBUS_PATH=", 12))
            continue;
        must(sscanf(*env, "XENBUS_PATH=backend/v%*2c/%u/%u", &domid, &devid) ==
                     2 &&
                 (domid == hostile || domid == bystander),
             "the script is for a device of a guest");
    }
}

/* A fork of this process takes long: the program does nothing, without one. */
void __wrap_libxl__children_start(libxl__children *children, unsigned int index,
                                  const libxl__child_spec *spec);

void __wrap_libxl__children_start(libxl__children *children, unsigned int index,
                                  const libxl__child_spec *spec)
{
    check_script(spec);
    scripts++;
}

void devices_count_scripts(void)
{
    scripts = 0;
}

void devices_check_scripts(void)
{
    must((int)scripts == __builtin_popcount(disks) + __builtin_popcount(nics),
         "the script of each device has run");
}
