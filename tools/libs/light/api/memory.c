/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The memory of the host: how much of it is free, and how much a new domain
 * will take.  memory_target.c has the memory of a running domain.
 */
#include <inttypes.h>

#include <libxl.h>
#include <libxl_utils.h>

#include "arm/paging_pool.h"
#include "base/ctx.h"
#include "base/log.h"
#include "create/defaults.h"
#include "create/libxl_arm.h"
#include "domain/memory.h"
#include "event/wait.h"

/*
 * What a domain takes in addition to its memory and its page tables, and the
 * size of the blocks that the hypervisor allocates, as Debian's library counts
 * for any domain on Arm.
 */
#define EXTRA_MEMORY_KB 2048
#define BLOCK_KB        2048

#define WAIT_INTERVAL_MS 100

int libxl_get_free_memory(libxl_ctx *ctx, uint64_t *memkb)
{
    return libxl__memory_free(ctx, memkb);
}

/* Convert kb for callers of old versions, which have 32 bits. */
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

/* The check of libxl__wait_poll: are *memory_kb free? */
static int check_free(libxl__gc *gc, void *memory_kb)
{
    uint64_t kb;
    int rc = libxl__memory_free(gc->ctx, &kb);

    if (rc)
        return rc;
    return kb >= *(uint64_t *)memory_kb ? 0 : ERROR_NOT_READY;
}

int libxl_wait_for_free_memory(libxl_ctx *ctx, uint32_t domid,
                               uint64_t memory_kb, int wait_secs)
{
    libxl__deadline deadline =
        libxl__deadline_in(wait_secs > 0 ? wait_secs * 1000 : 0);
    LIBXL__GC(gc, ctx);
    int rc = libxl__wait_poll(gc, WAIT_INTERVAL_MS, &deadline, true, check_free,
                              &memory_kb);

    return rc == ERROR_TIMEDOUT ? ERROR_NOMEM : rc;
}

static uint64_t needed_kb(uint64_t memory_kb, uint64_t page_tables_kb)
{
    uint64_t kb = memory_kb + page_tables_kb + EXTRA_MEMORY_KB;

    return (kb + BLOCK_KB - 1) / BLOCK_KB * BLOCK_KB;
}

/*
 * Fills in the defaults of those fields of config that count here.  The guest
 * starts with all of 'maxmem' populated: see docs/memory.md.
 *
 * The administrator's map_budget is needed, but is not part of shadow_memkb:
 * the caller goes on to create a domain of this config, which adds it then.
 */
int libxl_domain_need_memory(libxl_ctx *ctx, libxl_domain_config *config,
                             uint32_t domid_for_logging, uint64_t *need_memkb)
{
    libxl_domain_config full;
    const libxl_domain_build_info *from = &full.b_info;
    libxl_domain_build_info *to = &config->b_info;
    struct arm_policy policy;
    xc_physinfo_t host;
    LIBXL__GC(gc, ctx);
    int rc;

    libxl_domain_config_init(&full);
    rc = libxl__defaults_fill(gc, config, &full, &host);
    if (!rc)
        rc = libxl__arch_read_policy(ctx, full.c_info.name, &policy);
    if (!rc) {
        to->max_vcpus = from->max_vcpus;
        to->max_memkb = from->max_memkb;
        to->target_memkb = from->target_memkb;
        to->video_memkb = from->video_memkb;
        to->shadow_memkb = from->shadow_memkb;
        *need_memkb =
            needed_kb(to->target_memkb,
                      to->shadow_memkb + arm_pool_kb_for(policy.map_budget));
    }
    libxl_domain_config_dispose(&full);
    return rc;
}

/* These callers set the memory for page tables themselves, or none. */
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
 * and 512 KiB.
 */
unsigned long libxl_get_required_shadow_memory(unsigned long maxmem_kb,
                                               unsigned int smp_cpus)
{
    return 1024UL * smp_cpus + 8 * (maxmem_kb / 1024) + 512;
}
