/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Reads and changes the memory nodes of a domain and its limit.
 */
#include "domain/memory.h"

#include <inttypes.h>

#include "base/ctx.h"
#include "base/log.h"
#include "base/number.h"
#include "base/xenstore.h"
#include "domain/info.h"

/* dom0 with less than this falls over before it can say so. */
#define DOM0_MIN_KB (128 * 1024)

int libxl__memory_free(libxl_ctx *ctx, uint64_t *kb_r)
{
    xc_physinfo_t info;
    uint64_t pages;

    if (xc_physinfo(ctx->xch, &info))
        return libxl__fail_errno(ctx, ERROR_FAIL,
                                 "cannot read the amount of free memory");
    /* Memory that a domain in creation has claimed is not free. */
    pages = info.free_pages + info.scrub_pages;
    pages -= info.outstanding_pages < pages ? info.outstanding_pages : pages;
    *kb_r = libxl__kb_of_pages(pages);
    return 0;
}

static const char *memory_path(libxl__gc *gc, uint32_t domid, const char *key)
{
    return libxl__sprintf(gc, "%s/memory/%s", libxl__xs_domain_path(gc, domid),
                          key);
}

/* Read a memory node, which only the toolstack can write. */
static int read_kb(libxl__gc *gc, xs_transaction_t t, uint32_t domid,
                   const char *key, uint64_t *kb_r)
{
    const char *path = memory_path(gc, domid, key);
    const char *text;
    int rc = libxl__xs_find(gc, t, path, &text);

    if (rc)
        return rc;
    if (!text)
        return ERROR_NOTFOUND;
    if (!libxl__number_parse(text, UINT64_MAX, kb_r))
        return libxl__fail(gc->ctx, ERROR_FAIL,
                           "'%s' in xenstore is not a number: '%s'", path,
                           text);
    return 0;
}

static int write_kb(libxl__gc *gc, xs_transaction_t t, uint32_t domid,
                    const char *key, uint64_t kb)
{
    return libxl__xs_writef(gc, t, memory_path(gc, domid, key), "%" PRIu64, kb);
}

/* Nobody created dom0: write its nodes as what it has now. */
static int write_dom0(libxl__gc *gc, xs_transaction_t t,
                      struct libxl__memory *memory)
{
    xc_domaininfo_t info;
    int rc = libxl__domain_info(gc, 0, &info);

    if (rc)
        return rc;
    memory->target_kb = libxl__kb_of_pages(info.tot_pages);
    memory->maximum_kb = libxl__kb_of_pages(info.max_pages);
    rc = write_kb(gc, t, 0, "target", memory->target_kb);
    return rc ? rc : write_kb(gc, t, 0, "static-max", memory->maximum_kb);
}

int libxl__memory_read(libxl__gc *gc, xs_transaction_t t, uint32_t domid,
                       struct libxl__memory *memory_r)
{
    struct libxl__memory memory = { 0 };
    int rc;

    rc = read_kb(gc, t, domid, "target", &memory.target_kb);
    if (!rc)
        rc = read_kb(gc, t, domid, "static-max", &memory.maximum_kb);
    if (rc == ERROR_NOTFOUND && domid == 0)
        rc = write_dom0(gc, t, &memory);
    if (rc == ERROR_NOTFOUND)
        rc = libxl__fail(gc->ctx, ERROR_FAIL,
                         "xenstore has no memory target of domain %" PRIu32,
                         domid);
    if (!rc)
        *memory_r = memory;
    return rc;
}

int libxl__memory_limit(libxl__gc *gc, uint32_t domid, uint64_t kb)
{
    if (xc_domain_setmaxmem(gc->ctx->xch, domid, kb + LIBXL__MEMORY_EXTRA_KB))
        return libxl__fail_errno(gc->ctx, ERROR_FAIL,
                                 "cannot limit the memory of domain %" PRIu32
                                 " to %" PRIu64 " KiB",
                                 domid, kb);
    return 0;
}

struct target {
    uint32_t domid;
    int64_t asked_kb;
    bool relative;
    uint64_t kb; /* what came of it */
};

/* Compute the new target from what is asked for and what the domain has. */
static int choose_target(libxl__gc *gc, const struct libxl__memory *memory,
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
                     "%" PRIi64 " KiB: it was started with at most %" PRIu64
                     " KiB",
                     target->domid, kb, memory->maximum_kb);
        return ERROR_INVAL;
    }
    if (target->domid == 0 && kb < DOM0_MIN_KB) {
        libxl__error(gc->ctx,
                     "dom0 needs more than %" PRIi64 " KiB of memory: leave it "
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
    struct libxl__memory memory;
    int rc = libxl__memory_read(gc, t, target->domid, &memory);

    if (!rc)
        rc = choose_target(gc, &memory, target);
    if (!rc)
        rc = write_kb(gc, t, target->domid, "target", target->kb);
    return rc;
}

int libxl__memory_target(libxl__gc *gc, uint32_t domid, int64_t kb,
                         bool relative, bool enforce)
{
    struct target target = {
        .domid = domid,
        .asked_kb = kb,
        .relative = relative,
    };
    xc_domaininfo_t info;
    int rc = libxl__domain_info(gc, domid, &info);

    if (!rc)
        rc = libxl__xs_transaction(
            gc,
            libxl__sprintf(
                gc, "set the memory target of domain %" PRIu32 " in xenstore",
                domid),
            write_target, &target);
    if (!rc && enforce)
        rc = libxl__memory_limit(gc, domid, target.kb);
    return rc;
}
