/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Connects the backends of a set of devices, and the way back: waits for
 * xenbus states and runs hotplug scripts, for all devices side by side.  The
 * script of a device starts when its own backend is ready, whatever becomes of
 * the others.
 */
#include <inttypes.h>

#include <xen/io/xenbus.h>

#include "base/log.h"
#include "base/number.h"
#include "base/xenstore.h"
#include "device/device.h"
#include "device/hotplug.h"
#include "event/child.h"
#include "event/wait.h"

/*
 * How long a backend may take for one step.  Debian's library waits as long:
 * docs/debian-devices.md.
 */
#ifndef STATE_TIMEOUT_MS
#define STATE_TIMEOUT_MS 10000
#endif

/* The hotplug scripts of a set of devices, each started at its time. */
struct scripts {
    const struct libxl__devices *devices;
    enum libxl__device_action action;
    libxl__children *children; /* by the index of the device */
};

static struct scripts scripts_of(const struct libxl__devices *devices,
                                 enum libxl__device_action action)
{
    return (struct scripts) {
        .devices = devices,
        .action = action,
        .children = libxl__children_begin(devices->gc, devices->count),
    };
}

static void start_script(struct scripts *scripts, unsigned int index)
{
    const struct libxl__device *device = &scripts->devices->list[index];
    libxl__gc *gc = scripts->devices->gc;
    libxl__child_spec *spec;

    if (!device->script)
        return;
    spec = libxl__calloc(gc, 1, sizeof(*spec));
    device->kind->script(gc, device, scripts->action, spec);
    spec->cleans_up = scripts->action == DEVICE_GOES;
    libxl__children_start(scripts->children, index, spec);
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

/* Must follow scripts_of: it waits for all that were started. */
static int end_scripts(struct scripts *scripts)
{
    const struct libxl__devices *devices = scripts->devices;
    int *rcs = libxl__calloc(devices->gc, devices->count + 1, sizeof(*rcs));
    int rc = libxl__children_end(scripts->children, rcs);
    unsigned int i;

    for (i = 0; i < devices->count; i++)
        if (rcs[i])
            report_script(devices->gc, &devices->list[i]);
    return rc;
}

int libxl__devices_run_scripts(const struct libxl__devices *devices,
                               enum libxl__device_action action)
{
    struct scripts scripts = scripts_of(devices, action);
    unsigned int i;

    for (i = 0; i < devices->count; i++)
        start_script(&scripts, i);
    return end_scripts(&scripts);
}

/* What becomes of each device of a set in one step. */
struct step {
    struct libxl__devices devices;
    const char **paths; /* of the state of each backend */
    int *rc;

    /* What a state means: as libxl__wait_check_one; ERROR_FAIL: it closed. */
    int (*judge)(uint32_t state);

    /* Those that this domain runs for a device once it is done; or NULL. */
    struct scripts *scripts;
};

static bool has_states(const struct libxl__device *device)
{
    return device->kind->traits & DEVICE_XENBUS;
}

static struct step step_of(const struct libxl__devices *devices,
                           bool (*is_wanted)(const struct libxl__device *))
{
    libxl__gc *gc = devices->gc;
    struct step step = {
        .devices = libxl__devices_select(devices, is_wanted),
        .paths = libxl__calloc(gc, devices->count + 1, sizeof(*step.paths)),
        .rc = libxl__calloc(gc, devices->count + 1, sizeof(*step.rc)),
    };
    unsigned int i;

    for (i = 0; i < step.devices.count; i++)
        step.paths[i] =
            libxl__sprintf(gc, "%s/state", step.devices.list[i].backend_path);
    return step;
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

/* The scripts of other domains' backends run there: see serve.c. */
static void start_own_script(struct step *step, unsigned int index)
{
    if (step->scripts &&
        !libxl__device_is_elsewhere(&step->devices.list[index]))
        start_script(step->scripts, index);
}

static int check_state(libxl__gc *gc, unsigned int index, void *user)
{
    struct step *step = user;
    const struct libxl__device *device = &step->devices.list[index];
    uint32_t state;
    int rc = read_state(gc, step->paths[index], &state);

    if (rc)
        return rc;
    rc = step->judge(state);
    if (rc == ERROR_FAIL)
        libxl__error(gc->ctx, "%s: its backend at '%s' has closed",
                     device->label, device->backend_path);
    if (!rc)
        start_own_script(step, index);
    return rc;
}

/* Set the result for each device in rc. */
static int wait_for_step(struct step *step, bool abortable,
                         int (*judge)(uint32_t state))
{
    step->judge = judge;
    return libxl__wait_each(step->devices.gc, step->paths, step->devices.count,
                            STATE_TIMEOUT_MS, abortable, check_state, step,
                            step->rc);
}

static int judge_seen(uint32_t state)
{
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

static int wait_until_seen(struct step *step)
{
    libxl_ctx *ctx = step->devices.gc->ctx;
    int rc = wait_for_step(step, true, judge_seen);
    unsigned int i;

    for (i = 0; i < step->devices.count; i++) {
        const struct libxl__device *device = &step->devices.list[i];

        if (step->rc[i] == ERROR_TIMEDOUT)
            libxl__error(ctx,
                         "%s: no backend has answered at '%s' in %d s: is its "
                         "driver loaded in domain %" PRIu32 "?",
                         device->label, device->backend_path,
                         STATE_TIMEOUT_MS / 1000, device->backend_domid);
    }
    return rc;
}

int libxl__devices_connect(const struct libxl__devices *devices)
{
    struct step step = step_of(devices, has_states);
    struct scripts scripts = scripts_of(&step.devices, DEVICE_COMES);
    int rc, script_rc;

    step.scripts = &scripts;
    rc = wait_until_seen(&step);
    script_rc = end_scripts(&scripts);
    if (!rc)
        rc = script_rc;
    if (rc)
        libxl__devices_disconnect(devices, DETACH_FORCED);
    return rc;
}

static int judge_closed(uint32_t state)
{
    return state == XenbusStateClosed || state == XenbusStateUnknown
               ? 0
               : ERROR_NOT_READY;
}

/*
 * Ask the backends to close, with force all that can be asked.  A backend whose
 * directory has gone is left alone: writing to it would make it anew.
 */
static int ask_to_close(const struct step *step, bool force)
{
    struct libxl__xs_changes changes;
    unsigned int i;
    uint32_t state;
    int rc = 0;

    libxl__xs_changes_init(&changes, step->devices.gc);
    for (i = 0; i < step->devices.count && (!rc || force); i++) {
        const struct libxl__device *device = &step->devices.list[i];

        rc = read_state(changes.gc, step->paths[i], &state);
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

static int judge_removed(uint32_t state)
{
    return state == XenbusStateUnknown ? 0 : ERROR_NOT_READY;
}

/* Log each device of the step that has run out of time. */
static void report_late(const struct step *step, enum libxl__detach how,
                        const char *what)
{
    bool removed = how != DETACH_ASKED;
    unsigned int i;

    for (i = 0; i < step->devices.count; i++)
        if (step->rc[i] == ERROR_TIMEDOUT)
            libxl__log(step->devices.gc->ctx, removed ? XTL_WARN : XTL_ERROR,
                       -1, "%s: %s '%s' in %d s%s", step->devices.list[i].label,
                       what, step->devices.list[i].backend_path,
                       STATE_TIMEOUT_MS / 1000,
                       removed ? ": it is removed all the same" : "");
}

/* Those that go on to the next step: with force, all. */
static void keep_done(struct step *step, bool force)
{
    struct libxl__devices *devices = &step->devices;
    unsigned int i, done = 0;

    for (i = 0; i < devices->count; i++)
        if (force || !step->rc[i])
            devices->list[done++] = devices->list[i];
    devices->count = done;
}

static int wait_until_closed(struct step *step, enum libxl__detach how)
{
    int rc = wait_for_step(step, how != DETACH_FORCED, judge_closed);

    report_late(step, how, "its backend has not closed");
    return rc;
}

/*
 * A driver domain removes the directories of its backends, once its scripts
 * have run.
 */
static int wait_until_removed(const struct libxl__devices *closed,
                              enum libxl__detach how)
{
    struct step step = step_of(closed, libxl__device_is_elsewhere);
    int rc = wait_for_step(&step, how != DETACH_FORCED, judge_removed);

    report_late(&step, how, "its backend's domain has not removed");
    return rc;
}

static void release(const struct libxl__devices *devices)
{
    unsigned int i;

    for (i = 0; i < devices->count; i++)
        if (devices->list[i].kind->release)
            devices->list[i].kind->release(devices->gc, &devices->list[i]);
}

/* As judge_seen, but it is no error that one is not there, or has closed. */
static int judge_begun(uint32_t state)
{
    int rc = judge_seen(state);

    return rc == ERROR_FAIL ? ERROR_NOTFOUND : rc;
}

/* One that has not seen its device yet would not see either that it goes. */
void libxl__devices_abandon(const struct libxl__devices *devices)
{
    struct step seen, step = step_of(devices, has_states);

    wait_for_step(&step, false, judge_begun);
    report_late(&step, DETACH_FORCED, "no backend has answered at");
    keep_done(&step, false);
    seen = step_of(&step.devices, has_states);
    if (!ask_to_close(&seen, true))
        wait_until_closed(&seen, DETACH_FORCED);
}

int libxl__devices_disconnect(const struct libxl__devices *devices,
                              enum libxl__detach how)
{
    bool force = how == DETACH_FORCED;
    struct step step = step_of(devices, has_states);
    struct scripts scripts;
    unsigned int i;
    int rc, this_rc;

    release(devices);
    libxl__hotplug_wait_for_strays(devices);
    rc = ask_to_close(&step, force);
    if (rc && !force)
        return rc;
    scripts = scripts_of(&step.devices, DEVICE_GOES);
    step.scripts = &scripts;
    /* Nobody answers what could not be asked, but the scripts still run. */
    for (i = 0; i < step.devices.count; i++)
        step.rc[i] = rc;
    if (!rc)
        rc = wait_until_closed(&step, how);
    for (i = 0; i < step.devices.count && force; i++)
        if (step.rc[i])
            start_own_script(&step, i);
    /* What a script cannot undo is logged; the device goes all the same. */
    end_scripts(&scripts);
    keep_done(&step, force);
    this_rc = wait_until_removed(&step.devices, how);
    if (force)
        return 0;
    return rc ? rc : this_rc;
}
