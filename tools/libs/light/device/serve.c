/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The daemon of a driver domain, `xl devd`: runs the hotplug scripts of the
 * backends in its own domain.  The toolstack writes their nodes, and waits for
 * their states as for those in dom0.
 *
 * What comes and goes is read anew after each change below the domain's
 * backend directory; only which scripts have run is kept.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <xen/io/xenbus.h>

#include "base/ctx.h"
#include "base/log.h"
#include "base/number.h"
#include "base/xenstore.h"
#include "device/device.h"
#include "domain/paths.h"
#include "event/wait.h"

/* A device whose script has run. */
struct served {
    const struct libxl__device_kind *kind;
    uint32_t domid, devid;
    char *script;
};

struct server {
    uint32_t own_domid;
    const char *root; /* its directory of backends */
    struct served *list;
    unsigned int count;

    /* What the last look has found. */
    struct libxl__devices coming, going;
};

static struct served *find_served(const struct server *server,
                                  const struct libxl__device *device)
{
    unsigned int i;

    for (i = 0; i < server->count; i++)
        if (server->list[i].kind == device->kind &&
            server->list[i].domid == device->domid &&
            server->list[i].devid == device->devid)
            return &server->list[i];
    return NULL;
}

static void remember(struct server *server, const struct libxl__device *device)
{
    server->list = libxl__realloc_nogc(server->list, (server->count + 1) *
                                                         sizeof(*server->list));
    server->list[server->count++] = (struct served) {
        .kind = device->kind,
        .domid = device->domid,
        .devid = device->devid,
        .script = libxl__strdup_nogc(device->script),
    };
}

static void forget(struct server *server, const struct libxl__device *device)
{
    struct served *served = find_served(server, device);

    free(served->script);
    *served = server->list[--server->count];
}

static struct libxl__device describe(libxl__gc *gc, const struct server *server,
                                     const struct libxl__device_kind *kind,
                                     uint32_t domid, uint32_t devid)
{
    return (struct libxl__device) {
        .kind = kind,
        .label = libxl__device_label(gc, domid, kind, devid),
        .domid = domid,
        .devid = devid,
        .backend_domid = server->own_domid,
        .backend = kind->name,
        .backend_path = libxl__path_backend(gc, server->own_domid, kind->name,
                                            domid, devid),
    };
}

static uint32_t read_number(libxl__gc *gc, const struct libxl__device *device,
                            const char *name)
{
    const char *text =
        libxl__xs_readf(gc, XBT_NULL, "%s/%s", device->backend_path, name);
    uint32_t number;

    return text && libxl__number_parse_u32(text, &number) ? number : 0;
}

static bool is_there(uint32_t state)
{
    return state >= XenbusStateInitWait && state <= XenbusStateConnected;
}

/* One backend that has a directory. */
static void look_at(struct server *server, struct libxl__device *device)
{
    libxl__gc *gc = server->coming.gc;
    uint32_t state = read_number(gc, device, "state");
    const struct served *served = find_served(server, device);
    bool online = read_number(gc, device, "online") == 1;

    if (served)
        device->script = libxl__strdup(gc, served->script);
    else
        device->script =
            libxl__xs_readf(gc, XBT_NULL, "%s/script", device->backend_path);
    if (!device->script)
        return;
    if (!served && online && is_there(state))
        libxl__devices_add(&server->coming, device);
    else if (served && !online && state == XenbusStateClosed)
        libxl__devices_add(&server->going, device);
}

/* Those of one kind, of one domain. */
static int look_at_domain(struct server *server,
                          const struct libxl__device_kind *kind,
                          const char *domain)
{
    libxl__gc *gc = server->coming.gc;
    unsigned int i, count;
    uint32_t domid, devid;
    char **names;
    int rc = libxl__xs_directory(
        gc, XBT_NULL,
        libxl__sprintf(gc, "%s/%s/%s", server->root, kind->name, domain),
        &names, &count);

    if (rc || !libxl__number_parse_u32(domain, &domid))
        return rc;
    for (i = 0; i < count; i++)
        if (libxl__number_parse_u32(names[i], &devid)) {
            struct libxl__device device =
                describe(gc, server, kind, domid, devid);

            look_at(server, &device);
        }
    return 0;
}

static int look_at_kind(struct server *server,
                        const struct libxl__device_kind *kind)
{
    libxl__gc *gc = server->coming.gc;
    unsigned int i, count;
    char **domains;
    int rc = libxl__xs_directory(
        gc, XBT_NULL, libxl__sprintf(gc, "%s/%s", server->root, kind->name),
        &domains, &count);

    for (i = 0; !rc && i < count; i++)
        rc = look_at_domain(server, kind, domains[i]);
    return rc;
}

/* Those whose directory has gone: the toolstack has removed it. */
static int look_for_gone(struct server *server)
{
    libxl__gc *gc = server->coming.gc;
    const char *frontend;
    unsigned int i;
    int rc = 0;

    for (i = 0; i < server->count && !rc; i++) {
        const struct served *served = &server->list[i];
        struct libxl__device device =
            describe(gc, server, served->kind, served->domid, served->devid);

        rc = libxl__xs_find(
            gc, XBT_NULL,
            libxl__sprintf(gc, "%s/frontend", device.backend_path), &frontend);
        device.script = libxl__strdup(gc, served->script);
        if (!rc && !frontend)
            libxl__devices_add(&server->going, &device);
    }
    return rc;
}

/* libxl__wait_check: returns 0 if a script is to run. */
static int look(libxl__gc *gc, void *opaque)
{
    struct server *server = opaque;
    const struct libxl__device_kind *const *kind;
    int rc = 0;

    server->coming.count = server->going.count = 0;
    for (kind = libxl__device_kinds; *kind && !rc; kind++)
        if ((*kind)->script)
            rc = look_at_kind(server, *kind);
    if (!rc)
        rc = look_for_gone(server);
    if (rc)
        return rc;
    return server->coming.count || server->going.count ? 0 : ERROR_NOT_READY;
}

/* A script that fails has said so; the toolstack must remove the device. */
static void run(struct server *server)
{
    unsigned int i;

    libxl__devices_run_scripts(&server->going, DEVICE_GOES);
    for (i = 0; i < server->going.count; i++) {
        forget(server, &server->going.list[i]);
        libxl__xs_rm(server->going.gc, XBT_NULL,
                     server->going.list[i].backend_path);
    }
    libxl__devices_run_scripts(&server->coming, DEVICE_COMES);
    for (i = 0; i < server->coming.count; i++)
        remember(server, &server->coming.list[i]);
}

/* What is found lives until its scripts have run. */
static int serve_once(libxl_ctx *ctx, struct server *server)
{
    const char *const paths[] = { server->root };
    LIBXL__GC(gc, ctx);
    int rc;

    server->coming = server->going = (struct libxl__devices) { .gc = gc };
    rc = libxl__wait_xenstore(gc, paths, 1, -1, look, server);
    if (!rc)
        run(server);
    return rc;
}

int libxl__devices_serve(libxl__gc *gc)
{
    struct server server = { 0 };
    int rc;

    rc = libxl__xs_read_u32(gc, XBT_NULL, "domid", &server.own_domid);
    if (rc)
        return libxl__fail(gc->ctx, rc,
                           "cannot find out which domain this is: xenstore "
                           "has no 'domid'");
    if (server.own_domid == DEVICE_OWN_DOMID)
        return libxl__fail(gc->ctx, ERROR_INVAL,
                           "scripts of backends in this domain are run by the "
                           "toolstack itself: there is nothing to serve");
    server.root = libxl__sprintf(gc, "%s/backend",
                                 libxl__xs_domain_path(gc, server.own_domid));
    do {
        rc = serve_once(gc->ctx, &server);
    } while (!rc);
    while (server.count > 0)
        free(server.list[--server.count].script);
    free(server.list);
    return rc;
}
