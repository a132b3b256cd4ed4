/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Where in xenstore the nodes of a domain stand.
 */
#ifndef LIBXL_DOMAIN_PATHS_H
#define LIBXL_DOMAIN_PATHS_H

#include <libxl.h>

#include "base/memory.h"

/* /vm/UUID */
char *libxl__path_vm(libxl__gc *gc, const char *uuid);

/* /libxl/DOMID: what the toolstack keeps and no guest can change. */
char *libxl__path_libxl(libxl__gc *gc, uint32_t domid);

/* /libxl/DOMID/device/KIND/DEVID */
char *libxl__path_device(libxl__gc *gc, uint32_t domid, const char *kind,
                         unsigned int devid);

/* /local/domain/0/backend/KIND/DOMID/DEVID */
char *libxl__path_backend(libxl__gc *gc, const char *kind, uint32_t domid,
                          unsigned int devid);

/*
 * Removes every node of a domain, those of its devices' backends included, in
 * one transaction.
 */
int libxl__paths_remove(libxl__gc *gc, uint32_t domid, const char *uuid);

#endif
