/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The memory of the machine: how much of it is free, and how much a new
 * domain will take.  The memory of a domain that lives stands in
 * memory_target.c.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <libxl.h>
#include <libxl_utils.h>

#include "base/ctx.h"
#include "base/log.h"
#include "create/creation.h"

/*
 * What a domain takes besides its own memory and its page tables, and the
 * size of the blocks that the hypervisor hands out: as Debian's library
 * counts, for any domain on Arm.
 */
#define EXTRA_MEMORY_KB 2048
#define BLOCK_KB        2048

int libxl_get_free_memory(libxl_ctx *ctx, uint64_t *memkb)
{
    xc_physinfo_t info;
    uint64_t pages;

    if (xc_physinfo(ctx->xch, &info)) {
        libxl__error_errno(ctx, "cannot read the amount of free memory");
        return ERROR_FAIL;
    }
    /* What a domain in creation has claimed is as good as taken. */
    pages = info.free_pages + info.scrub_pages;
    pages -= info.outstanding_pages < pages ? info.outstanding_pages : pages;
    *memkb = pages << (XC_PAGE_SHIFT - 10);
    return 0;
}

/* For callers whose number has only 32 bits. */
static int narrow(libxl_ctx *ctx, int rc, uint64_t kb, uint32_t *kb_r)
{
    if (rc)
        return rc;
    if (kb > UINT32_MAX) {
        libxl__error(ctx,
                     "%" PRIu64 " KiB do not fit into 32 bits: build "
                     "against a newer LIBXL_API_VERSION",
                     kb);
        return ERROR_FAIL;
    }
    *kb_r = kb;
    return 0;
}

int libxl_get_free_memory_0x040700(libxl_ctx *ctx, uint32_t *memkb)
{
    uint64_t kb = 0;
    int rc = libxl_get_free_memory(ctx, &kb);

    return narrow(ctx, rc, kb, memkb);
}

int libxl_wait_for_free_memory(libxl_ctx *ctx, uint32_t domid,
                               uint64_t memory_kb, int wait_secs)
{
    const struct timespec pause = { .tv_nsec = 100 * 1000 * 1000 };
    int tries = wait_secs > 0 ? wait_secs * 10 : 0;
    uint64_t kb = 0;
    int rc;

    for (;;) {
        rc = libxl_get_free_memory(ctx, &kb);
        if (rc)
            return rc;
        if (kb >= memory_kb)
            return 0;
        if (tries-- <= 0)
            return ERROR_NOMEM;
        nanosleep(&pause, NULL);
    }
}

static uint64_t needed_kb(uint64_t target_kb, uint64_t page_tables_kb)
{
    uint64_t kb = target_kb + page_tables_kb + EXTRA_MEMORY_KB;

    return (kb + BLOCK_KB - 1) / BLOCK_KB * BLOCK_KB;
}

/* config gets the defaults of everything that counts here. */
int libxl_domain_need_memory(libxl_ctx *ctx, libxl_domain_config *config,
                             uint32_t domid_for_logging, uint64_t *need_memkb)
{
    struct libxl__creation creation = { .ctx = ctx, .asked = config };
    const libxl_domain_build_info *from = &creation.config.b_info;
    libxl_domain_build_info *to = &config->b_info;
    libxl__gc gc[1];
    int rc;

    libxl__gc_init(gc, ctx);
    creation.gc = gc;
    libxl_domain_config_init(&creation.config);
    rc = libxl__defaults_do(&creation);
    if (!rc) {
        to->max_vcpus = from->max_vcpus;
        to->max_memkb = from->max_memkb;
        to->target_memkb = from->target_memkb;
        to->video_memkb = from->video_memkb;
        to->shadow_memkb = from->shadow_memkb;
        *need_memkb = needed_kb(to->target_memkb, to->shadow_memkb);
    }
    libxl_domain_config_dispose(&creation.config);
    libxl__gc_dispose(gc);
    return rc;
}

/* These callers filled in the memory for page tables themselves, or none. */
int libxl_domain_need_memory_0x041200(libxl_ctx *ctx,
                                      const libxl_domain_build_info *b_info_in,
                                      uint64_t *need_memkb)
{
    libxl_domain_config config;
    int rc;

    libxl_domain_config_init(&config);
    config.c_info.type = LIBXL_DOMAIN_TYPE_PVH;
    libxl_domain_build_info_dispose(&config.b_info);
    libxl_domain_build_info_copy(ctx, &config.b_info, b_info_in);
    if (config.b_info.shadow_memkb == LIBXL_MEMKB_DEFAULT)
        config.b_info.shadow_memkb = 0;
    rc = libxl_domain_need_memory(ctx, &config, INVALID_DOMID, need_memkb);
    libxl_domain_config_dispose(&config);
    return rc;
}

int libxl_domain_need_memory_0x040700(libxl_ctx *ctx,
                                      const libxl_domain_build_info *b_info_in,
                                      uint32_t *need_memkb)
{
    uint64_t kb = 0;
    int rc = libxl_domain_need_memory_0x041200(ctx, b_info_in, &kb);

    return narrow(ctx, rc, kb, need_memkb);
}

/*
 * Memory for page tables: 1 MiB for each vCPU, 8 KiB for each MiB of memory,
 * and 512 KiB besides.
 */
unsigned long libxl_get_required_shadow_memory(unsigned long maxmem_kb,
                                               unsigned int smp_cpus)
{
    return 1024UL * smp_cpus + 8 * (maxmem_kb / 1024) + 512;
}
