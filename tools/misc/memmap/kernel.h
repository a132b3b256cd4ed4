/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Whether a guest's kernel is of 32 or of 64 bits.
 */
#ifndef MEMMAP_KERNEL_H
#define MEMMAP_KERNEL_H

/* 32 or 64, or 0 when the file cannot be read or is neither. */
unsigned int memmap_kernel_bits(const char *path);

#endif
