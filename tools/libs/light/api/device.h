/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * What the public functions of all kinds of devices share.
 */
#ifndef LIBXL_API_DEVICE_H
#define LIBXL_API_DEVICE_H

#include "device/plug.h"

/* config is a struct libxl_device_… of the kind; it is filled in. */
int libxl__api_attach(libxl_ctx *ctx, uint32_t domid,
                      const struct libxl__device_kind *kind, void *config,
                      const libxl_asyncop_how *ao_how);

int libxl__api_detach(libxl_ctx *ctx, uint32_t domid,
                      const struct libxl__device_kind *kind, const void *config,
                      enum libxl__detach how, const libxl_asyncop_how *ao_how);

/* An array that the caller frees; NULL, logged, on failure. */
void *libxl__api_list(libxl_ctx *ctx, uint32_t domid,
                      const struct libxl__device_kind *kind, int *count_r);

/* Reads one device; *config_r is initialised also if it is not found. */
int libxl__api_find(libxl_ctx *ctx, uint32_t domid,
                    const struct libxl__device_kind *kind, uint32_t devid,
                    void *config_r);

/*
 * The same for the first device that has size bytes as at wanted, at offset of
 * its configuration.  Returns ERROR_INVAL if there is none.
 */
int libxl__api_find_field(libxl_ctx *ctx, uint32_t domid,
                          const struct libxl__device_kind *kind, size_t offset,
                          size_t size, const void *wanted, void *config_r);

/* Fills in a libxl_…info of the device with that number. */
int libxl__api_getinfo(libxl_ctx *ctx, uint32_t domid,
                       const struct libxl__device_kind *kind, uint32_t devid,
                       void *info_r);

#endif
