/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The command line of a QEMU, in the order of Debian's library:
 * docs/debian-devices.md.
 */
#include "device/qemu_arguments.h"

#include <inttypes.h>
#include <string.h>

#include "device/kinds.h"
#include "device/qemu.h"
#include "device/qmp.h"

/* A command line, ended by NULL. */
struct arguments {
    libxl__gc *gc;
    const char **list;
    size_t count, room;
};

static void add(struct arguments *arguments, const char *argument)
{
    if (arguments->count + 1 >= arguments->room) {
        arguments->room = arguments->room ? 2 * arguments->room : 64;
        arguments->list =
            libxl__realloc(arguments->gc, arguments->list,
                           arguments->room * sizeof(*arguments->list));
    }
    arguments->list[arguments->count++] = argument;
    arguments->list[arguments->count] = NULL;
}

static void add_pair(struct arguments *arguments, const char *option,
                     const char *value)
{
    add(arguments, option);
    add(arguments, value);
}

static void add_list(struct arguments *arguments, libxl_string_list list)
{
    while (list && *list)
        add(arguments, *list++);
}

/* Where it listens for the toolstack, or for those that count statistics. */
static void add_monitor(struct arguments *arguments, const char *name,
                        uint32_t domid)
{
    libxl__gc *gc = arguments->gc;

    add_pair(arguments, "-chardev",
             libxl__sprintf(gc, "socket,id=%s-cmd,path=%s,server=on,wait=off",
                            name, libxl__qmp_path(gc, name, domid)));
    add_pair(arguments, "-mon",
             libxl__sprintf(gc, "chardev=%s-cmd,mode=control", name));
}

bool libxl__device_is_display(const struct libxl__device *device)
{
    return device->kind == &libxl__kind_vfb && libxl__device_is_of_qemu(device);
}

const libxl_device_vfb *libxl__qemu_vfb(const struct libxl__devices *devices)
{
    const struct libxl__device *display =
        libxl__devices_first(devices, libxl__device_is_display);

    return display ? display->config : NULL;
}

bool libxl__vfb_has_vnc(const libxl_device_vfb *vfb)
{
    return vfb && libxl_defbool_val(vfb->vnc.enable);
}

static bool has_sdl(const libxl_device_vfb *vfb)
{
    return vfb && libxl_defbool_val(vfb->sdl.enable);
}

/* An address of IPv6 has brackets. */
bool libxl__vnc_has_display(const char *listen)
{
    const char *end = strchr(listen, ']');

    return strchr(end ? end : listen, ':');
}

bool libxl__vfb_has_password(const libxl_device_vfb *vfb)
{
    return libxl__vfb_has_vnc(vfb) && vfb->vnc.passwd && *vfb->vnc.passwd;
}

/* A value of an option that has others after it: QEMU's commas are doubled. */
static const char *quote(libxl__gc *gc, const char *value)
{
    char *quoted = libxl__zalloc(gc, 2 * strlen(value) + 1), *to = quoted;

    while (*value) {
        if (*value == ',')
            *to++ = ',';
        *to++ = *value++;
    }
    return quoted;
}

static const char *vnc_address(libxl__gc *gc, const libxl_device_vfb *vfb)
{
    const libxl_vnc_info *vnc = &vfb->vnc;
    const char *display = libxl__vnc_has_display(vnc->listen)
                              ? ""
                              : libxl__sprintf(gc, ":%d", vnc->display);

    return libxl__sprintf(gc, "%s%s%s%s", quote(gc, vnc->listen), display,
                          libxl__vfb_has_password(vfb) ? ",password=on" : "",
                          libxl_defbool_val(vnc->findunused) ? ",to=99" : "");
}

static void add_display(struct arguments *arguments,
                        const libxl_device_vfb *vfb)
{
    add_pair(arguments, "-vnc",
             libxl__vfb_has_vnc(vfb) ? vnc_address(arguments->gc, vfb)
                                     : "none");
    add_pair(arguments, "-display", "none");
    if (has_sdl(vfb))
        add_pair(arguments, "-display", "sdl");
    if (vfb && vfb->keymap)
        add_pair(arguments, "-k", vfb->keymap);
    if (!libxl__vfb_has_vnc(vfb) && !has_sdl(vfb))
        add(arguments, "-nographic");
}

static void add_channel(struct arguments *arguments,
                        const struct libxl__device *device)
{
    const libxl_device_channel *channel = device->config;
    libxl__gc *gc = arguments->gc;
    const char *id = libxl__sprintf(gc, QEMU_CHANNEL, device->devid);

    add_pair(arguments, "-chardev",
             channel->connection == LIBXL_CHANNEL_CONNECTION_SOCKET
                 ? libxl__sprintf(gc, "socket,id=%s,path=%s,server=on,wait=off",
                                  id, quote(gc, channel->u.socket.path))
                 : libxl__sprintf(gc, "pty,id=%s", id));
}

static void add_channels(struct arguments *arguments,
                         const struct libxl__devices *devices)
{
    unsigned int i;

    for (i = 0; i < devices->count; i++)
        if (devices->list[i].kind == &libxl__kind_channel &&
            libxl__device_is_of_qemu(&devices->list[i]))
            add_channel(arguments, &devices->list[i]);
}

const char *const *libxl__qemu_arguments(libxl__gc *gc, const char *program,
                                         const libxl_domain_config *config,
                                         const struct libxl__devices *devices)
{
    const libxl_domain_build_info *b_info = &config->b_info;
    struct arguments arguments = { .gc = gc };
    uint32_t domid = devices->domid;

    add(&arguments, program);
    add_pair(&arguments, QEMU_DOMID_ARGUMENT,
             libxl__sprintf(gc, "%" PRIu32, domid));
    add(&arguments, "-no-shutdown");
    add_monitor(&arguments, "libxl", domid);
    add_monitor(&arguments, "libxenstat", domid);
    add_channels(&arguments, devices);
    add(&arguments, "-nodefaults");
    add(&arguments, "-no-user-config");
    add(&arguments, "-xen-attach");
    add_pair(&arguments, "-name", config->c_info.name);
    add_display(&arguments, libxl__qemu_vfb(devices));
    add_list(&arguments, b_info->extra);
    add_pair(&arguments, "-machine", "xenpv");
    add_list(&arguments, b_info->extra_pv);
    add_pair(&arguments, "-m",
             libxl__sprintf(gc, "%" PRIu64, b_info->target_memkb / 1024));
    return arguments.list;
}

/* The programs on an X display find it by these. */
const char *const *libxl__qemu_environment(libxl__gc *gc,
                                           const libxl_device_vfb *vfb)
{
    const char **env = libxl__calloc(gc, 3, sizeof(*env));
    size_t n = 0;

    if (has_sdl(vfb) && vfb->sdl.display)
        env[n++] = libxl__sprintf(gc, "DISPLAY=%s", vfb->sdl.display);
    if (has_sdl(vfb) && vfb->sdl.xauthority)
        env[n++] = libxl__sprintf(gc, "XAUTHORITY=%s", vfb->sdl.xauthority);
    return env;
}
