/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * What to look at in a hostile device tree before libfdt may.  Until 1.6.1,
 * the one of Debian 12, fdt_check_full() never ends on a property whose
 * length makes its sum of offsets wrap: it goes back to where it was.  And it
 * crashes on some formats of before 2005.  No other file here calls it.
 */
#ifndef ARM_DT_SCAN_H
#define ARM_DT_SCAN_H

#include <stddef.h>

/* The longest name of a property; the Devicetree Specification allows 31. */
#define DT_SCAN_MAX_NAME 255

/*
 * Checks the whole blob of size bytes, aligned to 8: with this and with
 * fdt_check_full().  Returns 0 or an error of libfdt's.  Blobs of before
 * version 17 (2005) are a bad version.
 */
int dt_scan(const void *fdt, size_t size);

#endif
