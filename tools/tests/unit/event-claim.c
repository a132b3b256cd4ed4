/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Tests of event/claim.c, with programs as event/child.c runs them.
 */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "event/child.h"
#include "event/claim.h"
#include "event-fakes.h"

static char folder[] = "/tmp/event-claim.XXXXXX";
static char file[64], pid_file[64];
static struct libxl__claim claim = { .file = file, .number = 7 };
static unsigned int descriptors;

static int set_up(void **state)
{
    if (!mkdtemp(folder))
        return -1;
    snprintf(file, sizeof(file), "%s/claims", folder);
    snprintf(pid_file, sizeof(pid_file), "%s/pid", folder);
    descriptors = open_descriptors();
    /* Strays become ours, and their ends can be waited for. */
    return prctl(PR_SET_CHILD_SUBREAPER, 1);
}

static int tear_down(void **state)
{
    assert_int_equal(open_descriptors(), descriptors);
    unlink(file);
    unlink(pid_file);
    return rmdir(folder);
}

static void run(const char *script)
{
    libxl_ctx *ctx = fake_ctx();
    const char *const argv[] = { "sh", "-c", script, pid_file, NULL };
    const libxl__child_spec spec = {
        .what = "the script",
        .argv = argv,
        .timeout_ms = 20000,
        .claim = &claim,
    };
    libxl__gc gc[1];

    libxl__gc_init(gc, ctx);
    libxl__child_run(gc, &spec, NULL);
    libxl__gc_dispose(gc);
    libxl_ctx_free(ctx);
}

/* Runs script, which writes its number to $0, in a process of its own. */
static pid_t run_elsewhere(const char *script, long *program_r)
{
    pid_t runner;
    FILE *opened;
    int tries, found = 0;

    unlink(pid_file);
    runner = fork();
    if (!runner) {
        run(script);
        _exit(0);
    }
    for (tries = 0; tries < 1000 && found != 1; tries++) {
        usleep(10000);
        opened = fopen(pid_file, "r");
        if (!opened)
            continue;
        found = fscanf(opened, "%ld", program_r);
        fclose(opened);
    }
    assert_int_equal(found, 1);
    return runner;
}

static void end(pid_t pid)
{
    kill(pid, SIGKILL);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void a_program_outlives_its_runner(void **state)
{
    const struct libxl__claim other = { .file = file, .number = 8 };
    long program;
    pid_t runner;

    assert_int_equal(libxl__claim_stray(&claim), 0);
    runner = run_elsewhere("echo $$ >$0; exec sleep 1000", &program);
    assert_int_equal(libxl__claim_stray(&claim), 0);
    end(runner);
    assert_int_equal(libxl__claim_stray(&claim), program);
    assert_int_equal(libxl__claim_stray(&other), 0);
    end(program);
    assert_int_equal(libxl__claim_stray(&claim), 0);
}

static void a_program_that_is_waited_for_again_is_no_stray(void **state)
{
    long first, second;
    pid_t runner;

    end(run_elsewhere("echo $$ >$0; exec sleep 1000", &first));
    runner = run_elsewhere("echo $$ >$0; exec sleep 1000", &second);
    assert_int_equal(libxl__claim_stray(&claim), 0);
    end(first);
    end(runner);
    assert_int_equal(libxl__claim_stray(&claim), second);
    end(second);
}

/* A daemon that a script starts runs for as long as it likes. */
static void what_a_program_starts_has_no_claim(void **state)
{
    long daemon;

    end(run_elsewhere("sleep 1000 & echo $! >$0.new; mv $0.new $0; wait",
                      &daemon));
    /* Now the shell is the stray: it ends, and its daemon goes on. */
    end(libxl__claim_stray(&claim));
    assert_int_equal(kill(daemon, 0), 0);
    assert_int_equal(libxl__claim_stray(&claim), 0);
    end(daemon);
}

static void a_program_runs_without_the_file(void **state)
{
    struct libxl__claim nowhere = { .file = "/nonexistent/claims" };
    struct stat ran;

    assert_int_equal(libxl__claim_stray(&nowhere), 0);
    claim.file = nowhere.file;
    unlink(pid_file);
    run("touch $0");
    claim.file = file;
    assert_int_equal(stat(pid_file, &ran), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_program_outlives_its_runner),
        cmocka_unit_test(a_program_that_is_waited_for_again_is_no_stray),
        cmocka_unit_test(what_a_program_starts_has_no_claim),
        cmocka_unit_test(a_program_runs_without_the_file),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
