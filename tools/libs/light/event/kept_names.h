/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Names of domains that need not be asked for.
 *
 * Only xenstore knows names, one node for each domain, and any program may
 * write there.  So a name is known without a question to xenstore only while
 * some process watches that node: a keeper.  Keepers write the names down in
 * a file that all processes share, and hold a lock on each record.  When a
 * keeper ends, however that happens, the kernel takes its locks away, and
 * with them what it has written down.
 *
 * What is kept can be behind xenstore for as long as xenstored and the keeper
 * take to pass a change on: some milliseconds.
 *
 * Failures are not logged: without kept names, names are asked for, which
 * takes longer and nothing else.
 */
#ifndef LIBXL_EVENT_KEPT_NAMES_H
#define LIBXL_EVENT_KEPT_NAMES_H

#include <stdbool.h>
#include <stdint.h>

#include <xenctrl.h>

/*
 * The file, or -1.  A keeper keeps names until it closes this descriptor; a
 * reader can do nothing but read.
 */
int libxl__kept_names_open(bool keeper);

/*
 * Starts to keep the name of a domain, which is not known yet; false where
 * that fails.  The keeper watches the node already.
 */
bool libxl__kept_names_begin(int fd, uint32_t domid,
                             const xen_domain_handle_t uuid);

/* The node holds this name now; NULL for none. */
void libxl__kept_names_set(int fd, uint32_t domid,
                           const xen_domain_handle_t uuid, const char *name);

void libxl__kept_names_end(int fd, uint32_t domid);

/*
 * For who has changed the node: until a keeper has read it anew, which takes
 * it long if it is busy, the name is not known.
 */
void libxl__kept_names_forget(uint32_t domid, const xen_domain_handle_t uuid);

/*
 * Whether the name of this domain is kept and known; if so, whether it is
 * name stands in equal_r.
 */
bool libxl__kept_names_compare(int fd, uint32_t domid,
                               const xen_domain_handle_t uuid, const char *name,
                               bool *equal_r);

#endif
