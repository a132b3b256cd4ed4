/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Connects the backends of a set of devices, and the way back: waits for
 * xenbus states and runs hotplug scripts, for all devices side by side.
 */
#include <inttypes.h>

#include <xen/io/xenbus.h>

#include "base/log.h"
#include "base/number.h"
#include "base/xenstore.h"
#include "device/device.h"
#include "event/child.h"
#include "event/wait.h"

/*
 * How long a backend may take for one step.  Debian's library waits as long:
 * docs/debian-devices.md.
 */
#ifndef STATE_TIMEOUT_MS
#define STATE_TIMEOUT_MS 10000
#endif

/* What becomes of each device of a set in one step. */
struct step {
    libxl__gc *gc;
    const struct libxl__device **devices;
    int *rc;
    const char **paths;
    unsigned int count;
};

static void step_init(struct step *step, const struct libxl__devices *devices)
{
    libxl__gc *gc = devices->gc;
    size_t room = devices->count + 1;

    *step = (struct step) {
        .gc = gc,
        .devices = libxl__calloc(gc, room, sizeof(*step->devices)),
        .rc = libxl__calloc(gc, room, sizeof(*step->rc)),
        .paths = libxl__calloc(gc, room, sizeof(*step->paths)),
    };
}

static void step_add(struct step *step, const struct libxl__device *device)
{
    step->paths[step->count] =
        libxl__sprintf(step->gc, "%s/state", device->backend_path);
    step->devices[step->count++] = device;
}

/* The state of a backend; Unknown if it has none, or not a number. */
static int read_state(libxl__gc *gc, const char *path, uint32_t *state_r)
{
    const char *text;
    int rc = libxl__xs_find(gc, XBT_NULL, path, &text);

    *state_r = XenbusStateUnknown;
    if (!rc && text && !libxl__number_parse_u32(text, state_r))
        *state_r = XenbusStateUnknown;
    return rc;
}

static int check_seen(libxl__gc *gc, unsigned int index, void *user)
{
    const struct step *step = user;
    uint32_t state;
    int rc = read_state(gc, step->paths[index], &state);

    if (rc)
        return rc;
    switch (state) {
    case XenbusStateInitWait:
    case XenbusStateInitialised:
    case XenbusStateConnected:
        return 0;
    case XenbusStateInitialising:
        return ERROR_NOT_READY;
    default:
        return ERROR_FAIL;
    }
}

static int wait_until_seen(const struct libxl__devices *devices)
{
    struct step step;
    unsigned int i;
    int rc;

    step_init(&step, devices);
    for (i = 0; i < devices->count; i++)
        if (devices->list[i].kind->traits & DEVICE_XENBUS)
            step_add(&step, &devices->list[i]);
    rc = libxl__wait_each(step.gc, step.paths, step.count, STATE_TIMEOUT_MS,
                          true, check_seen, &step, step.rc);
    for (i = 0; i < step.count; i++) {
        if (step.rc[i] == ERROR_TIMEDOUT)
            libxl__error(step.gc->ctx,
                         "%s: no backend has answered at '%s' in %d s: is its "
                         "driver loaded in domain %" PRIu32 "?",
                         step.devices[i]->label, step.devices[i]->backend_path,
                         STATE_TIMEOUT_MS / 1000,
                         step.devices[i]->backend_domid);
        else if (step.rc[i] == ERROR_FAIL)
            libxl__error(step.gc->ctx, "%s: its backend at '%s' has closed",
                         step.devices[i]->label, step.devices[i]->backend_path);
    }
    return rc;
}

/* The words that a failed script has left for people. */
static void report_script(libxl__gc *gc, const struct libxl__device *device)
{
    const char *words =
        libxl__xs_readf(gc, XBT_NULL, "%s/hotplug-error", device->backend_path);

    if (words)
        libxl__error(gc->ctx, "%s: the hotplug script says: %s", device->label,
                     words);
}

int libxl__devices_run_scripts(const struct libxl__devices *devices,
                               enum libxl__device_action action)
{
    libxl__gc *gc = devices->gc;
    libxl__child_spec *specs =
        libxl__calloc(gc, devices->count + 1, sizeof(*specs));
    const struct libxl__device **own =
        libxl__calloc(gc, devices->count + 1, sizeof(*own));
    int *rcs = libxl__calloc(gc, devices->count + 1, sizeof(*rcs));
    unsigned int i, started = 0;
    int rc;

    for (i = 0; i < devices->count; i++) {
        const struct libxl__device *device = &devices->list[i];

        if (!device->script)
            continue;
        device->kind->script(gc, device, action, &specs[started]);
        specs[started].cleans_up = action == DEVICE_GOES;
        own[started++] = device;
    }
    rc = libxl__children_run(gc, specs, started, rcs);
    for (i = 0; i < started; i++)
        if (rcs[i])
            report_script(gc, own[i]);
    return rc;
}

/* The scripts of other domains' backends run there: see serve.c. */
static int run_own_scripts(libxl__gc *gc,
                           const struct libxl__device *const *devices,
                           unsigned int count, enum libxl__device_action action)
{
    struct libxl__devices own = {
        .gc = gc,
        .list = libxl__calloc(gc, count + 1, sizeof(*own.list)),
    };
    unsigned int i;

    for (i = 0; i < count; i++)
        if (devices[i]->backend_domid == DEVICE_OWN_DOMID)
            own.list[own.count++] = *devices[i];
    return libxl__devices_run_scripts(&own, action);
}

int libxl__devices_connect(const struct libxl__devices *devices)
{
    libxl__gc *gc = devices->gc;
    const struct libxl__device **all =
        libxl__calloc(gc, devices->count + 1, sizeof(*all));
    unsigned int i;
    int rc = wait_until_seen(devices);

    for (i = 0; i < devices->count; i++)
        all[i] = &devices->list[i];
    if (!rc)
        rc = run_own_scripts(gc, all, devices->count, DEVICE_COMES);
    if (rc)
        libxl__devices_disconnect(devices, true);
    return rc;
}

static int check_closed(libxl__gc *gc, unsigned int index, void *user)
{
    const struct step *step = user;
    uint32_t state;
    int rc = read_state(gc, step->paths[index], &state);

    if (rc)
        return rc;
    return state == XenbusStateClosed || state == XenbusStateUnknown
               ? 0
               : ERROR_NOT_READY;
}

/*
 * Ask the backends to close, with force all that can be asked.  A backend whose
 * directory has gone is left alone: writing to it would make it anew.
 */
static int ask_to_close(struct step *step, const struct libxl__devices *devices,
                        bool force)
{
    struct libxl__xs_changes changes;
    unsigned int i;
    uint32_t state;
    int rc = 0;

    libxl__xs_changes_init(&changes, step->gc);
    for (i = 0; i < devices->count && (!rc || force); i++) {
        const struct libxl__device *device = &devices->list[i];

        if (!(device->kind->traits & DEVICE_XENBUS))
            continue;
        step_add(step, device);
        rc = read_state(step->gc, step->paths[step->count - 1], &state);
        if (rc || state == XenbusStateUnknown)
            continue;
        libxl__xs_chain(&changes);
        if (force)
            libxl__xs_remove(&changes, device->frontend_path);
        libxl__xs_add(&changes, device->backend_path, "online", XS_INHERIT,
                      "0");
        /* One that has closed does not answer again. */
        if (state != XenbusStateClosed)
            libxl__xs_addf(&changes, device->backend_path, "state", XS_INHERIT,
                           "%d", XenbusStateClosing);
    }
    if (!rc || force)
        rc = libxl__xs_send(&changes);
    libxl__xs_changes_dispose(&changes);
    return rc;
}

static int check_removed(libxl__gc *gc, unsigned int index, void *user)
{
    const struct step *step = user;
    uint32_t state;
    int rc = read_state(gc, step->paths[index], &state);

    if (rc)
        return rc;
    return state == XenbusStateUnknown ? 0 : ERROR_NOT_READY;
}

/* Log each device of the step that has run out of time. */
static void report_late(const struct step *step, bool force, const char *what)
{
    unsigned int i;

    for (i = 0; i < step->count; i++)
        if (step->rc[i] == ERROR_TIMEDOUT)
            libxl__log(step->gc->ctx, force ? XTL_WARN : XTL_ERROR, -1,
                       "%s: %s '%s' in %d s%s", step->devices[i]->label, what,
                       step->devices[i]->backend_path, STATE_TIMEOUT_MS / 1000,
                       force ? ": it is removed all the same" : "");
}

/* Those that go on to the next step: with force, all. */
static void keep_done(struct step *step, bool force)
{
    unsigned int i, done = 0;

    for (i = 0; i < step->count; i++)
        if (force || !step->rc[i])
            step->devices[done++] = step->devices[i];
    step->count = done;
}

static int wait_until_closed(struct step *step, bool force)
{
    int rc =
        libxl__wait_each(step->gc, step->paths, step->count, STATE_TIMEOUT_MS,
                         !force, check_closed, step, step->rc);

    report_late(step, force, "its backend has not closed");
    keep_done(step, force);
    return rc;
}

/*
 * A driver domain removes the directories of its backends, once its scripts
 * have run.
 */
static int wait_until_removed(const struct step *closed, bool force)
{
    const struct libxl__devices room = { .gc = closed->gc,
                                         .count = closed->count };
    struct step step;
    unsigned int i;
    int rc;

    step_init(&step, &room);
    for (i = 0; i < closed->count; i++)
        if (closed->devices[i]->backend_domid != DEVICE_OWN_DOMID)
            step_add(&step, closed->devices[i]);
    rc = libxl__wait_each(step.gc, step.paths, step.count, STATE_TIMEOUT_MS,
                          !force, check_removed, &step, step.rc);
    report_late(&step, force, "its backend's domain has not removed");
    return rc;
}

int libxl__devices_disconnect(const struct libxl__devices *devices, bool force)
{
    struct step step;
    int rc, this_rc;

    step_init(&step, devices);
    rc = ask_to_close(&step, devices, force);
    if (rc && !force)
        return rc;
    /* Nobody answers what could not be asked, but the scripts still run. */
    if (!rc)
        rc = wait_until_closed(&step, force);
    /* What a script cannot undo is logged; the device goes all the same. */
    run_own_scripts(step.gc, step.devices, step.count, DEVICE_GOES);
    this_rc = wait_until_removed(&step, force);
    if (force)
        return 0;
    return rc ? rc : this_rc;
}
