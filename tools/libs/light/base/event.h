/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Events: what happens to domains, told to the application.
 */
#ifndef LIBXL_BASE_EVENT_H
#define LIBXL_BASE_EVENT_H

#include <libxl.h>

int libxl__events_init(libxl_ctx *ctx);
void libxl__events_dispose(libxl_ctx *ctx);

#endif
