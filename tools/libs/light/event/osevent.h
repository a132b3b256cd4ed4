/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The descriptors that make the library act, and the two ways to watch them:
 * the application polls those that libxl_osevent_beforepoll lists, or registers
 * hooks that are called with each.
 *
 * The library needs no timeouts and never registers one.
 */
#ifndef LIBXL_EVENT_OSEVENT_H
#define LIBXL_EVENT_OSEVENT_H

#include <stdbool.h>

#include <libxl.h>
#include <libxl_event.h>

#include "event/event.h"

enum {
    LIBXL__OSFD_WAKER, /* of the application's own loop */
    LIBXL__OSFD_WATCH, /* the xenstore watch, while it exists */
    LIBXL__OSFD_EJECT, /* the watches of disks, while they exist */
    LIBXL__OSFD_COUNT,
};

typedef struct libxl__osfd {
    int fd; /* or -1 */
    bool registered;
    void *for_app;
} libxl__osfd;

typedef struct libxl__osevents {
    const libxl_osevent_hooks *hooks;
    void *user;
    libxl__osfd fds[LIBXL__OSFD_COUNT];
    libxl__waker waker; /* of the application's own loop */
} libxl__osevents;

/* Logs its errors. */
int libxl__osevents_init(libxl_ctx *ctx);
void libxl__osevents_dispose(libxl_ctx *ctx);

/*
 * Register the waker with the application's hooks, if it has any.  Return the
 * result of the hook.
 */
int libxl__osevents_start(libxl_ctx *ctx);

/* Start to watch fd for reading.  Return the result of the hook. */
int libxl__osfd_open(libxl_ctx *ctx, unsigned int which, int fd);

/* Stop watching.  The caller closes the descriptor afterwards. */
void libxl__osfd_close(libxl_ctx *ctx, unsigned int which);

/*
 * Fill in what to poll: at most LIBXL__OSFD_COUNT descriptors, with that of
 * waker in the place of the one of the application's own loop.  Return their
 * number.
 */
int libxl__osevents_fill(libxl_ctx *ctx, const libxl__waker *waker,
                         struct pollfd *fds);

#endif
