/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Looks for a name among the kept ones, then in xenstore.
 */
#include "domain/name.h"

#include <string.h>
#include <unistd.h>

#include "event/kept_names.h"
#include "base/xenstore.h"
#include "domain/info.h"

char *libxl__name_path(libxl__gc *gc, uint32_t domid)
{
    return libxl__sprintf(gc, "%s/name", libxl__xs_domain_path(gc, domid));
}

static bool has_name(libxl__gc *gc, uint32_t domid, const char *name)
{
    const char *found =
        libxl__xs_read(gc, XBT_NULL, libxl__name_path(gc, domid));

    return found && !strcmp(found, name);
}

/*
 * Looks at the kept names alone.  If none is it, the domains whose names are
 * not kept come to the front of the list, *unknown_r of them.
 */
static bool find_kept(libxl__gc *gc, const char *name, xc_domaininfo_t *domains,
                      unsigned int count, uint32_t *domid_r,
                      unsigned int *unknown_r)
{
    int fd = libxl__kept_names_open(false);
    unsigned int i, unknown = 0;
    bool found = false, equal;

    for (i = 0; i < count && !found; i++) {
        if (fd < 0 ||
            !libxl__kept_names_compare(fd, domains[i].domain, domains[i].handle,
                                       name, &equal)) {
            domains[unknown++] = domains[i];
            continue;
        }
        /* What is found has the name for certain. */
        if (equal && has_name(gc, domains[i].domain, name)) {
            *domid_r = domains[i].domain;
            found = true;
        }
    }
    if (fd >= 0)
        close(fd);
    *unknown_r = unknown;
    return found;
}

int libxl__name_lookup(libxl__gc *gc, const char *name, uint32_t *domid_r)
{
    unsigned int i, count, unknown;
    xc_domaininfo_t *domains;

    domains = libxl__domain_list(gc, &count);
    if (!domains)
        return ERROR_FAIL;
    if (find_kept(gc, name, domains, count, domid_r, &unknown))
        return 0;
    for (i = 0; i < unknown; i++) {
        if (has_name(gc, domains[i].domain, name)) {
            *domid_r = domains[i].domain;
            return 0;
        }
    }
    return ERROR_NOTFOUND;
}
