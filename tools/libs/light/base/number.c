/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Parses decimal numbers strictly: strtoull would take signs and spaces.
 */
#include "base/number.h"

#include <errno.h>
#include <stdlib.h>

bool libxl__number_parse(const char *text, uint64_t max, uint64_t *value_r)
{
    unsigned long long value;
    char *end;

    if (*text < '0' || *text > '9')
        return false;
    errno = 0;
    value = strtoull(text, &end, 10);
    if (errno || *end || value > max)
        return false;
    *value_r = value;
    return true;
}

bool libxl__number_parse_u32(const char *text, uint32_t *value_r)
{
    uint64_t value;

    if (!libxl__number_parse(text, UINT32_MAX, &value))
        return false;
    *value_r = value;
    return true;
}
