/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Public functions one after the other, by a table: each is called once as it
 * should work, and then once for each hypercall and each xenstore request that
 * it makes, which fails.
 */
#ifndef FAKE_CALLS_H
#define FAKE_CALLS_H

#include "host.h"

struct call {
    const char *name;
    /*
     * Calls the function with a domain of two vCPUs and returns its result; of
     * one that returns a list, 0 or ERROR_FAIL.  What it gives is checked by
     * IS().
     */
    int (*run)(libxl_ctx *ctx, uint32_t domid);
    enum {
        SILENT = 1,   /* it says nothing of a failure: its callers do */
        TOLERANT = 2, /* it goes on without what it cannot have */
    } flags;
};

/* In a call's run: fails the test unless condition, in the run that works. */
#define IS(condition) calls_expect(!calls_work || (condition), #condition)

extern bool calls_work;
void calls_expect(bool good, const char *what);

/* Before each call, after the domain was created; NULL for nothing. */
void calls_check(const struct call *calls, size_t count,
                 void (*prepare)(uint32_t domid));

#endif
