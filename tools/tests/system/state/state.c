/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * What a guest may leave in dom0 and in the hypervisor:
 *
 *   state nodes             all of xenstore, as `xenstore-ls -f -p` prints it,
 *                           sorted
 *   state quiet MS          waits until domains, memory, services, loop devices
 *                           and interfaces have not changed for MS milliseconds
 *   state record FOLDER     keeps the state in FOLDER
 *   state left BEFORE AFTER waits until the state is as in the folder BEFORE,
 *                           or nothing moves any more, keeps it in the folder
 *                           AFTER, and prints what differs; exit code 1 if
 *                           anything does
 */
#include <dirent.h>
#include <err.h>
#include <grp.h>
#include <inttypes.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <xenctrl.h>

#include "lines.h"
#include "nodes.h"

/*
 * Xen itself keeps a page now and then, and up to three each time that a guest
 * of 128 vCPUs goes, whichever library made it.  A guest that does not go
 * altogether keeps more.
 */
enum { FREE_PAGES_MAY_DIFFER = 8 };

enum { MAX_DOMAINS = 1024 };

/*
 * How often it looks, how long nothing moves at an end, and the longest wait. A
 * vCPU that was pinned to a processor which is idle gives its memory back late.
 */
enum {
    INTERVAL_MS = 20,
    STILL_MS = 4000,
    MEMORY_STILL_MS = 20000,
    MOST_MS = 60000
};

static const char *const kinds[] = { "machine", "store", "files" };
enum { MACHINE, STORE, FILES, KINDS };

struct state {
    struct lines kind[KINDS];
    struct lines free; /* one line: Xen's free pages */
};

static void state_free(struct state *state)
{
    size_t i;

    for (i = 0; i < KINDS; i++)
        lines_free(&state->kind[i]);
    lines_free(&state->free);
}

/* Calls add with each name in a folder, and passes lines on. */
static void each_name(const char *folder, struct lines *lines,
                      void (*add)(struct lines *lines, const char *folder,
                                  const char *name))
{
    DIR *dir = opendir(folder);
    struct dirent *entry;

    while (dir && (entry = readdir(dir)))
        if (entry->d_name[0] != '.')
            add(lines, folder, entry->d_name);
    if (dir)
        closedir(dir);
}

/* The first line of FOLDER/NAME/FILE that begins with PREFIX, without it. */
static bool read_line(const char *folder, const char *name, const char *file,
                      const char *prefix, char value[PATH_MAX])
{
    char path[PATH_MAX];
    bool found = false;
    FILE *from;

    snprintf(path, sizeof(path), "%s/%s/%s", folder, name, file);
    from = fopen(path, "r");
    while (from && !found && fgets(value, PATH_MAX, from))
        found = !strncmp(value, prefix, strlen(prefix));
    if (from)
        fclose(from);
    if (found) {
        value[strcspn(value, "\n")] = '\0';
        memmove(value, value + strlen(prefix),
                strlen(value + strlen(prefix)) + 1);
    }
    return found;
}

static void add_loop(struct lines *lines, const char *folder, const char *name)
{
    char file[PATH_MAX];

    if (read_line(folder, name, "loop/backing_file", "", file))
        lines_add(lines, "%s: %s", name, file);
}

static void add_interface(struct lines *lines, const char *folder,
                          const char *name)
{
    char path[PATH_MAX];

    snprintf(path, sizeof(path), "%s/%s/brport", folder, name);
    lines_add(lines, "interface %s%s", name,
              access(path, F_OK) ? "" : ", of a bridge");
}

/* Services, monitors of guests, and programs whose parent has ended. */
static void add_process(struct lines *lines, const char *folder,
                        const char *name)
{
    char parent[PATH_MAX], command[PATH_MAX];

    if (read_line(folder, name, "status", "PPid:\t", parent) &&
        !strcmp(parent, "1") && read_line(folder, name, "comm", "", command))
        lines_add(lines, "process %s", command);
}

static void add_file(struct lines *lines, const char *folder, const char *name)
{
    char path[PATH_MAX];
    struct stat of;

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    if (!lstat(path, &of))
        lines_add(lines, "%s: mode %o, owner %u:%u, %jd bytes", name,
                  of.st_mode, of.st_uid, of.st_gid, (intmax_t)of.st_size);
}

static void add_domains(struct state *state, xc_interface *xch)
{
    static xc_domaininfo_t domains[MAX_DOMAINS];
    int i, count = xc_domain_getinfolist(xch, 0, MAX_DOMAINS, domains);
    xc_physinfo_t info = { 0 };

    if (count < 0 || xc_physinfo(xch, &info))
        err(2, "the hypervisor");
    for (i = 0; i < count; i++)
        lines_add(&state->kind[MACHINE], "domain %u", domains[i].domain);
    lines_add(&state->kind[MACHINE], "promised %" PRIu64,
              (uint64_t)info.outstanding_pages);
    lines_add(&state->free, "%" PRIu64, (uint64_t)info.free_pages);
}

/* What goes a moment after a destroy has returned. */
static void add_machine(struct state *state, xc_interface *xch)
{
    add_domains(state, xch);
    each_name("/proc", &state->kind[MACHINE], add_process);
    each_name("/sys/block", &state->kind[MACHINE], add_loop);
    each_name("/sys/class/net", &state->kind[MACHINE], add_interface);
    lines_sort(&state->kind[MACHINE]);
}

static void add_rest(struct state *state)
{
    nodes_add(&state->kind[STORE]);
    each_name("/var/lib/xen", &state->kind[FILES], add_file);
    lines_sort(&state->kind[STORE]);
    lines_sort(&state->kind[FILES]);
}

static long lost_pages(const struct state *before, const struct state *after)
{
    return strtol(before->free.list[0], NULL, 10) -
           strtol(after->free.list[0], NULL, 10);
}

static bool free_pages_are_same(const struct state *one,
                                const struct state *other)
{
    return labs(lost_pages(one, other)) <= FREE_PAGES_MAY_DIFFER;
}

static bool machine_is_same(const struct state *one, const struct state *other)
{
    return lines_equal(&one->kind[MACHINE], &other->kind[MACHINE]);
}

static long now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* How long nothing may move until it is the end; only memory differs longer. */
static long still_ms(const struct state *wanted, const struct state *state)
{
    return machine_is_same(wanted, state) ? MEMORY_STILL_MS : STILL_MS;
}

static bool is_as_wanted(const struct state *wanted, const struct state *state)
{
    return machine_is_same(wanted, state) && free_pages_are_same(wanted, state);
}

/*
 * Waits until the machine is as *wanted, or has not changed for a while: ms
 * milliseconds where nothing is wanted.  *state is then the last look at it.
 */
static void wait_for(xc_interface *xch, const struct state *wanted, long ms,
                     struct state *state)
{
    long begin = now_ms(), changed = begin;

    add_machine(state, xch);
    while (!(wanted && is_as_wanted(wanted, state)) &&
           now_ms() - changed < (wanted ? still_ms(wanted, state) : ms) &&
           now_ms() - begin < MOST_MS) {
        struct state last = *state;

        usleep(INTERVAL_MS * 1000);
        *state = (struct state) { 0 };
        add_machine(state, xch);
        if (!machine_is_same(&last, state) ||
            !lines_equal(&last.free, &state->free))
            changed = now_ms();
        state_free(&last);
    }
}

static const char *path_in(const char *folder, const char *name)
{
    static char path[PATH_MAX];

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    return path;
}

static void state_write(const struct state *state, const char *folder)
{
    size_t i;

    mkdir(folder, 0755);
    lines_write(&state->free, path_in(folder, "free"));
    for (i = 0; i < KINDS; i++)
        lines_write(&state->kind[i], path_in(folder, kinds[i]));
}

static void state_read(struct state *state, const char *folder)
{
    size_t i;

    lines_read(&state->free, path_in(folder, "free"));
    if (!state->free.count)
        errx(2, "%s: no state", folder);
    for (i = 0; i < KINDS; i++)
        lines_read(&state->kind[i], path_in(folder, kinds[i]));
}

static int print_nodes(void)
{
    struct lines lines = { 0 };
    size_t i;

    nodes_add(&lines);
    lines_sort(&lines);
    for (i = 0; i < lines.count; i++)
        puts(lines.list[i]);
    lines_free(&lines);
    return 0;
}

static int record(xc_interface *xch, const char *folder)
{
    struct state state = { 0 };

    add_machine(&state, xch);
    add_rest(&state);
    state_write(&state, folder);
    state_free(&state);
    return 0;
}

static int quiet(xc_interface *xch, const char *ms)
{
    struct state state = { 0 };

    wait_for(xch, NULL, atol(ms), &state);
    state_free(&state);
    return 0;
}

/*
 * More memory than before: Xen gives back that of a guest when all processors
 * have been idle once, which may take longer than any wait on a busy machine.
 * What is lost later is to be seen all the same.
 */
static void take_gained_pages(const struct state *before,
                              const struct state *after, const char *folder)
{
    if (lost_pages(before, after) >= -FREE_PAGES_MAY_DIFFER)
        return;
    warnx("%s was taken before %ld pages of an earlier guest were back", folder,
          -lost_pages(before, after));
    lines_write(&after->free, path_in(folder, "free"));
}

static int print_left(xc_interface *xch, const char *before_folder,
                      const char *after_folder)
{
    struct state before = { 0 }, after = { 0 };
    bool same;
    size_t i;

    state_read(&before, before_folder);
    wait_for(xch, &before, 0, &after);
    add_rest(&after);
    state_write(&after, after_folder);
    same = lost_pages(&before, &after) <= FREE_PAGES_MAY_DIFFER;
    take_gained_pages(&before, &after, before_folder);
    if (!same)
        printf("memory: free %s pages -> free %s\n", before.free.list[0],
               after.free.list[0]);
    for (i = 0; i < KINDS; i++) {
        if (lines_equal(&before.kind[i], &after.kind[i]))
            continue;
        same = false;
        lines_print_difference(kinds[i], &before.kind[i], &after.kind[i]);
    }
    state_free(&before);
    state_free(&after);
    return !same;
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    xc_interface *xch;
    int code = 2;

    if (!strcmp(what, "nodes") && argc == 2)
        return print_nodes();
    xch = xc_interface_open(NULL, NULL, 0);
    if (!xch)
        err(2, "the hypervisor");
    if (!strcmp(what, "quiet") && argc == 3)
        code = quiet(xch, argv[2]);
    else if (!strcmp(what, "record") && argc == 3)
        code = record(xch, argv[2]);
    else if (!strcmp(what, "left") && argc == 4)
        code = print_left(xch, argv[2], argv[3]);
    else
        warnx("usage: state nodes|quiet MS|record FOLDER|left BEFORE AFTER");
    xc_interface_close(xch);
    return code;
}
