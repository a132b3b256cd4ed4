/* SPDX-License-Identifier: LGPL-2.1-only */
#include "answers.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>

#include "fake/host.h"
#include "guest-timeouts.h"
#include "must.h"

int fuzz_timeout_ms = 10000;

int LLVMFuzzerInitialize(int *argc, char ***argv);

static void stop(void)
{
    fake_host_stop(NULL);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    must(!fake_host_start(NULL) && !fake_host_reset(NULL));
    atexit(stop);
    return 0;
}

static void must_be_messages(const char *text)
{
    must(*text);
    for (; *text; text++)
        must(*text == '\n' || !iscntrl((unsigned char)*text));
}

int answers_try(int (*call)(libxl_ctx *ctx, void *opaque), void *opaque)
{
    struct fake_rest before = fake_rest_take();
    libxl_ctx *ctx = fake_ctx();
    int rc;

    fake_log_forget();
    rc = call(ctx, opaque);
    if (rc)
        must_be_messages(fake_errors());
    libxl_ctx_free(ctx);
    must(fake_rest_is_equal(before, fake_rest_take(), "after the call"));
    return rc;
}

int answers_create(libxl_ctx *ctx, void *config)
{
    uint32_t domid;
    int rc = libxl_domain_create_new(ctx, config, &domid, NULL, NULL);

    if (!rc)
        must(!libxl_domain_destroy(ctx, domid, NULL));
    return rc;
}
