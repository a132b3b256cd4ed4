/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Whole files in and out, and text from elsewhere made fit to be shown.
 */
#ifndef MEMMAP_FILE_H
#define MEMMAP_FILE_H

#include <stddef.h>

/*
 * The bytes of a file of at most max, with a NUL behind them, for free(3).
 * NULL sets errno; EFBIG for a larger one.
 */
void *memmap_file_read(const char *path, size_t max, size_t *size_r);

/*
 * A copy for free(3) of what may be put into a line of output: bytes that are
 * not printable ASCII become '?'.  NULL for NULL and when memory runs out.
 */
char *memmap_printable(const char *text);

#endif
