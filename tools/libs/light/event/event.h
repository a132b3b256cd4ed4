/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Events: what the application is to be told, and the way to it.
 *
 * Whatever happens becomes a report in the outbox.  A thread on which the
 * application called an event function delivers the outbox: an event goes to
 * the application's event_occurs hook if that wants its type, else into the
 * queue that libxl_event_check searches; a callback is called.  No callback
 * runs with the context's lock held.
 *
 * Threads that sleep for events each have a waker, so that none of them can
 * take the wake-up of another.
 */
#ifndef LIBXL_EVENT_EVENT_H
#define LIBXL_EVENT_EVENT_H

#include <stdbool.h>

#include <libxl.h>
#include <libxl_event.h>

struct libxl__ao;

/* One thing to tell.  ao and the callbacks are of operations: see event/ao.h.
 */
typedef struct libxl__report {
    XEN_TAILQ_ENTRY(struct libxl__report) entry;
    libxl_event *event;
    struct libxl__ao *ao;
    bool last;
    libxl_asyncprogress_how progress;
} libxl__report;

typedef struct libxl__waker {
    XEN_LIST_ENTRY(struct libxl__waker) entry;
    int fd;
} libxl__waker;

/* All of it is guarded by the lock of the context. */
struct libxl__events {
    libxl_event_hooks hooks;
    void *hooks_user;
    XEN_TAILQ_HEAD(, struct libxl__report) outbox;
    XEN_TAILQ_HEAD(, struct libxl_event) queue;
    XEN_LIST_HEAD(, struct libxl__waker) wakers;
};

void libxl__events_init(libxl_ctx *ctx);

/* Drops what is not yet told. */
void libxl__events_dispose(libxl_ctx *ctx);

/* An event that the application will own. */
libxl_event *libxl__event_new(libxl_event_type type, uint32_t domid,
                              libxl_ev_user for_user);
void libxl__event_free(libxl_event *event);

/* Puts an event, or a report, into the outbox and wakes who sleeps. */
void libxl__event_post(libxl_ctx *ctx, libxl_event *event);
void libxl__report_post(libxl_ctx *ctx, libxl__report *report);

/*
 * Tells the application of an event at once, on a thread of the application.
 * The lock must be held, exactly once: it is let go of while a hook runs.
 */
void libxl__event_tell(libxl_ctx *ctx, libxl_event *event);

/* Takes the first event that matches out of the queue; NULL if none does. */
libxl_event *libxl__event_take(libxl_ctx *ctx, uint64_t typemask,
                               libxl_event_predicate *predicate, void *user);

/* Wakes every thread that sleeps for events. */
void libxl__events_wake(libxl_ctx *ctx);

/* A waker of one thread; ERROR_FAIL, logged, where there is no descriptor. */
int libxl__waker_open(libxl_ctx *ctx, libxl__waker *waker);
void libxl__waker_close(libxl_ctx *ctx, libxl__waker *waker);

/*
 * Makes the descriptor of a waker quiet again.  Who sleeps by it does so with
 * the lock held, after the outbox is delivered.
 */
void libxl__waker_drain(const libxl__waker *waker);

/*
 * Events of this type (0: of any) may be missing from now on: something that
 * should not fail did.  errnoval as in libxl__log.  Ends the process if the
 * application has no hook for this.
 */
void libxl__disaster(libxl_ctx *ctx, libxl_event_type type, int errnoval,
                     const char *what);

#endif
