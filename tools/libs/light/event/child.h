/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Programs that the library runs.  It waits for them by pidfd and takes only
 * the status of its own: there is no SIGCHLD handler, and no child of the
 * application is ever reaped.
 */
#ifndef LIBXL_EVENT_CHILD_H
#define LIBXL_EVENT_CHILD_H

#include <libxl.h>
#include <libxl_event.h>
#include <sys/types.h>

#include "base/memory.h"

typedef struct libxl__child_spec {
    const char *what;        /* for messages: "the hotplug script" */
    const char *const *argv; /* argv[0] is looked for in PATH */
    const char *const *env;  /* "NAME=VALUE", added to our own; or NULL */
    int timeout_ms;          /* negative: none */
} libxl__child_spec;

/*
 * Runs a program to its end.  It gets no descriptor of ours but stderr; stdin
 * and stdout are /dev/null.  It is a process group of its own, all of which
 * is killed when the time is over or the operation is aborted.
 *
 * With status_r the wait status is left to the caller to judge, and 0 means
 * that it ended; without, anything but a clean exit is logged and is
 * ERROR_FAIL.  Also ERROR_TIMEDOUT, logged, and ERROR_ABORTED.
 */
int libxl__child_run(libxl__gc *gc, const libxl__child_spec *spec,
                     int *status_r);

/* See libxl_report_child_exitstatus. */
void libxl__child_report(libxl_ctx *ctx, xentoollog_level level,
                         const char *what, pid_t pid, int status);

/* See libxl_childproc_reaped. */
int libxl__child_reaped(libxl_ctx *ctx, pid_t pid, int status);

#endif
