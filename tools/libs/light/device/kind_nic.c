/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * vif: a network interface of netback, set up by a hotplug script.
 * xl-network-configuration(5), xen/io/netif.h.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/log.h"
#include "base/xenstore.h"
#include "device/hotplug.h"
#include "device/kinds.h"
#include "types-index.h"

#define DEFAULT_BRIDGE "xenbr0" /* xl-network-configuration(5) */
#define DEFAULT_SCRIPT "vif-bridge"
#define DEFAULT_MTU    1500

#define KEY(name, field, where) DEVICE_KEY(nic, name, field, where)

static const struct libxl__device_key keys[] = {
    KEY("script", script, DEVICE_BACK),
    KEY("vifname", ifname, DEVICE_BACK),
    KEY("handle", devid, DEVICE_BACK | DEVICE_FRONT),
    KEY("mac", mac, DEVICE_BACK | DEVICE_FRONT),
    KEY("ip", ip, DEVICE_BACK),
    KEY("gatewaydev", gatewaydev, DEVICE_BACK),
    KEY("bridge", bridge, DEVICE_BACK),
    KEY("type", nictype, DEVICE_BACK),
    KEY("trusted", trusted, DEVICE_FRONT),
#ifdef LIBXL__HAS_DEVICE_NIC_VLAN
    KEY("vlan", vlan, DEVICE_BACK),
#endif
    { NULL },
};

static const struct libxl__device_key numbers[] = {
    DEVICE_NUMBER(nicinfo, "state", state),
    DEVICE_NUMBER(nicinfo, "event-channel", evtch),
    DEVICE_NUMBER(nicinfo, "tx-ring-ref", rref_tx),
    DEVICE_NUMBER(nicinfo, "rx-ring-ref", rref_rx),
    { NULL },
};

/*
 * The vendor prefix that xl-network-configuration(5) names; the rest is random.
 */
static int default_mac(libxl__gc *gc, libxl_mac *mac)
{
    static const uint8_t vendor[] = { 0x00, 0x16, 0x3e };
    static const libxl_mac none;

    if (memcmp(mac, none, sizeof(none)))
        return 0;
    if (getrandom(*mac, sizeof(*mac), 0) != sizeof(*mac))
        return libxl__fail_errno(gc->ctx, ERROR_FAIL,
                                 "cannot get random bits for a MAC address");
    memcpy(*mac, vendor, sizeof(vendor));
    (*mac)[sizeof(vendor)] &= 0x7f;
    return 0;
}

static void default_string(char **string, const char *value)
{
    if (!*string)
        *string = libxl__strdup_nogc(value);
}

static int prepare(libxl__gc *gc, struct libxl__device *device)
{
    libxl_device_nic *nic = device->config;

    if (nic->nictype == LIBXL_NIC_TYPE_VIF_IOEMU)
        return libxl__device_refuse(gc, device,
                                    "is an emulated interface, which guests "
                                    "on Arm do not have: set 'type' to "
                                    "\"vif\", or remove it");
    nic->nictype = LIBXL_NIC_TYPE_VIF;
    default_string(&nic->bridge, DEFAULT_BRIDGE);
    default_string(&nic->script, DEFAULT_SCRIPT);
    libxl__hotplug_choose(gc, device, &nic->script);
    libxl_defbool_setdefault(&nic->trusted, true);
    return default_mac(gc, &nic->mac);
}

static void add_nodes(const struct libxl__device *device,
                      struct libxl__device_nodes *nodes)
{
    const libxl_device_nic *nic = device->config;

    if (nic->rate_interval_usecs)
        libxl__device_nodef(nodes, DEVICE_BACK, "rate", "%" PRIu64 ",%" PRIu32,
                            nic->rate_bytes_per_interval,
                            nic->rate_interval_usecs);
    if (nic->mtu)
        libxl__device_nodef(nodes, DEVICE_BACK, "mtu", "%d", nic->mtu);
    libxl__device_nodef(nodes, DEVICE_FIXED, "mtu", "%d",
                        nic->mtu ? nic->mtu : DEFAULT_MTU);
    /* The backend connects only once the script has set it to "connected". */
    libxl__device_node(nodes, DEVICE_BACK, "hotplug-status", "");
}

static void read_node(libxl__gc *gc, void *config, const char *name,
                      const char *value)
{
    libxl_device_nic *nic = config;
    uint64_t bytes;
    uint32_t interval;

    if (!strcmp(name, "mtu")) {
        nic->mtu = atoi(value);
    } else if (!strcmp(name, "rate") &&
               sscanf(value, "%" SCNu64 ",%" SCNu32, &bytes, &interval) == 2) {
        nic->rate_bytes_per_interval = bytes;
        nic->rate_interval_usecs = interval;
    }
}

static void script(libxl__gc *gc, const struct libxl__device *device,
                   enum libxl__device_action action, libxl__child_spec *spec)
{
    const libxl_device_nic *nic = device->config;
    const char *netdev = nic ? nic->gatewaydev
                             : libxl__xs_readf(gc, XBT_NULL, "%s/gatewaydev",
                                               device->backend_path);
    const char *const arguments[] = {
        action == DEVICE_COMES ? "online" : "offline",
        "type_if=vif",
        NULL,
    };
    const char *const env[] = {
        libxl__sprintf(gc, "vif=vif%" PRIu32 ".%" PRIu32, device->domid,
                       device->devid),
        libxl__sprintf(gc, "netdev=%s", netdev ? netdev : ""),
        NULL,
    };

    libxl__hotplug_script(gc, device, arguments, env, spec);
}

/* A restart keeps the interface's address, also a random one. */
static void keep(const void *config, void *stored)
{
    const libxl_device_nic *from = config;
    libxl_device_nic *to = stored;

    memcpy(to->mac, from->mac, sizeof(to->mac));
    to->nictype = from->nictype;
}

const struct libxl__device_kind libxl__kind_nic = {
    .option = "vif",
    .name = "vif",
    .traits = DEVICE_XENBUS,
    DEVICE_OF(NIC, nic, nics),
    .devid = offsetof(libxl_device_nic, devid),
    .keys = keys,
    .info = DEVICE_INFO(NICINFO, nicinfo, numbers),
    .prepare = prepare,
    .add_nodes = add_nodes,
    .read_node = read_node,
    .script = script,
    .keep = keep,
};
