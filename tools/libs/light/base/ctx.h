/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The library context: the handles that one user of the library shares among
 * its calls.  State that a file keeps between calls is attached by pointer, so
 * that this header needs no other.
 */
#ifndef LIBXL_BASE_CTX_H
#define LIBXL_BASE_CTX_H

#include <pthread.h>

#include <libxl.h>
#include <libxl_event.h>
#include <xen_list.h>
#include <xenctrl.h>
#include <xenstore.h>

struct libxl__ctx {
    xentoollog_logger *logger;
    xc_interface *xch;
    struct xs_handle *xsh;

    /* Entry in the list of all contexts, for the child of a fork. */
    XEN_LIST_ENTRY(struct libxl__ctx) entry;

    /*
     * Guards the members below.  Recursive, since an application may call
     * the library from its event callbacks.
     */
    pthread_mutex_t lock;

    /* Private state of event.c, osevent.c, death.c and eject.c. */
    struct libxl__events *events;
    struct libxl__osevents *osevents;
    struct libxl__deaths *deaths;
    struct libxl__ejects *ejects;

    XEN_LIST_HEAD(, struct libxl__ao) aos; /* running operations */
    XEN_LIST_HEAD(, struct libxl__connection)
    connections; /* see event/wait.h */
    XEN_LIST_HEAD(, struct libxl__child) children;
    const libxl_childproc_hooks *child_hooks;
    void *child_hooks_user;

    /* Cached by libxl_get_version_info; NULL before its first call. */
    libxl_version_info *version_info;
};

static inline void libxl__ctx_lock(libxl_ctx *ctx)
{
    pthread_mutex_lock(&ctx->lock);
}

static inline void libxl__ctx_unlock(libxl_ctx *ctx)
{
    pthread_mutex_unlock(&ctx->lock);
}

#endif
