/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The descriptors by which the library learns that something happened, and
 * the two ways to watch them: the application polls what beforepoll names,
 * or it is told by hooks which descriptors to watch.
 *
 * The library needs no timeouts, so it never asks for one.
 */
#ifndef LIBXL_EVENT_OSEVENT_H
#define LIBXL_EVENT_OSEVENT_H

#include <stdbool.h>

#include <libxl.h>
#include <libxl_event.h>

#include "event/event.h"

enum {
    LIBXL__OSFD_WAKER, /* of the application's own loop */
    LIBXL__OSFD_WATCH, /* the watch of xenstore, while there is one */
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

/* ERROR_FAIL, logged, where there is no descriptor for the waker. */
int libxl__osevents_init(libxl_ctx *ctx);
void libxl__osevents_dispose(libxl_ctx *ctx);

/*
 * Makes sure that the application's hooks, if it has any, know the waker.
 * What fails in a hook is the result.
 */
int libxl__osevents_start(libxl_ctx *ctx);

/* Begins to watch fd for reading; the result is that of the hook. */
int libxl__osfd_open(libxl_ctx *ctx, unsigned int which, int fd);

/* Ends that.  The descriptor itself is closed by the caller, afterwards. */
void libxl__osfd_close(libxl_ctx *ctx, unsigned int which);

/*
 * What to poll: at most LIBXL__OSFD_COUNT descriptors, with waker's in the
 * place of that of the application's own loop.  Returns how many.
 */
int libxl__osevents_fill(libxl_ctx *ctx, const libxl__waker *waker,
                         struct pollfd *fds);

#endif
