/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The defaults of a configuration.
 */
#ifndef LIBXL_CREATE_DEFAULTS_H
#define LIBXL_CREATE_DEFAULTS_H

#include <libxl.h>
#include <xenctrl.h>

#include "base/memory.h"

/*
 * Copy asked to config_r, which must be initialised, and fill in what it leaves
 * open.  Looks labels and cpupools up.  Stores in *host_r what the hypervisor
 * says about the host.  Logs its errors; config_r must be disposed of then as
 * well.
 */
int libxl__defaults_fill(libxl__gc *gc, const libxl_domain_config *asked,
                         libxl_domain_config *config_r, xc_physinfo_t *host_r);

#endif
