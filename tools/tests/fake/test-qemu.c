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
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <libxl_utils.h>

#include "guest.h"

#define PID_NODE "/local/domain/1/image/device-model-pid"
#define CONSOLE  "/local/domain/1/console"
#define CHANNELS "/local/domain/1/device/console"

/*
 * Does what the file "mode" says: see bad_qemus.  Keeps its arguments in
 * "qemu.args", and the words that set a password in "qemu.password".
 */
static const char program[] =
    "#!/usr/bin/perl\n"
    "use IO::Socket::UNIX; $| = 1;\n"
    "open my $f, '<', 'mode'; my $mode = <$f> // '';\n"
    "open my $p, '>', 'qemu.pid'; print $p $$; close $p;\n"
    "open my $a, '>', 'qemu.args'; print $a \"$_\\n\" for @ARGV,\n"
    "    map { \"$_=\" . ($ENV{$_} // '') } 'DISPLAY'; close $a;\n"
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
    "        $what = '{\"host\": \"127.0.0.1\", \"service\": \"5907\"}'\n"
    "            if /query-vnc/ && $mode ne 'blind';\n"
    "        if (/change-vnc-password/) {\n"
    "            open my $w, '>', 'qemu.password'; print $w $_; close $w;\n"
    "        }\n"
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

static void expect_line(const char *file, const char *line)
{
    if (!strstr(guest_file(file), line))
        fail_msg("no '%s' in: %s", line, guest_file(file));
}

static void add_vfb(libxl_domain_config *config, const char *json)
{
    config->num_vfbs = config->num_vkbs = 1;
    config->vfbs = calloc(1, sizeof(*config->vfbs));
    config->vkbs = calloc(1, sizeof(*config->vkbs));
    assert_int_equal(libxl_device_vfb_from_json(NULL, config->vfbs, json), 0);
    libxl_device_vkb_init(config->vkbs);
}

static int create_vfb(const char *json)
{
    libxl_domain_config config;
    uint32_t domid;
    int rc;

    fake_config(&config, "g");
    add_vfb(&config, json);
    rc = libxl_domain_create_new(guest_ctx, &config, &domid, NULL, NULL);
    libxl_domain_config_dispose(&config);
    return rc;
}

static void shows_a_display(void **state)
{
    assert_int_equal(create_vfb("{\"vnc\": {\"passwd\": \"secret\"},"
                                " \"keymap\": \"de\"}"),
                     0);
    expect_line("qemu.args",
                "\n-vnc\n127.0.0.1:0,password=on,to=99\n-display\nnone\n-k\n"
                "de\n-machine\n");
    expect_line("qemu.password", "{\"password\":\"secret\"}");
    guest_node_is(CONSOLE "/vnc-listen", "127.0.0.1");
    guest_node_is(CONSOLE "/vnc-port", "5907");
    guest_node_is(CONSOLE "/vnc-pass", "secret");
    guest_node_is("/local/domain/0/backend/vkbd/1/0/state", "2");
    guest_destroy(1);
    expect_no_qemu();
    fake_store_rm("/local/domain/0/device-model");
}

static const struct display {
    const char *json, *arguments;
} displays[] = {
    { "{\"vnc\": {\"enable\": \"False\"}, \"keymap\": \"de\"}",
      "\n-vnc\nnone\n-display\nnone\n-k\nde\n-nographic\n-machine\n" },
    { "{\"vnc\": {\"listen\": \"[::1]\", \"display\": 3,"
      " \"findunused\": \"False\"}}",
      "\n-vnc\n[::1]:3\n-display\nnone\n-machine\n" },
    { "{\"vnc\": {\"listen\": \"0.0.0.0:5\"}}", "\n-vnc\n0.0.0.0:5,to=99\n" },
    { "{\"vnc\": {\"listen\": \"h,password=on\"}}",
      "\n-vnc\nh,,password=on:0,to=99\n" },
    { "{\"vnc\": {\"enable\": \"False\"}, \"sdl\": {\"enable\": \"True\","
      " \"display\": \":7\"}}",
      "\n-vnc\nnone\n-display\nnone\n-display\nsdl\n-machine\nxenpv\n-m\n"
      "16\nDISPLAY=:7\n" },
};

static void shows_a_display_as_asked(void **state)
{
    size_t i;

    for (i = 0; i < sizeof(displays) / sizeof(displays[0]); i++) {
        assert_int_equal(create_vfb(displays[i].json), 0);
        expect_line("qemu.args", displays[i].arguments);
        guest_node_is(CONSOLE "/vnc-pass", NULL);
        guest_destroy(1);
        expect_no_qemu();
        fake_store_rm("/local/domain/0/device-model");
        guest_tear_down(state);
        set_up(state);
    }
}

static void whose_display_is_nowhere_leaves_nothing(void **state)
{
    fake_file("mode", "blind", 5);
    assert_int_equal(create_vfb("{}"), ERROR_FAIL);
    assert_non_null(strstr(fake_errors(), "does not say where its display is"));
    expect_no_qemu();
    fake_store_rm("/local/domain/0/device-model");
}

static void gets_a_display_with_its_start_only(void **state)
{
    libxl_device_vfb vfb;
    uint32_t domid;

    fake_create(guest_ctx, "g");
    libxl_device_vfb_init(&vfb);
    assert_int_equal(libxl_device_vfb_add(guest_ctx, 1, &vfb, NULL), 0);
    expect_line("qemu.args", "\n-vnc\n127.0.0.1:0,to=99\n");
    guest_node_is(CONSOLE "/vnc-port", "5907");
    assert_int_equal(libxl_device_vfb_remove(guest_ctx, 1, &vfb, NULL), 0);
    libxl_device_vfb_dispose(&vfb);
    guest_destroy(1);
    expect_no_qemu();
    fake_store_rm("/local/domain/0/device-model");
    guest_tear_down(state);
    set_up(state);

    assert_int_equal(create(&domid), 0);
    libxl_device_vfb_init(&vfb);
    assert_int_equal(libxl_device_vfb_add(guest_ctx, 1, &vfb, NULL),
                     ERROR_INVAL);
    assert_non_null(strstr(fake_errors(), "from its start"));
    guest_node_is("/libxl/1/device/vfb", NULL);
    libxl_device_vfb_dispose(&vfb);
    guest_destroy(1);
    expect_no_qemu();
    fake_store_rm("/local/domain/0/device-model");
}

static void add_channels(libxl_domain_config *config)
{
    int i;

    config->num_channels = 2;
    config->channels = calloc(2, sizeof(*config->channels));
    for (i = 0; i < 2; i++) {
        libxl_device_channel_init(&config->channels[i]);
        config->channels[i].devid = i;
        config->channels[i].name = strdup(i ? "two" : "one");
    }
    libxl_device_channel_init_connection(&config->channels[0],
                                         LIBXL_CHANNEL_CONNECTION_SOCKET);
    config->channels[0].u.socket.path = strdup("/tmp/a,b");
    libxl_device_channel_init_connection(&config->channels[1],
                                         LIBXL_CHANNEL_CONNECTION_PTY);
}

static void check_channels(const char *tty)
{
    libxl_device_channel *list;
    libxl_channelinfo info;
    int count;

    list = libxl_device_channel_list(guest_ctx, 1, &count);
    assert_int_equal(count, 2);
    assert_int_equal(list[0].devid, 1);
    assert_string_equal(list[0].name, "one");
    assert_int_equal(list[0].connection, LIBXL_CHANNEL_CONNECTION_SOCKET);
    assert_string_equal(list[0].u.socket.path, "/tmp/a,b");
    assert_int_equal(list[1].connection, LIBXL_CHANNEL_CONNECTION_PTY);
    assert_int_equal(
        libxl_device_channel_getinfo(guest_ctx, 1, &list[1], &info), 0);
    libxl_device_channel_dispose(&list[0]);
    libxl_device_channel_dispose(&list[1]);
    free(list);
    assert_string_equal(info.frontend, CHANNELS "/2");
    assert_int_equal(info.devid, 2);
    assert_int_equal(info.state, 1);
    assert_int_equal(info.evtch, -1);
    assert_int_equal(info.connection, LIBXL_CHANNEL_CONNECTION_PTY);
    if (tty)
        assert_string_equal(info.u.pty.path, tty);
    else
        assert_null(info.u.pty.path);
    libxl_channelinfo_dispose(&info);
}

static void serves_channels(void **state)
{
    /* What a guest may have written. */
    static const char *const bad[] = { "/dev/mem", "/dev/pts/",
                                       "/dev/pts/../mem", "/dev/pts/9 " };
    libxl_domain_config config;
    uint32_t domid;
    size_t i;

    fake_config(&config, "g");
    add_channels(&config);
    assert_int_equal(
        libxl_domain_create_new(guest_ctx, &config, &domid, NULL, NULL), 0);
    libxl_domain_config_dispose(&config);
    expect_line("qemu.args",
                "\n-chardev\nsocket,id=libxl-channel1,path=/tmp/a,,b,server=on,"
                "wait=off\n-chardev\npty,id=libxl-channel2\n-nodefaults\n");
    guest_node_is(CHANNELS "/1/output", "chardev:libxl-channel1");
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        fake_store_write(CHANNELS "/2/tty", bad[i]);
        check_channels(NULL);
    }
    fake_store_write(CHANNELS "/2/tty", "/dev/pts/9");
    check_channels("/dev/pts/9");
    guest_stored(1, &config);
    assert_int_equal(config.num_channels, 2);
    assert_int_equal(config.channels[0].devid, 1);
    libxl_domain_config_dispose(&config);
    guest_destroy(1);
    expect_no_qemu();
    fake_store_rm("/local/domain/0/device-model");
}

static int attach_qcow2(const char *vdev)
{
    libxl_device_disk disk;
    int rc;

    fake_disk(&disk, vdev);
    disk.format = LIBXL_DISK_FORMAT_QCOW2;
    rc = libxl_device_disk_add(guest_ctx, 1, &disk, NULL);
    libxl_device_disk_dispose(&disk);
    return rc;
}

/* One that crashed, and so left its nodes and its socket. */
static void kill_qemu(void)
{
    assert_int_equal(kill(qemu_pid(), SIGKILL), 0);
    expect_no_qemu();
    unlink("run/qmp-libxl-1");
    unlink("qemu.args");
}

static void serves_a_later_disk_and_what_it_had(void **state)
{
    libxl_domain_config config;
    libxl_device_vfb vfb;
    uint32_t domid;

    fake_config(&config, "g");
    add_vfb(&config, "{\"vnc\": {\"passwd\": \"secret\"}, \"keymap\": \"de\"}");
    add_channels(&config);
    assert_int_equal(guest_create_of(&config, &domid), 0);
    kill_qemu();
    unlink("qemu.password");
    assert_int_equal(attach_qcow2("xvda"), 0);
    expect_line("qemu.args",
                "\n-chardev\nsocket,id=libxl-channel1,path=/tmp/a,,b,server=on,"
                "wait=off\n-chardev\npty,id=libxl-channel2\n-nodefaults\n");
    expect_line("qemu.args", "\n-vnc\n127.0.0.1:0,password=on,to=99\n-display\n"
                             "none\n-k\nde\n-machine\n");
    expect_line("qemu.password", "{\"password\":\"secret\"}");

    /* Two displays are one too many, also for a new QEMU. */
    kill_qemu();
    libxl_device_vfb_init(&vfb);
    assert_int_equal(libxl_device_vfb_add(guest_ctx, 1, &vfb, NULL),
                     ERROR_INVAL);
    assert_int_equal(access("qemu.args", F_OK), -1);
    libxl_device_vfb_dispose(&vfb);

    /* A display that has been detached is none. */
    libxl_device_vfb_init(&vfb);
    vfb.devid = 0;
    assert_int_equal(libxl_device_vfb_destroy(guest_ctx, 1, &vfb, NULL), 0);
    libxl_device_vfb_dispose(&vfb);
    assert_int_equal(attach_qcow2("xvdb"), 0);
    expect_line("qemu.args", "\n-vnc\nnone\n-display\nnone\n-nographic\n");
    guest_destroy(1);
    expect_no_qemu();
    fake_store_rm("/local/domain/0/device-model");
}

static const char viewer[] = "#!/bin/sh\n"
                             "echo \"$# $*\" $(cat) >viewer.out\n";

/* Runs in a child, since it does not return. */
static void run_viewer(int autopass)
{
    int status;
    pid_t pid = fork();

    assert_true(pid >= 0);
    if (!pid) {
        if (!freopen("/dev/null", "r", stdin))
            _exit(8);
        libxl_vncviewer_exec(guest_ctx, 1, autopass);
        _exit(9);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

static const struct view {
    const char *listen, *port, *password;
    int autopass;
    const char *wanted;
} views[] = {
    { NULL, "5900", NULL, 0, "1 localhost:0\n" },
    { "127.0.0.1", "5907", "secret", 0, "1 127.0.0.1:7\n" },
    { "127.0.0.1", "5907", "secret", 1, "2 127.0.0.1:7 -autopass secret\n" },
    { "10.0.0.1", "5907", NULL, 1, "1 10.0.0.1:7\n" },
    { "::", "5999", NULL, 0, "1 [::]:99\n" },
    { "[::1]", "5999", NULL, 0, "1 [::1]:99\n" },
};

static void is_viewed(void **state)
{
    static const char *const bad_ports[] = { "", "abc", "5899", "65536" };
    size_t i;

    fake_create(guest_ctx, "g");
    fake_file("bin/viewer", viewer, sizeof(viewer) - 1);
    chmod("bin/viewer", 0700);
    setenv("VNCVIEWER", "bin/viewer", 1);
    assert_int_equal(libxl_vncviewer_exec(guest_ctx, 1, 0), ERROR_FAIL);
    for (i = 0; i < sizeof(views) / sizeof(views[0]); i++) {
        fake_store_rm(CONSOLE "/vnc-listen");
        fake_store_rm(CONSOLE "/vnc-pass");
        fake_store_write(CONSOLE "/vnc-port", views[i].port);
        if (views[i].listen)
            fake_store_write(CONSOLE "/vnc-listen", views[i].listen);
        if (views[i].password)
            fake_store_write(CONSOLE "/vnc-pass", views[i].password);
        run_viewer(views[i].autopass);
        assert_string_equal(guest_file("viewer.out"), views[i].wanted);
    }
    setenv("VNCVIEWER", "bin/none", 1);
    fake_store_write(CONSOLE "/vnc-pass", "secret");
    assert_int_equal(libxl_vncviewer_exec(guest_ctx, 1, 1), ERROR_FAIL);
    assert_non_null(strstr(fake_errors(), "cannot run 'bin/none'"));
    for (i = 0; i < sizeof(bad_ports) / sizeof(bad_ports[0]); i++) {
        fake_store_write(CONSOLE "/vnc-port", bad_ports[i]);
        assert_int_equal(libxl_vncviewer_exec(guest_ctx, 1, 0), ERROR_FAIL);
    }
    guest_destroy(1);
}

#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, set_up, guest_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(comes_and_goes_with_its_guest),
        TEST(that_goes_wrong_leaves_nothing),
        TEST(shows_a_display),
        TEST(shows_a_display_as_asked),
        TEST(whose_display_is_nowhere_leaves_nothing),
        TEST(gets_a_display_with_its_start_only),
        TEST(serves_channels),
        TEST(serves_a_later_disk_and_what_it_had),
        TEST(is_viewed),
    };

    return cmocka_run_group_tests(tests, fake_host_start, fake_host_stop);
}
