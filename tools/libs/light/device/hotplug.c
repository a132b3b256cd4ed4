/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Arguments and environment of a hotplug script, as xl-network-configuration(5)
 * and the scripts of the Xen packages have them.
 */
#include "device/hotplug.h"

#include <inttypes.h>
#include <stdlib.h>

#ifndef SCRIPT_DIR
#define SCRIPT_DIR "/etc/xen/scripts"
#endif

/* A script that takes longer is killed: docs/debian-devices.md. */
#ifndef SCRIPT_TIMEOUT_MS
#define SCRIPT_TIMEOUT_MS 40000
#endif

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

void libxl__hotplug_script(libxl__gc *gc, const struct libxl__device *device,
                           const char *const *arguments, const char *const *env,
                           libxl__child_spec *spec)
{
    const char **argv = libxl__calloc(gc, MAX_ARGUMENTS, sizeof(*argv));
    const char **variables =
        libxl__calloc(gc, MAX_VARIABLES, sizeof(*variables));
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
    *spec = (libxl__child_spec) {
        .what = libxl__sprintf(gc, "the hotplug script '%s' of %s",
                               device->script, device->label),
        .argv = argv,
        .env = variables,
        .timeout_ms = SCRIPT_TIMEOUT_MS,
    };
}
