/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Fuzzes the check of a kernel file, which a bootloader may have taken from the
 * disk of a guest.  A kernel that passes holds each section that its headers
 * list, and passes with more bytes behind it; what is refused has an error.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "arm/kernel.h"
#include "must.h"

#define MORE 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint64_t number(const uint8_t *bytes, unsigned int width)
{
    return width ? bytes[0] | number(bytes + 1, width - 1) << 8 : 0;
}

/* Reads the headers of a PE file that passed, where they must be. */
static void must_hold_sections(const uint8_t *data, uint64_t size)
{
    uint64_t pe = number(data + 0x3c, 4), at, left;

    at = pe + 24 + number(data + pe + 20, 2);
    for (left = number(data + pe + 6, 2); left; left--, at += 40) {
        must(at + 24 <= size);
        must(number(data + at + 16, 4) + number(data + at + 20, 4) <= size);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arm_error error = { 0 };
    uint8_t *longer;

    if (arm_kernel_check(data, size, &error)) {
        must(error.fault == ARM_FAULT_CONFIG && *error.message);
        return 0;
    }
    must(error.fault == ARM_FAULT_NONE);
    if (size >= 2 && !memcmp(data, "MZ", 2))
        must_hold_sections(data, size);
    longer = calloc(size + MORE, 1);
    if (size)
        memcpy(longer, data, size);
    must(!arm_kernel_check(longer, size + MORE, &error));
    free(longer);
    return 0;
}
