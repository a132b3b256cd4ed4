/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Programs that go on after the call that started them.
 *
 * A program is prepared first: a process that waits, whose number can be
 * written down.  If the library is killed before it lets the program run, the
 * process ends; afterwards, whoever reads the number can end the program.  It
 * is no child of the application, which neither sees nor reaps it.
 */
#ifndef LIBXL_EVENT_SERVICE_H
#define LIBXL_EVENT_SERVICE_H

#include <sys/types.h>

#include "event/child.h"

/* The descriptor as which the program gets keep_fd. */
#define LIBXL__SERVICE_FD 4

typedef struct libxl__service {
    /* Filled in by the caller. */
    const char *what; /* for messages: "the QEMU of domain 5" */
    const char *const *argv;
    const char *const *env; /* as in libxl__child_spec */
    int log_fd;             /* its stdout and stderr */
    int keep_fd;            /* another one that it gets, or -1 */

    pid_t pid;
    int pidfd; /* readable once it has ended */
    int control_fd;
} libxl__service;

/*
 * Prepares a program: pid and pidfd are valid if this returns 0, and
 * libxl__service_dispose must follow.  Returns ERROR_FAIL, logged.
 */
int libxl__service_prepare(libxl__gc *gc, libxl__service *service);

/*
 * Lets the prepared program run.  Returns ERROR_FAIL, logged, if it cannot be
 * executed.
 */
int libxl__service_run(libxl__gc *gc, libxl__service *service);

/* Closes what belongs to the call.  A process that still waits ends. */
void libxl__service_dispose(libxl__service *service);

/* Whether the program has ended. */
bool libxl__service_has_ended(const libxl__service *service);

/*
 * Whether a program that was started earlier is there: argument and value
 * follow each other on its command line, or with value NULL, a word there ends
 * with argument.  Another may have its number by now.
 */
bool libxl__service_is(libxl__gc *gc, pid_t pid, const char *argument,
                       const char *value);

/*
 * Ends such a program: sends SIGTERM, and SIGKILL if it is there after
 * timeout_ms.  Does nothing to another.
 */
void libxl__service_end(libxl__gc *gc, pid_t pid, const char *argument,
                        const char *value, int timeout_ms);

/* Of child.c: runs in the process that libxl__service_prepare has forked. */
_Noreturn void libxl__service_become(const libxl__service *service,
                                     const char **env);

#endif
