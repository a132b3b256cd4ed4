/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * What the hypervisor knows of one domain.
 */
#ifndef LIBXL_DOMAIN_INFO_H
#define LIBXL_DOMAIN_INFO_H

#include <stdbool.h>

#include <libxl.h>
#include <xenctrl.h>

#include "base/memory.h"

/*
 * ERROR_DOMAIN_NOTFOUND where there is no such domain; a dying one is still
 * there.  Only what fails otherwise is logged.
 */
int libxl__domain_find(libxl_ctx *ctx, uint32_t domid, xc_domaininfo_t *info_r);

/* The same, with an error logged where there is no such domain. */
int libxl__domain_info(libxl__gc *gc, uint32_t domid, xc_domaininfo_t *info_r);

/*
 * For who asks the hypervisor to do something to a domain without having asked
 * for it: libxenctrl sends the low 16 bits of a number, and it would be done to
 * another domain.  ERROR_FAIL, logged, for a number that has more.
 */
int libxl__domid_check(libxl_ctx *ctx, uint32_t domid);

/*
 * Every domain, ascending by its number, in memory of the call; NULL, logged,
 * where the hypervisor cannot be asked.
 */
xc_domaininfo_t *libxl__domain_list(libxl__gc *gc, unsigned int *count_r);

/* The domain's UUID in its text form. */
int libxl__domain_uuid(libxl__gc *gc, uint32_t domid, const char **uuid_r);

char *libxl__uuid_text(libxl__gc *gc, const xen_domain_handle_t handle);

/* Whether domid is a number that a guest can have. */
static inline bool libxl__is_guest(uint32_t domid)
{
    return domid > 0 && domid < DOMID_FIRST_RESERVED;
}

#endif
