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
#ifndef LIBXL_BASE_EVENT_H
#define LIBXL_BASE_EVENT_H

#include <stdbool.h>

#include <libxl.h>
#include <libxl_event.h>

#include "base/osevent.h"
#include "base/watch.h"

struct libxl__ao;
struct libxl__connection;

/* One thing to tell.  ao and the callbacks are of operations: see base/ao.h. */
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
    XEN_LIST_HEAD(, struct libxl__ao) aos;
    XEN_LIST_HEAD(, struct libxl__connection) connections;
    XEN_LIST_HEAD(, struct libxl__child) children;
    const libxl_childproc_hooks *child_hooks;
    void *child_hooks_user;
    libxl__osevents os;
    libxl__watch watch;
    libxl__waker app_waker;

    /* The list of all contexts, for the child of a fork. */
    libxl_ctx *ctx;
    struct libxl__events *next;
};

int libxl__events_init(libxl_ctx *ctx);

/* Waits for the operations that still run; what is not yet told is dropped. */
void libxl__events_dispose(libxl_ctx *ctx);

/* An event that the application will own. */
libxl_event *libxl__event_new(libxl_event_type type, uint32_t domid,
                              libxl_ev_user for_user);

/* Puts an event, or a report, into the outbox and wakes who sleeps. */
void libxl__event_post(libxl_ctx *ctx, libxl_event *event);
void libxl__report_post(libxl_ctx *ctx, libxl__report *report);

/*
 * Tells the application of an event at once.  Not with the lock held, and
 * only on a thread of the application.
 */
void libxl__event_tell(libxl_ctx *ctx, libxl_event *event);

/* Delivers the outbox.  The lock must be held, exactly once. */
void libxl__events_deliver(libxl_ctx *ctx);

/* Takes the first event that matches out of the queue; NULL if none does. */
libxl_event *libxl__event_take(libxl_ctx *ctx, uint64_t typemask,
                               libxl_event_predicate *predicate, void *user);

/* Wakes every thread that sleeps for events. */
void libxl__events_wake(libxl_ctx *ctx);

/* A waker of one thread; ERROR_FAIL, logged, where there is no descriptor. */
int libxl__waker_open(libxl_ctx *ctx, libxl__waker *waker);
void libxl__waker_close(libxl_ctx *ctx, libxl__waker *waker);

/* Makes the descriptor of a waker quiet again. */
void libxl__waker_drain(const libxl__waker *waker);

/*
 * Events of this type (0: of any) may be missing from now on: something that
 * should not fail did.  errnoval as in libxl__log.  Ends the process if the
 * application has no hook for this.
 */
void libxl__disaster(libxl_ctx *ctx, libxl_event_type type, int errnoval,
                     const char *what);

/*
 * In the child of a fork: gives up the descriptors of every context there is.
 */
void libxl__events_forget_all(void);

#endif
