/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Creation of a domain: the order of its stages, and unwinding when one
 * fails.  docs/architecture.md names the file of each stage.
 */
#include "create/create.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "event/ao.h"
#include "base/log.h"
#include "create/creation.h"
#include "domain/name.h"

struct stage {
    const char *name;
    int (*run)(struct libxl__creation *creation);
    void (*undo)(struct libxl__creation *creation);
};

static const struct stage stages[] = {
    { "defaults", libxl__defaults_do, NULL },
    { "checks", libxl__checks_do, NULL },
    { "make", libxl__make_do, libxl__make_undo },
    { "nodes", libxl__nodes_do, libxl__nodes_undo },
    { "limits", libxl__limits_do, NULL },
    { "ports", libxl__ports_do, NULL },
    { "details", libxl__details_do, NULL },
    { "bootloader", libxl__bootloader_do, libxl__bootloader_undo },
    { "image", libxl__image_do, libxl__image_undo },
    { "placement", libxl__placement_do, NULL },
    { "memory", libxl__memory_do, NULL },
    { "passthrough", libxl__passthrough_do, libxl__passthrough_undo },
    { "boot", libxl__boot_do, NULL },
    { "rings", libxl__rings_do, NULL },
    { "qemu", libxl__qemu_do, libxl__qemu_undo },
    { "devices", libxl__connect_do, libxl__connect_undo },
    { "store", libxl__store_do, NULL },
    { "introduce", libxl__introduce_do, NULL },
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
 * For tests: LIBXL_DEBUG_FAIL_AFTER names the stage after which creation fails.
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
     * The cause is logged. xl turns the code into its exit code: as with
     * Debian's library, a failure after the defaults is ERROR_FAIL.
     */
    if (done > 0 && rc != ERROR_ABORTED)
        rc = ERROR_FAIL;
    while (done-- > 0)
        if (stages[done].undo)
            stages[done].undo(creation);
    return rc;
}

int libxl__domain_create(libxl__gc *gc, const libxl_domain_config *config,
                         const libxl_asyncprogress_how *console_how,
                         uint32_t *domid_r)
{
    struct libxl__creation creation = {
        .gc = gc,
        .ctx = gc->ctx,
        .asked = config,
        .console_how = console_how,
        .domid = INVALID_DOMID,
        .name_claim = -1,
    };
    int rc;

    libxl__xs_changes_init(&creation.changes, gc);
    libxl_domain_config_init(&creation.config);
    rc = create(&creation);
    if (!rc)
        *domid_r = creation.domid;
    else if (rc == ERROR_ABORTED)
        *domid_r = INVALID_DOMID; /* valid even then: see libxl.h */
    libxl__image_undo(&creation);
    libxl__name_release(creation.name_claim);
    libxl__xs_changes_dispose(&creation.changes);
    libxl_domain_config_dispose(&creation.config);
    return rc;
}
