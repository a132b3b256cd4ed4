/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The programs that serve devices: their number, their log, their state.
 */
#include "device/daemon.h"

#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/number.h"
#include "base/xs_changes.h"
#include "event/service.h"
#include "event/wait.h"

/* Debian's library waits as long: docs/debian-devices.md. */
#ifndef DAEMON_TIMEOUT_MS
#define DAEMON_TIMEOUT_MS 60000
#endif
#define STATE_INTERVAL_MS 10

/* How much of its log an error quotes. */
#define LAST_WORDS 400

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

/* A program that is being started. */
struct start {
    libxl__service service;
    const struct libxl__daemon *daemon;
};

static int check_running(libxl__gc *gc, void *opaque)
{
    const struct start *start = opaque;
    const char *state;
    int rc = libxl__xs_find(gc, XBT_NULL,
                            libxl__sprintf(gc, "%s/state", start->daemon->node),
                            &state);

    if (rc)
        return rc;
    if (libxl__service_has_ended(&start->service))
        return ERROR_FAIL;
    return state && !strcmp(state, "running") ? 0 : ERROR_NOT_READY;
}

static int write_pid(libxl__gc *gc, const struct libxl__daemon *daemon,
                     pid_t pid)
{
    struct libxl__xs_changes changes;

    libxl__xs_changes_init(&changes, gc);
    libxl__xs_remove(&changes, daemon->node);
    libxl__xs_put(&changes, daemon->pid, XS_INHERIT,
                  libxl__sprintf(gc, "%ld", (long)pid));
    return libxl__xs_commit(
        &changes,
        libxl__sprintf(gc, "write down the number of %s", daemon->what),
        daemon->check, daemon->opaque);
}

static int run(libxl__gc *gc, struct start *start)
{
    libxl__deadline deadline = libxl__deadline_in(DAEMON_TIMEOUT_MS);
    const struct libxl__daemon *daemon = start->daemon;
    int rc = write_pid(gc, daemon, start->service.pid);

    if (!rc)
        rc = libxl__service_run(gc, &start->service);
    if (rc)
        return rc;
    rc = libxl__wait_poll(gc, STATE_INTERVAL_MS, &deadline, true, check_running,
                          start);
    if (rc == ERROR_TIMEDOUT)
        libxl__error(gc->ctx, "%s is not ready after %d s", daemon->what,
                     DAEMON_TIMEOUT_MS / 1000);
    else if (libxl__service_has_ended(&start->service))
        libxl__error(gc->ctx, "%s has ended at once", daemon->what);
    return rc || !daemon->ask ? rc : daemon->ask(gc, daemon->opaque);
}

int libxl__daemon_start(libxl__gc *gc, const struct libxl__daemon *daemon)
{
    struct start start = {
        .service = {
            .what = daemon->what,
            .argv = daemon->argv,
            .env = daemon->env,
            .keep_fd = -1,
        },
        .daemon = daemon,
    };
    const char *words;
    int rc;

    start.service.log_fd =
        open(daemon->log, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (start.service.log_fd < 0)
        return libxl__fail_errno(gc->ctx, ERROR_FAIL, "cannot create '%s'",
                                 daemon->log);
    rc = libxl__service_prepare(gc, &start.service);
    if (!rc) {
        rc = run(gc, &start);
        libxl__service_dispose(&start.service);
    }
    if (rc) {
        words = last_words(gc, start.service.log_fd);
        if (*words)
            libxl__error(gc->ctx, "%s says: %s (see '%s')", daemon->what, words,
                         daemon->log);
    }
    close(start.service.log_fd);
    return rc;
}

int libxl__daemon_read_pid(libxl__gc *gc, const char *node, uint32_t *pid_r)
{
    const char *text;
    int rc = libxl__xs_find(gc, XBT_NULL, node, &text);

    *pid_r = 0;
    if (!rc && text && !libxl__number_parse_u32(text, pid_r))
        *pid_r = 0;
    return rc;
}
