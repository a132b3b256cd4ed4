/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * What a hostile guest writes: any of its nodes, or below one, at once or just
 * before the toolstack's n-th request from now.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <xenctrl.h>

#include "fake/asks.h"
#include "fake/store.h"
#include "fake/xen.h"
#include "guest-nodes.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define PATH         4096
#define NODES        200 /* that a guest writes at the same time */

/* Bytes below mean the node itself, and those above a node below it. */
#define ITSELF 0x40

/* Bytes below mean one node, then all nodes, and then those of others. */
#define ONE 0xe0
#define ALL 0xf0

/* '#' is the number of the guest itself, '@' of the bystander. */
static const char *const names[] = {
    "state",
    "backend",
    "backend-id",
    "frontend",
    "frontend-id",
    "ring-ref",
    "tx-ring-ref",
    "rx-ring-ref",
    "event-channel",
    "urb-ring-ref",
    "conn-ring-ref",
    "online",
    "eject",
    "mac",
    "mtu",
    "handle",
    "script",
    "gatewaydev",
    "params",
    "type",
    "mode",
    "dev",
    "device-type",
    "virtual-device",
    "protocol",
    "hotplug-status",
    "hotplug-error",
    "tty",
    "limit",
    "output",
    "port",
    "uuid",
    "unique-id",
    "name",
    "domid",
    "vm",
    "shutdown",
    "suspend",
    "sysrq",
    "feature-poweroff",
    "feature-reboot",
    "feature-suspend",
    "updated",
    "target",
    "static-max",
    "availability",
    "0",
    "1",
    "0/state",
    "0/ring-ref",
    "0/0/state",
    "0/0/event-channel",
    "req-ring-ref",
    "evt-event-channel",
    "backend/vbd/@/51712/state",
    "xyz/../..",
};

static const char *const values[] = {
    "",
    "0",
    "1",
    "2",
    "3",
    "4",
    "5",
    "6",
    "7",
    "8",
    "-1",
    "2147483647",
    "2147483648",
    "4294967295",
    "4294967296",
    "18446744073709551616",
    "99999999999999999999999999",
    "0x7fffffffffffffff",
    "1e9",
    " 4",
    "4 and more",
    "%s%n",
    "eject",
    "poweroff",
    "connected",
    "xvda",
    "00:16:3e:00:00:00",
    "@",
    "#",
    "/local/domain/0/backend/vbd/@/51712",
    "/local/domain/0/backend/vif/@/0",
    "/local/domain/0/backend/vbd/#/51728",
    "/local/domain/@/backend/vbd/#/51712",
    "/local/domain/@/device/vbd/51712",
    "/local/domain/@",
    "/local/domain/0",
    "/libxl/@/device/vbd/51712",
    "/libxl",
    "/",
    "/dev/sda",
    "/etc/passwd",
    "../../../../0/backend/vbd/@/51712",
    "/proc/self/cwd/scripts/evil",
};

/* Nodes that are not the guest's: xenstored must refuse them. */
static const char *const others[] = {
    "/libxl/#/device/vbd/51712",
    "/libxl/#",
    "/libxl/@/device/vbd/51712",
    "/local/domain/0/backend/vbd/#/51712",
    "/local/domain/0/backend/vbd/@/51712",
    "/local/domain/#",
    "/local/domain/#/console",
    "/local/domain/#/control",
    "/local/domain/#/memory",
    "/local/domain/#/device",
    "/local/domain/#/device/vbd",
    "/local/domain/@",
    "/local/domain/@/device/vbd/51712",
    "/local/domain/@/data",
    "/local/domain/0",
    "/vm",
};

struct ask {
    uint32_t type;
    bool everywhere; /* of each node that the guest may write */
    char path[PATH]; /* of a node; everywhere: "" or below those nodes */
    char value[PATH];
    size_t size;
};

/* What the guest has in mind, and the requests until then; 0: nothing. */
static struct ask later;
static unsigned int countdown;

/* Appends text, with the guests' numbers for their letters, to a string. */
static void append(char path[PATH], const char *text)
{
    size_t at = strlen(path);

    for (; *text && at < PATH - 12; text++) {
        if (*text == '#' || *text == '@')
            at += sprintf(path + at, "%u", *text == '#' ? hostile : bystander);
        else
            path[at++] = *text;
    }
    path[at] = '\0';
}

/* Bytes of the input; their number comes first. */
static size_t take_raw(struct bytes *bytes, char *raw)
{
    size_t size = take(bytes), i;

    for (i = 0; i < size && bytes->size; i++)
        raw[i] = (char)take(bytes);
    raw[i] = '\0';
    return i;
}

static void take_path(struct bytes *bytes, struct ask *ask)
{
    uint8_t top = take(bytes), name = take(bytes);
    char raw[256], *own;

    ask->path[0] = '\0';
    ask->everywhere = top >= ONE && top < ALL;
    if (top < ONE) {
        own = fake_store_writable(hostile, top);
        append(ask->path, own ? own : "/");
        free(own);
    } else if (top >= ALL) {
        append(ask->path, others[top % COUNT(others)]);
    }
    if (name < ITSELF)
        return;
    append(ask->path, "/");
    if (name == 0xff) {
        take_raw(bytes, raw);
        append(ask->path, raw);
    } else {
        append(ask->path, names[(name - ITSELF) % COUNT(names)]);
    }
}

static size_t take_value(struct bytes *bytes, char value[PATH])
{
    uint8_t which = take(bytes);

    value[0] = '\0';
    if (which == 0xff)
        return take_raw(bytes, value);
    if (which == 0xfe) {
        memset(value, take(bytes), PATH - 1);
        return (size_t)16 * take(bytes);
    }
    append(value, values[which % COUNT(values)]);
    return strlen(value);
}

/* Letters of the protocol for what the guest itself and the others may do. */
static size_t take_perms(struct bytes *bytes, char value[PATH])
{
    static const char letters[] = "nrwb";
    uint8_t which = take(bytes);
    int size = sprintf(value, "%c%u", letters[which % 4], hostile) + 1;

    if (which & 4)
        size += sprintf(value + size, "%c%u", letters[which / 8 % 4],
                        which & 0x20 ? bystander : 0) +
                1;
    return (size_t)size;
}

static void take_ask(struct bytes *bytes, uint32_t type, struct ask *ask)
{
    ask->type = type;
    ask->size = 0;
    take_path(bytes, ask);
    if (type == XS_WRITE)
        ask->size = take_value(bytes, ask->value);
    else if (type == XS_SET_PERMS)
        ask->size = take_perms(bytes, ask->value);
}

/* The nodes that the guest may write now, for the caller to free. */
static unsigned int list_writable(char *paths[NODES])
{
    unsigned int count = 0;

    while (count < NODES) {
        paths[count] = fake_store_writable(hostile, count);
        if (!paths[count])
            break;
        if (count && !strcmp(paths[count], paths[0])) {
            free(paths[count]);
            break;
        }
        count++;
    }
    return count;
}

static void send_everywhere(const struct ask *ask)
{
    char *paths[NODES], path[PATH];
    unsigned int i, count = list_writable(paths);

    for (i = 0; i < count; i++) {
        path[0] = '\0';
        append(path, paths[i]);
        append(path, ask->path);
        fake_store_ask(hostile, ask->type, path, ask->value, ask->size);
        free(paths[i]);
    }
}

static void send_ask(const struct ask *ask)
{
    if (ask->everywhere)
        send_everywhere(ask);
    else
        fake_store_ask(hostile, ask->type, ask->path, ask->value, ask->size);
}

/* Called with the lock of the store. */
static void before_request(uint32_t type, const char *path)
{
    if (countdown && !--countdown)
        send_ask(&later);
}

static void plan(struct bytes *bytes, uint32_t type)
{
    struct ask ask;
    unsigned int requests = 1 + take(bytes) % 64;

    take_ask(bytes, type, &ask);
    pthread_mutex_lock(&fake_store_lock);
    later = ask;
    countdown = requests;
    fake_store_hook = before_request;
    pthread_mutex_unlock(&fake_store_lock);
}

void guest_forget(void)
{
    pthread_mutex_lock(&fake_store_lock);
    countdown = 0;
    pthread_mutex_unlock(&fake_store_lock);
}

/* The driver in dom0 follows what the guest's does. */
static void change_backend(struct bytes *bytes)
{
    static const char *const backends[] = {
        "vbd/#/51712", "vbd/#/51728", "vif/#/0",     "vif/#/1",
        "vtpm/#/0",    "vdispl/#/0",  "pvcalls/#/0", "vsnd/#/0",
    };
    char path[PATH] = "", value[2] = "";
    uint8_t which = take(bytes);
    char *state;

    append(path, "/local/domain/0/backend/");
    append(path, backends[which % COUNT(backends)]);
    append(path, "/state");
    value[0] = (char)('1' + which / 8 % 8);
    pthread_mutex_lock(&fake_store_lock);
    state = fake_store_read(path);
    if (state)
        fake_store_write(path, value);
    pthread_mutex_unlock(&fake_store_lock);
    free(state);
}

static void shut_down(struct bytes *bytes)
{
    fake_xen.domains[hostile].info.flags |=
        XEN_DOMINF_shutdown | (uint32_t)(take(bytes) % 6)
                                  << XEN_DOMINF_shutdownshift;
    fake_store_shut_down(hostile);
}

void guest_act(struct bytes *bytes)
{
    static const uint32_t types[] = { XS_WRITE, XS_WRITE,     XS_WRITE,
                                      XS_RM,    XS_SET_PERMS, XS_MKDIR };
    uint8_t what = take(bytes);
    struct ask ask;

    if (what == 0xff)
        shut_down(bytes);
    else if (what >= 0xf0)
        change_backend(bytes);
    else if (what >= 0x80)
        plan(bytes, types[what % COUNT(types)]);
    else {
        take_ask(bytes, types[what % COUNT(types)], &ask);
        send_ask(&ask);
    }
}
