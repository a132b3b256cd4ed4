/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Consoles that xenconsoled serves: the domain's own, which every domain has,
 * and the vPL011's.  xenconsoled takes no part in xenbus states.
 */
#include "device/kinds.h"

#include <inttypes.h>

static void add_common(const struct libxl__device *device,
                       struct libxl__device_nodes *nodes)
{
    libxl__device_node(nodes, DEVICE_BACK, "protocol", "vt100");
    libxl__device_node(nodes, DEVICE_FRONT, "backend", device->backend_path);
    libxl__device_node(nodes, DEVICE_FRONT, "limit", CONSOLE_LIMIT);
    libxl__device_node(nodes, DEVICE_FRONT, "type", "xenconsoled");
}

static void add_console(const struct libxl__device *device,
                        struct libxl__device_nodes *nodes)
{
    add_common(device, nodes);
    libxl__device_nodef(nodes, DEVICE_GUEST, "backend-id", "%" PRIu32,
                        device->backend_domid);
    libxl__device_node(nodes, DEVICE_FRONT, "output", "pty");
}

static bool has_console(const libxl_domain_config *config)
{
    return true;
}

static bool has_vuart(const libxl_domain_config *config)
{
    return config->b_info.arch_arm.vuart != LIBXL_VUART_TYPE_UNKNOWN;
}

const struct libxl__device_kind libxl__kind_console = {
    .option = "console",
    .name = "console",
    .frontend = "console",
    .traits = DEVICE_BARE,
    .is_wanted = has_console,
    .add_nodes = add_console,
};

const struct libxl__device_kind libxl__kind_vuart = {
    .option = "vuart",
    .name = "vuart",
    .frontend = "vuart/0",
    .traits = DEVICE_BARE,
    .is_wanted = has_vuart,
    .add_nodes = add_common,
};
