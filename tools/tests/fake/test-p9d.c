/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * xen-9pfsd, which serves the p9 devices of all guests: started once, started
 * anew when it has died, and what comes of one that does not do as it should.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <libxl_utils.h>

#include "guest.h"

#ifdef LIBXL_HAVE_XEN_9PFS

#define NODE "/local/domain/0/libxl/xen-9pfs"
#define BACK "/local/domain/0/backend/xen_9pfs/1"

static const char program[] =
    "#!/usr/bin/perl\n"
    "use IO::Socket::UNIX;\n"
    "open my $f, '<', 'mode'; my $mode = <$f> // '';\n"
    "open my $p, '>>', 'pids'; print $p \"$$\\n\"; close $p;\n"
    "if ($mode eq 'dies') { print STDERR \"last words\\n\"; exit 3 }\n"
    "sleep 60 if $mode eq 'hangs';\n"
    "my $s = IO::Socket::UNIX->new(Peer => $ENV{XENSTORED_PATH});\n"
    "my $b = \"/local/domain/0/libxl/xen-9pfs/state\\0running\";\n"
    "syswrite $s, pack('L4', 11, 0, 0, length $b) . $b;\n"
    "sleep 60;\n";

static int set_up(void **state)
{
    int r = guest_set_up(state);

    mkdir("bin", 0700);
    fake_file("bin/xen-9pfsd", program, sizeof(program) - 1);
    fake_file("mode", "", 0);
    unlink("pids");
    return r || chmod("bin/xen-9pfsd", 0700);
}

/* Of those that were started, in turn; 0: there were no more. */
static pid_t nth_pid(unsigned int n)
{
    const char *line = guest_file("pids");

    while (n-- && line)
        line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL;
    return line ? atol(line) : 0;
}

/* The daemon outlives its guests; a test ends it, and waits for init. */
static void end(pid_t pid)
{
    int i;

    assert_true(pid > 0);
    kill(pid, SIGKILL);
    for (i = 0; i < 200 && !kill(pid, 0); i++)
        usleep(10000);
}

/* A process that init has yet to collect has no program any more. */
static void expect_gone(pid_t pid)
{
    char path[32], target[8];

    snprintf(path, sizeof(path), "/proc/%ld/exe", (long)pid);
    assert_int_equal(readlink(path, target, sizeof(target)), -1);
}

static void add(libxl_domain_config *config, const char *tag)
{
    libxl_device_p9 *p9;

    config->p9s =
        realloc(config->p9s, (config->num_p9s + 1) * sizeof(*config->p9s));
    p9 = &config->p9s[config->num_p9s++];
    libxl_device_p9_init(p9);
    p9->type = LIBXL_P9_TYPE_XEN_9PFSD;
    p9->path = strdup("/srv/share");
    p9->max_files = 7;
    if (tag)
        p9->tag = strdup(tag);
}

static int create(void)
{
    libxl_domain_config config;
    uint32_t domid;
    int rc;

    fake_config(&config, "g");
    add(&config, NULL);
    add(&config, "more");
    rc = libxl_domain_create_new(guest_ctx, &config, &domid, NULL, NULL);
    libxl_domain_config_dispose(&config);
    return rc;
}

static void serves_all_guests(void **state)
{
    char pid[16];

    assert_int_equal(create(), 0);
    snprintf(pid, sizeof(pid), "%ld", (long)nth_pid(0));
    guest_node_is(NODE "/pid", pid);
    guest_node_is("/local/domain/1/device/9pfs/0/tag", "Xen");
    guest_node_is(BACK "/0/security_model", "none");
    guest_node_is(BACK "/1/max-files", "7");
    guest_node_is(BACK "/1/auto-delete", "0");
    guest_node_is(BACK "/1/state", "2");
    guest_destroy(1);
    assert_int_equal(create(), 0);
    assert_int_equal(nth_pid(1), 0);
    guest_destroy(1);
    end(nth_pid(0));
    fake_store_rm("/local/domain/0/libxl");
}

static void is_started_anew_when_it_has_died(void **state)
{
    assert_int_equal(create(), 0);
    guest_destroy(1);
    end(nth_pid(0));
    assert_int_equal(create(), 0);
    guest_destroy(1);
    end(nth_pid(1));
    fake_store_rm("/local/domain/0/libxl");
}

static void is_started_for_a_device_that_is_attached(void **state)
{
    libxl_domain_config config;

    fake_config(&config, "other");
    add(&config, NULL);
    fake_create(guest_ctx, "g");
    assert_int_equal(libxl_device_9pfs_add(guest_ctx, 1, config.p9s, NULL), 0);
    guest_node_is(BACK "/0/max-files", "7");
    assert_int_equal(libxl_device_p9_remove(guest_ctx, 1, config.p9s, NULL), 0);
    guest_node_is(BACK "/0", NULL);
    libxl_domain_config_dispose(&config);
    guest_destroy(1);
    end(nth_pid(0));
    fake_store_rm("/local/domain/0/libxl");
}

static void that_goes_wrong_leaves_nothing(void **state)
{
    static const struct {
        const char *mode, *words;
    } bad[] = {
        { "dies", "says: last words (see 'log/xen-9pfsd.log')" },
        { "hangs", "is not ready after" },
    };
    size_t i;

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        fake_file("mode", bad[i].mode, strlen(bad[i].mode));
        assert_int_equal(create(), ERROR_FAIL);
        if (!strstr(fake_errors(), bad[i].words))
            fail_msg("no '%s' in: %s", bad[i].words, fake_errors());
        guest_node_is("/local/domain/1", NULL);
        guest_node_is("/local/domain/0/libxl", NULL);
        expect_gone(nth_pid(i));
        fake_log_forget();
    }
}

static void that_is_missing_is_named(void **state)
{
    unlink("bin/xen-9pfsd");
    assert_int_equal(create(), ERROR_FAIL);
    assert_non_null(strstr(fake_errors(), "p9[0] needs 'bin/xen-9pfsd'"));
    assert_non_null(strstr(fake_errors(), "install the package 'xen-utils"));
}

#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, set_up, guest_tear_down)

#else

static void of_xen_4_20(void **state)
{
    print_message("Xen 4.17 has no xen-9pfsd\n");
    skip();
}

#define TEST(name) cmocka_unit_test(of_xen_4_20)
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(serves_all_guests),
        TEST(is_started_anew_when_it_has_died),
        TEST(is_started_for_a_device_that_is_attached),
        TEST(that_goes_wrong_leaves_nothing),
        TEST(that_is_missing_is_named),
    };

    return cmocka_run_group_tests(tests, fake_host_start, fake_host_stop);
}
