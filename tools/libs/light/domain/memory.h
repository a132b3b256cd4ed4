/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Memory: how much the host has free, and the target and limits of a domain.
 * xenstore asks the balloon driver of a guest to reach its target; the limit
 * of the hypervisor keeps the guest from taking more.
 */
#ifndef LIBXL_DOMAIN_MEMORY_H
#define LIBXL_DOMAIN_MEMORY_H

#include <libxl.h>
#include <xenctrl.h>
#include <xenstore.h>

#include "base/memory.h"

/*
 * What the hypervisor lets a domain have in addition to its memory, for pages
 * that the domain does not see as its memory.  See libxl_memory.txt in Xen's
 * documentation.
 */
#define LIBXL__MEMORY_EXTRA_KB 1024

static inline uint64_t libxl__kb_of_pages(uint64_t pages)
{
    return pages << (XC_PAGE_SHIFT - 10);
}

/* Memory of the host that no domain has and none has claimed.  Logs. */
int libxl__memory_free(libxl_ctx *ctx, uint64_t *kb_r);

struct libxl__memory {
    uint64_t target_kb;
    uint64_t maximum_kb; /* what the domain was built with */
};

/*
 * Read the memory nodes of a domain.  Writes those of dom0 first, which nobody
 * created, if it has none.  Logs its errors.
 */
int libxl__memory_read(libxl__gc *gc, xs_transaction_t t, uint32_t domid,
                       struct libxl__memory *memory_r);

/* Limit the domain to kb and LIBXL__MEMORY_EXTRA_KB.  Logs its errors. */
int libxl__memory_limit(libxl__gc *gc, uint32_t domid, uint64_t kb);

/*
 * Set the target to kb, or change it by kb if relative.  If enforce, limit the
 * domain to the target.  Logs its errors.
 */
int libxl__memory_target(libxl__gc *gc, uint32_t domid, int64_t kb,
                         bool relative, bool enforce);

#endif
