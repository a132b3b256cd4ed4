/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The memory of a domain that lives.  Its balloon driver is asked by a node
 * in xenstore to come to a target; the hypervisor's limit makes sure that it
 * does not take more.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <time.h>

#include <libxl.h>
#include <libxl_utils.h>

#include "base/ctx.h"
#include "base/log.h"
#include "base/xenstore.h"
#include "domain/info.h"

/*
 * What the hypervisor lets a domain have besides its target, for pages that
 * the domain does not see as its memory.  See libxl_memory.txt of Xen's
 * documentation.
 */
#define EXTRA_KB 1024

/* dom0 with less than this falls over before it can say so. */
#define DOM0_MIN_KB (128 * 1024)

static uint64_t kb_of_pages(uint64_t pages)
{
    return pages << (XC_PAGE_SHIFT - 10);
}

static const char *memory_path(libxl__gc *gc, uint32_t domid, const char *key)
{
    return libxl__sprintf(gc, "%s/memory/%s", libxl__xs_domain_path(gc, domid),
                          key);
}

/* A number of the domain's memory nodes, which only the toolstack writes. */
static int read_kb(libxl__gc *gc, xs_transaction_t t, uint32_t domid,
                   const char *key, uint64_t *kb_r)
{
    const char *path = memory_path(gc, domid, key);
    const char *text;
    unsigned long long kb;
    char *end;
    int rc = libxl__xs_find(gc, t, path, &text);

    if (rc)
        return rc;
    if (!text)
        return ERROR_NOTFOUND;
    errno = 0;
    kb = strtoull(text, &end, 10);
    if (errno || *end || *text < '0' || *text > '9') {
        libxl__error(gc->ctx, "'%s' in xenstore is no number: '%s'", path,
                     text);
        return ERROR_FAIL;
    }
    *kb_r = kb;
    return 0;
}

static int write_kb(libxl__gc *gc, xs_transaction_t t, uint32_t domid,
                    const char *key, uint64_t kb)
{
    return libxl__xs_writef(gc, t, memory_path(gc, domid, key), "%" PRIu64, kb);
}

struct memory {
    uint64_t target_kb;
    uint64_t maximum_kb;
};

/*
 * Reads the target and, unless maximum_kb is UINT64_MAX already, the most
 * that the domain was built for.  Nobody created dom0, so its nodes are
 * written by who needs them first: as what it has now.
 */
static int read_memory(libxl__gc *gc, xs_transaction_t t, uint32_t domid,
                       struct memory *memory)
{
    bool want_maximum = memory->maximum_kb != UINT64_MAX;
    xc_domaininfo_t info;
    int rc;

    rc = read_kb(gc, t, domid, "target", &memory->target_kb);
    if (!rc && want_maximum)
        rc = read_kb(gc, t, domid, "static-max", &memory->maximum_kb);
    if (rc == ERROR_NOTFOUND && domid == 0) {
        rc = libxl__domain_info(gc, domid, &info);
        if (rc)
            return rc;
        memory->target_kb = kb_of_pages(info.tot_pages);
        memory->maximum_kb = kb_of_pages(info.max_pages);
        rc = write_kb(gc, t, domid, "target", memory->target_kb);
        if (!rc)
            rc = write_kb(gc, t, domid, "static-max", memory->maximum_kb);
    }
    if (rc == ERROR_NOTFOUND) {
        libxl__error(gc->ctx,
                     "xenstore has no memory target of domain %" PRIu32, domid);
        rc = ERROR_FAIL;
    }
    return rc;
}

int libxl_get_memory_target(libxl_ctx *ctx, uint32_t domid,
                            uint64_t *out_target)
{
    struct memory memory = { .maximum_kb = UINT64_MAX };
    libxl__gc gc[1];
    int rc;

    libxl__gc_init(gc, ctx);
    rc = read_memory(gc, XBT_NULL, domid, &memory);
    if (!rc)
        *out_target = memory.target_kb;
    libxl__gc_dispose(gc);
    return rc;
}

int libxl_get_memory_target_0x040700(libxl_ctx *ctx, uint32_t domid,
                                     uint32_t *out_target)
{
    uint64_t kb;
    int rc = libxl_get_memory_target(ctx, domid, &kb);

    if (rc)
        return rc;
    if (kb > UINT32_MAX) {
        libxl__error(ctx,
                     "the target of domain %" PRIu32 ", %" PRIu64 " KiB, does "
                     "not fit into 32 bits: build against a newer "
                     "LIBXL_API_VERSION",
                     domid, kb);
        return ERROR_FAIL;
    }
    *out_target = kb;
    return 0;
}

static int set_limit(libxl__gc *gc, uint32_t domid, uint64_t kb)
{
    if (xc_domain_setmaxmem(gc->ctx->xch, domid, kb + EXTRA_KB)) {
        libxl__error_errno(gc->ctx,
                           "cannot limit the memory of domain %" PRIu32 " to "
                           "%" PRIu64 " KiB",
                           domid, kb);
        return ERROR_FAIL;
    }
    return 0;
}

int libxl_domain_setmaxmem(libxl_ctx *ctx, uint32_t domid, uint64_t max_memkb)
{
    struct memory memory = { .maximum_kb = UINT64_MAX };
    xc_domaininfo_t info;
    libxl__gc gc[1];
    int rc;

    libxl__gc_init(gc, ctx);
    rc = libxl__domain_info(gc, domid, &info);
    if (!rc)
        rc = read_memory(gc, XBT_NULL, domid, &memory);
    if (!rc && max_memkb < memory.target_kb) {
        libxl__error(ctx,
                     "domain %" PRIu32 " cannot be limited to %" PRIu64 " KiB: "
                     "its memory target is %" PRIu64 " KiB, lower that first",
                     domid, max_memkb, memory.target_kb);
        rc = ERROR_INVAL;
    }
    if (!rc)
        rc = set_limit(gc, domid, max_memkb);
    libxl__gc_dispose(gc);
    return rc;
}

struct target {
    uint32_t domid;
    int64_t asked_kb;
    bool relative;
    uint64_t kb; /* what came of it */
};

/* The new target, from what is asked for and what the domain has. */
static int choose_target(libxl__gc *gc, const struct memory *memory,
                         struct target *target)
{
    int64_t kb = target->asked_kb;

    if (target->relative && __builtin_add_overflow((int64_t)memory->target_kb,
                                                   target->asked_kb, &kb))
        kb = target->asked_kb < 0 ? 0 : INT64_MAX;
    if (kb < 0)
        kb = 0;
    if ((uint64_t)kb > memory->maximum_kb) {
        libxl__error(gc->ctx,
                     "the memory target of domain %" PRIu32 " cannot be "
                     "%" PRIi64 " KiB: it was created with at most %" PRIu64
                     " KiB",
                     target->domid, kb, memory->maximum_kb);
        return ERROR_INVAL;
    }
    if (target->domid == 0 && kb < DOM0_MIN_KB) {
        libxl__error(gc->ctx,
                     "dom0 cannot do with %" PRIi64 " KiB of memory: leave it "
                     "at least %d KiB",
                     kb, DOM0_MIN_KB);
        return ERROR_INVAL;
    }
    target->kb = kb;
    return 0;
}

static int write_target(libxl__gc *gc, xs_transaction_t t, void *opaque)
{
    struct target *target = opaque;
    struct memory memory = { 0 };
    int rc = read_memory(gc, t, target->domid, &memory);

    if (!rc)
        rc = choose_target(gc, &memory, target);
    if (!rc)
        rc = write_kb(gc, t, target->domid, "target", target->kb);
    return rc;
}

static int set_target(libxl__gc *gc, struct target *target, bool enforce)
{
    xc_domaininfo_t info;
    int rc = libxl__domain_info(gc, target->domid, &info);

    if (!rc)
        rc = libxl__xs_transaction(
            gc,
            libxl__sprintf(
                gc, "set the memory target of domain %" PRIu32 " in xenstore",
                target->domid),
            write_target, target);
    if (!rc && enforce)
        rc = set_limit(gc, target->domid, target->kb);
    return rc;
}

int libxl_set_memory_target(libxl_ctx *ctx, uint32_t domid,
                            int64_t target_memkb, int relative, int enforce)
{
    struct target target = {
        .domid = domid,
        .asked_kb = target_memkb,
        .relative = relative,
    };
    libxl__gc gc[1];
    int rc;

    libxl__gc_init(gc, ctx);
    rc = set_target(gc, &target, enforce);
    libxl__gc_dispose(gc);
    return rc;
}

/*
 * While the domain comes closer to its target no time is counted: wait_secs
 * is how long it may stand still.
 */
int libxl_wait_for_memory_target(libxl_ctx *ctx, uint32_t domid, int wait_secs)
{
    const struct timespec pause = { .tv_nsec = 100 * 1000 * 1000 };
    int tries = wait_secs > 0 ? wait_secs * 10 : 0;
    uint64_t target_kb, now_kb, least_kb = UINT64_MAX;
    xc_domaininfo_t info;
    int rc;

    rc = libxl_get_memory_target(ctx, domid, &target_kb);
    if (rc)
        return rc;
    for (;;) {
        rc = libxl__domain_find(ctx, domid, &info);
        if (rc)
            return rc;
        now_kb = kb_of_pages(info.tot_pages);
        if (now_kb <= target_kb + EXTRA_KB)
            return 0;
        if (now_kb < least_kb)
            least_kb = now_kb;
        else if (tries-- <= 0)
            return ERROR_FAIL;
        nanosleep(&pause, NULL);
    }
}
