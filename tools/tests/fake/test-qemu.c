/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The QEMU of a guest: started with the guest or for a disk that is attached,
 * ended with it, and what comes of one that does not do as it should.
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

#define PID_NODE "/local/domain/1/image/device-model-pid"

/* Does what the file "mode" says: see bad_qemus. */
static const char program[] =
    "#!/usr/bin/perl\n"
    "use IO::Socket::UNIX; $| = 1;\n"
    "open my $f, '<', 'mode'; my $mode = <$f> // '';\n"
    "open my $p, '>', 'qemu.pid'; print $p $$; close $p;\n"
    "if ($mode eq 'dies') { print STDERR \"first\\nlast words\\n\"; exit 3 }\n"
    "sleep 60 if $mode eq 'hangs';\n"
    "my $l = IO::Socket::UNIX->new(Local => 'run/qmp-libxl-1', Listen => 1);\n"
    "my $s = IO::Socket::UNIX->new(Peer => $ENV{XENSTORED_PATH});\n"
    "my $b = \"/local/domain/0/device-model/1/state\\0running\";\n"
    "syswrite $s, pack('L4', 11, 0, 0, length $b) . $b;\n"
    "while (my $c = $l->accept) {\n"
    "    close $c, next if $mode eq 'closes';\n"
    "    print $c $mode eq 'junk' ? \"}junk{\\n\" : qq({\"QMP\": {}}\\r\\n);\n"
    "    $c->flush;\n"
    "    while (<$c>) {\n"
    "        sleep 60 if $mode eq 'silent';\n"
    "        my ($id) = /\"id\":(\\d+)/;\n"
    "        print $c qq({\"event\": \"X\"}\\n);\n"
    "        my $what = /monitor/ ? '\"some words\"' : '[]';\n"
    "        print $c $mode eq 'refuses' && /query/\n"
    "            ? qq({\"error\": {\"class\": \"CommandNotFound\", "
    "\"desc\": \"no such\"}, \"id\": $id}\\n)\n"
    "            : qq({\"return\": $what, \"id\": $id}\\n);\n"
    "        $c->flush;\n"
    "    }\n"
    "}\n";

static const struct bad {
    const char *mode, *words;
} bad_qemus[] = {
    { "dies", "says: last words (see 'log/qemu-dm-g.log')" },
    { "hangs", "is not ready after" },
    { "junk", "sends what is no answer of QMP" },
    { "closes", "has closed the connection" },
    { "silent", "does not answer" },
    { "refuses", "refuses 'query-chardev': no such" },
};

static int set_up(void **state)
{
    int r = guest_set_up(state);

    mkdir("bin", 0700);
    fake_file("bin/qemu", program, sizeof(program) - 1);
    fake_file("mode", "", 0);
    fake_backends_are("/backend/qdisk/", FAKE_BACKEND_GOOD);
    return r || chmod("bin/qemu", 0700);
}

static pid_t qemu_pid(void)
{
    return atol(guest_file("qemu.pid"));
}

static void expect_no_qemu(void)
{
    pid_t pid = qemu_pid();
    int i;

    /* init has yet to collect it. */
    for (i = 0; i < 200; i++) {
        char path[64];
        const char *state;

        snprintf(path, sizeof(path), "/proc/%ld/stat", (long)pid);
        state = strrchr(guest_file(path), ')');
        if (!state || state[2] == 'Z' || state[2] == 'X')
            return;
        usleep(10000);
    }
    fail_msg("QEMU %ld still runs", (long)pid);
}

static void qcow2_guest(libxl_domain_config *config)
{
    fake_config(config, "g");
    fake_config_devices(config, 1, 0);
    config->disks[0].format = LIBXL_DISK_FORMAT_QCOW2;
}

static int create(uint32_t *domid_r)
{
    libxl_domain_config config;
    int rc;

    qcow2_guest(&config);
    rc = libxl_domain_create_new(guest_ctx, &config, domid_r, NULL, NULL);
    libxl_domain_config_dispose(&config);
    return rc;
}

static void comes_and_goes_with_its_guest(void **state)
{
    uint32_t domid;
    char text[16], *answer = NULL;

    assert_int_equal(create(&domid), 0);
    assert_int_equal(domid, 1);
    snprintf(text, sizeof(text), "%ld", (long)qemu_pid());
    guest_node_is(PID_NODE, text);
    assert_int_equal(
        libxl_qemu_monitor_command(guest_ctx, 1, "info \"x\"", &answer, NULL),
        0);
    assert_string_equal(answer, "some words");
    free(answer);
    guest_destroy(domid);
    expect_no_qemu();
    guest_node_is("/local/domain/0/device-model/1", NULL);
    assert_int_equal(access("run/qmp-libxl-1", F_OK), -1);
    fake_store_rm("/local/domain/0/device-model");
}

static void that_goes_wrong_leaves_nothing(void **state)
{
    size_t i;
    uint32_t domid;

    for (i = 0; i < sizeof(bad_qemus) / sizeof(bad_qemus[0]); i++) {
        const struct bad *bad = &bad_qemus[i];

        fake_file("mode", bad->mode, strlen(bad->mode));
        assert_int_equal(create(&domid), ERROR_FAIL);
        if (!strstr(fake_errors(), bad->words))
            fail_msg("%s: no '%s' in: %s", bad->mode, bad->words,
                     fake_errors());
        expect_no_qemu();
        guest_node_is("/local/domain/1", NULL);
        fake_log_forget();
        fake_store_rm("/local/domain/0/device-model");
    }
}

#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, set_up, guest_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(comes_and_goes_with_its_guest),
        TEST(that_goes_wrong_leaves_nothing),
    };

    return cmocka_run_group_tests(tests, fake_host_start, fake_host_stop);
}
