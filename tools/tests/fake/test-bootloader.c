/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Bootloaders: what they answer, and every way in which they go wrong.  The
 * fake builder reads the files that they name.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <libxl_event.h>

#include "host.h"
#include "store.h"

/* Before the body of each: its arguments. */
#define PREAMBLE                                                               \
    "#!/bin/sh\n"                                                              \
    "for a; do case $a in --output=*) o=${a#*=} ;; "                           \
    "--output-directory=*) d=${a#*=} ;; esac; done\n"

static const struct bad {
    const char *body, *words;
} bad_loaders[] = {
    { "printf 'no grub.cfg\\n' >&2; exit 3",
      "exit status 3; its last words: \"no grub.cfg\"" },
    { "kill -9 $$", "was killed by signal 9" },
    { "", "found no kernel on 'disk'" },
    { "printf 'ramdisk ramdisk\\0' >$o", "found no kernel" },
    { "printf 'kernel kernel\\0kernel kernel\\0' >$o", "gave kernel twice" },
    { "printf 'kernel kernel\\0fruit x\\0' >$o", "answer that is not" },
    { "printf 'kernel kernel\\nargs x\\n' >$o", "answer that is not" },
    { "printf '\\377\\376\\001' >$o", "answer that is not" },
    { "head -c 1048576 /dev/zero | tr '\\0' x >$o", "more than 65536 bytes" },
    { "head -c 1048576 /dev/zero >$o", "more than 65536 bytes" },
    { "rm $o", "left no answer" },
    { "rm $o; mkdir $o", "left no answer" },
    { "rm $o; ln -s /etc/passwd $o", "left no answer" },
    { "printf 'kernel missing\\0' >$o", "'missing', which 'bootloader' names" },
    { "printf 'kernel %s/none\\0' $d >$o; mkdir -p $d/a/b; echo x >$d/a/b/c",
      "none', which 'bootloader' names" },
    { "mkdir $d/x; chmod 0 $d; exit 1", "exit status 1" },
    { "head -c 3000000 /dev/zero | tr '\\0' x; exit 2", "exit status 2" },
};

static libxl_ctx *ctx;
static struct fake_rest before;

static int set_up(void **state)
{
    int r = fake_host_reset(state);

    mkdir("bin", 0755);
    before = fake_rest_take();
    ctx = fake_ctx();
    return r;
}

static int tear_down(void **state)
{
    libxl_ctx_free(ctx);
    return !fake_rest_is_equal(before, fake_rest_take(), "in the end");
}

static int abort_creation(const libxl_asyncop_how *how)
{
    return libxl_ao_abort(ctx, how);
}

static int destroy_domain(const libxl_asyncop_how *how)
{
    return libxl_domain_destroy(ctx, 1, NULL);
}

/* Wait until the bootloader runs, and end it.  Return what the creation does.
 */
static int end_it(const libxl_asyncop_how *how,
                  int (*end)(const libxl_asyncop_how *how))
{
    libxl_event *event;
    int rc;

    while (access("lib/bootloader.1.d/runs", F_OK))
        usleep(10000);
    assert_int_equal(end(how), 0);
    assert_int_equal(
        libxl_event_wait(ctx, &event, LIBXL_EVENTMASK_ALL, NULL, NULL), 0);
    rc = event->u.operation_complete.rc;
    libxl_event_free(ctx, event);
    return rc;
}

static int create_how(const char *body, uint32_t *domid_r,
                      const libxl_asyncop_how *how,
                      int (*end)(const libxl_asyncop_how *how))
{
    FILE *file = fopen("bin/loader", "w");
    static libxl_domain_config config;
    int rc;

    assert_non_null(file);
    fprintf(file, PREAMBLE "%s\n", body);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod("bin/loader", 0755), 0);
    fake_config(&config, "g");
    fake_config_devices(&config, 1, 0);
    free(config.b_info.kernel);
    config.b_info.kernel = NULL;
    config.b_info.bootloader = strdup("loader");
    fake_log_forget();
    rc = libxl_domain_create_new(ctx, &config, domid_r, how, NULL);
    if (how)
        rc = rc ? rc : end_it(how, end);
    libxl_domain_config_dispose(&config);
    return rc;
}

static int create(const char *body, uint32_t *domid_r)
{
    return create_how(body, domid_r, NULL, NULL);
}

static bool has_files(void)
{
    return !access("lib/bootloader.1.out", F_OK) ||
           !access("lib/bootloader.1.d", F_OK);
}

static void each_failure_is_said_and_leaves_nothing(void **state)
{
    uint32_t domid;
    size_t i;

    for (i = 0; i < sizeof(bad_loaders) / sizeof(bad_loaders[0]); i++) {
        const struct bad *bad = &bad_loaders[i];
        struct fake_rest rest = fake_rest_take();

        assert_int_equal(create(bad->body, &domid), ERROR_FAIL);
        if (!strstr(fake_errors(), bad->words))
            fail_msg("'%s': no '%s' in '%s'", bad->body, bad->words,
                     fake_errors());
        assert_false(has_files());
        assert_true(fake_rest_is_equal(rest, fake_rest_take(), bad->body));
    }
}

static void its_files_are_loaded_and_removed(void **state)
{
    uint32_t domid;
    char *tty;

    assert_int_equal(create("cp kernel $d/k; cp ramdisk $d/r; printf 'kernel "
                            "%s/k\\0ramdisk %s/r\\0args a b' $d $d >$o",
                            &domid),
                     0);
    assert_false(has_files());
    tty = fake_store_read("/local/domain/1/console/tty");
    assert_null(tty);
    assert_int_equal(libxl_domain_destroy(ctx, domid, NULL), 0);
}

/* What another directory has is not its own to remove. */
static void files_elsewhere_stay(void **state)
{
    uint32_t domid;

    assert_int_equal(create("printf 'kernel kernel\\0' >$o", &domid), 0);
    assert_int_equal(access("kernel", F_OK), 0);
    assert_int_equal(libxl_domain_destroy(ctx, domid, NULL), 0);
}

/* A bootloader that was killed with its caller has left its files. */
static void files_of_a_killed_one_are_replaced(void **state)
{
    uint32_t domid;

    mkdir("lib/bootloader.1.d", 0700);
    assert_int_equal(close(creat("lib/bootloader.1.d/old", 0600)), 0);
    assert_int_equal(close(creat("lib/bootloader.1.out", 0600)), 0);
    assert_int_equal(
        create("[ ! -e $d/old ] && printf 'kernel kernel\\0' >$o", &domid), 0);
    assert_int_equal(libxl_domain_destroy(ctx, domid, NULL), 0);
}

/* Also one that takes no notice of its terminal's end. */
static void expect_ends(int (*end)(const libxl_asyncop_how *how), int rc)
{
    static const libxl_asyncop_how how = { .u.for_event = 7 };
    uint32_t domid;

    assert_int_equal(create_how("trap '' HUP TERM INT; touch $d/runs; sleep 60",
                                &domid, &how, end),
                     rc);
    assert_false(has_files());
}

static void one_that_hangs_ends_with_its_creation(void **state)
{
    expect_ends(abort_creation, ERROR_ABORTED);
}

static void one_that_hangs_ends_with_its_domain(void **state)
{
    expect_ends(destroy_domain, ERROR_FAIL);
    assert_non_null(
        strstr(fake_errors(), "destroyed while its bootloader ran"));
    assert_null(strstr(fake_errors(), "stays"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_failure_is_said_and_leaves_nothing),
        TEST(its_files_are_loaded_and_removed),
        TEST(files_elsewhere_stay),
        TEST(files_of_a_killed_one_are_replaced),
        TEST(one_that_hangs_ends_with_its_creation),
        TEST(one_that_hangs_ends_with_its_domain),
    };

    return cmocka_run_group_tests(tests, fake_host_start, fake_host_stop);
}
