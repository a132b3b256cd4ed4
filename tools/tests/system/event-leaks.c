/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Whether contexts and watches leave anything behind: descriptors, memory, or
 * connections to xenstored in the child of a fork.  Prints what is wrong.
 */
#include <dirent.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <libxl_event.h>
#include <libxl_utils.h>

static xentoollog_logger *logger;
static int result;

/* Those whose link begins with prefix; all with "". */
static int count_descriptors(const char *prefix)
{
    DIR *directory = opendir("/proc/self/fd");
    char path[64], target[256];
    struct dirent *entry;
    int count = 0;

    while ((entry = readdir(directory))) {
        snprintf(path, sizeof(path), "/proc/self/fd/%.20s", entry->d_name);
        memset(target, 0, sizeof(target));
        if (readlink(path, target, sizeof(target) - 1) > 0 &&
            !strncmp(target, prefix, strlen(prefix)))
            count++;
    }
    closedir(directory);
    return count;
}

static void expect(const char *what, long long is, long long due)
{
    if (is == due)
        return;
    printf("%s: %lld instead of %lld\n", what, is, due);
    result = 1;
}

static libxl_ctx *open_ctx(void)
{
    libxl_ctx *ctx;

    if (libxl_ctx_alloc(&ctx, LIBXL_VERSION, 0, logger)) {
        printf("there is no context\n");
        exit(1);
    }
    return ctx;
}

static void cycle(void)
{
    libxl_evgen_domain_death *evgens[2];
    libxl_ctx *ctx = open_ctx();
    libxl_event *event;
    int i;

    for (i = 0; i < 4; i++) {
        libxl_evenable_domain_death(ctx, 0, 1, &evgens[0]);
        libxl_evenable_domain_death(ctx, 30000, 2, &evgens[1]);
        libxl_event_wait(ctx, &event, LIBXL_EVENTMASK_ALL, NULL, NULL);
        expect("domain of the event", event->domid, 30000);
        libxl_event_free(ctx, event);
        libxl_evdisable_domain_death(ctx, evgens[0]);
        if (i < 3)
            libxl_evdisable_domain_death(ctx, evgens[1]);
    }
    libxl_ctx_free(ctx);
}

static void cycles(void)
{
    int before = count_descriptors(""), i;
    size_t memory = 0;

    for (i = 0; i < 100; i++) {
        /* The first ones may keep something for those that follow. */
        if (i == 10)
            memory = mallinfo2().uordblks;
        cycle();
    }
    expect("descriptors after 100 cycles", count_descriptors(""), before);
    expect("bytes after 100 cycles", mallinfo2().uordblks, memory);
}

/* As xl does it when it goes to the background. */
static void fork_off(void)
{
    int sockets = count_descriptors("socket:"), status = -1;
    libxl_evgen_domain_death *evgen;
    libxl_ctx *ctx = open_ctx();
    pid_t pid;

    libxl_evenable_domain_death(ctx, 0, 1, &evgen);
    pid = fork();
    if (!pid) {
        libxl_postfork_child_noexec(ctx);
        expect("connections in the child", count_descriptors("socket:"),
               sockets);
        cycle();
        fflush(stdout);
        _exit(result);
    }
    waitpid(pid, &status, 0);
    expect("exit of the child", status, 0);
    libxl_evdisable_domain_death(ctx, evgen);
    libxl_ctx_free(ctx);
}

int main(void)
{
    logger = (xentoollog_logger *)xtl_createlogger_stdiostream(stderr,
                                                               XTL_PROGRESS, 0);
    cycles();
    fork_off();
    xtl_logger_destroy(logger);
    return result;
}
