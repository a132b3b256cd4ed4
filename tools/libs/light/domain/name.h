/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Names of domains.
 */
#ifndef LIBXL_DOMAIN_NAME_H
#define LIBXL_DOMAIN_NAME_H

#include <libxl.h>

#include "base/memory.h"

/* Path of the node with a domain's name. */
char *libxl__name_path(libxl__gc *gc, uint32_t domid);

/* Read the name of a domain; NULL, with errno set, if xenstore has none. */
const char *libxl__name_read(libxl__gc *gc, uint32_t domid);

/*
 * The same, from the cache where it is there (event/kept_names.h): for showing
 * it, as it may be the one that the domain had a moment ago.
 */
const char *libxl__name_show(libxl__gc *gc, uint32_t domid);

/*
 * Check that a domain that is created may have this name.  Returns ERROR_INVAL,
 * logged, if not.
 */
int libxl__name_check(libxl__gc *gc, const char *name);

/*
 * Claim a name, so that nobody else gets it until libxl__name_release of
 * *claim_r: another claim of it is refused.  Look afterwards whether a domain
 * has the name.  Returns ERROR_INVAL, logged, if it is claimed.  Without the
 * file of kept names (event/kept_names.h) nothing is claimed.
 */
int libxl__name_claim(libxl__gc *gc, const char *name, int *claim_r);
void libxl__name_release(int claim);

/*
 * Rename a domain.  Returns ERROR_INVAL if another domain has new_name, and
 * ERROR_FAIL if old_name is not NULL and not the current name.  Logs its
 * errors.
 */
int libxl__name_change(libxl__gc *gc, uint32_t domid, const char *old_name,
                       const char *new_name);

/*
 * Find the domain with this name.  Returns ERROR_NOTFOUND, not logged, if there
 * is none.  Reads one node for each domain whose name is not cached
 * (event/kept_names.h), and one for the domain found.
 */
int libxl__name_lookup(libxl__gc *gc, const char *name, uint32_t *domid_r);

#endif
