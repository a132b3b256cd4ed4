/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Creation of a domain: the order of its stages, and the way back up when
 * one of them fails.  What a stage does stands in the file of its name.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "event/ao.h"
#include "base/log.h"
#include "create/creation.h"

struct stage {
    const char *name;
    int (*run)(struct libxl__creation *creation);
    void (*undo)(struct libxl__creation *creation);
};

static const struct stage stages[] = {
    { "defaults", libxl__defaults_do, NULL },
    { "checks", libxl__checks_do, NULL },
    { "make", libxl__make_do, libxl__make_undo },
    { "limits", libxl__limits_do, NULL },
    { "ports", libxl__ports_do, NULL },
    { "image", libxl__image_do, libxl__image_undo },
    { "nodes", libxl__nodes_do, libxl__nodes_undo },
    { "placement", libxl__placement_do, NULL },
    { "memory", libxl__memory_do, NULL },
    { "passthrough", libxl__passthrough_do, NULL },
    { "boot", libxl__boot_do, NULL },
    { "store", libxl__store_do, libxl__store_undo },
    { "rings", libxl__rings_do, NULL },
    { "console", libxl__console_do, NULL },
};

#define STAGES (sizeof(stages) / sizeof(stages[0]))

static int64_t now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000000) + now.tv_nsec / 1000;
}

/*
 * A test names the stage after which creation is to fail in
 * LIBXL_DEBUG_FAIL_AFTER, to see that nothing is left behind.
 */
static int run_stage(struct libxl__creation *creation,
                     const struct stage *stage)
{
    const char *fail_after = secure_getenv("LIBXL_DEBUG_FAIL_AFTER");
    int64_t start = now_us();
    int rc;

    rc = stage->run(creation);
    if (rc)
        return rc;
    libxl__debug(creation->ctx,
                 "creating domain '%s': stage '%s' took %" PRId64 " us",
                 creation->asked->c_info.name, stage->name, now_us() - start);
    if (fail_after && !strcmp(fail_after, stage->name)) {
        libxl__error(creation->ctx,
                     "failing after the stage '%s', as "
                     "LIBXL_DEBUG_FAIL_AFTER asks",
                     stage->name);
        if (stage->undo)
            stage->undo(creation);
        return ERROR_FAIL;
    }
    return 0;
}

static int create(struct libxl__creation *creation)
{
    size_t done;
    int rc = 0;

    for (done = 0; done < STAGES; done++) {
        rc = libxl__ao_is_aborted() ? ERROR_ABORTED
                                    : run_stage(creation, &stages[done]);
        if (rc)
            break;
    }
    if (!rc)
        return 0;
    /*
     * The cause is in the log.  xl turns the code into its exit code: as with
     * Debian's library, a domain that is refused after its defaults were
     * filled in is a plain failure.
     */
    if (done > 0 && rc != ERROR_ABORTED)
        rc = ERROR_FAIL;
    while (done-- > 0)
        if (stages[done].undo)
            stages[done].undo(creation);
    return rc;
}

struct create_job {
    libxl_domain_config *config;
    uint32_t *domid;
    const libxl_asyncprogress_how *console_how;
    libxl_asyncprogress_how console_how_copy;
};

static int create_work(libxl__gc *gc, void *opaque)
{
    struct create_job *job = opaque;
    struct libxl__creation creation = {
        .gc = gc,
        .ctx = gc->ctx,
        .asked = job->config,
        .console_how = job->console_how ? &job->console_how_copy : NULL,
        .domid = INVALID_DOMID,
    };
    int rc;

    libxl__xs_batch_init(&creation.batch, gc);
    libxl_domain_config_init(&creation.config);
    rc = create(&creation);
    if (!rc)
        *job->domid = creation.domid;
    else if (rc == ERROR_ABORTED)
        *job->domid = INVALID_DOMID; /* valid even then: see libxl.h */
    libxl__image_undo(&creation);
    libxl__xs_batch_close(&creation.batch);
    libxl_domain_config_dispose(&creation.config);
    return rc;
}

int libxl_domain_create_new(libxl_ctx *ctx, libxl_domain_config *d_config,
                            uint32_t *domid, const libxl_asyncop_how *ao_how,
                            const libxl_asyncprogress_how *aop_console_how)
{
    struct create_job job = {
        .config = d_config,
        .domid = domid,
        .console_how = aop_console_how,
    };

    if (aop_console_how)
        job.console_how_copy = *aop_console_how;
    /* Who waits learns the number by domid, not from the event. */
    return libxl__ao_run(ctx, 0, ao_how, create_work, &job, sizeof(job));
}
