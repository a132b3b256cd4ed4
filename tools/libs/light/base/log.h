/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Messages to the logger that the caller gave to libxl_ctx_alloc.
 *
 * Messages are for people: they are lower case and quote what they are about,
 * and an error says what to change.  Each is logged once, where the cause is
 * known. errno is preserved by every function. A control character is logged as
 * a space.
 */
#ifndef LIBXL_BASE_LOG_H
#define LIBXL_BASE_LOG_H

#include <libxl.h>

/* errnoval is an errno value whose text is added, or -1 for none. */
void libxl__log(libxl_ctx *ctx, xentoollog_level level, int errnoval,
                const char *format, ...) __attribute__((format(printf, 4, 5)));

void libxl__error(libxl_ctx *ctx, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void libxl__warn(libxl_ctx *ctx, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void libxl__debug(libxl_ctx *ctx, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Logs an error and returns rc, for `return libxl__fail(…)`. */
int libxl__fail(libxl_ctx *ctx, int rc, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
int libxl__fail_errno(libxl_ctx *ctx, int rc, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* An error with the text of errno added. */
void libxl__error_errno(libxl_ctx *ctx, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
