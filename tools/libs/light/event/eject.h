/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Disks that guests eject.
 *
 * A guest writes "eject" to the node "eject" of its frontend.  The node is
 * emptied and an event is made.  The guest is not trusted: until the
 * application has taken the event, ejecting the disk again makes no other.
 *
 * The watches have a connection of their own, which exists only while a disk is
 * watched: what a guest writes delays no other event.
 */
#ifndef LIBXL_EVENT_EJECT_H
#define LIBXL_EVENT_EJECT_H

#include <stdbool.h>

#include <libxl.h>
#include <libxl_event.h>
#include <xen_list.h>
#include <xenstore.h>

/*
 * Read what the drive is after the ejection; initialise *disk_r in any case.
 * Returns ERROR_NOTFOUND, not logged, if the domain has no such disk.
 */
typedef int libxl__eject_read(libxl_ctx *ctx, uint32_t domid, const char *vdev,
                              libxl_device_disk *disk_r);

struct libxl__evgen_disk_eject {
    XEN_LIST_ENTRY(struct libxl__evgen_disk_eject) entry;
    uint32_t domid, devid;
    char *vdev; /* as the application spells it */
    libxl_ev_user user;
    libxl__eject_read *read;
    unsigned int number; /* the token of the watch */
    bool changed;        /* the watch has fired */
    bool waits;          /* its last event is not taken yet */
};

typedef struct libxl__ejects {
    struct xs_handle *xsh;
    unsigned int last_number;
    XEN_LIST_HEAD(, struct libxl__evgen_disk_eject) ejects;
} libxl__ejects;

/* Free the evgens and close the connection. */
void libxl__eject_dispose(libxl_ctx *ctx);

/*
 * Watch the disk that has the number devid in xenstore.  Call with the lock
 * held.
 */
int libxl__eject_add(libxl_ctx *ctx, uint32_t domid, uint32_t devid,
                     const char *vdev, libxl_ev_user user,
                     libxl__eject_read *read, libxl_evgen_disk_eject **evgen_r);
void libxl__eject_remove(libxl_ctx *ctx, libxl_evgen_disk_eject *evgen);

/* Handle the descriptor of the watches if the results of a poll contain it. */
void libxl__eject_ready(libxl_ctx *ctx, const struct pollfd *fds, int count);

#endif
