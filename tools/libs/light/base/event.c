/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Events: nothing is generated yet.
 */
#include "base/event.h"

int libxl__events_init(libxl_ctx *ctx)
{
    return 0;
}

void libxl__events_dispose(libxl_ctx *ctx)
{
}
