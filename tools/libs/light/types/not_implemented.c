/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The message of functions that are not done yet.  The functions themselves
 * are generated from not-implemented.txt by abi.py.
 */
#include "types/not_implemented.h"

#include "base/log.h"

void libxl__not_implemented(libxl_ctx *ctx, const char *function)
{
    if (ctx)
        libxl__error(ctx, "%s is not implemented", function);
}
