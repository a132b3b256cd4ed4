/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Everything that can fail does: the first hypercall of an operation, the
 * second, and so on to the last; and each request to xenstored.  Whatever
 * fails, an error says so, and nothing is left that a second try, or
 * destroying the domain, does not take away.
 */
#ifndef FAKE_FAILURES_H
#define FAKE_FAILURES_H

#include "host.h"

struct operation {
    const char *name;
    int (*run)(libxl_ctx *ctx, uint32_t domid);
    /*
     * What may fail without the operation failing, ended by NULL: a hypercall,
     * or the type and path of a request.
     */
    const char *tolerated[8];
    /* Of the guest that it is done to. */
    unsigned int disks, nics;
    /* Of one that leaves nothing if it fails, but if it is killed. */
    int (*revert)(libxl_ctx *ctx, uint32_t domid);
    /* It takes something away, and may find that it is gone already. */
    bool takes_away;
    bool beside_another; /* guest, which it must leave as it is */
};

/* Creation of a guest, by who fills its configuration in. */
struct creation {
    struct operation operation; /* without its run */
    void (*fill)(libxl_domain_config *config, const char *name);
    bool waits_for_console;
};

/* Each is done to a new guest, with each step that fails. */
void failures_check_operations(const struct operation *operations,
                               size_t count);
void failures_check_creations(const struct creation *creations, size_t count);

/* An operation. */
int failures_destroy(libxl_ctx *ctx, uint32_t domid);

#endif
