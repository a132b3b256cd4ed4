/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Events and reports for the application, and their delivery.
 *
 * Everything to report goes into the outbox.  A thread that the application is
 * running an event function on delivers the outbox: an event goes to the
 * application's event_occurs hook if its mask has the type, else into the queue
 * that libxl_event_check searches; a callback is called.  No callback runs with
 * the context's lock held.
 *
 * Each thread that sleeps for events has a waker of its own, so that no thread
 * consumes the wake-up of another.
 */
#ifndef LIBXL_EVENT_EVENT_H
#define LIBXL_EVENT_EVENT_H

#include <stdbool.h>

#include <libxl.h>
#include <libxl_event.h>

struct libxl__ao;

/*
 * One thing to report. ao and progress are set for operations: see event/ao.h.
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

/* Guarded by the context's lock. */
struct libxl__events {
    libxl_event_hooks hooks;
    void *hooks_user;
    XEN_TAILQ_HEAD(, struct libxl__report) outbox;
    XEN_TAILQ_HEAD(, struct libxl_event) queue;
    XEN_LIST_HEAD(, struct libxl__waker) wakers;
};

void libxl__events_init(libxl_ctx *ctx);

/* Drop everything that is not delivered yet. */
void libxl__events_dispose(libxl_ctx *ctx);

/* Allocate an event, which the application will own. */
libxl_event *libxl__event_new(libxl_event_type type, uint32_t domid,
                              libxl_ev_user for_user);
void libxl__event_free(libxl_event *event);

/* Queue an event (or report) for delivery and wake all waiting threads. */
void libxl__event_post(libxl_ctx *ctx, libxl_event *event);
void libxl__report_post(libxl_ctx *ctx, libxl__report *report);

/*
 * Deliver an event immediately, on a thread of the application.  The lock must
 * be held exactly once; it is released while a hook runs.
 */
void libxl__event_deliver(libxl_ctx *ctx, libxl_event *event);

/* Remove the first matching event from the queue and return it, or NULL. */
libxl_event *libxl__event_take(libxl_ctx *ctx, uint64_t typemask,
                               libxl_event_predicate *predicate, void *user);

/* Whether the application has not taken some matching event yet. */
bool libxl__event_is_waiting(libxl_ctx *ctx, libxl_event_predicate *predicate,
                             void *user);

/* Wake all threads that sleep for events. */
void libxl__events_wake(libxl_ctx *ctx);

/* Open a waker for one thread.  Logs its errors. */
int libxl__waker_open(libxl_ctx *ctx, libxl__waker *waker);
void libxl__waker_close(libxl_ctx *ctx, libxl__waker *waker);

/*
 * Reset a waker's descriptor.  Call it with the lock held, after the outbox is
 * delivered and before sleeping.
 */
void libxl__waker_drain(const libxl__waker *waker);

/*
 * Report that events of this type (0: of any type) may be missing from now on.
 * errnoval is as in libxl__log.  Ends the process if the application has no
 * disaster hook.
 */
void libxl__disaster(libxl_ctx *ctx, libxl_event_type type, int errnoval,
                     const char *what);

#endif
