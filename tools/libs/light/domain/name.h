/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Finding a domain by its name.
 */
#ifndef LIBXL_DOMAIN_NAME_H
#define LIBXL_DOMAIN_NAME_H

#include <libxl.h>

#include "base/memory.h"

/* The node that holds a domain's name. */
char *libxl__name_path(libxl__gc *gc, uint32_t domid);

/* The name of a domain; NULL, with errno, if xenstore has none. */
const char *libxl__name_read(libxl__gc *gc, uint32_t domid);

/*
 * Renames a domain.  Returns ERROR_INVAL if another domain has new_name, and
 * ERROR_FAIL if old_name is given and is not its name.  Logs its errors.
 */
int libxl__name_change(libxl__gc *gc, uint32_t domid, const char *old_name,
                       const char *new_name);

/*
 * The domain of this name; ERROR_NOTFOUND, not logged, where no domain has
 * it.  It costs a read for each domain whose name is not kept (see
 * event/kept_names.h), and one for the domain that is found.
 */
int libxl__name_lookup(libxl__gc *gc, const char *name, uint32_t *domid_r);

#endif
