/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Hotplug scripts that do not do as they should: at creation, when a device is
 * attached and when it is detached.  Nothing is left of them.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <libxl_event.h>
#include <libxl_utils.h>
#include <xen/io/xs_wire.h>

#include "guest.h"

#define FRONT "/local/domain/1/device"
#define BACK  "/local/domain/0/backend"
#define KEPT  "/libxl/1/device"

/* What scripts do wrong, and what comes of it. */
static const struct bad {
    const char *name, *body;
    int rc;
    const char *words; /* in the error */
} bad_scripts[] = {
    { "fails", "exit 7", ERROR_FAIL, "exit status 7" },
    { "hangs", "sleep 60 & echo $! >child.pid; wait", ERROR_TIMEDOUT,
      "did not end within" },
    { "is-killed", "kill -9 $$", ERROR_FAIL, "killed by signal 9" },
    { "prints-and-fails",
      "head -c 1000000 /dev/zero | tr '\\0' 'x'; "
      "head -c 1000000 /dev/zero | tr '\\0' 'y' >&2; exit 1",
      ERROR_FAIL, "exit status 1" },
    { "is-missing", NULL, ERROR_FAIL, "No such file" },
    { "is-no-program", "", ERROR_FAIL, "Permission denied" },
};
#define BAD_END (bad_scripts + sizeof(bad_scripts) / sizeof(bad_scripts[0]))

static int own_stderr = -1;

/* What scripts print goes to a file. */
static int set_up(void **state)
{
    int r = guest_set_up(state);

    fflush(stderr);
    own_stderr = dup(STDERR_FILENO);
    return r || !freopen("stderr.log", "w", stderr);
}

static int tear_down(void **state)
{
    fflush(stderr);
    dup2(own_stderr, STDERR_FILENO);
    close(own_stderr);
    return guest_tear_down(state);
}

static void make_script(const struct bad *bad, const char *name)
{
    char path[64];

    snprintf(path, sizeof(path), "scripts/%s", name);
    unlink(path);
    if (!bad->body)
        return;
    guest_script(name, bad->body);
    if (!*bad->body)
        chmod(path, 0600);
}

/* Whether a process runs; one that has ended need not be collected. */
static bool runs(pid_t pid)
{
    char path[64];
    const char *state;

    snprintf(path, sizeof(path), "/proc/%ld/stat", (long)pid);
    state = strrchr(guest_file(path), ')');
    return state && state[2] != 'Z' && state[2] != 'X';
}

static pid_t left_behind(void)
{
    return atol(guest_file("child.pid"));
}

/* Neither children of ours nor what they have started. */
static void expect_no_process(void)
{
    pid_t pid = left_behind();
    int i;

    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
    for (i = 0; pid && runs(pid) && i < 200; i++)
        usleep(10000);
    assert_false(pid && runs(pid));
    unlink("child.pid");
}

static void expect_error(const struct bad *bad, const char *label)
{
    if (!strstr(fake_errors(), bad->words) || !strstr(fake_errors(), label))
        fail_msg("%s: no word of '%s' and %s in: %s", bad->name, bad->words,
                 label, fake_errors());
    fake_log_forget();
}

static int attach_nic(uint32_t domid, const char *script,
                      const libxl_asyncop_how *how)
{
    libxl_device_nic nic;
    int rc;

    libxl_device_nic_init(&nic);
    nic.script = script ? strdup(script) : NULL;
    rc = libxl_device_nic_add(guest_ctx, domid, &nic, how);
    libxl_device_nic_dispose(&nic);
    return rc;
}

static int detach_nic(uint32_t domid, int devid)
{
    libxl_device_nic nic;
    int rc;

    libxl_device_nic_init(&nic);
    nic.devid = devid;
    rc = libxl_device_nic_remove(guest_ctx, domid, &nic, NULL);
    libxl_device_nic_dispose(&nic);
    return rc;
}

static void what_a_bad_script_attaches_is_taken_back(void **state)
{
    uint32_t domid = guest_create(1, 1);
    const struct bad *bad;

    for (bad = bad_scripts; bad < BAD_END; bad++) {
        struct fake_rest before = fake_rest_take();

        make_script(bad, bad->name);
        assert_int_equal(attach_nic(domid, bad->name, NULL), bad->rc);
        expect_error(bad, "domain 1: vif");
        assert_true(fake_rest_is_equal(before, fake_rest_take(), bad->name));
        expect_no_process();
        guest_has(domid, 1, 1);
    }
    guest_destroy(domid);
}

static void a_guest_with_a_bad_script_is_not_created(void **state)
{
    libxl_domain_config config;
    const struct bad *bad;
    uint32_t domid;

    for (bad = bad_scripts; bad < BAD_END; bad++) {
        struct fake_rest before = fake_rest_take();

        fake_config(&config, "g");
        fake_config_devices(&config, 2, 1);
        config.disks[1].script = strdup(bad->name);
        make_script(bad, bad->name);
        assert_int_equal(
            libxl_domain_create_new(guest_ctx, &config, &domid, NULL, NULL),
            ERROR_FAIL);
        libxl_domain_config_dispose(&config);
        expect_error(bad, "disk[1]");
        assert_true(fake_rest_is_equal(before, fake_rest_take(), bad->name));
        expect_no_process();
    }
}

/* It cannot be put back as it was, so it goes. */
static void a_bad_script_does_not_keep_a_device(void **state)
{
    const struct bad *bad;
    uint32_t domid;

    for (bad = bad_scripts; bad < BAD_END; bad++) {
        guest_script("vif-bridge", "");
        domid = guest_create(0, 2);
        make_script(bad, "vif-bridge");
        assert_int_equal(detach_nic(domid, 1), 0);
        expect_error(bad, "domain 1: vif 1");
        guest_has(domid, 0, 1);
        guest_node_is(BACK "/vif/1/1", NULL);
        guest_node_is(KEPT "/vif/1", NULL);
        guest_destroy(domid);
        expect_error(bad, "domain 1: vif 0");
        expect_no_process();
    }
}

static void what_a_script_prints_or_starts_does_no_harm(void **state)
{
    uint32_t domid = guest_create(0, 1);
    struct stat printed;

    guest_script("prints", "head -c 1000000 /dev/zero | tr '\\0' 'x' >&2\n"
                           "head -c 1000000 /dev/zero");
    assert_int_equal(attach_nic(domid, "prints", NULL), 0);
    assert_int_equal(stat("stderr.log", &printed), 0);
    assert_true(printed.st_size >= 1000000);
    guest_script("leaves", "sleep 60 & echo $! >child.pid");
    assert_int_equal(attach_nic(domid, "leaves", NULL), 0);
    assert_true(runs(left_behind()));
    kill(left_behind(), SIGKILL);
    expect_no_process();
    guest_has(domid, 0, 3);
    assert_string_equal(fake_errors(), "");
    guest_destroy(domid);
    kill(left_behind(), SIGKILL);
}

/* As the scripts of Xen do it, just before they fail. */
static void say_why(uint32_t type, const char *path)
{
    if (type == XS_READ && strstr(path, "/hotplug-error"))
        fake_store_write(path, "no such bridge: xenbr7");
}

static void the_words_of_a_script_are_repeated(void **state)
{
    uint32_t domid = guest_create(0, 0);

    guest_script("fails", "exit 1");
    fake_store_hook = say_why;
    assert_int_equal(attach_nic(domid, "fails", NULL), ERROR_FAIL);
    assert_true(fake_has(fake_errors(), (const char *const[]) {
                                            "domain 1: vif", "script says",
                                            "no such bridge: xenbr7", NULL }));
    guest_destroy(domid);
}

/* As the script of a driver domain may. */
static void say_nonsense(uint32_t type, const char *path)
{
    if (type == XS_READ && strstr(path, "/hotplug-error"))
        fake_store_write(path,
                         "a\r\nlibxl: \033[2J\302\2332J\177\302\240\303\274");
}

static void the_words_of_a_script_cannot_steer_the_terminal(void **state)
{
    uint32_t domid = guest_create(0, 0);

    guest_script("fails", "exit 1");
    fake_store_hook = say_nonsense;
    assert_int_equal(attach_nic(domid, "fails", NULL), ERROR_FAIL);
    assert_non_null(strstr(fake_errors(), "says: a  libxl:  [2J  2J "
                                          "\302\240\303\274\n"));
    guest_destroy(domid);
}

/* The operation is aborted while the script runs. */
static void a_script_that_is_aborted_leaves_nothing(void **state)
{
    libxl_asyncop_how how = { .u.for_event = 5 };
    uint32_t domid = guest_create(1, 0);
    struct fake_rest before;
    libxl_event *event;
    int i;

    guest_script("hangs",
                 "[ $1 = offline ] && exit 0\n"
                 "sleep 60 & echo $! >child.new; mv child.new child.pid; wait");
    before = fake_rest_take();
    assert_int_equal(attach_nic(domid, "hangs", &how), 0);
    for (i = 0; !left_behind() && i < 500; i++)
        usleep(1000);
    assert_int_equal(libxl_ao_abort(guest_ctx, &how), 0);
    assert_int_equal(
        libxl_event_wait(guest_ctx, &event, LIBXL_EVENTMASK_ALL, NULL, NULL),
        0);
    assert_int_equal(event->u.operation_complete.rc, ERROR_ABORTED);
    libxl_event_free(guest_ctx, event);
    expect_no_process();
    assert_non_null(strstr(guest_file("script.log"), "hangs offline"));
    assert_true(fake_rest_is_equal(before, fake_rest_take(), "aborted"));
    guest_has(domid, 1, 0);
    guest_destroy(domid);
}

/* Four of them take as long as one. */
static void scripts_run_side_by_side(void **state)
{
    struct timespec start, end;

    guest_script("block", "sleep 0.5");
    guest_script("vif-bridge", "sleep 0.5");
    clock_gettime(CLOCK_MONOTONIC, &start);
    guest_destroy(guest_create(2, 2));
    clock_gettime(CLOCK_MONOTONIC, &end);
    assert_in_range((end.tv_sec - start.tv_sec) * 1000 +
                        (end.tv_nsec - start.tv_nsec) / 1000000,
                    1000, 3500);
}

/* The disk's has ended when the vif's starts, whose backend is slow. */
static void a_script_waits_for_its_own_backend_only(void **state)
{
    struct fake_backend slow = FAKE_BACKEND_GOOD;

    slow.delay_ms = 700;
    fake_backends_are("/vif/", slow);
    guest_script("block", "sleep 0.2; mkdir ended-$1");
    guest_script("vif-bridge", "case $1 in\n"
                               "online) rmdir ended-add;;\n"
                               "offline) rmdir ended-remove;;\n"
                               "esac");
    guest_destroy(guest_create(1, 1));
    assert_string_equal(fake_errors(), "");
}

/* By its name and number, others find a domain that is being created. */
static void what_others_store_goes_with_a_failed_creation(void **state)
{
    const libxl_uuid uuid = { .uuid = { 1, 2, 3 } };
    libxl_domain_config config;
    struct fake_rest before;
    uint32_t domid;

    guest_script("vif-bridge",
                 "[ $1 = offline ] && exit\n"
                 "echo data >lib/userdata-d.1."
                 "01020300-0000-0000-0000-000000000000.others; exit 1");
    before = fake_rest_take();
    fake_config(&config, "g");
    fake_config_devices(&config, 0, 1);
    config.c_info.uuid = uuid;
    assert_int_equal(guest_create_of(&config, &domid), ERROR_FAIL);
    assert_true(fake_rest_is_equal(before, fake_rest_take(), "stored"));
}

/*
 * Makes process a script of vif 3 of domain 1 that a toolstack has started
 * which is not there any more: see event/claim.h.  It ends after so long, and
 * leaves a file.
 */
static pid_t start_stray(unsigned int ms)
{
    struct flock lock = {
        .l_type = F_RDLCK,
        .l_whence = SEEK_SET,
        .l_start = (((off_t)1 << 32) + 3) * 2 + 1,
        .l_len = 1,
    };
    pid_t pid;
    int i, fd;

    mkdir("run", 0755);
    fd = open("run/libxl-scripts", O_RDWR | O_CREAT, 0600);
    assert_true(fd >= 0);
    pid = fork();
    if (!pid) {
        setpgid(0, 0);
        fcntl(fd, F_SETLK, &lock);
        usleep(ms * 1000);
        mkdir("stray-has-ended", 0755);
        _exit(0);
    }
    lock.l_type = F_WRLCK;
    for (i = 0; lock.l_type != F_RDLCK && i < 1000; i++) {
        usleep(1000);
        lock.l_type = F_WRLCK;
        fcntl(fd, F_GETLK, &lock);
    }
    close(fd);
    assert_int_equal(lock.l_pid, pid);
    return pid;
}

static void a_device_goes_when_its_stray_script_has_ended(void **state)
{
    uint32_t domid = guest_create(0, 4);
    pid_t pid = start_stray(500);

    guest_script("vif-bridge", "[ $1 = online ] || rmdir stray-has-ended");
    assert_int_equal(detach_nic(domid, 3), 0);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    assert_string_equal(fake_errors(), "");
    guest_script("vif-bridge", "");
    guest_destroy(domid);
}

static void a_stray_script_that_hangs_is_killed(void **state)
{
    uint32_t domid = guest_create(0, 4);
    pid_t pid = start_stray(60000);
    int status;

    guest_destroy(domid);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    assert_non_null(strstr(fake_errors(), "domain 1: vif 3: the hotplug"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_a_bad_script_attaches_is_taken_back),
        TEST(a_guest_with_a_bad_script_is_not_created),
        TEST(a_bad_script_does_not_keep_a_device),
        TEST(what_a_script_prints_or_starts_does_no_harm),
        TEST(the_words_of_a_script_are_repeated),
        TEST(the_words_of_a_script_cannot_steer_the_terminal),
        TEST(a_script_that_is_aborted_leaves_nothing),
        TEST(scripts_run_side_by_side),
        TEST(a_script_waits_for_its_own_backend_only),
        TEST(what_others_store_goes_with_a_failed_creation),
        TEST(a_device_goes_when_its_stray_script_has_ended),
        TEST(a_stray_script_that_hangs_is_killed),
    };

    return cmocka_run_group_tests(tests, fake_host_start, fake_host_stop);
}
