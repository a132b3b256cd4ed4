/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Shutdown and death of watched domains.
 *
 * xenstored reports by @releaseDomain that some domain ended; the hypervisor is
 * asked which one.  The connection to xenstored exists only while a domain is
 * watched.  It also watches the names of these domains for event/kept_names.h.
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
    int reported_shutdown; /* last reported reason, or -1 */
    bool reported_death;
    bool keeps_name; /* this evgen watches the domain's name */
    xen_domain_handle_t uuid;
};

typedef struct libxl__deaths {
    struct xs_handle *xsh;
    int names_fd; /* open while xsh is */
    XEN_LIST_HEAD(, struct libxl__evgen_domain_death)
    deaths; /* sorted by domid */
} libxl__deaths;

/* Free the evgens and close the connection. */
void libxl__death_dispose(libxl_ctx *ctx);

/* Call with the lock held. */
int libxl__death_add(libxl_ctx *ctx, uint32_t domid, libxl_ev_user user,
                     libxl_evgen_domain_death **evgen_r);
void libxl__death_remove(libxl_ctx *ctx, libxl_evgen_domain_death *evgen);

/* Handle the watch's descriptor if the results of a poll contain it. */
void libxl__death_ready(libxl_ctx *ctx, const struct pollfd *fds, int count);

#endif
