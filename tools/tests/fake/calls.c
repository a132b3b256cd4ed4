/* SPDX-License-Identifier: LGPL-2.1-only */
#include "calls.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libxl_utils.h>

bool calls_work;
static const char *at;

void calls_expect(bool good, const char *what)
{
    if (!good)
        fail_msg("%s: not so: %s; errors: %s", at, what, fake_errors());
}

static uint32_t create_with_two(libxl_ctx *ctx)
{
    libxl_domain_config config;

    fake_config(&config, "g");
    config.b_info.max_vcpus = 2;
    return fake_create_of(ctx, &config);
}

/* The result of the call when its n-th hypercall or request fails. */
static int run(const struct call *call, void (*prepare)(uint32_t domid),
               unsigned int hypercall, unsigned int request)
{
    libxl_ctx *ctx;
    uint32_t domid;
    int rc;

    fake_host_reset(NULL);
    ctx = fake_ctx();
    domid = create_with_two(ctx);
    if (prepare)
        prepare(domid);
    fake_log_forget();
    fake_xen_fail(hypercall, false, EIO);
    fake_store_fail(request, FAKE_REFUSE);
    rc = call->run(ctx, domid);
    fake_xen_fail(0, false, 0);
    fake_store_fail(0, FAKE_REFUSE);
    libxl_ctx_free(ctx);
    return rc;
}

/* Which of the flags this failure needs. */
static int check_failure(const struct call *call, int rc, const char *what)
{
    int needed = !rc ? TOLERANT : *fake_errors() ? 0 : SILENT;

    if (needed & ~call->flags)
        fail_msg("%s %s at %s", call->name,
                 rc ? "fails without an error" : "does not fail", what);
    return needed;
}

/* How many steps of both kinds the call has. */
static void count_steps(const struct call *call,
                        void (*prepare)(uint32_t domid), unsigned int *calls_r,
                        unsigned int *requests_r)
{
    libxl_ctx *ctx;
    uint32_t domid;

    fake_host_reset(NULL);
    ctx = fake_ctx();
    domid = create_with_two(ctx);
    if (prepare)
        prepare(domid);
    fake_log_forget();
    fake_xen_fail(0, false, 0);
    fake_store_fail(0, FAKE_REFUSE);
    calls_work = true;
    at = call->name;
    if (call->run(ctx, domid))
        fail_msg("%s fails: %s", call->name, fake_errors());
    calls_work = false;
    *calls_r = fake_xen_calls();
    *requests_r = fake_store_requests();
    libxl_ctx_free(ctx);
}

void calls_check(const struct call *calls, size_t count,
                 void (*prepare)(uint32_t domid))
{
    unsigned int hypercalls, requests, n;
    char what[64];
    int needed;
    size_t i;

    for (i = 0; i < count; i++) {
        needed = 0;
        count_steps(&calls[i], prepare, &hypercalls, &requests);
        for (n = 1; n <= hypercalls + requests; n++) {
            snprintf(what, sizeof(what), "%s %u",
                     n <= hypercalls ? "hypercall" : "request",
                     n <= hypercalls ? n : n - hypercalls);
            needed |=
                check_failure(&calls[i],
                              run(&calls[i], prepare, n <= hypercalls ? n : 0,
                                  n <= hypercalls ? 0 : n - hypercalls),
                              what);
        }
        if (calls[i].flags & ~needed)
            fail_msg("%s needs no such flag", calls[i].name);
    }
}
