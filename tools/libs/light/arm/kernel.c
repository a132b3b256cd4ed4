/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The headers of kernel files, as far as they hold the length of the file.
 * Whether it is a kernel for this guest at all is for the domain builder.
 */
#include "arm/kernel.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* Offsets in the PE format: https://learn.microsoft.com/windows/win32/debug/
 * pe-format; an arm64 Image with an EFI stub is such a file. */
#define MZ_PE_OFFSET         0x3c
#define PE_SECTIONS          6
#define PE_OPTIONAL_SIZE     20
#define PE_HEADERS           24
#define PE_SECTION           40
#define PE_SECTION_RAW_SIZE  16
#define PE_SECTION_RAW_START 20

/* Linux, arch/arm/boot/compressed: three words from offset 0x24. */
#define ZIMAGE_MAGIC_OFFSET 0x24
#define ZIMAGE_MAGIC        0x016f2818
#define ZIMAGE_START        0x28
#define ZIMAGE_END          0x2c

struct file {
    const uint8_t *bytes;
    size_t size;
};

/* A little-endian number of width bytes; false where the file ends before. */
static bool get(const struct file *file, uint64_t offset, unsigned int width,
                uint32_t *value_r)
{
    uint32_t value = 0;

    if (offset > file->size || file->size - offset < width)
        return false;
    while (width--)
        value = value << 8 | file->bytes[offset + width];
    *value_r = value;
    return true;
}

static int cut_short(const struct file *file, struct arm_error *error)
{
    return arm_error_set(error, ARM_FAULT_CONFIG,
                         "the kernel is cut short: by its own header it is "
                         "longer than the %zu bytes of its file",
                         file->size);
}

static int check_pe(const struct file *file, struct arm_error *error)
{
    uint32_t pe, sections, optional, raw_size, raw_start, i;
    uint64_t section;

    if (!get(file, MZ_PE_OFFSET, 4, &pe) ||
        !get(file, (uint64_t)pe + PE_SECTIONS, 2, &sections) ||
        !get(file, (uint64_t)pe + PE_OPTIONAL_SIZE, 2, &optional))
        return cut_short(file, error);
    section = (uint64_t)pe + PE_HEADERS + optional;
    for (i = 0; i < sections; i++, section += PE_SECTION)
        if (!get(file, section + PE_SECTION_RAW_SIZE, 4, &raw_size) ||
            !get(file, section + PE_SECTION_RAW_START, 4, &raw_start) ||
            (uint64_t)raw_start + raw_size > file->size)
            return cut_short(file, error);
    return 0;
}

int arm_kernel_check(const void *bytes, size_t size, struct arm_error *error)
{
    const struct file file = { .bytes = bytes, .size = size };
    uint32_t magic, start, end;

    if (size >= 2 && !memcmp(bytes, "MZ", 2))
        return check_pe(&file, error);
    if (!get(&file, ZIMAGE_MAGIC_OFFSET, 4, &magic) || magic != ZIMAGE_MAGIC)
        return 0;
    if (!get(&file, ZIMAGE_START, 4, &start) ||
        !get(&file, ZIMAGE_END, 4, &end) || end - start > size)
        return cut_short(&file, error);
    return 0;
}
