/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Steps over the tags of a tree, each step forward and within its block.
 */
#include <stdint.h>
#include <string.h>

#include <libfdt.h>

#include "arm/fdt_scan.h"

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

static int scan_structure(const char *at, size_t left)
{
    while (left >= sizeof(fdt32_t)) {
        size_t size = tag_size(at, left);

        if (size == 0)
            return -FDT_ERR_BADSTRUCTURE;
        if (fdt32_ld((const fdt32_t *)at) == FDT_END)
            return 0;
        at += size;
        left -= size;
    }
    return -FDT_ERR_TRUNCATED;
}

int fdt_scan(const void *fdt, size_t size)
{
    uint32_t start, length;
    int res;

    if (size < sizeof(struct fdt_header))
        return -FDT_ERR_TRUNCATED;
    res = fdt_check_header(fdt);
    if (res)
        return res;
    if (fdt_version(fdt) < 17)
        return -FDT_ERR_BADVERSION;
    start = fdt_off_dt_struct(fdt);
    length = fdt_size_dt_struct(fdt);
    if (fdt_totalsize(fdt) > size || start > size || length > size - start)
        return -FDT_ERR_TRUNCATED;
    if (start % sizeof(fdt32_t))
        return -FDT_ERR_ALIGNMENT;
    res = scan_structure((const char *)fdt + start, length);
    return res ? res : fdt_check_full(fdt, size);
}
