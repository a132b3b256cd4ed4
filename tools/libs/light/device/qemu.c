/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Starts and ends the QEMU of a domain: its command line, its log, its nodes.
 * What it is asked once it runs is in qmp.c.
 */
#include "device/qemu.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/log_file.h"
#include "base/number.h"
#include "base/xenstore.h"
#include "base/xs_changes.h"
#include "device/qmp.h"
#include "domain/paths.h"
#include "domain/stored.h"
#include "event/service.h"
#include "event/wait.h"

#ifndef QEMU_PROGRAM
#define QEMU_PROGRAM "/usr/libexec/xen-qemu-system-i386"
#endif
#define QEMU_PACKAGE "qemu-system-xen"

/* Debian's library waits as long: docs/debian-devices.md. */
#ifndef QEMU_TIMEOUT_MS
#define QEMU_TIMEOUT_MS 60000
#endif
#define STATE_INTERVAL_MS 10

/* How long it may take to end before it is killed. */
#define END_TIMEOUT_MS 5000

/* How much of its log an error quotes. */
#define LAST_WORDS 400

#define DOMID_ARGUMENT "-xen-domid"

/* A command line, ended by NULL. */
struct arguments {
    libxl__gc *gc;
    const char **list;
    size_t count, room;
};

static void add(struct arguments *arguments, const char *argument)
{
    if (arguments->count + 1 >= arguments->room) {
        arguments->room = arguments->room ? 2 * arguments->room : 64;
        arguments->list =
            libxl__realloc(arguments->gc, arguments->list,
                           arguments->room * sizeof(*arguments->list));
    }
    arguments->list[arguments->count++] = argument;
    arguments->list[arguments->count] = NULL;
}

static void add_pair(struct arguments *arguments, const char *option,
                     const char *value)
{
    add(arguments, option);
    add(arguments, value);
}

static void add_list(struct arguments *arguments, libxl_string_list list)
{
    while (list && *list)
        add(arguments, *list++);
}

/* Where it listens for the toolstack, or for those that count statistics. */
static void add_monitor(struct arguments *arguments, const char *name,
                        uint32_t domid)
{
    libxl__gc *gc = arguments->gc;

    add_pair(arguments, "-chardev",
             libxl__sprintf(gc, "socket,id=%s-cmd,path=%s,server=on,wait=off",
                            name, libxl__qmp_path(gc, name, domid)));
    add_pair(arguments, "-mon",
             libxl__sprintf(gc, "chardev=%s-cmd,mode=control", name));
}

static const char *number(libxl__gc *gc, uint64_t value)
{
    return libxl__sprintf(gc, "%" PRIu64, value);
}

static const char *program_of(const libxl_domain_config *config)
{
    return config->b_info.device_model ? config->b_info.device_model
                                       : QEMU_PROGRAM;
}

static const char *const *command_line(libxl__gc *gc, uint32_t domid,
                                       const libxl_domain_config *config)
{
    const libxl_domain_build_info *b_info = &config->b_info;
    struct arguments arguments = { .gc = gc };

    add(&arguments, program_of(config));
    add_pair(&arguments, DOMID_ARGUMENT, number(gc, domid));
    add(&arguments, "-no-shutdown");
    add_monitor(&arguments, "libxl", domid);
    add_monitor(&arguments, "libxenstat", domid);
    add(&arguments, "-nodefaults");
    add(&arguments, "-no-user-config");
    add(&arguments, "-xen-attach");
    add_pair(&arguments, "-name", config->c_info.name);
    add_pair(&arguments, "-vnc", "none");
    add_pair(&arguments, "-display", "none");
    add(&arguments, "-nographic");
    add_list(&arguments, b_info->extra);
    add_pair(&arguments, "-machine", "xenpv");
    add_list(&arguments, b_info->extra_pv);
    add_pair(&arguments, "-m", number(gc, b_info->target_memkb / 1024));
    return arguments.list;
}

bool libxl__device_is_of_qemu(const struct libxl__device *device)
{
    static const char *const backends[] = { "qdisk", "9pfs" };
    size_t i;

    if (libxl__device_is_elsewhere(device))
        return false;
    for (i = 0; i < sizeof(backends) / sizeof(backends[0]); i++)
        if (!strcmp(device->backend, backends[i]))
            return true;
    return false;
}

bool libxl__device_is_not_of_qemu(const struct libxl__device *device)
{
    return !libxl__device_is_of_qemu(device);
}

/* The first device that needs a QEMU, or NULL. */
static const struct libxl__device *
first_of_qemu(const struct libxl__devices *devices)
{
    unsigned int i;

    for (i = 0; i < devices->count; i++)
        if (libxl__device_is_of_qemu(&devices->list[i]))
            return &devices->list[i];
    return NULL;
}

int libxl__qemu_check(libxl__gc *gc, const libxl_domain_config *config,
                      const struct libxl__devices *devices)
{
    const struct libxl__device *device = first_of_qemu(devices);
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

/* The last words of its log, or "". */
static const char *last_words(libxl__gc *gc, int log_fd)
{
    char *words = libxl__zalloc(gc, LAST_WORDS + 1);
    off_t size = lseek(log_fd, 0, SEEK_END);
    ssize_t got = pread(log_fd, words, LAST_WORDS,
                        size > LAST_WORDS ? size - LAST_WORDS : 0);
    char *line;

    while (got > 0 && words[got - 1] == '\n')
        words[--got] = '\0';
    line = strrchr(words, '\n');
    return line ? line + 1 : words;
}

/* A QEMU that is being started. */
struct start {
    libxl__service service;
    const char *state; /* path of its node */
};

static int check_running(libxl__gc *gc, void *opaque)
{
    const struct start *start = opaque;
    const char *state;
    int rc = libxl__xs_find(gc, XBT_NULL, start->state, &state);

    if (rc)
        return rc;
    if (libxl__service_has_ended(&start->service))
        return ERROR_FAIL;
    return state && !strcmp(state, "running") ? 0 : ERROR_NOT_READY;
}

/* The pty of each channel, which QEMU chooses, is asked for as well. */
static int ask(libxl__gc *gc, uint32_t domid)
{
    struct libxl__qmp qmp;
    int rc = libxl__qmp_open(gc, domid, &qmp);

    if (rc)
        return rc;
    rc = libxl__qmp_run(&qmp, "query-chardev", NULL, NULL, NULL);
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

/* Before the program runs, so that whoever destroys the domain finds it. */
static int write_pid(libxl__gc *gc, uint32_t domid, pid_t pid)
{
    struct libxl__xs_changes changes;

    libxl__xs_changes_init(&changes, gc);
    libxl__xs_remove(&changes, model_path(gc, domid));
    libxl__xs_put(&changes, pid_path(gc, domid), XS_INHERIT, number(gc, pid));
    return libxl__xs_commit(&changes, "write down the number of a QEMU",
                            libxl__domain_present, &domid);
}

static int run(libxl__gc *gc, uint32_t domid, struct start *start)
{
    libxl__deadline deadline = libxl__deadline_in(QEMU_TIMEOUT_MS);
    const char *what = start->service.what;
    int rc = write_pid(gc, domid, start->service.pid);

    if (!rc)
        rc = libxl__service_run(gc, &start->service);
    if (rc)
        return rc;
    rc = libxl__wait_poll(gc, STATE_INTERVAL_MS, &deadline, true, check_running,
                          start);
    if (rc == ERROR_TIMEDOUT)
        libxl__error(gc->ctx, "%s is not ready after %d s", what,
                     QEMU_TIMEOUT_MS / 1000);
    else if (libxl__service_has_ended(&start->service))
        libxl__error(gc->ctx, "%s has ended at once", what);
    return rc ? rc : ask(gc, domid);
}

static int start_with_log(libxl__gc *gc, uint32_t domid,
                          const libxl_domain_config *config, const char *log)
{
    struct start start = {
        .service = {
            .what = libxl__sprintf(gc, "the QEMU of domain %" PRIu32, domid),
            .argv = command_line(gc, domid, config),
            .keep_fd = -1,
        },
        .state = libxl__sprintf(gc, "%s/state", model_path(gc, domid)),
    };
    const char *words;
    int rc;

    start.service.log_fd =
        open(log, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (start.service.log_fd < 0)
        return libxl__fail_errno(gc->ctx, ERROR_FAIL, "cannot create '%s'",
                                 log);
    rc = libxl__service_prepare(gc, &start.service);
    if (!rc) {
        rc = run(gc, domid, &start);
        libxl__service_dispose(&start.service);
    }
    if (rc) {
        words = last_words(gc, start.service.log_fd);
        if (*words)
            libxl__error(gc->ctx, "%s says: %s (see '%s')", start.service.what,
                         words, log);
        libxl__qemu_stop(gc, domid);
    }
    close(start.service.log_fd);
    return rc;
}

int libxl__qemu_start(libxl__gc *gc, const libxl_domain_config *config,
                      const struct libxl__devices *devices)
{
    const char *log;
    int rc;

    if (!first_of_qemu(devices))
        return 0;
    rc = libxl__log_rotate(
        gc, libxl__sprintf(gc, "qemu-dm-%s", config->c_info.name), &log);
    return rc ? rc : start_with_log(gc, devices->domid, config, log);
}

/* The number of its process; *pid_r is 0 if the domain has none. */
static int read_pid(libxl__gc *gc, uint32_t domid, uint32_t *pid_r)
{
    const char *text;
    int rc = libxl__xs_find(gc, XBT_NULL, pid_path(gc, domid), &text);

    *pid_r = 0;
    if (!rc && text && !libxl__number_parse_u32(text, pid_r))
        *pid_r = 0;
    return rc;
}

int libxl__qemu_need(libxl__gc *gc, const struct libxl__devices *devices,
                     bool *started_r)
{
    uint32_t domid = devices->domid, pid;
    libxl_domain_config config;
    int rc;

    *started_r = false;
    if (!first_of_qemu(devices))
        return 0;
    rc = read_pid(gc, domid, &pid);
    if (rc ||
        (pid && libxl__service_is(gc, pid, DOMID_ARGUMENT, number(gc, domid))))
        return rc;
    libxl_domain_config_init(&config);
    rc = libxl__stored_config(gc, domid, &config);
    if (!rc)
        rc = libxl__qemu_check(gc, &config, devices);
    if (!rc)
        rc = libxl__qemu_start(gc, &config, devices);
    *started_r = !rc;
    libxl_domain_config_dispose(&config);
    return rc;
}

int libxl__qemu_stop(libxl__gc *gc, uint32_t domid)
{
    uint32_t pid;
    int rc = read_pid(gc, domid, &pid);

    if (rc || !pid)
        return rc;
    libxl__service_end(gc, pid, DOMID_ARGUMENT, number(gc, domid),
                       END_TIMEOUT_MS);
    unlink(libxl__qmp_path(gc, "libxl", domid));
    unlink(libxl__qmp_path(gc, "libxenstat", domid));
    rc = libxl__xs_rm(gc, XBT_NULL, model_path(gc, domid));
    return rc ? rc : libxl__xs_rm(gc, XBT_NULL, pid_path(gc, domid));
}
