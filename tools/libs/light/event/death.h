/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Which of the watched domains have shut down or died.
 *
 * xenstored says that some domain did, by @releaseDomain; the hypervisor
 * says which.  The connection to xenstored is of its own, and there only
 * while a domain is watched: other users of the library pay nothing.  The
 * names of the watched domains are kept on the side, at the price of a watch.
 */
#ifndef LIBXL_EVENT_DEATH_H
#define LIBXL_EVENT_DEATH_H

#include <stdbool.h>

#include <libxl.h>
#include <libxl_event.h>
#include <xenctrl.h>
#include <xenstore.h>

struct libxl__evgen_domain_death {
    XEN_LIST_ENTRY(struct libxl__evgen_domain_death) entry;
    uint32_t domid;
    libxl_ev_user user;
    int shutdown_told; /* the reason that was told, or -1 */
    bool death_told;
    bool keeps_name; /* for everybody: see event/kept_names.h */
    xen_domain_handle_t uuid;
};

typedef struct libxl__deaths {
    struct xs_handle *xsh;
    int names_fd; /* as long as xsh is there */
    XEN_LIST_HEAD(, struct libxl__evgen_domain_death) deaths; /* by domid */
} libxl__deaths;

/* Frees the evgens and closes the connection. */
void libxl__death_dispose(libxl_ctx *ctx);

/* With the lock held: */
int libxl__death_add(libxl_ctx *ctx, uint32_t domid, libxl_ev_user user,
                     libxl_evgen_domain_death **evgen_r);
void libxl__death_remove(libxl_ctx *ctx, libxl_evgen_domain_death *evgen);

/* Looks for the descriptor of the watch among the results of a poll. */
void libxl__death_ready(libxl_ctx *ctx, const struct pollfd *fds, int count);

#endif
