/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Fuzzes what a guest writes to xenstore, on the fake hypervisor and xenstored:
 * each input is a sequence of steps of a hostile guest and of calls of the
 * toolstack.  Then the guest is destroyed.  Nothing is left of it, and its
 * neighbour and dom0 have everything as it was before.
 *
 * The first byte of the input says what the guest is like; of each step, the
 * first byte says who acts.
 */
#include "guest-nodes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake/backends.h"
#include "fake/host.h"
#include "fake/store.h"
#include "guest-devices.h"
#include "guest-timeouts.h"

/* Of the first byte. */
enum {
    HAS_TABLES = 1, /* besides a disk and a vif */
    HOLDS = 2,      /* the guest does not let go of devices */
    BOTH_GO = 0x1c, /* if all are set, the bystander is destroyed, too */
};

#define STEPS 24

/* How long the library waits; then how long for a hostile guest. */
#define PATIENCE_MS 10000
#define HOSTILE_MS  10

int fuzz_timeout_ms = PATIENCE_MS;

/* The numbers that the fake hypervisor gives. */
const uint32_t bystander = 1, hostile = 2;
libxl_ctx *ctx;

/* Without guests, and what the hypervisor has of dom0 and of the bystander. */
static struct fake_rest empty;
static struct fake_domain dom0, neighbour;

const char *__asan_default_options(void);
int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Memory that is freed is kept for less long than by default: that is slow. */
const char *__asan_default_options(void)
{
    return "quarantine_size_mb=8:thread_local_quarantine_size_kb=64:"
           "max_malloc_fill_size=0:malloc_context_size=10";
}

uint8_t take(struct bytes *bytes)
{
    if (!bytes->size)
        return 0;
    bytes->size--;
    return *bytes->data++;
}

void must(bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "not true: %s; errors: %s", what, fake_errors());
    abort();
}

static void create(libxl_domain_config *config, uint32_t number)
{
    uint32_t domid = INVALID_DOMID;
    int rc = libxl_domain_create_new(ctx, config, &domid, NULL, NULL);

    libxl_domain_config_dispose(config);
    must(!rc && domid == number, "a guest is created");
    must(!libxl_domain_unpause(ctx, domid, NULL), "the guest runs");
}

static void create_bystander(void)
{
    libxl_domain_config config;

    fake_config(&config, "h");
    devices_configure(&config, false);
    memset(&config.c_info.uuid, 2, sizeof(config.c_info.uuid));
    create(&config, bystander);
    neighbour = fake_xen.domains[bystander];
}

static void create_hostile(uint8_t first)
{
    libxl_domain_config config;

    fake_config(&config, "g");
    devices_configure(&config, first & HAS_TABLES);
    config.b_info.max_vcpus = 2;
    memset(&config.c_info.uuid, 1, sizeof(config.c_info.uuid));
    create(&config, hostile);
}

/* Its frees what it compares. */
static struct fake_rest copy_of(const struct fake_rest *rest)
{
    struct fake_rest copy = *rest;

    copy.nodes = strdup(rest->nodes);
    return copy;
}

static void stop(void)
{
    fake_host_stop(NULL);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    must(!fake_host_start(NULL) && !fake_host_reset(NULL), "there is a host");
    atexit(stop);
    empty = fake_rest_take();
    fake_consoled = true;
    dom0 = fake_xen.domains[0];
    ctx = fake_ctx();
    create_bystander();
    libxl_ctx_free(ctx);
    return 0;
}

/* The backends of the hostile guest, from the start. */
static void set_up_backends(uint8_t first)
{
    static char part[32];

    pthread_mutex_lock(&fake_store_lock);
    fake_backends_reset();
    pthread_mutex_unlock(&fake_store_lock);
    if (!(first & HOLDS))
        return;
    snprintf(part, sizeof(part), "/%u/", hostile);
    fake_backends_are(part, (struct fake_backend) { .seen = "2",
                                                    .closed = "6",
                                                    .guest_holds = true });
}

static void check_hypervisor(void)
{
    must(!memcmp(&dom0, &fake_xen.domains[0], sizeof(dom0)),
         "the hypervisor has dom0 as it was");
    must(!memcmp(&neighbour, &fake_xen.domains[bystander], sizeof(neighbour)),
         "the hypervisor has the bystander as it was");
}

static void run_steps(struct bytes *bytes)
{
    unsigned int step;

    for (step = 0; step < STEPS && bytes->size; step++) {
        if (take(bytes) & 1)
            guest_act(bytes);
        else
            toolstack_act(bytes);
    }
}

/* The bystander can still go, and comes again for the next input. */
static void renew_bystander(void)
{
    ctx = fake_ctx();
    must(!libxl_domain_destroy(ctx, bystander, NULL),
         "the bystander is destroyed");
    libxl_ctx_free(ctx);
    must(
        fake_rest_is_equal(copy_of(&empty), fake_rest_take(), "without guests"),
        "nothing is left of both");
    ctx = fake_ctx();
    create_bystander();
    libxl_ctx_free(ctx);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes bytes = { data, size };
    struct fake_rest before = fake_rest_take();
    uint8_t first = take(&bytes);

    /* libFuzzer has opened its own since the start. */
    empty.descriptors = before.descriptors;
    fake_log_forget();
    set_up_backends(first);
    ctx = fake_ctx();
    create_hostile(first);
    toolstack_begin();
    fuzz_timeout_ms = HOSTILE_MS;
    run_steps(&bytes);
    toolstack_end();
    devices_count_scripts();
    must(!libxl_domain_destroy(ctx, hostile, NULL), "the guest is destroyed");
    devices_check_scripts();
    fuzz_timeout_ms = PATIENCE_MS;
    guest_forget();
    libxl_ctx_free(ctx);
    must(fake_rest_is_equal(before, fake_rest_take(), "after the guest"),
         "all is as before");
    check_hypervisor();
    if ((first & BOTH_GO) == BOTH_GO)
        renew_bystander();
    return 0;
}
