/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Disk ejection events.
 */
#include "event/eject.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ctx.h"
#include "base/log.h"
#include "base/memory.h"
#include "event/event.h"
#include "event/osevent.h"
#include "event/xs_watch.h"

/* Changes taken at once: a guest that writes all the time must not keep us. */
#define TURN 1024

/* Times to empty a node that the guest writes at the same time. */
#define TRIES 16

typedef libxl_evgen_disk_eject evgen;

static void disconnect(libxl_ctx *ctx)
{
    libxl__ejects *watch = ctx->ejects;

    if (watch->xsh)
        libxl__watch_disconnect(ctx, LIBXL__OSFD_EJECT, &watch->xsh);
}

static int connect_watch(libxl_ctx *ctx)
{
    libxl__ejects *watch = ctx->ejects;

    return watch->xsh
               ? 0
               : libxl__watch_connect(ctx, LIBXL__OSFD_EJECT,
                                      "disks that are ejected", &watch->xsh);
}

void libxl__eject_dispose(libxl_ctx *ctx)
{
    evgen *eject, *next;

    disconnect(ctx);
    XEN_LIST_FOREACH_SAFE (eject, &ctx->ejects->ejects, entry, next) {
        free(eject->vdev);
        free(eject);
    }
    XEN_LIST_INIT(&ctx->ejects->ejects);
}

#define PATH_SIZE  80
#define TOKEN_SIZE 16

static void node_path(const evgen *eject, char path[PATH_SIZE])
{
    snprintf(path, PATH_SIZE,
             "/local/domain/%" PRIu32 "/device/vbd/%" PRIu32 "/eject",
             eject->domid, eject->devid);
}

static void node_token(const evgen *eject, char token[TOKEN_SIZE])
{
    snprintf(token, TOKEN_SIZE, "%u", eject->number);
}

/* A new watch fires immediately, and then the node is read. */
int libxl__eject_add(libxl_ctx *ctx, uint32_t domid, uint32_t devid,
                     const char *vdev, libxl_ev_user user,
                     libxl__eject_read *read, libxl_evgen_disk_eject **evgen_r)
{
    libxl__ejects *watch = ctx->ejects;
    char path[PATH_SIZE], token[TOKEN_SIZE];
    evgen *eject;
    int rc;

    eject = libxl__zalloc_nogc(sizeof(*eject));
    eject->domid = domid;
    eject->devid = devid;
    eject->vdev = libxl__strdup_nogc(vdev);
    eject->user = user;
    eject->read = read;
    eject->number = ++watch->last_number;
    XEN_LIST_INSERT_HEAD(&watch->ejects, eject, entry);

    rc = connect_watch(ctx);
    if (rc)
        goto out;
    node_path(eject, path);
    node_token(eject, token);
    if (!xs_watch(watch->xsh, path, token)) {
        rc = libxl__fail_errno(ctx, ERROR_FAIL, "cannot watch '%s'", path);
        goto out;
    }
    *evgen_r = eject;
    return 0;

out:
    libxl__eject_remove(ctx, eject);
    return rc;
}

void libxl__eject_remove(libxl_ctx *ctx, libxl_evgen_disk_eject *eject)
{
    libxl__ejects *watch = ctx->ejects;
    char path[PATH_SIZE], token[TOKEN_SIZE];

    XEN_LIST_REMOVE(eject, entry);
    /* Closing the connection removes all its watches. */
    if (XEN_LIST_EMPTY(&watch->ejects)) {
        disconnect(ctx);
    } else if (watch->xsh) {
        node_path(eject, path);
        node_token(eject, token);
        xs_unwatch(watch->xsh, path, token);
    }
    free(eject->vdev);
    free(eject);
}

/* Whether the node has this word, of what the guest wrote; -1 on failure. */
static int is_ejected(struct xs_handle *xsh, xs_transaction_t t,
                      const char *path)
{
    static const char word[] = "eject";
    unsigned int length;
    char *value = xs_read(xsh, t, path, &length);
    int result;

    if (!value)
        return errno == ENOENT ? 0 : -1;
    result = length == strlen(word) && !memcmp(value, word, length);
    free(value);
    return result;
}

/*
 * Empty the node, unless it has changed.  In a transaction, since a write
 * alone would make the nodes of a domain again that is just being destroyed.
 * If the guest always comes in between, leave it: the watch fires again.
 */
static bool empty_node(struct xs_handle *xsh, const char *path)
{
    unsigned int tries;
    xs_transaction_t t;
    int is, error;

    for (tries = 0; tries < TRIES; tries++) {
        t = xs_transaction_start(xsh);
        if (t == XBT_NULL)
            return false;
        is = is_ejected(xsh, t, path);
        if (is > 0 && !xs_write(xsh, t, path, "", 0))
            is = -1;
        if (is <= 0) {
            error = errno;
            xs_transaction_end(xsh, t, true);
            errno = error;
            return !is;
        }
        if (xs_transaction_end(xsh, t, false))
            return true;
        if (errno != EAGAIN)
            return false;
    }
    return true;
}

static int is_of(const libxl_event *event, void *user)
{
    const evgen *eject = user;

    return event->type == LIBXL_EVENT_TYPE_DISK_EJECT &&
           event->domid == eject->domid && event->for_user == eject->user &&
           !strcmp(event->u.disk_eject.vdev, eject->vdev);
}

static int post(libxl_ctx *ctx, evgen *eject)
{
    libxl_event *event;
    int rc;

    event = libxl__event_new(LIBXL_EVENT_TYPE_DISK_EJECT, eject->domid,
                             eject->user);
    event->u.disk_eject.vdev = libxl__strdup_nogc(eject->vdev);
    rc = eject->read(ctx, eject->domid, eject->vdev, &event->u.disk_eject.disk);
    if (rc)
        libxl__event_free(event);
    else
        libxl__event_post(ctx, event);
    return rc == ERROR_NOTFOUND ? 0 : rc;
}

/*
 * The node is emptied once for all evgens of the disk, before any event of it
 * is delivered: what the guest writes after that is another ejection.
 */
static int look_at(libxl_ctx *ctx, const evgen *changed)
{
    libxl__ejects *watch = ctx->ejects;
    char path[PATH_SIZE];
    evgen *eject;
    int rc = 0, is;

    node_path(changed, path);
    is = is_ejected(watch->xsh, XBT_NULL, path);
    if (is <= 0)
        return is ? libxl__fail_errno(ctx, ERROR_FAIL, "cannot read '%s'", path)
                  : 0;
    if (!empty_node(watch->xsh, path))
        return libxl__fail_errno(ctx, ERROR_FAIL, "cannot write '%s'", path);
    /* Of evgens that are alike, no event keeps back another. */
    XEN_LIST_FOREACH (eject, &watch->ejects, entry)
        eject->waits = libxl__event_is_waiting(ctx, is_of, eject);
    XEN_LIST_FOREACH (eject, &watch->ejects, entry) {
        if (eject->domid == changed->domid && eject->devid == changed->devid &&
            !eject->waits && !rc)
            rc = post(ctx, eject);
    }
    return rc;
}

static void note_change(libxl_ctx *ctx, const char *token)
{
    unsigned long number = strtoul(token, NULL, 10);
    evgen *eject;

    XEN_LIST_FOREACH (eject, &ctx->ejects->ejects, entry)
        if (eject->number == number)
            eject->changed = true;
}

static void take_news(libxl_ctx *ctx, short revents)
{
    libxl__ejects *watch = ctx->ejects;
    int taken, rc = 0, error = EAGAIN;
    char **event;
    evgen *eject;

    for (taken = 0; taken < TURN; taken++) {
        event = libxl__xs_watch_next(watch->xsh, revents);
        if (!event) {
            error = errno;
            break;
        }
        note_change(ctx, event[XS_WATCH_TOKEN]);
        free(event);
    }
    if (error != EAGAIN) {
        disconnect(ctx);
        libxl__disaster(ctx, LIBXL_EVENT_TYPE_DISK_EJECT, error,
                        "the connection to xenstored broke");
        return;
    }
    XEN_LIST_FOREACH (eject, &watch->ejects, entry) {
        if (eject->changed && look_at(ctx, eject))
            rc = ERROR_FAIL;
        eject->changed = false;
    }
    if (rc)
        libxl__disaster(ctx, LIBXL_EVENT_TYPE_DISK_EJECT, -1,
                        "cannot find out which disks were ejected");
}

void libxl__eject_ready(libxl_ctx *ctx, const struct pollfd *fds, int count)
{
    const libxl__osfd *own = &ctx->osevents->fds[LIBXL__OSFD_EJECT];
    int i;

    for (i = 0; i < count; i++) {
        if (own->fd >= 0 && fds[i].fd == own->fd && fds[i].revents)
            take_news(ctx, fds[i].revents);
    }
}
