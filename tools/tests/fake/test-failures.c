/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Everything that can fail does: the first hypercall of an operation, the
 * second, and so on to the last; and each request to xenstored.  Whatever
 * fails, an error says so, and nothing is left that a second try, or
 * destroying the domain, does not take away.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libxl_event.h>
#include <libxl_utils.h>
#include <xen/io/xs_wire.h>

#include "host.h"

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

struct operation {
    const char *name;
    int (*run)(libxl_ctx *ctx, uint32_t domid);
    /*
     * What may fail without the operation failing, ended by NULL: a hypercall,
     * or the type and path of a request.
     */
    const char *tolerated[8];
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

/* Operations on a domain that there is. */
static int destroy(libxl_ctx *ctx, uint32_t domid)
{
    return libxl_domain_destroy(ctx, domid, NULL);
}

static int rename_it(libxl_ctx *ctx, uint32_t domid)
{
    return libxl_domain_rename(ctx, domid, NULL, "h");
}

static int preserve(libxl_ctx *ctx, uint32_t domid)
{
    libxl_uuid uuid = { .uuid = { 1, 2, 3 } };

    return libxl_domain_preserve(ctx, domid, NULL, "-old", uuid);
}

static int set_target(libxl_ctx *ctx, uint32_t domid)
{
    return libxl_set_memory_target(ctx, domid, 8192, 0, 1);
}

static int set_maximum(libxl_ctx *ctx, uint32_t domid)
{
    return libxl_domain_setmaxmem(ctx, domid, 32768);
}

static int set_online(libxl_ctx *ctx, uint32_t domid)
{
    uint8_t bits = 1;
    libxl_bitmap map = { .size = 1, .map = &bits };

    return libxl_set_vcpuonline(ctx, domid, &map, NULL);
}

static int retrieve(libxl_ctx *ctx, uint32_t domid)
{
    libxl_domain_config config;
    int rc;

    libxl_domain_config_init(&config);
    rc = libxl_retrieve_domain_configuration(ctx, domid, &config, NULL);
    libxl_domain_config_dispose(&config);
    return rc;
}

static int keep_data(libxl_ctx *ctx, uint32_t domid)
{
    return libxl_userdata_store(ctx, domid, "mine", (const uint8_t *)"data", 5);
}

static int press_key(libxl_ctx *ctx, uint32_t domid)
{
    return libxl_send_sysrq(ctx, domid, 's');
}

static int list_vcpus(libxl_ctx *ctx, uint32_t domid)
{
    int count, cpus;
    libxl_vcpuinfo *list = libxl_list_vcpu(ctx, domid, &count, &cpus);

    if (!list)
        return ERROR_FAIL;
    libxl_vcpuinfo_list_free(list, count);
    return 0;
}

/* The kernel takes whatever it is asked for. */
static void take_request(uint32_t type, const char *path)
{
    static const char node[] = "/local/domain/1/control/shutdown";
    char *value = fake_store_read(node);

    if (value && *value)
        fake_store_write(node, "");
    free(value);
}

static int shut_down(libxl_ctx *ctx, uint32_t domid)
{
    fake_store_hook = take_request;
    return libxl_domain_shutdown(ctx, domid, NULL);
}

static int watch(libxl_ctx *ctx, uint32_t domid)
{
    libxl_evgen_domain_death *first, *second;
    int rc = libxl_evenable_domain_death(ctx, domid, 0, &first);

    if (rc)
        return rc;
    rc = libxl_evenable_domain_death(ctx, 0, 0, &second);
    libxl_evdisable_domain_death(ctx, first);
    if (!rc)
        libxl_evdisable_domain_death(ctx, second);
    return rc;
}

static const struct operation operations[] = {
    { "destroy",
      destroy,
      { "xc_domain_pause",
        "xc_domain_getinfolist" /* waiting for the end */ } },
    { "rename", rename_it },
    { "preserve", preserve },
    { "set the memory target", set_target },
    { "set the memory limit", set_maximum },
    { "take vCPUs online", set_online },
    { "retrieve the configuration", retrieve },
    { "store userdata", keep_data },
    { "send a key", press_key },
    { "list vCPUs", list_vcpus },
    { "shut down", shut_down, { "/control/feature-poweroff" } },
    /* Without its name, a domain is watched all the same. */
    { "watch",
      watch,
      { "xc_domain_getinfolist", "/local/domain/1/name",
        "/local/domain/0/name" } },
};

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

/*
 * Whatever the operation has left, a second try and destroy do away with.  A
 * second destroy may find that nothing is left to be done.
 */
static void mend(const struct operation *operation, uint32_t domid, int rc,
                 const char *where)
{
    libxl_ctx *ctx = fake_ctx();

    if (rc)
        rc = operation->run(ctx, domid);
    if (operation->run == destroy && rc == ERROR_DOMAIN_NOTFOUND)
        rc = 0;
    check(!rc, where, "a second try fails");
    if (operation->run != destroy)
        check(!libxl_domain_destroy(ctx, domid, NULL), where,
              "the domain cannot be destroyed");
    libxl_ctx_free(ctx);
}

/* What the operation's result and the log must be like. */
static void check_result(const struct operation *operation, int rc,
                         const char *what, const char *where)
{
    check(!rc || *fake_errors(), where, "no error is logged");
    check(rc ? *what : !*what || is_tolerated(operation, what), where,
          rc ? "it fails by itself" : "it does not fail");
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
    struct fake_rest before;
    const char *where;
    char what[256];
    uint32_t domid;
    libxl_ctx *ctx;
    int rc;

    fake_host_reset(NULL);
    before = fake_rest_take();
    ctx = fake_ctx();
    domid = fake_create(ctx, "g");
    fake_log_forget();

    plan(source, n);
    rc = operation->run(ctx, domid);
    snprintf(what, sizeof(what), "%s", what_failed(source));
    plan(0, 0);
    libxl_ctx_free(ctx);
    where = words_for(operation->name, source, n, what);
    check_result(operation, rc, what, where);
    mend(operation, domid, rc, where);
    faults += !fake_rest_is_equal(before, fake_rest_take(), where);
    return *what;
}

static void whatever_fails_a_second_try_mends(void **state)
{
    const struct operation *operation;
    const size_t count = sizeof(operations) / sizeof(operations[0]);
    enum source source;
    unsigned int n;

    for (operation = operations; operation < operations + count; operation++)
        for (source = 0; source < SOURCES; source++)
            for (n = 1; fails_at(operation, source, n); n++)
                ;
    assert_int_equal(faults, 0);
}

/* Creation of a guest, by who fills its configuration in. */
struct creation {
    struct operation operation; /* without its run */
    void (*fill)(libxl_domain_config *config, const char *name);
    bool waits_for_console;
};

/* Many nodes: much is on its way when something fails. */
static void fill_large(libxl_domain_config *config, const char *name)
{
    fake_config(config, name);
    config->b_info.max_vcpus = 40;
}

static const struct creation creations[] = {
    { { "create" }, fake_config },
    { { "create and wait for the console" }, fake_config, true },
    { { "create with everything" }, fake_config_everything, true },
    { { "create with many nodes" }, fill_large },
};

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

static void whatever_fails_nothing_is_left_of_a_creation(void **state)
{
    const size_t count = sizeof(creations) / sizeof(creations[0]);
    const struct creation *creation;
    enum source source;
    unsigned int n;

    for (creation = creations; creation < creations + count; creation++)
        for (source = 0; source < SOURCES; source++)
            for (n = 1; creation_fails_at(creation, source, n); n++)
                ;
    assert_int_equal(faults, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whatever_fails_nothing_is_left_of_a_creation),
        cmocka_unit_test(whatever_fails_a_second_try_mends),
    };

    return cmocka_run_group_tests(tests, fake_host_start, fake_host_stop);
}
