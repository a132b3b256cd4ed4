/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Programs that the library runs.  It waits for them by pidfd and collects only
 * the status of its own children: there is no SIGCHLD handler, and children of
 * the application are never reaped.
 */
#ifndef LIBXL_EVENT_CHILD_H
#define LIBXL_EVENT_CHILD_H

#include <libxl.h>
#include <libxl_event.h>
#include <poll.h>
#include <stdbool.h>
#include <sys/types.h>

#include "base/memory.h"
#include "event/claim.h"

/* Descriptors to serve while a program runs. */
struct libxl__child_company {
    struct pollfd *fds; /* what to poll for: serve may change it */
    unsigned int count;

    /*
     * Called with the results in fds after each poll that had any.  If it
     * returns an error, which it has logged, the program is killed, and that is
     * the result.
     */
    int (*serve)(libxl__gc *gc, void *user);
    void *user;
};

typedef struct libxl__child_spec {
    const char *what;        /* for messages: "the hotplug script" */
    const char *const *argv; /* argv[0] is searched for in PATH */
    const char *const *env;  /* "NAME=VALUE", added to our own; or NULL */
    int timeout_ms;          /* negative: none */
    bool cleans_up;          /* goes on when the operation is aborted */
    const char *terminal;    /* path of its terminal; NULL: /dev/null */
    const struct libxl__claim *claim; /* made while it runs; or NULL */
    const struct libxl__child_company
        *company;                         /* of libxl__child_run; or NULL */
    const struct libxl__service *service; /* instead of argv; or NULL */
} libxl__child_spec;

/*
 * Run a program and wait until it ends.  It inherits no descriptor except
 * stderr and that of its claim; stdin and stdout are /dev/null.  It gets a
 * process group of its own, which is killed at the timeout, when the operation
 * is aborted, and when the program has failed: what a good program leaves
 * running goes on.  One with a terminal has all three there, and gets a session
 * of its own, which ends when the other end of the terminal is closed.
 *
 * If status_r is not NULL, store the wait status there and return 0 when the
 * program has ended.  Otherwise log an unclean exit and return ERROR_FAIL. Also
 * returns ERROR_TIMEDOUT, logged, and ERROR_ABORTED.
 */
int libxl__child_run(libxl__gc *gc, const libxl__child_spec *spec,
                     int *status_r);

/*
 * Programs that run side by side, each as libxl__child_run has it without
 * status_r.  One that fails leaves the others alone.
 */
typedef struct libxl__children libxl__children;

/* A set of count programs, none of which runs yet. */
libxl__children *libxl__children_begin(libxl__gc *gc, unsigned int count);

/*
 * Start program index, once.  The caller keeps *spec until libxl__children_end.
 * A program that cannot start has failed.
 */
void libxl__children_start(libxl__children *children, unsigned int index,
                           const libxl__child_spec *spec);

/*
 * Wait until all that were started have ended; each timeout counts from the
 * start of its program, and passes unnoticed before this call.  Must be called
 * once, since it releases what the programs hold.  Set rc_r[i] to the result of
 * program i, 0 if it was not started.  Returns 0 or the first of rc_r that is
 * not 0.
 */
int libxl__children_end(libxl__children *children, int rc_r[]);

/* See libxl_report_child_exitstatus. */
void libxl__child_report(libxl_ctx *ctx, xentoollog_level level,
                         const char *what, pid_t pid, int status);

/* See libxl_childproc_reaped. */
int libxl__child_reaped(libxl_ctx *ctx, pid_t pid, int status);

#endif
