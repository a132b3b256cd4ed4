/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * What the hypervisor knows of domains.
 */
#ifndef LIBXL_DOMAIN_INFO_H
#define LIBXL_DOMAIN_INFO_H

#include <stdbool.h>

#include <libxl.h>
#include <xenctrl.h>

#include "base/memory.h"

/*
 * Query a domain.  Returns ERROR_DOMAIN_NOTFOUND, not logged, if there is none;
 * a dying domain still exists.  Other errors are logged.
 */
int libxl__domain_find(libxl_ctx *ctx, uint32_t domid, xc_domaininfo_t *info_r);

/* The same, but logs an error if there is no such domain. */
int libxl__domain_info(libxl__gc *gc, uint32_t domid, xc_domaininfo_t *info_r);

/*
 * libxenctrl truncates domids to 16 bits, so a larger number would act on a
 * different domain.  Call this before any hypercall on a domid that has not
 * been looked up.  Returns ERROR_FAIL, logged, for a larger number.
 */
int libxl__domid_check(libxl_ctx *ctx, uint32_t domid);

/*
 * Return all domains, sorted by domid, in memory of the call; NULL, logged, if
 * the hypervisor cannot be queried.
 */
xc_domaininfo_t *libxl__domain_list(libxl__gc *gc, unsigned int *count_r);

/* Get the domain's UUID as text. */
int libxl__domain_uuid(libxl__gc *gc, uint32_t domid, const char **uuid_r);

char *libxl__uuid_text(libxl__gc *gc, const xen_domain_handle_t handle);

/* Whether domid is a number that a guest can have. */
static inline bool libxl__is_guest(uint32_t domid)
{
    return domid > 0 && domid < DOMID_FIRST_RESERVED;
}

#endif
