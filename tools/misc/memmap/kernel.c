/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Looks at the magic numbers of the two formats that Xen boots on Arm, given
 * by Linux: Documentation/arch/arm64/booting.rst and arch/arm/booting.rst.
 */
#include <stdint.h>
#include <stdio.h>

#include "memmap/kernel.h"

#define IMAGE_MAGIC_AT  56
#define IMAGE_MAGIC     0x644d5241
#define ZIMAGE_MAGIC_AT 36
#define ZIMAGE_MAGIC    0x016f2818

static uint32_t little_endian(const uint8_t *bytes)
{
    return bytes[0] | bytes[1] << 8 | bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

unsigned int memmap_kernel_bits(const char *path)
{
    FILE *file = fopen(path, "re");
    uint8_t head[64];
    size_t size;

    if (!file)
        return 0;
    size = fread(head, 1, sizeof(head), file);
    fclose(file);
    if (size < sizeof(head))
        return 0;
    if (little_endian(head + IMAGE_MAGIC_AT) == IMAGE_MAGIC)
        return 64;
    return little_endian(head + ZIMAGE_MAGIC_AT) == ZIMAGE_MAGIC ? 32 : 0;
}
