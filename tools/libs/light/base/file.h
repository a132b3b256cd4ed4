/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Whole files.  These functions return 0 or an errno value and log nothing:
 * the caller knows what the file is for.
 */
#ifndef LIBXL_BASE_FILE_H
#define LIBXL_BASE_FILE_H

#include <stddef.h>

/*
 * Reads the regular file at path.  Returns EISDIR or EINVAL for anything else
 * and EFBIG for more than INT_MAX bytes.  *data_r is from malloc, NULL for an
 * empty file.
 */
int libxl__file_read(const char *path, char **data_r, size_t *size_r);

/* Writes all size bytes to fd. */
int libxl__file_write(int fd, const void *data, size_t size);

#endif
