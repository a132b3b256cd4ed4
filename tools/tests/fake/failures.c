/* SPDX-License-Identifier: LGPL-2.1-only */
#include "failures.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <libxl_utils.h>
#include <xen/io/xs_wire.h>

enum source {
    HYPERCALL,      /* one hypercall fails */
    HYPERCALLS,     /* one and all after it */
    REQUEST,        /* xenstored refuses a request */
    CONNECTION,     /* xenstored closes the connection at a request */
    KILLED_IN_CALL, /* the process ends at a hypercall */
    KILLED,         /* or at a request */
    SOURCES,
};

static const char *const source_names[SOURCES] = {
    "hypercall",           "hypercalls from",
    "request refused",     "connection closed at",
    "killed at hypercall", "killed at request",
};

static bool is_call(enum source source)
{
    return source == HYPERCALL || source == HYPERCALLS ||
           source == KILLED_IN_CALL;
}

/* The n-th step is to fail; none if n is 0. */
static void plan(enum source source, unsigned int n)
{
    fake_kill = source == KILLED_IN_CALL || source == KILLED;
    fake_killed = false;
    fake_xen_fail(is_call(source) ? n : 0, source == HYPERCALLS, EIO);
    fake_store_fail(is_call(source) ? 0 : n,
                    source == CONNECTION ? FAKE_CLOSE : FAKE_REFUSE);
}

static const char *what_failed(enum source source)
{
    return is_call(source) ? fake_xen_failed() : fake_store_failed();
}

int failures_destroy(libxl_ctx *ctx, uint32_t domid)
{
    return libxl_domain_destroy(ctx, domid, NULL);
}

static bool is_tolerated(const struct operation *operation, const char *what)
{
    const char *const *each;

    for (each = operation->tolerated; *each; each++)
        if (strstr(what, *each))
            return true;
    return false;
}

/* Goes on after a fault, so that one run shows all. */
static unsigned int faults;

static void check(bool good, const char *where, const char *fault)
{
    if (good)
        return;
    print_error("%s: %s; errors: %s\n", where, fault, fake_errors());
    faults++;
}

/* What is stored has the devices that there are. */
static bool stored_is_true(libxl_ctx *ctx, uint32_t domid)
{
    libxl_device_disk *disk_list;
    libxl_device_nic *nic_list;
    libxl_domain_config config;
    int disks, nics;
    bool same;

    libxl_domain_config_init(&config);
    if (libxl_retrieve_domain_configuration(ctx, domid, &config, NULL))
        return false;
    disk_list = libxl_device_disk_list(ctx, domid, &disks);
    libxl_device_disk_list_free(disk_list, disks);
    nic_list = libxl_device_nic_list(ctx, domid, &nics);
    libxl_device_nic_list_free(nic_list, nics);
    same = config.num_disks == disks && config.num_nics == nics;
    libxl_domain_config_dispose(&config);
    return same;
}

/* Scripts that make a file of each argument: "add", "remove", "offline". */
static void make_scripts(void)
{
    unlink("scripts/block");
    unlink("scripts/vif-bridge");
    assert_false(symlink("/usr/bin/touch", "scripts/block") ||
                 symlink("/usr/bin/touch", "scripts/vif-bridge"));
}

/* Whatever has failed, the scripts of devices that have gone have run. */
static bool scripts_have_run(const struct operation *operation)
{
    if (!operation->takes_away)
        return true;
    return (!operation->disks || !access("remove", F_OK)) &&
           (!operation->nics || !access("offline", F_OK));
}

/*
 * Whatever the operation has left, a second try and destroy do away with.  What
 * takes something away may find the second time that nothing is left.
 */
static void mend(const struct operation *operation, uint32_t domid, int rc,
                 const char *where)
{
    libxl_ctx *ctx = fake_ctx();

    if (rc && operation->revert)
        operation->revert(ctx, domid);
    if (rc)
        rc = operation->run(ctx, domid);
    if (operation->takes_away &&
        (rc == ERROR_DOMAIN_NOTFOUND || rc == ERROR_NOTFOUND))
        rc = 0;
    check(!rc, where, "a second try fails");
    check(scripts_have_run(operation), where, "a script has not run");
    if (operation->run != failures_destroy) {
        check(stored_is_true(ctx, domid), where, "other devices are stored");
        check(!libxl_domain_destroy(ctx, domid, NULL), where,
              "the domain cannot be destroyed");
    }
    libxl_ctx_free(ctx);
}

static uint32_t create_for(const struct operation *operation, const char *name)
{
    libxl_ctx *ctx = fake_ctx();
    libxl_domain_config config;
    uint32_t domid;

    fake_config(&config, name);
    fake_config_devices(&config, operation->disks, operation->nics);
    make_scripts();
    domid = fake_create_of(ctx, &config);
    libxl_ctx_free(ctx);
    fake_log_forget();
    return domid;
}

/* What the operation's result and the log must be like. */
static void check_result(const struct operation *operation, int rc,
                         const char *what, const char *where)
{
    check(!rc || *fake_errors(), where, "no error is logged");
    check(rc ? *what : !*what || is_tolerated(operation, what), where,
          rc ? "it fails by itself" : "it does not fail");
    check(!strstr(fake_errors(), "has closed"), where,
          "the error blames a backend");
}

static const char *words_for(const char *name, enum source source,
                             unsigned int n, const char *what)
{
    static char where[512];

    snprintf(where, sizeof(where), "%s, %s %u: %s", name, source_names[source],
             n, what);
    return where;
}

/* False when the operation has fewer than n steps. */
static bool fails_at(const struct operation *operation, enum source source,
                     unsigned int n)
{
    struct fake_rest before, created;
    const char *where;
    char what[256];
    uint32_t domid;
    libxl_ctx *ctx;
    int rc;

    fake_host_reset(NULL);
    if (operation->beside_another)
        create_for(operation, "other");
    before = fake_rest_take();
    domid = create_for(operation, "g");
    created = fake_rest_take();
    ctx = fake_ctx();

    plan(source, n);
    rc = operation->run(ctx, domid);
    snprintf(what, sizeof(what), "%s", what_failed(source));
    plan(0, 0);
    libxl_ctx_free(ctx);
    where = words_for(operation->name, source, n, what);
    check_result(operation, rc, what, where);
    if (rc && operation->revert && (source == HYPERCALL || source == REQUEST))
        faults += !fake_rest_is_equal(created, fake_rest_take(), where);
    else
        free(created.nodes);
    mend(operation, domid, rc, where);
    faults += !fake_rest_is_equal(before, fake_rest_take(), where);
    return *what;
}

void failures_check_operations(const struct operation *operations, size_t count)
{
    const struct operation *operation;
    enum source source;
    unsigned int n;

    for (operation = operations; operation < operations + count; operation++)
        for (source = 0; source < SOURCES; source++)
            for (n = 1; fails_at(operation, source, n); n++)
                ;
    assert_int_equal(faults, 0);
}

static int create(const struct creation *creation, libxl_ctx *ctx,
                  uint32_t *domid_r)
{
    libxl_asyncprogress_how console = { 0 };
    libxl_domain_config config;
    int rc;

    creation->fill(&config, "g");
    rc = libxl_domain_create_new(ctx, &config, domid_r, NULL,
                                 creation->waits_for_console ? &console : NULL);
    libxl_domain_config_dispose(&config);
    return rc;
}

static void prepare(void)
{
    fake_host_reset(NULL);
    fake_config_pool();
    fake_xen.has_flask = true;
    fake_consoled = true;
}

/* Where more than one step fails, destroy has to help. */
static void clean_up(uint32_t domid)
{
    libxl_ctx *ctx = fake_ctx();

    if (fake_domain(domid))
        libxl_domain_destroy(ctx, domid, NULL);
    libxl_ctx_free(ctx);
}

/* False when creation has fewer than n steps. */
static bool creation_fails_at(const struct creation *creation,
                              enum source source, unsigned int n)
{
    uint32_t domid = INVALID_DOMID;
    struct fake_rest before, after;
    const char *where;
    libxl_ctx *ctx;
    char what[256];
    int rc;

    prepare();
    before = fake_rest_take();
    ctx = fake_ctx();
    plan(source, n);
    rc = create(creation, ctx, &domid);
    snprintf(what, sizeof(what), "%s", what_failed(source));
    plan(0, 0);
    libxl_ctx_free(ctx);
    where = words_for(creation->operation.name, source, n, what);
    check_result(&creation->operation, rc, what, where);
    if (!rc || source == HYPERCALLS || source >= CONNECTION)
        clean_up(1);
    after = fake_rest_take();
    /* The context cannot remove nodes by a connection that it has lost. */
    if (source == CONNECTION && what[0] == '0' + XS_READ) {
        free(after.nodes);
        after.nodes = strdup(before.nodes);
    }
    faults += !fake_rest_is_equal(before, after, where);
    return *what;
}

void failures_check_creations(const struct creation *creations, size_t count)
{
    const struct creation *creation;
    enum source source;
    unsigned int n;

    for (creation = creations; creation < creations + count; creation++)
        for (source = 0; source < SOURCES; source++)
            for (n = 1; creation_fails_at(creation, source, n); n++)
                ;
    assert_int_equal(faults, 0);
}
