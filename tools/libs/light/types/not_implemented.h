/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * What the generated stubs of not-implemented.txt say.  A call to one of them
 * fails and names itself in the caller's log: never a silent success.
 */
#ifndef LIBXL__NOT_IMPLEMENTED_H
#define LIBXL__NOT_IMPLEMENTED_H

#include <libxl.h>

/* ctx may be NULL: then nothing is logged. */
void libxl__not_implemented(libxl_ctx *ctx, const char *function);

#endif
