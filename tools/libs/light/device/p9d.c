/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Its nodes are those of Debian's library, so that either library finds the
 * daemon that the other has started: docs/debian-devices.md.
 */
#include "device/p9d.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/log_file.h"
#include "device/daemon.h"
#include "event/service.h"

#ifdef LIBXL__HAS_DEVICE_P9_TYPE

#define NAME    "xen-9pfsd"
#define PROGRAM LIBXL_PRIVATE_BINDIR "/" NAME
#define TOP     "/local/domain/0/libxl"
#define NODE    TOP "/xen-9pfs"

/* The package of the release that has the program. */
#ifndef XEN_UTILS_PACKAGE
#define XEN_UTILS_PACKAGE "xen-utils"
#endif

/* How long it may take to end before it is killed. */
#define END_TIMEOUT_MS 5000

static bool needs_p9d(const struct libxl__device *device)
{
    return !strcmp(device->backend, P9D_BACKEND) &&
           !libxl__device_is_elsewhere(device);
}

int libxl__p9d_check(libxl__gc *gc, const struct libxl__devices *devices)
{
    const struct libxl__device *device =
        libxl__devices_first(devices, needs_p9d);

    if (!device || !access(PROGRAM, X_OK))
        return 0;
    return libxl__device_refuse(gc, device,
                                "needs '" PROGRAM "', which cannot be run: %s; "
                                "install the package '" XEN_UTILS_PACKAGE
                                "', or set 'type' to \"qemu\"",
                                strerror(errno));
}

static bool is_running(libxl__gc *gc, uint32_t pid)
{
    const char *state = libxl__xs_read(gc, XBT_NULL, NODE "/state");

    return pid && state && !strcmp(state, "running") &&
           libxl__service_is(gc, pid, NAME, NULL);
}

/* Ends the daemon that could not be started, and removes its nodes. */
static void stop(libxl__gc *gc, const char *pid_node)
{
    unsigned int count;
    uint32_t pid;
    char **names;

    if (!libxl__daemon_read_pid(gc, pid_node, &pid) && pid)
        libxl__service_end(gc, pid, NAME, NULL, END_TIMEOUT_MS);
    libxl__xs_rm(gc, XBT_NULL, NODE);
    if (!libxl__xs_directory(gc, XBT_NULL, TOP, &names, &count) && !count)
        libxl__xs_rm(gc, XBT_NULL, TOP);
}

/* With the lock, so that no other process starts one at the same time. */
static int start_one(libxl__gc *gc, const char *log)
{
    static const char *const argv[] = { PROGRAM, NULL };
    const struct libxl__daemon daemon = {
        .what = "the daemon '" NAME "'",
        .argv = argv,
        .log = log,
        .node = NODE,
        .pid = NODE "/pid",
    };
    uint32_t pid;
    int rc = libxl__daemon_read_pid(gc, daemon.pid, &pid);

    if (rc || is_running(gc, pid))
        return rc;
    rc = libxl__daemon_start(gc, &daemon);
    if (rc)
        stop(gc, daemon.pid);
    return rc;
}

int libxl__p9d_need(libxl__gc *gc, const struct libxl__devices *devices)
{
    const char *log = libxl__log_path(gc, NAME);
    int lock, rc;

    if (!libxl__devices_first(devices, needs_p9d))
        return 0;
    rc = libxl__p9d_check(gc, devices);
    if (rc)
        return rc;
    lock = open(log, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (lock < 0 || flock(lock, LOCK_EX)) {
        rc = libxl__fail_errno(gc->ctx, ERROR_FAIL, "cannot lock '%s'", log);
        goto out;
    }
    rc = start_one(gc, log);

out:
    if (lock >= 0)
        close(lock);
    return rc;
}

#endif
