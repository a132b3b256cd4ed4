/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The end of a domain, for those who end one.
 */
#ifndef LIBXL_CREATE_DESTROY_H
#define LIBXL_CREATE_DESTROY_H

#include <libxl.h>

#include "base/memory.h"

/*
 * Destroys a domain whose xenstore nodes are removed already.  xenconsoled may
 * just be setting up the console of one that ends as soon as it is there, and
 * writes its tty then.  It keeps the guest's ring mapped from before to after
 * that, and so the domain in existence: what stands in xenstore when that is
 * over is removed once more.  ERROR_FAIL, logged, if the hypervisor refuses.
 */
int libxl__domain_end(libxl__gc *gc, uint32_t domid);

/*
 * Destroys a domain and everything that is kept for it.  Goes on after a
 * failure, and returns the last one.  Logs its errors.
 *
 * The domain may still be listed as dying for some milliseconds, without a
 * name: xenconsoled and xenstored each have a page of it mapped until they
 * learn of its end.  The rest of its memory is free.
 */
int libxl__domain_destroy(libxl__gc *gc, uint32_t domid);

#endif
