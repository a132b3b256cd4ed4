/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The library context: the handles that one user of the library shares among
 * its calls.  Whatever a room keeps between calls hangs off it by pointer, so
 * that this header needs no other room.
 */
#ifndef LIBXL_BASE_CTX_H
#define LIBXL_BASE_CTX_H

#include <pthread.h>

#include <libxl.h>
#include <xenctrl.h>
#include <xenstore.h>

struct libxl__events;

struct libxl__ctx {
    xentoollog_logger *logger;
    xc_interface *xch;
    struct xs_handle *xsh;

    /*
     * Guards the members below.  Recursive, since an application may call
     * the library from its event callbacks.
     */
    pthread_mutex_t lock;

    /* Watches, queued events and callbacks: see base/event.h. */
    struct libxl__events *events;

    /* What libxl_get_version_info gave out; NULL before the first call. */
    libxl_version_info *version_info;
};

void libxl__ctx_lock(libxl_ctx *ctx);
void libxl__ctx_unlock(libxl_ctx *ctx);

#endif
