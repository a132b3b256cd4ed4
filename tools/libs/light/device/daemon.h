/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Starts a program that serves devices, and waits until it is ready: it then
 * writes "running" to a node of its own.
 */
#ifndef LIBXL_DEVICE_DAEMON_H
#define LIBXL_DEVICE_DAEMON_H

#include "base/memory.h"
#include "base/xenstore.h"

struct libxl__daemon {
    const char *what;        /* for messages: "the QEMU of domain 5" */
    const char *const *argv; /* as in libxl__child_spec, as is env */
    const char *const *env;
    const char *log;  /* path of the file for what it prints */
    const char *node; /* of its own in xenstore; "state" is below it */
    const char *pid;  /* the node for its number */

    /* As in libxl__xs_commit, for its number; may be NULL. */
    libxl__xs_body *check;

    /* What it is asked once it runs; may be NULL. */
    int (*ask)(libxl__gc *gc, void *opaque);
    void *opaque; /* of both */
};

/*
 * Starts the program.  Its number is in xenstore before it runs, so that who
 * finds it there can end it.  On failure logs the last words of the program;
 * the caller then ends it and removes its nodes.
 */
int libxl__daemon_start(libxl__gc *gc, const struct libxl__daemon *daemon);

/* Reads the number of its process; *pid_r is 0 if there is none. */
int libxl__daemon_read_pid(libxl__gc *gc, const char *node, uint32_t *pid_r);

#endif
