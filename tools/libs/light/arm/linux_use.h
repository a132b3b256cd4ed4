/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * How much of an extended region Linux can put to use.  It takes memory for
 * foreign pages by whole sections, at addresses that are multiples of a
 * section's size (drivers/xen/unpopulated-alloc, arch/arm64 sparsemem.h).
 */
#ifndef ARM_LINUX_USE_H
#define ARM_LINUX_USE_H

#include <stdint.h>

#include "arm/regions.h"

/* The size of a section, by the size of the kernel's pages. */
#define LINUX_SECTION_4K  (UINT64_C(128) << 20) /* and of 16 KiB */
#define LINUX_SECTION_64K (UINT64_C(512) << 20)

/* The bytes of the whole sections in a region; section is a power of two. */
uint64_t linux_usable(const struct region *region, uint64_t section);

#endif
