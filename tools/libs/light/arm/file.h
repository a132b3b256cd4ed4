/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Reads a whole file that may be anything: too large, a pipe, or gone.
 */
#ifndef ARM_FILE_H
#define ARM_FILE_H

#include <stddef.h>

/*
 * Returns 0 or an errno: EFBIG for more than max bytes, EINVAL for what is
 * not a file.  On success *bytes_r is for free(3), ends in a NUL that
 * *size_r does not count, and is never NULL; else both are untouched.
 */
int arm_file_read(const char *path, size_t max, char **bytes_r, size_t *size_r);

#endif
