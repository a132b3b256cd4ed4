/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The memory that a new domain starts with.  All of 'maxmem' is populated, and
 * the balloon driver of the guest gives back what is above 'memory': see
 * docs/memory.md.
 */
#include <inttypes.h>

#include "arm/paging_pool.h"
#include "base/log.h"
#include "create/creation.h"
#include "domain/memory.h"
#include "event/wait.h"

/*
 * The memory of a domain that was destroyed comes back late if another domain
 * still had some of it mapped: wait this long, and longer while more comes.
 */
#define LATE_TIMEOUT_MS  500
#define LATE_INTERVAL_MS 50

struct shortage {
    uint64_t needed_kb;
    uint64_t free_kb;
    libxl__deadline deadline;
};

static int check_free(libxl__gc *gc, void *user)
{
    struct shortage *shortage = user;
    uint64_t free_kb;
    int rc = libxl__memory_free(gc->ctx, &free_kb);

    if (rc)
        return rc;
    if (free_kb > shortage->free_kb)
        shortage->deadline = libxl__deadline_in(LATE_TIMEOUT_MS);
    shortage->free_kb = free_kb;
    return free_kb >= shortage->needed_kb ? 0 : ERROR_NOT_READY;
}

/* What a message about memory says of it; empty without one. */
static const char *describe_budget(struct libxl__creation *creation)
{
    uint64_t kb = arm_pool_kb_for(creation->policy.map_budget);

    return kb ? libxl__sprintf(creation->gc,
                               ", %" PRIu64 " MiB of it for the "
                               "administrator's map_budget",
                               (kb + 1023) / 1024)
              : "";
}

/*
 * Choose how much RAM to populate: 'maxmem', or 'memory' if the host has not
 * more, so that a guest whose memory was lowered can always be restarted.
 * Refuses the guest if there is less: the builder would find out only after it
 * has taken all that is free.
 */
int libxl__memory_choose(struct libxl__creation *creation)
{
    const libxl_domain_build_info *b_info = &creation->config.b_info;
    const char *name = creation->config.c_info.name;
    uint64_t pool_kb =
        b_info->shadow_memkb + arm_pool_kb_for(creation->policy.map_budget);
    struct shortage shortage = {
        .needed_kb = b_info->max_memkb + pool_kb,
    };
    uint64_t least_kb = b_info->target_memkb + pool_kb;
    int rc;

    creation->pool_kb = pool_kb;
    rc = libxl__wait_poll(creation->gc, LATE_INTERVAL_MS, &shortage.deadline,
                          true, check_free, &shortage);
    if (rc && rc != ERROR_TIMEDOUT)
        return rc;
    creation->ram_kb = b_info->max_memkb;
    if (!rc)
        return 0;
    creation->ram_kb = b_info->target_memkb;
    if (least_kb > shortage.free_kb) {
        libxl__error(creation->ctx,
                     "domain '%s' needs %" PRIu64 " MiB of memory%s, the host "
                     "has %" PRIu64 " MiB free: lower 'memory', or free some "
                     "first",
                     name, (least_kb + 1023) / 1024, describe_budget(creation),
                     shortage.free_kb / 1024);
        return ERROR_NOMEM;
    }
    libxl__warn(creation->ctx,
                "domain '%s' cannot grow beyond its 'memory' of %" PRIu64
                " MiB until it is restarted: its 'maxmem' needs %" PRIu64
                " MiB when it starts, the host has %" PRIu64 " MiB free",
                name, b_info->target_memkb / 1024,
                (shortage.needed_kb + 1023) / 1024, shortage.free_kb / 1024);
    return 0;
}

/* Claim the memory, so that the domain gets all of it or an error at once. */
int libxl__memory_claim(struct libxl__creation *creation, uint64_t pages)
{
    if (!libxl_defbool_val(creation->config.b_info.claim_mode))
        return 0;
    if (!xc_domain_claim_pages(creation->ctx->xch, creation->domid, pages))
        return 0;
    libxl__error_errno(creation->ctx,
                       "cannot claim %" PRIu64 " MiB of memory for domain "
                       "'%s'",
                       pages >> (20 - XC_PAGE_SHIFT),
                       creation->config.c_info.name);
    return ERROR_NOMEM;
}

/*
 * The budget is for mapping into regions, and only a kernel of 64 bits has
 * them.  That is not known before the kernel is read.
 */
static int set_pool(struct libxl__creation *creation)
{
    const char *name = creation->config.c_info.name;
    uint64_t budget = creation->policy.map_budget;

    if (budget && !creation->guest.is_64bit) {
        creation->pool_kb = creation->config.b_info.shadow_memkb;
        libxl__debug(creation->ctx,
                     "domain '%s': the map_budget of %" PRIu64 " MiB is not "
                     "for a kernel of 32 bits, which has no extended regions",
                     name, budget >> 20);
    } else if (budget) {
        libxl__debug(
            creation->ctx,
            "domain '%s': %" PRIu64 " KiB of its paging pool of "
            "%" PRIu64 " KiB are for the map_budget of %" PRIu64 " MiB",
            name, arm_pool_kb_for(budget), creation->pool_kb, budget >> 20);
    }
    return libxl__limit_check(
        creation,
        xc_set_paging_mempool_size(creation->ctx->xch, creation->domid,
                                   creation->pool_kb * 1024),
        "a paging pool", creation->pool_kb, "KiB");
}

int libxl__memory_do(struct libxl__creation *creation)
{
    uint64_t megabytes = creation->ram_kb / 1024;
    struct xc_dom_image *dom = creation->dom;
    int rc;

    rc = set_pool(creation);
    if (rc)
        return rc;
    rc = libxl__memory_claim(creation, megabytes << (20 - XC_PAGE_SHIFT));
    if (rc)
        return rc;
    if (xc_dom_mem_init(dom, megabytes) || xc_dom_boot_mem_init(dom)) {
        libxl__error(creation->ctx,
                     "cannot populate %" PRIu64 " MiB of memory for domain "
                     "'%s': too little is free, or the kernel and its "
                     "ramdisk do not fit into it",
                     megabytes, creation->config.c_info.name);
        return ERROR_NOMEM;
    }
    return 0;
}
