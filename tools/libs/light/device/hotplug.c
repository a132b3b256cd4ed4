/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Arguments and environment of a hotplug script, as xl-network-configuration(5)
 * and the scripts of the Xen packages have them.
 */
#include "device/hotplug.h"

#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>

#include "base/log.h"
#include "event/claim.h"
#include "event/wait.h"

#ifndef SCRIPTS_FILE /* tests have their own */
#define SCRIPTS_FILE "/run/xen/libxl-scripts"
#endif

#ifndef SCRIPT_DIR
#define SCRIPT_DIR "/etc/xen/scripts"
#endif

/* A script that takes longer is killed: docs/debian-devices.md. */
#ifndef SCRIPT_TIMEOUT_MS
#define SCRIPT_TIMEOUT_MS 40000
#endif

/* How long a killed script may take to end, and how often to look. */
#define KILL_TIMEOUT_MS   1000
#define STRAY_INTERVAL_MS 20

#define MAX_ARGUMENTS 4
#define MAX_VARIABLES 8

void libxl__hotplug_choose(libxl__gc *gc, struct libxl__device *device,
                           char **script_io)
{
    const char *given = *script_io;

    device->script = *given == '/'
                         ? libxl__strdup(gc, given)
                         : libxl__sprintf(gc, SCRIPT_DIR "/%s", given);
    free(*script_io);
    *script_io = libxl__strdup_nogc(device->script);
}

/* Devices of several kinds may share a number, and then wait for each other. */
static struct libxl__claim claim_of(const struct libxl__device *device)
{
    return (struct libxl__claim) {
        .file = SCRIPTS_FILE,
        .number = (uint64_t)device->domid << 32 | device->devid,
    };
}

void libxl__hotplug_script(libxl__gc *gc, const struct libxl__device *device,
                           const char *const *arguments, const char *const *env,
                           libxl__child_spec *spec)
{
    const char **argv = libxl__calloc(gc, MAX_ARGUMENTS, sizeof(*argv));
    const char **variables =
        libxl__calloc(gc, MAX_VARIABLES, sizeof(*variables));
    struct libxl__claim *claim = libxl__calloc(gc, 1, sizeof(*claim));
    unsigned int argument = 0, variable = 0;

    argv[argument++] = device->script;
    while (*arguments && argument < MAX_ARGUMENTS - 1)
        argv[argument++] = *arguments++;
    variables[variable++] = libxl__sprintf(gc, "script=%s", device->script);
    variables[variable++] =
        libxl__sprintf(gc, "XENBUS_TYPE=%s", device->backend);
    variables[variable++] =
        libxl__sprintf(gc, "XENBUS_PATH=backend/%s/%" PRIu32 "/%" PRIu32,
                       device->backend, device->domid, device->devid);
    variables[variable++] = "XENBUS_BASE_PATH=backend";
    while (env && *env && variable < MAX_VARIABLES - 1)
        variables[variable++] = *env++;
    *claim = claim_of(device);
    *spec = (libxl__child_spec) {
        .what = libxl__sprintf(gc, "the hotplug script of %s", device->label),
        .argv = argv,
        .env = variables,
        .timeout_ms = SCRIPT_TIMEOUT_MS,
        .claim = claim,
    };
}

/* The process of its script that nobody waits for, or 0. */
static pid_t stray_of(const struct libxl__device *device)
{
    struct libxl__claim claim = claim_of(device);

    return device->script ? libxl__claim_stray(&claim) : 0;
}

static int check_strays(libxl__gc *gc, void *user)
{
    const struct libxl__devices *devices = user;
    unsigned int i;

    for (i = 0; i < devices->count; i++)
        if (stray_of(&devices->list[i]))
            return ERROR_NOT_READY;
    return 0;
}

static void kill_strays(const struct libxl__devices *devices)
{
    unsigned int i;

    for (i = 0; i < devices->count; i++) {
        const struct libxl__device *device = &devices->list[i];
        pid_t pid = stray_of(device);

        if (!pid)
            continue;
        libxl__error(
            devices->gc->ctx,
            "%s: the hotplug script '%s' [%ld] that an earlier command "
            "has started did not end within %d ms and was killed",
            device->label, device->script, (long)pid, SCRIPT_TIMEOUT_MS);
        kill(-pid, SIGKILL);
    }
}

void libxl__hotplug_wait_for_strays(const struct libxl__devices *devices)
{
    libxl__gc *gc = devices->gc;
    libxl__deadline deadline = libxl__deadline_in(SCRIPT_TIMEOUT_MS);

    if (!libxl__wait_poll(gc, STRAY_INTERVAL_MS, &deadline, false, check_strays,
                          (void *)devices))
        return;
    kill_strays(devices);
    deadline = libxl__deadline_in(KILL_TIMEOUT_MS);
    libxl__wait_poll(gc, STRAY_INTERVAL_MS, &deadline, false, check_strays,
                     (void *)devices);
}
