/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Where in xenstore the nodes of a domain stand.
 */
#ifndef LIBXL_DOMAIN_PATHS_H
#define LIBXL_DOMAIN_PATHS_H

#include <libxl.h>

#include "base/memory.h"
#include "base/xenstore.h"

/* /vm/UUID */
char *libxl__path_vm(libxl__gc *gc, const char *uuid);

/* /libxl/DOMID: what the toolstack keeps and no guest can change. */
char *libxl__path_libxl(libxl__gc *gc, uint32_t domid);

/* /libxl/DOMID/device/KIND/DEVID */
char *libxl__path_device(libxl__gc *gc, uint32_t domid, const char *kind,
                         unsigned int devid);

/* /local/domain/BACKEND_DOMID/backend/KIND/DOMID/DEVID */
char *libxl__path_backend(libxl__gc *gc, uint32_t backend_domid,
                          const char *kind, uint32_t domid, unsigned int devid);

/*
 * Check for libxl__xs_commit that the nodes of domain *(uint32_t *)domid still
 * exist: a write to them then cannot leave a node of a domain that has been
 * destroyed meanwhile.  Returns ERROR_DOMAIN_NOTFOUND, logged, if they do not.
 */
int libxl__domain_present(libxl__gc *gc, xs_transaction_t t, void *domid);

/*
 * Removes every node of a domain, those of its devices' backends included, but
 * not a /vm/UUID that another domain has as well.  If uuid is NULL, xenstore is
 * asked for it.  check may be NULL; it is called with the domid, as by
 * libxl__xs_commit, and what it returns unless 0 is returned. The caller must
 * do the same again if the process ends in the middle.
 */
int libxl__paths_remove(libxl__gc *gc, uint32_t domid, const char *uuid,
                        libxl__xs_body *check);

#endif
