/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Carries bytes between a bootloader's terminal and the user's.  Nothing waits
 * for the user, who may never come: of what the bootloader writes the newest is
 * kept.  What the user types waits for the bootloader.
 */
#include "create/relay.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "base/ctx.h"
#include "base/file.h"
#include "base/log.h"
#include "base/xenstore.h"
#include "domain/paths.h"

/* A bootloader that writes without end must not fill the disk. */
#define LOG_LIMIT 1048576

/* The bootloader's menu moves the cursor itself: both ends are raw. */
static int open_pty(libxl__gc *gc, struct libxl__pty *pty)
{
    struct termios modes;
    char path[PATH_MAX];

    pty->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
    if (pty->master < 0 || grantpt(pty->master) || unlockpt(pty->master) ||
        ptsname_r(pty->master, path, sizeof(path)))
        return libxl__fail_errno(gc->ctx, ERROR_FAIL,
                                 "cannot make a terminal for the bootloader");
    pty->path = libxl__strdup(gc, path);
    pty->slave = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (pty->slave < 0 || fchmod(pty->slave, 0600) ||
        tcgetattr(pty->slave, &modes))
        return libxl__fail_errno(gc->ctx, ERROR_FAIL,
                                 "cannot use the bootloader's terminal '%s'",
                                 path);
    cfmakeraw(&modes);
    if (tcsetattr(pty->slave, TCSANOW, &modes))
        return libxl__fail_errno(gc->ctx, ERROR_FAIL,
                                 "cannot set up the bootloader's terminal '%s'",
                                 path);
    return 0;
}

/* Append to a flow: if there is no room, the oldest goes. */
static void append(struct libxl__flow *flow, const char *data, size_t size)
{
    size_t room = sizeof(flow->data) - flow->count, drop;

    if (size > room) {
        drop = size - room;
        memmove(flow->data, flow->data + drop, flow->count - drop);
        flow->count -= drop;
    }
    memcpy(flow->data + flow->count, data, size);
    flow->count += size;
}

static void keep_words(struct libxl__relay *relay, const char *data,
                       size_t size)
{
    size_t room = sizeof(relay->words), old = relay->words_length;

    if (size > room) {
        data += size - room;
        size = room;
    }
    if (old > room - size) {
        memmove(relay->words, relay->words + old - (room - size), room - size);
        old = room - size;
    }
    memcpy(relay->words + old, data, size);
    relay->words_length = old + size;
}

/* Take one piece of what the bootloader has written.  False: there is none. */
static bool hear(libxl__gc *gc, struct libxl__relay *relay)
{
    char data[4096];
    ssize_t size = read(relay->bootloader.master, data, sizeof(data));
    size_t logged;
    int error;

    if (size <= 0)
        return false;
    append(&relay->to_user, data, size);
    keep_words(relay, data, size);
    logged = (size_t)size < relay->log_left ? (size_t)size : relay->log_left;
    error = libxl__file_write(relay->log, data, logged);
    relay->log_left -= logged;
    if (error) {
        libxl__log(gc->ctx, XTL_WARN, error,
                   "cannot log what the bootloader writes");
        relay->log_left = 0;
    }
    return true;
}

/* Write what a terminal takes. */
static void pour(struct libxl__flow *flow, int fd)
{
    ssize_t size = flow->count ? write(fd, flow->data, flow->count) : 0;

    if (size <= 0)
        return;
    flow->count -= size;
    memmove(flow->data, flow->data + size, flow->count);
}

static void listen_to_user(struct libxl__relay *relay)
{
    struct libxl__flow *flow = &relay->to_bootloader;
    ssize_t size = read(relay->user.master, flow->data + flow->count,
                        sizeof(flow->data) - flow->count);

    if (size > 0)
        flow->count += size;
}

/* What each terminal is polled for next. */
static void choose_events(struct libxl__relay *relay)
{
    const struct libxl__flow *in = &relay->to_bootloader;

    relay->fds[RELAY_BOOTLOADER].events = POLLIN | (in->count ? POLLOUT : 0);
    relay->fds[RELAY_USER].events =
        (in->count < sizeof(in->data) ? POLLIN : 0) |
        (relay->to_user.count ? POLLOUT : 0);
}

static int check_domain(libxl__gc *gc, struct libxl__relay *relay)
{
    const char *value;
    char **event;
    int rc;

    while ((event = xs_check_watch(relay->nodes.xsh)))
        free(event);
    if (errno != EAGAIN)
        return libxl__fail_errno(gc->ctx, ERROR_FAIL,
                                 "the connection to xenstored broke");
    rc = libxl__xs_find(gc, XBT_NULL, libxl__xs_domain_path(gc, relay->domid),
                        &value);
    if (rc || value)
        return rc;
    return libxl__fail(gc->ctx, ERROR_DOMAIN_NOTFOUND,
                       "domain %" PRIu32
                       " was destroyed while its bootloader ran",
                       relay->domid);
}

static int serve(libxl__gc *gc, void *user)
{
    struct libxl__relay *relay = user;
    const struct pollfd *fds = relay->fds;
    int rc = 0;

    if (fds[RELAY_BOOTLOADER].revents & POLLIN)
        hear(gc, relay);
    if (fds[RELAY_USER].revents & POLLIN)
        listen_to_user(relay);
    pour(&relay->to_user, relay->user.master);
    pour(&relay->to_bootloader, relay->bootloader.master);
    if (fds[RELAY_NODES].revents)
        rc = check_domain(gc, relay);
    choose_events(relay);
    return rc;
}

static void set_up_company(struct libxl__relay *relay)
{
    relay->fds[RELAY_BOOTLOADER].fd = relay->bootloader.master;
    relay->fds[RELAY_USER].fd = relay->user.master;
    relay->fds[RELAY_NODES] = (struct pollfd) {
        .fd = xs_fileno(relay->nodes.xsh),
        .events = POLLIN,
    };
    choose_events(relay);
    relay->company = (struct libxl__child_company) {
        .fds = relay->fds,
        .count = RELAY_FDS,
        .serve = serve,
        .user = relay,
    };
}

int libxl__relay_open(libxl__gc *gc, uint32_t domid, const char *log_path,
                      struct libxl__relay *relay)
{
    const char *path = libxl__xs_domain_path(gc, domid);
    int rc;

    memset(relay, 0, sizeof(*relay));
    relay->domid = domid;
    relay->log_left = LOG_LIMIT;
    relay->bootloader.master = relay->bootloader.slave = -1;
    relay->user.master = relay->user.slave = -1;
    relay->log = open(log_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (relay->log < 0)
        return libxl__fail_errno(gc->ctx, ERROR_FAIL,
                                 "cannot create the bootloader's log '%s'",
                                 log_path);
    rc = open_pty(gc, &relay->bootloader);
    if (!rc)
        rc = open_pty(gc, &relay->user);
    if (!rc)
        rc = libxl__connection_open(gc->ctx, &relay->nodes);
    if (rc)
        return rc;
    /* @releaseDomain does not come: xenstored does not know the domain yet. */
    if (!xs_watch(relay->nodes.xsh, path, ""))
        return libxl__fail_errno(gc->ctx, ERROR_FAIL,
                                 "cannot watch '%s' in xenstore", path);
    set_up_company(relay);
    return 0;
}

/* A program that the bootloader has left running may write for ever. */
void libxl__relay_drain(libxl__gc *gc, struct libxl__relay *relay)
{
    int pieces = 16;

    while (pieces-- > 0 && hear(gc, relay))
        pour(&relay->to_user, relay->user.master);
}

const char *libxl__relay_words(libxl__gc *gc, const struct libxl__relay *relay)
{
    size_t end = relay->words_length, begin;

    while (end > 0 && isspace((unsigned char)relay->words[end - 1]))
        end--;
    begin = end;
    while (begin > 0 && relay->words[begin - 1] != '\n')
        begin--;
    return libxl__strndup(gc, relay->words + begin, end - begin);
}

static void close_fd(int fd)
{
    if (fd >= 0)
        close(fd);
}

void libxl__relay_close(struct libxl__relay *relay)
{
    close_fd(relay->bootloader.slave);
    close_fd(relay->bootloader.master);
    close_fd(relay->user.slave);
    close_fd(relay->user.master);
    close_fd(relay->log);
    libxl__connection_close(&relay->nodes);
}
