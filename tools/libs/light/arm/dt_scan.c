/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Steps over the tags of a tree, each step forward and within its block.
 * libfdt looks through the whole name of each property at each look-up: one
 * name of megabytes for all of them would keep it busy for minutes.
 */
#include "arm/dt_scan.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <libfdt.h>

/* How many bytes the tag at the start of left bytes takes; 0 for none. */
static size_t tag_size(const char *at, size_t left)
{
    size_t size = sizeof(fdt32_t), value;

    switch (fdt32_ld((const fdt32_t *)at)) {
    case FDT_BEGIN_NODE:
        size += strnlen(at + size, left - size) + 1;
        break;
    case FDT_PROP:
        if (left < sizeof(struct fdt_property))
            return 0;
        value = fdt32_ld(&((const struct fdt_property *)at)->len);
        size = sizeof(struct fdt_property);
        if (value > left - size)
            return 0;
        size += value;
        break;
    case FDT_END_NODE:
    case FDT_NOP:
    case FDT_END:
        break;
    default:
        return 0;
    }
    size = (size + sizeof(fdt32_t) - 1) & ~(sizeof(fdt32_t) - 1);
    return size <= left ? size : 0;
}

/* Whether the name of the property at that place ends, and soon. */
static bool is_named(const char *at, const char *strings, size_t size)
{
    uint32_t offset = fdt32_ld(&((const struct fdt_property *)at)->nameoff);
    size_t left = offset < size ? size - offset : 0;

    if (left > DT_SCAN_MAX_NAME + 1)
        left = DT_SCAN_MAX_NAME + 1;
    return left > 0 && memchr(strings + offset, '\0', left);
}

static int scan_structure(const char *at, size_t left, const char *strings,
                          size_t strings_size)
{
    while (left >= sizeof(fdt32_t)) {
        size_t size = tag_size(at, left);
        uint32_t tag = fdt32_ld((const fdt32_t *)at);

        if (size == 0)
            return -FDT_ERR_BADSTRUCTURE;
        if (tag == FDT_END)
            return 0;
        if (tag == FDT_PROP && !is_named(at, strings, strings_size))
            return -FDT_ERR_BADOFFSET;
        at += size;
        left -= size;
    }
    return -FDT_ERR_TRUNCATED;
}

int dt_scan(const void *fdt, size_t size)
{
    int res;

    if (size < sizeof(struct fdt_header))
        return -FDT_ERR_TRUNCATED;
    /* This sees to it that the blocks lie within totalsize. */
    res = fdt_check_header(fdt);
    if (res)
        return res;
    if (fdt_version(fdt) < 17)
        return -FDT_ERR_BADVERSION;
    if (fdt_totalsize(fdt) > size)
        return -FDT_ERR_TRUNCATED;
    if (fdt_off_dt_struct(fdt) % sizeof(fdt32_t))
        return -FDT_ERR_ALIGNMENT;
    res = scan_structure(
        (const char *)fdt + fdt_off_dt_struct(fdt), fdt_size_dt_struct(fdt),
        (const char *)fdt + fdt_off_dt_strings(fdt), fdt_size_dt_strings(fdt));
    return res ? res : fdt_check_full(fdt, size);
}
