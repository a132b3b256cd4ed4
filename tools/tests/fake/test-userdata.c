/* SPDX-License-Identifier: LGPL-2.1-only */
/* Files that are kept for a domain, its stored configuration among them. */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <libxl_utils.h>
#include <xen/io/xs_wire.h>

#include "domain/stored.h"
#include "guest.h"

static void userdata_is_kept_with_the_domain(void **state)
{
    static const uint8_t data[] = "mine";
    uint32_t domid = fake_create(guest_ctx, "g");
    uint8_t *found;
    int size;

    assert_int_equal(libxl_userdata_store(guest_ctx, domid, "u", data, 5), 0);
    assert_int_equal(
        libxl_userdata_retrieve(guest_ctx, domid, "u", &found, &size), 0);
    assert_int_equal(size, 5);
    assert_memory_equal(found, data, 5);
    free(found);
    assert_int_equal(libxl_userdata_retrieve(guest_ctx, domid, "u", NULL, NULL),
                     0);
    assert_int_equal(libxl_userdata_unlink(guest_ctx, domid, "u"), 0);
    assert_int_equal(libxl_userdata_unlink(guest_ctx, domid, "u"), 0);
    assert_int_equal(
        libxl_userdata_retrieve(guest_ctx, domid, "u", &found, &size), 0);
    assert_null(found);
    assert_int_equal(libxl_userdata_store(guest_ctx, 99, "u", data, 5),
                     ERROR_DOMAIN_NOTFOUND);
    assert_int_equal(libxl_userdata_store(guest_ctx, domid, "u", data, 5), 0);
    guest_destroy(domid);
}

/* A folder stands where a file of the domain is to be. */
static void a_file_that_cannot_be_replaced_is_an_error(void **state)
{
    uint32_t domid = fake_create(guest_ctx, "g");
    char *vm = fake_store_read("/local/domain/1/vm"), path[128];
    libxl_uuid uuid = { .uuid = { 1 } };
    uint8_t *data;
    int size;

    snprintf(path, sizeof(path), "lib/userdata-d.1.%s.u", vm + strlen("/vm/"));
    assert_int_equal(mkdir(path, 0700), 0);
    assert_true(libxl_userdata_store(guest_ctx, domid, "u", (uint8_t *)"d", 1) <
                0);
    assert_true(libxl_userdata_unlink(guest_ctx, domid, "u") < 0);
    assert_true(libxl_userdata_retrieve(guest_ctx, domid, "u", &data, &size) <
                0);
    assert_true(libxl_domain_destroy(guest_ctx, domid, NULL) < 0);
    assert_non_null(fake_domain(domid));
    assert_true(fake_has(fake_errors(), (const char *const[]) { "cannot rename",
                                                                "cannot remove",
                                                                path, NULL }));
    assert_int_equal(rmdir(path), 0);
    snprintf(
        path, sizeof(path),
        "lib/userdata-d.1.01000000-0000-0000-0000-000000000000.libxl-json");
    mkdir(path, 0700);
    assert_true(libxl_domain_preserve(guest_ctx, domid, NULL, "-old", uuid) <
                0);
    rmdir(path);
    guest_destroy(domid);
    free(vm);
}

static char late[128];

/* The nodes of a domain go after its files. */
static void store_late(uint32_t type, const char *path)
{
    if (type == XS_RM && *late) {
        fake_file(late, "late", 4);
        late[0] = '\0';
    }
}

static void what_is_stored_at_a_destroy_goes_with_the_domain(void **state)
{
    uint32_t domid = fake_create(guest_ctx, "g");
    char *vm = fake_store_read("/local/domain/1/vm");

    snprintf(late, sizeof(late), "lib/userdata-d.1.%s.u", vm + strlen("/vm/"));
    free(vm);
    fake_store_hook = store_late;
    guest_destroy(domid);
    assert_string_equal(late, "");
}

static void nothing_is_stored_for_a_domain_that_is_dying(void **state)
{
    uint32_t domid = fake_create(guest_ctx, "g");
    struct fake_rest before = fake_rest_take();

    fake_xen.dying_for = 10;
    fake_domain(domid)->info.flags |= XEN_DOMINF_dying;
    assert_int_equal(
        libxl_userdata_store(guest_ctx, domid, "u", (uint8_t *)"d", 1),
        ERROR_DOMAIN_NOTFOUND);
    assert_non_null(strstr(fake_errors(), "cannot store 'u' for domain 1"));
    assert_int_equal(libxl_userdata_unlink(guest_ctx, domid, "u"), 0);
    assert_true(fake_rest_is_equal(before, fake_rest_take(), "dying"));
    fake_domain(domid)->info.flags &= ~XEN_DOMINF_dying;
    fake_xen.dying_for = 0;
    guest_destroy(domid);
}

/* Only a domain that has ended loses what was stored for it. */
static void what_is_stored_stays_when_the_domain_cannot_be_queried(void **state)
{
    uint32_t domid = fake_create(guest_ctx, "g");
    uint8_t *found;
    int size;

    fake_xen_fail(2, false, EIO);
    assert_true(libxl_userdata_store(guest_ctx, domid, "u", (uint8_t *)"d", 1) <
                0);
    fake_xen_fail(0, false, 0);
    assert_int_equal(
        libxl_userdata_retrieve(guest_ctx, domid, "u", &found, &size), 0);
    assert_int_equal(size, 1);
    free(found);
    guest_destroy(domid);
}

static void userdata_that_cannot_be_stored_is_an_error(void **state)
{
    libxl_domain_config config;
    uint32_t domid;

    rename("lib", "away");
    fake_config(&config, "g");
    assert_int_equal(guest_create_of(&config, &domid), ERROR_FAIL);
    assert_true(fake_has(fake_errors(), (const char *const[]) {
                                            "cannot create", "lib/", NULL }));
    rename("away", "lib");
}

static void without_a_stored_configuration_none_is_retrieved(void **state)
{
    uint32_t domid = fake_create(guest_ctx, "g");
    libxl_domain_config config;

    assert_int_equal(libxl_userdata_unlink(guest_ctx, domid, "libxl-json"), 0);
    libxl_domain_config_init(&config);
    assert_int_equal(
        libxl_retrieve_domain_configuration(guest_ctx, domid, &config, NULL),
        ERROR_JSON_CONFIG_EMPTY);
    assert_int_equal(
        libxl_retrieve_domain_configuration(guest_ctx, 99, &config, NULL),
        ERROR_DOMAIN_NOTFOUND);
    libxl_domain_config_dispose(&config);
    guest_destroy(domid);
}

/* The logs of xl: NAME.log.1 is the youngest of the old ones. */
static void old_logs_are_kept(void **state)
{
    struct stat st;
    char *path;
    int i;

    for (i = 0; i < 12; i++) {
        assert_int_equal(libxl_create_logfile(guest_ctx, "xl-g", &path), 0);
        assert_string_equal(path, "log/xl-g.log");
        fake_file(path, "words", i % 5);
        free(path);
    }
    assert_int_equal(stat("log/xl-g.log.10", &st), 0);
    assert_int_equal(st.st_size, 1);
    assert_int_not_equal(stat("log/xl-g.log.11", &st), 0);
    assert_int_equal(libxl_create_logfile(guest_ctx, "a/b", &path),
                     ERROR_INVAL);
    mkdir("log/xl-h.log.1", 0700);
    fake_file("log/xl-h.log", "", 0);
    assert_int_equal(libxl_create_logfile(guest_ctx, "xl-h", &path), 0);
    free(path);
}

/* A change that takes its time. */
static int count_up(libxl__gc *gc, libxl_domain_config *config, void *opaque)
{
    usleep(2000);
    config->b_info.event_channels++;
    return 0;
}

static void *change_often(void *domid)
{
    libxl_ctx *own = fake_ctx();
    LIBXL__GC(gc, own);
    int i, faults = 0;

    for (i = 0; i < 10; i++)
        faults +=
            !!libxl__stored_change(gc, *(uint32_t *)domid, count_up, NULL);
    libxl__gc_dispose(gc);
    libxl_ctx_free(own);
    return faults ? domid : NULL;
}

static void no_change_of_what_is_stored_is_lost(void **state)
{
    uint32_t domid = fake_create(guest_ctx, "g");
    libxl_domain_config config;
    pthread_t threads[2];
    void *fault;
    int i;

    for (i = 0; i < 2; i++)
        assert_int_equal(
            pthread_create(&threads[i], NULL, change_often, &domid), 0);
    for (i = 0; i < 2; i++) {
        pthread_join(threads[i], &fault);
        assert_null(fault);
    }
    libxl_domain_config_init(&config);
    assert_int_equal(
        libxl_retrieve_domain_configuration(guest_ctx, domid, &config, NULL),
        0);
    assert_int_equal(config.b_info.event_channels, 20);
    libxl_domain_config_dispose(&config);
    guest_destroy(domid);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GUEST_TEST(userdata_is_kept_with_the_domain),
        GUEST_TEST(a_file_that_cannot_be_replaced_is_an_error),
        GUEST_TEST(what_is_stored_at_a_destroy_goes_with_the_domain),
        GUEST_TEST(nothing_is_stored_for_a_domain_that_is_dying),
        GUEST_TEST(what_is_stored_stays_when_the_domain_cannot_be_queried),
        GUEST_TEST(userdata_that_cannot_be_stored_is_an_error),
        GUEST_TEST(without_a_stored_configuration_none_is_retrieved),
        GUEST_TEST(old_logs_are_kept),
        GUEST_TEST(no_change_of_what_is_stored_is_lost),
    };

    return cmocka_run_group_tests(tests, fake_host_start, fake_host_stop);
}
