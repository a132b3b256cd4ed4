/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Runs a bootloader such as pygrub: a program in dom0 that finds a kernel on
 * the guest's disk.  Its arguments, files and answer are as Debian's library
 * has them (docs/debian-devices.md); pygrub --help has the same.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <inttypes.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/log_file.h"
#include "base/xenstore.h"
#include "create/creation.h"
#include "create/relay.h"
#include "event/ao.h"

#ifndef USERDATA_DIR /* tests have their own */
#define USERDATA_DIR "/var/lib/xen"
#endif

/* What the longest command line and two paths need, and more. */
#define ANSWER_MAX 65536

/* The bootloader of domid N runs as this user's number and N. */
#define RESTRICTED_BASE "xen-qemuuser-range-base"

struct bootloader {
    struct libxl__creation *creation;
    libxl__gc *gc;
    const char *asked; /* the program as the configuration has it */
    const char *disk, *answer, *directory;
    struct libxl__relay relay;
};

static char *path_of(struct libxl__creation *creation, const char *suffix)
{
    return libxl__sprintf(creation->gc,
                          USERDATA_DIR "/bootloader.%" PRIu32 ".%s",
                          creation->domid, suffix);
}

static int fail(const struct bootloader *loader, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Log what is wrong, with the last words of the bootloader. */
static int fail(const struct bootloader *loader, const char *format, ...)
{
    const char *words = libxl__relay_words(loader->gc, &loader->relay);
    va_list ap;

    va_start(ap, format);
    libxl__error(loader->gc->ctx, "domain '%s': the bootloader '%s' %s%s%s%s",
                 loader->creation->config.c_info.name, loader->asked,
                 libxl__vsprintf(loader->gc, format, ap),
                 *words ? "; its last words: \"" : "", words,
                 *words ? "\"" : "");
    va_end(ap);
    return ERROR_FAIL;
}

static const char *choose_program(libxl__gc *gc, const char *asked)
{
    const char *own = libxl__sprintf(gc, LIBXL_PRIVATE_BINDIR "/%s", asked);

    return access(own, X_OK) ? asked : own;
}

#ifdef LIBXL_HAVE_BOOTLOADER_RESTRICT
static int find_user(libxl__gc *gc, const char *name, const char *advice,
                     uid_t *uid_r)
{
    struct passwd entry, *found = NULL;
    char *buffer = libxl__zalloc(gc, 65536);

    getpwnam_r(name, &entry, buffer, 65536, &found);
    if (!found)
        return libxl__fail(gc->ctx, ERROR_INVAL,
                           "there is no user '%s' to run the bootloader as: %s",
                           name, advice);
    if (!entry.pw_uid)
        return libxl__fail(gc->ctx, ERROR_INVAL,
                           "the user '%s' is root, whom a restricted "
                           "bootloader cannot run as: %s",
                           name, advice);
    *uid_r = entry.pw_uid;
    return 0;
}

/* Set *uid_r to the number of the user, or to 0 for a free bootloader. */
static int choose_user(struct libxl__creation *creation, uid_t *uid_r)
{
    const libxl_domain_build_info *b_info = &creation->config.b_info;
    const char *user = b_info->bootloader_user;
    int rc;

    *uid_r = 0;
    if (user && *user)
        return find_user(creation->gc, user,
                         "add it, or change 'bootloader_user'", uid_r);
    if (libxl_defbool_is_default(b_info->bootloader_restrict) ||
        !libxl_defbool_val(b_info->bootloader_restrict))
        return 0;
    rc = find_user(creation->gc, RESTRICTED_BASE,
                   "add it, or set 'bootloader_user'", uid_r);
    if (!rc)
        *uid_r += creation->domid;
    return rc;
}
#else
static int choose_user(struct libxl__creation *creation, uid_t *uid_r)
{
    *uid_r = 0;
    return 0;
}
#endif

static void add_option(libxl__gc *gc, const char ***at, const char *name,
                       const char *value)
{
    if (value && *value)
        *(*at)++ = libxl__sprintf(gc, "--%s=%s", name, value);
}

static int make_arguments(const struct bootloader *loader,
                          const char *const **argv_r)
{
    const libxl_domain_build_info *b_info = &loader->creation->config.b_info;
    int extra = libxl_string_list_length(&b_info->bootloader_args), i, rc;
    const char **argv = libxl__calloc(loader->gc, extra + 12, sizeof(*argv));
    const char **at = argv;
    uid_t uid;

    rc = choose_user(loader->creation, &uid);
    if (rc)
        return rc;
    *at++ = choose_program(loader->gc, loader->asked);
    add_option(loader->gc, &at, "kernel", b_info->kernel);
    add_option(loader->gc, &at, "ramdisk", b_info->ramdisk);
    add_option(loader->gc, &at, "args", b_info->cmdline);
    if (uid) {
        *at++ = libxl__sprintf(loader->gc, "--runas=%ju", (uintmax_t)uid);
        *at++ = "--quiet";
    }
    add_option(loader->gc, &at, "output", loader->answer);
    add_option(loader->gc, &at, "output-format", "simple0");
    add_option(loader->gc, &at, "output-directory", loader->directory);
    for (i = 0; i < extra; i++)
        *at++ = b_info->bootloader_args[i];
    *at = loader->disk;
    *argv_r = argv;
    return 0;
}

/* An empty file for the answer and an empty directory, for root alone. */
static int make_files(const struct bootloader *loader)
{
    int fd;

    libxl__bootloader_undo(loader->creation); /* of one that was killed */
    fd = open(loader->answer, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd >= 0)
        close(fd);
    if (fd < 0 || mkdir(loader->directory, 0700))
        return libxl__fail_errno(loader->gc->ctx, ERROR_FAIL,
                                 "cannot create '%s' for the bootloader",
                                 fd < 0 ? loader->answer : loader->directory);
    return 0;
}

static int remove_entry(const char *path, const struct stat *st, int type,
                        struct FTW *place)
{
    remove(path);
    return 0;
}

/* A bootloader may have left anything in their place. */
void libxl__bootloader_undo(struct libxl__creation *creation)
{
    if (!creation->config.b_info.bootloader)
        return;
    nftw(path_of(creation, "out"), remove_entry, 8, FTW_DEPTH | FTW_PHYS);
    nftw(path_of(creation, "d"), remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

/* Read the answer into memory of the call, with a zero byte after it. */
static char *read_answer(const struct bootloader *loader, size_t *size_r)
{
    char *answer = libxl__zalloc(loader->gc, ANSWER_MAX + 2);
    int fd =
        open(loader->answer, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    size_t size = 0;
    ssize_t got = -1;

    if (fd >= 0) {
        do {
            got = read(fd, answer + size, ANSWER_MAX + 1 - size);
            size += got > 0 ? got : 0;
        } while (got > 0 && size <= ANSWER_MAX);
        close(fd);
    }
    *size_r = size;
    if (got >= 0 && size <= ANSWER_MAX)
        return answer;
    if (got < 0)
        fail(loader, "left no answer in '%s'", loader->answer);
    else
        fail(loader, "gave more than %d bytes for an answer", ANSWER_MAX);
    return NULL;
}

static bool is_printable(const char *text)
{
    while (*text && !iscntrl((unsigned char)*text))
        text++;
    return !*text;
}

/* One item of the answer: "kernel PATH", "ramdisk PATH" or "args WORDS". */
static int parse_item(const struct bootloader *loader, const char *item)
{
    struct libxl__creation *creation = loader->creation;
    const struct {
        const char *key;
        const char **value;
    } keys[] = {
        { "kernel ", &creation->files.kernel },
        { "ramdisk ", &creation->files.ramdisk },
        { "args ", &creation->files.cmdline },
    };
    size_t i, length;

    for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        length = strlen(keys[i].key);
        if (strncmp(item, keys[i].key, length) || !is_printable(item))
            continue;
        if (*keys[i].value)
            return fail(loader, "gave %stwice", keys[i].key);
        *keys[i].value = item + length;
        return 0;
    }
    return fail(loader, "gave an answer that is not a 'kernel', 'ramdisk' or "
                        "'args' with its value");
}

static int parse_answer(const struct bootloader *loader)
{
    struct libxl__creation *creation = loader->creation;
    size_t size;
    char *answer = read_answer(loader, &size), *item;
    int rc = 0;

    if (!answer)
        return ERROR_FAIL;
    for (item = answer; !rc && item < answer + size; item += strlen(item) + 1)
        if (*item)
            rc = parse_item(loader, item);
    if (rc)
        return rc;
    if (!creation->files.kernel || !*creation->files.kernel)
        return fail(loader, "found no kernel on '%s'", loader->disk);
    libxl__debug(creation->ctx, "domain '%s': the bootloader found '%s'",
                 creation->config.c_info.name, creation->files.kernel);
    return 0;
}

/* Its console is the domain's, until xenconsoled opens that. */
static int show_console(const struct bootloader *loader, const char *tty)
{
    struct libxl__creation *creation = loader->creation;
    int rc =
        libxl__xs_write(creation->gc, XBT_NULL, tty, loader->relay.user.path);

    if (!rc)
        libxl__ao_progress(creation->ctx, creation->console_how,
                           creation->domid,
                           LIBXL_EVENT_TYPE_DOMAIN_CREATE_CONSOLE_AVAILABLE);
    return rc;
}

static int run_program(struct bootloader *loader)
{
    static const char *const env[] = { "TERM=vt100", NULL };
    libxl__child_spec spec = {
        .what = "the bootloader",
        .env = env,
        .timeout_ms = -1, /* its menu waits for the user */
        .terminal = loader->relay.bootloader.path,
        .company = &loader->relay.company,
    };
    int status, rc;

    rc = make_arguments(loader, &spec.argv);
    if (rc)
        return rc;
    rc = libxl__child_run(loader->gc, &spec, &status);
    libxl__relay_drain(loader->gc, &loader->relay);
    if (rc || !status)
        return rc;
    if (WIFEXITED(status))
        return fail(loader, "ended with exit status %d", WEXITSTATUS(status));
    return fail(loader, "was killed by signal %d", WTERMSIG(status));
}

static int run_bootloader(struct libxl__creation *creation)
{
    struct bootloader loader = {
        .creation = creation,
        .gc = creation->gc,
        .asked = creation->config.b_info.bootloader,
        .disk = creation->config.disks[0].pdev_path,
        .answer = path_of(creation, "out"),
        .directory = path_of(creation, "d"),
    };
    const char *log = libxl__log_path(
        creation->gc,
        libxl__sprintf(creation->gc, "bootloader.%" PRIu32, creation->domid));
    const char *tty =
        libxl__sprintf(creation->gc, "%s/console/tty",
                       libxl__xs_domain_path(creation->gc, creation->domid));
    int rc;

    rc = libxl__xs_finish(&creation->changes);
    if (rc)
        return rc;
    rc = libxl__relay_open(creation->gc, creation->domid, log, &loader.relay);
    if (!rc)
        rc = make_files(&loader);
    if (!rc)
        rc = show_console(&loader, tty);
    if (!rc)
        rc = run_program(&loader);
    if (!rc)
        rc = parse_answer(&loader);
    libxl__xs_rm(creation->gc, XBT_NULL, tty);
    libxl__relay_close(&loader.relay);
    return rc;
}

int libxl__bootloader_do(struct libxl__creation *creation)
{
    const libxl_domain_build_info *b_info = &creation->config.b_info;
    int rc;

    if (!b_info->bootloader) {
        creation->files.kernel = b_info->kernel;
        creation->files.ramdisk = b_info->ramdisk;
        creation->files.cmdline = b_info->cmdline;
        return 0;
    }
    creation->files.option = "bootloader";
    rc = run_bootloader(creation);
    if (rc)
        libxl__bootloader_undo(creation);
    return rc;
}
