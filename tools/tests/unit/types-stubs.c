/* SPDX-License-Identifier: LGPL-2.1-only */
#include "types-stubs.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <libxl.h>

#include "base/log.h"

static char message[1024];

const char *last_message(void)
{
    static char copy[sizeof(message)];

    strcpy(copy, message);
    message[0] = '\0';
    return copy;
}

void libxl__error(libxl_ctx *ctx, const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    vsnprintf(message, sizeof(message), format, ap);
    va_end(ap);
}

void libxl__error_errno(libxl_ctx *ctx, const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    vsnprintf(message, sizeof(message), format, ap);
    va_end(ap);
}

/* The types room hands a context on and never looks into it. */
int libxl_ctx_alloc(libxl_ctx **pctx, int version, unsigned flags,
                    xentoollog_logger *lg)
{
    static int nothing;

    *pctx = (libxl_ctx *)&nothing;
    return 0;
}

int libxl_ctx_free(libxl_ctx *ctx)
{
    return 0;
}

xentoollog_logger_stdiostream *
xtl_createlogger_stdiostream(FILE *f, xentoollog_level min_level,
                             unsigned flags)
{
    return NULL;
}

void xtl_logger_destroy(struct xentoollog_logger *logger)
{
}
