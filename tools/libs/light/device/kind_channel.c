/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * channel: a console with a name, which QEMU connects to a terminal or a
 * socket.  xl.cfg(5), xen-pv-channel(7).  It takes no part in xenbus states.
 */
#include <inttypes.h>
#include <string.h>

#include <libxl.h>

#include "base/number.h"
#include "base/xenstore.h"
#include "device/kinds.h"
#include "device/qemu.h"
#include "types-index.h"

/* How a channel is connected. */
#define PTY    "pty"
#define SOCKET "socket"

#define TERMINALS "/dev/pts/"

#define KEY(name, field, where) DEVICE_KEY(channel, name, field, where)

static const struct libxl__device_key keys[] = {
    KEY("name", name, DEVICE_BACK | DEVICE_FIXED),
    { NULL },
};

static const struct libxl__device_key numbers[] = {
    DEVICE_NUMBER(channelinfo, "state", state),
    DEVICE_NUMBER(channelinfo, "port", evtch),
    DEVICE_NUMBER(channelinfo, "ring-ref", rref),
    { NULL },
};

/* The socket of a channel; NULL: it has a terminal. */
static const char *socket_of(const libxl_device_channel *channel)
{
    return channel->connection == LIBXL_CHANNEL_CONNECTION_SOCKET
               ? channel->u.socket.path
               : NULL;
}

static int prepare(libxl__gc *gc, struct libxl__device *device)
{
    const libxl_device_channel *channel = device->config;
    const char *path = socket_of(channel);

    if (!channel->name || !*channel->name)
        return libxl__device_refuse(gc, device, "has no 'name': set it");
    if (channel->connection == LIBXL_CHANNEL_CONNECTION_UNKNOWN)
        return libxl__device_refuse(gc, device,
                                    "has no 'connection': set it to '" PTY
                                    "' or '" SOCKET "'");
    if (channel->connection == LIBXL_CHANNEL_CONNECTION_SOCKET &&
        (!path || !*path))
        return libxl__device_refuse(gc, device,
                                    "is a socket without a 'path': set it");
    /* xl of Xen 4.17 numbers them from 0, which is the domain's own console. */
    device->devid = DEVICE_ANY;
    return 0;
}

static void add_nodes(const struct libxl__device *device,
                      struct libxl__device_nodes *nodes)
{
    const char *path = socket_of(device->config);

    libxl__device_node(nodes, DEVICE_FRONT, "backend", device->backend_path);
    libxl__device_nodef(nodes, DEVICE_FRONT, "backend-id", "%" PRIu32,
                        device->backend_domid);
    libxl__device_node(nodes, DEVICE_FRONT, "state", "1");
    libxl__device_node(nodes, DEVICE_BACK | DEVICE_FRONT, "protocol", "vt100");
    libxl__device_node(nodes, DEVICE_BACK, "connection", path ? SOCKET : PTY);
    libxl__device_node(nodes, DEVICE_BACK, "path", path);
    libxl__device_node(nodes, DEVICE_FIXED, "limit", CONSOLE_LIMIT);
    libxl__device_node(nodes, DEVICE_FIXED, "type", "ioemu");
    if (path)
        libxl__device_nodef(nodes, DEVICE_FIXED, "output",
                            "chardev:" QEMU_CHANNEL, device->devid);
    else
        libxl__device_node(nodes, DEVICE_FIXED, "output", PTY);
    /* QEMU writes down which terminal it has opened. */
    libxl__device_node(nodes, DEVICE_FIXED, "tty", "");
}

static void read_node(libxl__gc *gc, void *config, const char *name,
                      const char *value)
{
    libxl_device_channel *channel = config;

    if (!strcmp(name, "connection") && !strcmp(value, PTY)) {
        libxl_device_channel_init_connection(channel,
                                             LIBXL_CHANNEL_CONNECTION_PTY);
    } else if (!strcmp(name, "path")) {
        libxl_device_channel_init_connection(channel,
                                             LIBXL_CHANNEL_CONNECTION_SOCKET);
        channel->u.socket.path = libxl__strdup_nogc(value);
    }
}

/* A guest can make the directory anew, and write anything there. */
static bool is_terminal(const char *path)
{
    size_t prefix = strlen(TERMINALS);
    uint32_t number;

    return !strncmp(path, TERMINALS, prefix) &&
           libxl__number_parse_u32(path + prefix, &number);
}

static void more_info(libxl__gc *gc, const struct libxl__device *device,
                      const void *config, void *info_r)
{
    const libxl_device_channel *channel = config;
    libxl_channelinfo *info = info_r;
    const char *tty;

    libxl_channelinfo_init_connection(info, channel->connection);
    if (channel->connection != LIBXL_CHANNEL_CONNECTION_PTY)
        return;
    tty = libxl__xs_readf(gc, XBT_NULL, "%s/tty", device->frontend_path);
    if (tty && is_terminal(tty))
        info->u.pty.path = libxl__strdup_nogc(tty);
}

const struct libxl__device_kind libxl__kind_channel = {
    .option = "channel",
    .name = "console",
    .traits = DEVICE_QEMU,
    DEVICE_OF(CHANNEL, channel, channels),
    .devid = offsetof(libxl_device_channel, devid),
    .first_devid = 1, /* 0 is the domain's own console */
    .keys = keys,
    .info = DEVICE_INFO(CHANNELINFO, channelinfo, numbers),
    .prepare = prepare,
    .add_nodes = add_nodes,
    .read_node = read_node,
    .more_info = more_info,
};
