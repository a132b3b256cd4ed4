/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Passes messages to libxentoollog.
 */
#include "base/log.h"

#include <errno.h>
#include <stdarg.h>

#include "base/ctx.h"

static void log_args(libxl_ctx *ctx, xentoollog_level level, int errnoval,
                     const char *format, va_list ap)
{
    int saved = errno;

    if (ctx && ctx->logger)
        xtl_logv(ctx->logger, level, errnoval, "libxl", format, ap);
    errno = saved;
}

void libxl__log(libxl_ctx *ctx, xentoollog_level level, int errnoval,
                const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    log_args(ctx, level, errnoval, format, ap);
    va_end(ap);
}

void libxl__error(libxl_ctx *ctx, const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    log_args(ctx, XTL_ERROR, -1, format, ap);
    va_end(ap);
}

void libxl__error_errno(libxl_ctx *ctx, const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    log_args(ctx, XTL_ERROR, errno, format, ap);
    va_end(ap);
}

int libxl__fail(libxl_ctx *ctx, int rc, const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    log_args(ctx, XTL_ERROR, -1, format, ap);
    va_end(ap);
    return rc;
}

int libxl__fail_errno(libxl_ctx *ctx, int rc, const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    log_args(ctx, XTL_ERROR, errno, format, ap);
    va_end(ap);
    return rc;
}

void libxl__warn(libxl_ctx *ctx, const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    log_args(ctx, XTL_WARN, -1, format, ap);
    va_end(ap);
}

void libxl__debug(libxl_ctx *ctx, const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    log_args(ctx, XTL_DEBUG, -1, format, ap);
    va_end(ap);
}
