/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * What the toolstack does with a hostile guest, and what it must get whatever
 * the guest has written: the devices that it gave the guest, the memory target
 * that it set, terminals of xenconsoled.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libxl_event.h>
#include <libxl_utils.h>

#include "fake/host.h"
#include "guest-devices.h"
#include "guest-nodes.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static libxl_evgen_domain_death *death;
static libxl_evgen_disk_eject *eject;
static uint64_t target_kb;
static const char *name;

static void list_domains(uint8_t argument)
{
    int count;
    libxl_dominfo *list = libxl_list_domain(ctx, &count), info;

    must(list && count == 3, "three domains are listed");
    libxl_dominfo_list_free(list, count);
    libxl_dominfo_init(&info);
    must(!libxl_domain_info(ctx, &info, hostile), "the guest is there");
    must(info.domid == hostile, "the guest has its number");
    libxl_dominfo_dispose(&info);
}

static void retrieve(uint8_t argument)
{
    libxl_domain_config config;

    libxl_domain_config_init(&config);
    must(!libxl_retrieve_domain_configuration(ctx, hostile, &config, NULL),
         "the configuration is retrieved");
    must(!strcmp(config.c_info.name, name), "it has the name");
    devices_check_stored(&config);
    libxl_domain_config_dispose(&config);
}

static void get_memory(uint8_t argument)
{
    uint64_t kb;

    must(!libxl_get_memory_target(ctx, hostile, &kb) && kb == target_kb,
         "the memory target is the toolstack's");
}

static void set_memory(uint8_t argument)
{
    int64_t kb = 8192 + 64 * argument;

    if (!libxl_set_memory_target(ctx, hostile, kb, 0, 1))
        target_kb = (uint64_t)kb;
}

static void get_terminals(uint8_t argument)
{
    static const libxl_console_type types[] = {
        LIBXL_CONSOLE_TYPE_PV,
        LIBXL_CONSOLE_TYPE_VUART,
        LIBXL_CONSOLE_TYPE_SERIAL,
    };
    char *tty = NULL;
    int rc;

    rc = argument & 1 ? libxl_primary_console_get_tty(ctx, hostile, &tty)
                      : libxl_console_get_tty(ctx, hostile, argument / 8 % 3,
                                              types[argument / 2 % 3], &tty);
    must(rc || !strcmp(tty, "/dev/pts/7"), "a terminal is xenconsoled's");
    free(tty);
}

static void control(uint8_t argument)
{
    if (argument % 4 == 0)
        libxl_domain_shutdown(ctx, hostile, NULL);
    else if (argument % 4 == 1)
        libxl_domain_reboot(ctx, hostile, NULL);
    else if (argument % 4 == 2)
        libxl_domain_suspend_only(ctx, hostile, NULL);
    else
        libxl_domain_resume(ctx, hostile, 1, NULL);
}

static void press_key(uint8_t argument)
{
    libxl_send_sysrq(ctx, hostile, 'a' + argument % 26);
    libxl_send_trigger(ctx, hostile, argument % 8, 0, NULL);
}

static void rename_guest(uint8_t argument)
{
    static const char *const wanted[] = { "g", "g2", "a name", "h" };
    const char *to = wanted[argument % COUNT(wanted)];
    int rc = libxl_domain_rename(ctx, hostile, NULL, to);

    must(rc || strcmp(to, "h"), "a name is one guest's");
    if (!rc)
        name = to;
    free(libxl_domid_to_name(ctx, hostile));
}

static void set_vcpus(uint8_t argument)
{
    libxl_bitmap map;

    libxl_bitmap_init(&map);
    if (libxl_bitmap_alloc(ctx, &map, 2))
        return;
    if (argument & 1)
        libxl_bitmap_set(&map, 0);
    if (argument & 2)
        libxl_bitmap_set(&map, 1);
    libxl_set_vcpuonline(ctx, hostile, &map, NULL);
    libxl_bitmap_dispose(&map);
}

static void pause_guest(uint8_t argument)
{
    if (argument & 1)
        libxl_domain_pause(ctx, hostile, NULL);
    else
        libxl_domain_unpause(ctx, hostile, NULL);
}

static void watch(uint8_t argument)
{
    if (argument & 1 && !death)
        must(!libxl_evenable_domain_death(ctx, hostile, 1, &death),
             "the guest's death is watched");
    if (argument & 2 && !eject)
        must(!libxl_evenable_disk_eject(ctx, hostile, "xvda", 2, &eject),
             "a disk is watched");
}

static void forget_watches(void)
{
    if (death)
        libxl_evdisable_domain_death(ctx, death);
    if (eject)
        libxl_evdisable_disk_eject(ctx, eject);
    death = NULL;
    eject = NULL;
}

/* An ejected disk is the toolstack's, without its medium. */
static void check_event(const libxl_event *event)
{
    must(event->domid == hostile, "the event is about the guest");
    if (event->type != LIBXL_EVENT_TYPE_DISK_EJECT)
        return;
    must(event->for_user == 2 && !strcmp(event->u.disk_eject.vdev, "xvda") &&
             !strcmp(event->u.disk_eject.disk.vdev, "xvda"),
         "the ejected disk is that which is watched");
    must(event->u.disk_eject.disk.backend_domid == 0 &&
             !strcmp(event->u.disk_eject.disk.script,
                     "/proc/self/cwd/scripts/block"),
         "the ejected disk is the toolstack's");
}

static void take_events(uint8_t argument)
{
    libxl_event *event;

    while (!libxl_event_check(ctx, &event, LIBXL_EVENTMASK_ALL, NULL, NULL)) {
        check_event(event);
        libxl_event_free(ctx, event);
    }
}

static void renew_context(uint8_t argument)
{
    forget_watches();
    libxl_ctx_free(ctx);
    ctx = fake_ctx();
}

static void change_medium(uint8_t argument)
{
    libxl_device_disk disk;

    fake_disk(&disk, "xvda");
    must(libxl_cdrom_insert(ctx, hostile, &disk, NULL), "no medium is changed");
    libxl_device_disk_dispose(&disk);
}

void toolstack_act(struct bytes *bytes)
{
    static void (*const calls[])(uint8_t) = {
        list_domains,
        retrieve,
        get_memory,
        set_memory,
        get_terminals,
        control,
        press_key,
        rename_guest,
        set_vcpus,
        pause_guest,
        watch,
        take_events,
        renew_context,
        change_medium,
        devices_list,
        devices_attach_disk,
        devices_detach_disk,
        devices_attach_nic,
        devices_detach_nic,
        devices_change_table,
    };
    uint8_t which = take(bytes), argument = take(bytes);

    calls[which % COUNT(calls)](argument);
}

void toolstack_begin(void)
{
    name = "g";
    target_kb = 16 * 1024;
}

void toolstack_end(void)
{
    devices_list(0);
    get_memory(0);
    get_terminals(1);
    take_events(0);
    forget_watches();
}
