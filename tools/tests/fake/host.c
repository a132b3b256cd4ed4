/* SPDX-License-Identifier: LGPL-2.1-only */
#include "host.h"

#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <xentoollog.h>

#include "sysfs.h"

#define LOG_SIZE 16384

static char folder[] = "/tmp/fake-host.XXXXXX", socket_path[64];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char errors[LOG_SIZE], warnings[LOG_SIZE];

static void keep(struct xentoollog_logger *logger, xentoollog_level level,
                 int errnoval, const char *context, const char *format,
                 va_list al)
{
    char *to = level >= XTL_ERROR ? errors : warnings;
    size_t used;

    if (getenv("FAKE_VERBOSE")) {
        va_list copy;

        va_copy(copy, al);
        vfprintf(stderr, format, copy);
        fprintf(stderr, "%s%s\n", errnoval >= 0 ? ": " : "",
                errnoval >= 0 ? strerror(errnoval) : "");
        va_end(copy);
    }
    if (level < XTL_WARN)
        return;
    pthread_mutex_lock(&lock);
    used = strlen(to);
    vsnprintf(to + used, LOG_SIZE - used, format, al);
    used = strlen(to);
    snprintf(to + used, LOG_SIZE - used, "%s%s\n", errnoval >= 0 ? ": " : "",
             errnoval >= 0 ? strerror(errnoval) : "");
    pthread_mutex_unlock(&lock);
}

static void no_progress(struct xentoollog_logger *logger, const char *context,
                        const char *doing_what, int percent, unsigned long done,
                        unsigned long total)
{
}

static struct xentoollog_logger logger = { .vmessage = keep,
                                           .progress = no_progress };

const char *fake_errors(void)
{
    return errors;
}

const char *fake_warnings(void)
{
    return warnings;
}

void fake_log_forget(void)
{
    errors[0] = warnings[0] = 0;
}

libxl_ctx *fake_ctx(void)
{
    libxl_ctx *ctx;

    assert_int_equal(libxl_ctx_alloc(&ctx, LIBXL_VERSION, 0, &logger), 0);
    return ctx;
}

void fake_file(const char *path, const void *content, size_t size)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    assert_int_equal(fwrite(content, 1, size, file), size);
    fclose(file);
}

/* The header of a Linux arm64 Image, of 4 KiB. */
static void write_kernel(void)
{
    uint64_t image[512] = { [1] = 0, [2] = sizeof(image), [3] = 0xa };

    memcpy((char *)image + 56, "ARM\x64", 4);
    fake_file("kernel", image, sizeof(image));
    fake_file("ramdisk", "a ramdisk", 9);
    fake_file("disk", "a disk", 6);
}

static int remove_entry(const char *path, const struct stat *st, int flag,
                        struct FTW *ftw)
{
    return ftw->level ? remove(path) : 0;
}

static void empty_folder(void)
{
    nftw(folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

/* The nodes of a host without guests. */
static void write_nodes(void)
{
    fake_store_write("/tool/xenstored", "");
    fake_store_write("/vm", "");
    fake_store_write("/libxl", "");
    fake_store_write("/local/domain/0/name", "Domain-0");
    fake_store_write("/local/domain/0/domid", "0");
    fake_store_write("/local/pool/0/name", "Pool-0");
}

int fake_host_start(void **state)
{
    if (!mkdtemp(folder) || chdir(folder))
        return -1;
    snprintf(socket_path, sizeof(socket_path), "%s/../%s.socket", folder,
             folder + sizeof("/tmp/") - 1);
    fake_xenstored_start(socket_path);
    return 0;
}

int fake_host_stop(void **state)
{
    fake_xenstored_stop();
    unlink(socket_path);
    empty_folder();
    return chdir("/") || rmdir(folder);
}

int fake_host_reset(void **state)
{
    static const char *const folders[] = { "lib", "run", "log", "etc",
                                           "scripts" };
    size_t i;

    fake_xenstored_stop();
    empty_folder();
    for (i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
        if (mkdir(folders[i], 0700))
            return -1;
    write_kernel();
    if (symlink("/bin/true", "scripts/block") ||
        symlink("/bin/true", "scripts/vif-bridge"))
        return -1;
    fake_xen_reset();
    fake_sysfs_refuse(NULL);
    fake_xenstored_start(socket_path);
    write_nodes();
    fake_log_forget();
    return 0;
}

static void print_entries(const char *path)
{
    DIR *directory = opendir(path);
    const struct dirent *entry;

    while (directory && (entry = readdir(directory)))
        print_error("%s/%s\n", path, entry->d_name);
    if (directory)
        closedir(directory);
}

static unsigned int count_entries(const char *path)
{
    DIR *directory = opendir(path);
    unsigned int count = 0;

    if (!directory)
        return 0;
    while (readdir(directory))
        count++;
    closedir(directory);
    return count;
}

struct fake_rest fake_rest_take(void)
{
    struct fake_rest rest = {
        .nodes = fake_store_text(),
        .domains = fake_domain_count(),
        .descriptors = fake_descriptors(),
        .files = count_entries("lib"),
        .builders = fake_xen.builders,
    };
    unsigned int i;

    for (i = 0; i < FAKE_DOMAINS; i++)
        if (fake_xen.domains[i].exists)
            rest.claimed += fake_xen.domains[i].info.outstanding_pages;
    return rest;
}

/* The first line of each text that is not in the other. */
static void print_difference(const char *before, const char *after)
{
    const char *line = after;

    while (*after && *after == *before) {
        line = *after == '\n' ? after + 1 : line;
        before++;
        after++;
    }
    print_error("from here on: %.300s\n", line);
}

bool fake_rest_is_equal(struct fake_rest before, struct fake_rest after,
                        const char *where)
{
    const char *what = NULL;

    if (strcmp(before.nodes, after.nodes))
        what = "nodes";
    else if (before.domains != after.domains)
        what = "domains";
    else if (before.descriptors != after.descriptors)
        what = "descriptors";
    else if (before.files != after.files)
        what = "files";
    else if (before.builders != after.builders)
        what = "builders";
    else if (before.claimed != after.claimed)
        what = "claimed pages";
    if (what)
        print_error("%s: other %s than before; errors: %s", where, what,
                    errors);
    if (what && !strcmp(what, "nodes"))
        print_difference(before.nodes, after.nodes);
    if (what && !strcmp(what, "files"))
        print_entries("lib");
    free(before.nodes);
    free(after.nodes);
    return !what;
}

bool fake_has(const char *text, const char *const words[])
{
    for (; *words; words++)
        if (!strstr(text, *words))
            return false;
    return true;
}
