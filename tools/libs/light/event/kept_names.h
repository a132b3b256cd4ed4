/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * A cache of domain names shared by all toolstack processes.
 *
 * Only xenstore has the names, one node for each domain, and any program may
 * write there.  So a name is valid without asking xenstore only while some
 * process, a keeper, watches that node.  Keepers write names into a file that
 * all processes share, and hold a lock on each record.  When a keeper ends,
 * however that happens, the kernel drops its locks, which invalidates its
 * records.
 *
 * A cached name may be out of date for the few milliseconds that xenstored and
 * the keeper take to pass a change on.
 *
 * Failures are not logged: without the cache, names are read from xenstore,
 * which is slower.
 */
#ifndef LIBXL_EVENT_KEPT_NAMES_H
#define LIBXL_EVENT_KEPT_NAMES_H

#include <stdbool.h>
#include <stdint.h>

#include <xenctrl.h>

/*
 * Open the file; -1 on failure.  A keeper keeps names until it closes the
 * descriptor; other users open it read-only.
 */
int libxl__kept_names_open(bool keeper);

/*
 * Start to keep the name of a domain, as unknown for now.  The caller must
 * watch the name's node already.  Return false on failure.
 */
bool libxl__kept_names_begin(int fd, uint32_t domid,
                             const xen_domain_handle_t uuid);

/* Record the name that the node has; NULL for none. */
void libxl__kept_names_set(int fd, uint32_t domid,
                           const xen_domain_handle_t uuid, const char *name);

void libxl__kept_names_end(int fd, uint32_t domid);

/*
 * Call after writing a domain's name node.  Marks the cached name unknown until
 * a keeper has read the new one, which may take a while if that process is
 * busy.
 */
void libxl__kept_names_forget(uint32_t domid, const xen_domain_handle_t uuid);

/* Room for each cached name and its zero byte. */
#define LIBXL__KEPT_NAME_ROOM 496

/* Get the name of this domain; return false if it is not cached. */
bool libxl__kept_names_get(int fd, uint32_t domid,
                           const xen_domain_handle_t uuid,
                           char name_r[LIBXL__KEPT_NAME_ROOM]);

#endif
