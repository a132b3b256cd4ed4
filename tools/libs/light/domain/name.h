/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Finding a domain by its name without asking xenstore for every name.
 *
 * Only xenstore knows names, one node for each domain, and any program may
 * write there.  So a name is known without a question to xenstore only where
 * a process that lives now watches the node: a keeper.  Each keeper writes
 * the name down in a file that all processes share and holds a lock on that
 * record; when the process ends, however that happens, the kernel takes the
 * lock away, and the name has to be asked for again.
 *
 * Whoever waits for events of a domain anyway (xl's monitor, libvirtd) keeps
 * its name with one watch more.  A lookup then takes one request for the
 * domain it finds, none for each domain that has a keeper, and one for each
 * that has none.
 */
#ifndef LIBXL_DOMAIN_NAME_H
#define LIBXL_DOMAIN_NAME_H

#include <libxl.h>

#include "base/memory.h"

/* The node that holds a domain's name. */
char *libxl__name_path(libxl__gc *gc, uint32_t domid);

/*
 * The domain of this name; ERROR_NOTFOUND, not logged, where no domain has
 * it.  What a keeper has written down can be behind xenstore for as long as
 * xenstored takes to tell it; a domain that is found has the name for certain.
 */
int libxl__name_lookup(libxl__gc *gc, const char *name, uint32_t *domid_r);

struct libxl__name_keeper;

/*
 * Starts to keep the name of a domain.  The caller watches libxl__name_path
 * since before this call, and until libxl__name_keep_end calls
 * libxl__name_keep_update each time that the watch fires.  NULL, not logged,
 * where names cannot be kept: lookups are slower then, and that is all.
 */
struct libxl__name_keeper *libxl__name_keep(libxl__gc *gc, uint32_t domid);
void libxl__name_keep_update(libxl__gc *gc, struct libxl__name_keeper *keeper);

/* Accepts NULL. */
void libxl__name_keep_end(struct libxl__name_keeper *keeper);

#endif
