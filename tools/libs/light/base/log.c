/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Passes messages to libxentoollog.
 */
#include "base/log.h"

#include <errno.h>
#include <stdarg.h>

#include "base/ctx.h"
#include "base/memory.h"

/*
 * A message may quote words of a guest, a driver domain, QEMU or a script. They
 * must not steer the terminal, nor begin a line that looks like another
 * message. Control characters are those of ASCII, and of ISO 6429 in UTF-8: C2
 * 80 to C2 9F.
 */
static void blank_controls(char *text)
{
    unsigned char *at;

    for (at = (unsigned char *)text; *at; at++)
        if (*at < 0x20 || *at == 0x7f)
            *at = ' ';
        else if (at[0] == 0xc2 && at[1] >= 0x80 && at[1] <= 0x9f)
            at[0] = at[1] = ' ';
}

static void log_args(libxl_ctx *ctx, xentoollog_level level, int errnoval,
                     const char *format, va_list ap)
{
    LIBXL__GC(gc, ctx);
    int saved = errno;
    char *text;

    if (ctx && ctx->logger) {
        text = libxl__vsprintf(gc, format, ap);
        blank_controls(text);
        xtl_log(ctx->logger, level, errnoval, "libxl", "%s", text);
    }
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
