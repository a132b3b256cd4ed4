/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Starts and ends the QEMU of a domain: its log, its nodes, what it is asked.
 * Its command line is in qemu_arguments.c.
 */
#include "device/qemu.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/log_file.h"
#include "base/xenstore.h"
#include "base/xs_changes.h"
#include "device/daemon.h"
#include "device/plug.h"
#include "device/qemu_arguments.h"
#include "device/qmp.h"
#include "domain/paths.h"
#include "domain/stored.h"
#include "event/service.h"

#ifndef QEMU_PROGRAM
#define QEMU_PROGRAM "/usr/libexec/xen-qemu-system-i386"
#endif
#define QEMU_PACKAGE "qemu-system-xen"

/* How long it may take to end before it is killed. */
#define END_TIMEOUT_MS 5000

static const char *number(libxl__gc *gc, uint64_t value)
{
    return libxl__sprintf(gc, "%" PRIu64, value);
}

static const char *program_of(const libxl_domain_config *config)
{
    return config->b_info.device_model ? config->b_info.device_model
                                       : QEMU_PROGRAM;
}

/* A keyboard belongs to the display of a QEMU, and does not start one. */
#define KEYBOARD "vkbd"

bool libxl__device_is_of_qemu(const struct libxl__device *device)
{
    static const char *const backends[] = { "qdisk", "9pfs", KEYBOARD };
    size_t i;

    if (libxl__device_is_elsewhere(device))
        return false;
    if (device->kind->traits & DEVICE_QEMU)
        return true;
    for (i = 0; i < sizeof(backends) / sizeof(backends[0]); i++)
        if (!strcmp(device->backend, backends[i]))
            return true;
    return false;
}

bool libxl__device_is_not_of_qemu(const struct libxl__device *device)
{
    return !libxl__device_is_of_qemu(device);
}

static bool needs_qemu(const struct libxl__device *device)
{
    return libxl__device_is_of_qemu(device) &&
           strcmp(device->backend, KEYBOARD);
}

int libxl__qemu_check(libxl__gc *gc, const libxl_domain_config *config,
                      const struct libxl__devices *devices)
{
    const struct libxl__device *device =
        libxl__devices_first(devices, needs_qemu);
    const libxl_domain_build_info *b_info = &config->b_info;
    const char *program = program_of(config);

    if (!device)
        return 0;
    if (b_info->device_model_user)
        return libxl__device_refuse(gc, device,
                                    "needs QEMU, which this library starts as "
                                    "its own user: remove 'device_model_user'");
    if (!libxl_defbool_is_default(b_info->dm_restrict) &&
        libxl_defbool_val(b_info->dm_restrict))
        return libxl__device_refuse(gc, device,
                                    "needs QEMU, which cannot be restricted "
                                    "for guests on Arm: remove 'dm_restrict'");
    if (!access(program, X_OK))
        return 0;
    return libxl__device_refuse(
        gc, device, "needs QEMU, and '%s' cannot be run: %s; %s", program,
        strerror(errno),
        b_info->device_model
            ? "set 'device_model_override' to a QEMU for Xen"
            : "install the package '" QEMU_PACKAGE
              "', or set 'device_model_override' to a QEMU for Xen");
}

/* Where `xl vncviewer` finds the display, and the password that it asks for. */
static int write_vnc(libxl__gc *gc, uint32_t domid, const libxl_device_vfb *vfb,
                     const char *host, const char *port)
{
    const char *console =
        libxl__sprintf(gc, "%s/console", libxl__xs_domain_path(gc, domid));
    struct libxl__xs_changes changes;

    libxl__xs_changes_init(&changes, gc);
    if (libxl__vfb_has_password(vfb))
        libxl__xs_add(&changes, console, "vnc-pass", XS_INHERIT,
                      vfb->vnc.passwd);
    libxl__xs_add(&changes, console, "vnc-listen", XS_INHERIT, host);
    libxl__xs_add(&changes, console, "vnc-port", XS_INHERIT, port);
    return libxl__xs_commit(&changes, "write down where a display is",
                            libxl__domain_present, &domid);
}

/* The port that QEMU has found is asked for. */
static int ask_vnc(libxl__gc *gc, struct libxl__qmp *qmp,
                   const libxl_device_vfb *vfb)
{
    const struct libxl__json *result, *host, *port;
    int rc = libxl__qmp_run(qmp, "query-vnc", NULL, NULL, &result);

    if (rc)
        return rc;
    host = libxl__json_get(result, "host");
    port = libxl__json_get(result, "service");
    if (!host || !host->string || !port || !port->string)
        return libxl__fail(gc->ctx, ERROR_PROTOCOL_ERROR_QMP,
                           "the QEMU of domain %" PRIu32
                           " does not say where its display is",
                           qmp->domid);
    rc = write_vnc(gc, qmp->domid, vfb, host->string, port->string);
    if (!rc && libxl__vfb_has_password(vfb))
        rc = libxl__qmp_run(qmp, "change-vnc-password", "password",
                            vfb->vnc.passwd, NULL);
    return rc;
}

/* A QEMU that is being started. */
struct start {
    uint32_t domid; /* first: libxl__domain_present reads it */
    const libxl_device_vfb *vfb;
};

/* The terminals of channels are asked for as well, as Debian's library does. */
static int ask(libxl__gc *gc, void *opaque)
{
    const struct start *start = opaque;
    struct libxl__qmp qmp;
    int rc = libxl__qmp_open(gc, start->domid, &qmp);

    if (rc)
        return rc;
    rc = libxl__qmp_run(&qmp, "query-chardev", NULL, NULL, NULL);
    if (!rc && libxl__vfb_has_vnc(start->vfb))
        rc = ask_vnc(gc, &qmp, start->vfb);
    libxl__qmp_close(&qmp);
    return rc;
}

static char *pid_path(libxl__gc *gc, uint32_t domid)
{
    return libxl__sprintf(gc, "%s/image/device-model-pid",
                          libxl__xs_domain_path(gc, domid));
}

static char *model_path(libxl__gc *gc, uint32_t domid)
{
    return libxl__sprintf(gc, "%s/device-model/%" PRIu32,
                          libxl__xs_domain_path(gc, DEVICE_OWN_DOMID), domid);
}

static int start_qemu(libxl__gc *gc, const libxl_domain_config *config,
                      const struct libxl__devices *devices)
{
    uint32_t domid = devices->domid;
    struct start start = { domid, libxl__qemu_vfb(devices) };
    struct libxl__daemon daemon = {
        .what = libxl__sprintf(gc, "the QEMU of domain %" PRIu32, domid),
        .argv = libxl__qemu_arguments(gc, program_of(config), config, devices),
        .env = libxl__qemu_environment(gc, start.vfb),
        .node = model_path(gc, domid),
        .pid = pid_path(gc, domid),
        .check = libxl__domain_present,
        .ask = ask,
        .opaque = &start,
    };
    int rc;

    rc = libxl__log_rotate(
        gc, libxl__sprintf(gc, "qemu-dm-%s", config->c_info.name), &daemon.log);
    if (rc)
        return rc;
    rc = libxl__daemon_start(gc, &daemon);
    if (rc)
        libxl__qemu_stop(gc, domid);
    return rc;
}

int libxl__qemu_start(libxl__gc *gc, const libxl_domain_config *config,
                      const struct libxl__devices *devices)
{
    return libxl__devices_first(devices, needs_qemu)
               ? start_qemu(gc, config, devices)
               : 0;
}

static int refuse_display(libxl__gc *gc, const struct libxl__devices *devices)
{
    const struct libxl__device *display =
        libxl__devices_first(devices, libxl__device_is_display);

    return display ? libxl__device_refuse(gc, display,
                                          "is a display, which the QEMU of a "
                                          "domain has from its start: add it "
                                          "to the configuration and start the "
                                          "guest anew")
                   : 0;
}

/*
 * Adds what a QEMU has from its start: if the one that the domain had has
 * ended, a new one serves its display and channels again.
 */
static int add_present(libxl__gc *gc, libxl_domain_config *config,
                       struct libxl__devices *devices)
{
    const struct libxl__device_kind *const *kind;
    int rc = libxl__devices_drop_absent(gc, devices->domid, config);

    if (!rc && config->num_vfbs)
        rc = refuse_display(gc, devices);
    for (kind = libxl__device_kinds; *kind && !rc; kind++)
        if ((*kind)->traits & DEVICE_QEMU)
            rc = libxl__devices_gather_kind(devices, *kind, config);
    return rc;
}

static int start_late(libxl__gc *gc, const struct libxl__devices *devices)
{
    struct libxl__devices all =
        libxl__devices_select(devices, libxl__device_is_of_qemu);
    libxl_domain_config config;
    int rc;

    libxl_domain_config_init(&config);
    rc = libxl__stored_config(gc, devices->domid, &config);
    if (!rc)
        rc = add_present(gc, &config, &all);
    if (!rc)
        rc = libxl__qemu_check(gc, &config, &all);
    if (!rc)
        rc = start_qemu(gc, &config, &all);
    libxl_domain_config_dispose(&config);
    return rc;
}

int libxl__qemu_need(libxl__gc *gc, const struct libxl__devices *devices,
                     bool *started_r)
{
    uint32_t domid = devices->domid, pid;
    int rc;

    *started_r = false;
    if (!libxl__devices_first(devices, needs_qemu))
        return 0;
    rc = libxl__daemon_read_pid(gc, pid_path(gc, domid), &pid);
    if (rc)
        return rc;
    if (pid &&
        libxl__service_is(gc, pid, QEMU_DOMID_ARGUMENT, number(gc, domid)))
        return refuse_display(gc, devices);
    rc = start_late(gc, devices);
    *started_r = !rc;
    return rc;
}

int libxl__qemu_stop(libxl__gc *gc, uint32_t domid)
{
    uint32_t pid;
    int rc = libxl__daemon_read_pid(gc, pid_path(gc, domid), &pid);

    if (rc || !pid)
        return rc;
    libxl__service_end(gc, pid, QEMU_DOMID_ARGUMENT, number(gc, domid),
                       END_TIMEOUT_MS);
    unlink(libxl__qmp_path(gc, "libxl", domid));
    unlink(libxl__qmp_path(gc, "libxenstat", domid));
    rc = libxl__xs_rm(gc, XBT_NULL, model_path(gc, domid));
    return rc ? rc : libxl__xs_rm(gc, XBT_NULL, pid_path(gc, domid));
}
