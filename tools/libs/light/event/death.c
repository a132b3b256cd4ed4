/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Domain shutdown and death events.
 */
#include "event/death.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/ctx.h"
#include "event/event.h"
#include "event/kept_names.h"
#include "base/log.h"
#include "base/memory.h"
#include "event/osevent.h"
#include "event/xs_watch.h"

/* How many domains the hypervisor is asked for at once. */
#define BATCH 32

/* The token of the watch that says that some domain ended; a name's is the
 * number of its domain. */
#define END "end"

typedef libxl_evgen_domain_death evgen;

static void disconnect(libxl_ctx *ctx)
{
    libxl__deaths *watch = ctx->deaths;
    evgen *death;

    if (!watch->xsh)
        return;
    XEN_LIST_FOREACH (death, &watch->deaths, entry)
        death->keeps_name = false;
    if (watch->names_fd >= 0)
        close(watch->names_fd);
    libxl__osfd_close(ctx, LIBXL__OSFD_WATCH);
    xs_close(watch->xsh);
    watch->xsh = NULL;
}

static int connect_watch(libxl_ctx *ctx)
{
    libxl__deaths *watch = ctx->deaths;
    int rc;

    if (watch->xsh)
        return 0;
    watch->xsh = xs_open(0);
    if (!watch->xsh) {
        libxl__error_errno(ctx, "cannot connect to xenstored to learn of "
                                "domains that end: is it running?");
        return ERROR_FAIL;
    }
    watch->names_fd = libxl__kept_names_open(true);
    if (!libxl__xs_watch(watch->xsh, "@releaseDomain", END)) {
        libxl__error_errno(ctx, "cannot watch @releaseDomain in xenstore");
        rc = ERROR_FAIL;
        goto out;
    }
    rc = libxl__osfd_open(ctx, LIBXL__OSFD_WATCH, xs_fileno(watch->xsh));
    if (rc)
        goto out;
    return 0;

out:
    disconnect(ctx);
    return rc;
}

void libxl__death_dispose(libxl_ctx *ctx)
{
    evgen *death, *next;

    disconnect(ctx);
    XEN_LIST_FOREACH_SAFE (death, &ctx->deaths->deaths, entry, next)
        free(death);
    XEN_LIST_INIT(&ctx->deaths->deaths);
}

/* info is NULL for a domain that is gone. */
static void look_at(libxl_ctx *ctx, evgen *death, const xc_domaininfo_t *info)
{
    libxl_event *event;
    int reason;

    if (!info || info->flags & XEN_DOMINF_dying) {
        /* Somebody destroys it: how it ended before is no news any more. */
        death->death_told = true;
        libxl__event_post(ctx, libxl__event_new(LIBXL_EVENT_TYPE_DOMAIN_DEATH,
                                                death->domid, death->user));
        return;
    }
    if (!(info->flags & XEN_DOMINF_shutdown)) {
        death->shutdown_told = -1;
        return;
    }
    reason =
        (info->flags >> XEN_DOMINF_shutdownshift) & XEN_DOMINF_shutdownmask;
    /* A domain that was resumed since then has another reason, if any. */
    if (reason == death->shutdown_told)
        return;
    death->shutdown_told = reason;
    event = libxl__event_new(LIBXL_EVENT_TYPE_DOMAIN_SHUTDOWN, death->domid,
                             death->user);
    event->u.domain_shutdown.shutdown_reason = reason;
    libxl__event_post(ctx, event);
}

/*
 * Looks at the watched domains from death on that infos can tell of: count
 * domains, of ascending number, and no other after them if that is all.
 * Returns the first one that infos cannot tell of.
 */
static evgen *look_in(libxl_ctx *ctx, evgen *death,
                      const xc_domaininfo_t *infos, int count, bool all)
{
    int i = 0;

    for (; death; death = XEN_LIST_NEXT(death, entry)) {
        while (i < count && infos[i].domain < death->domid)
            i++;
        if (i == count && !all)
            break;
        if (!death->death_told)
            look_at(ctx, death,
                    i < count && infos[i].domain == death->domid ? &infos[i]
                                                                 : NULL);
    }
    return death;
}

static int look(libxl_ctx *ctx)
{
    evgen *death = XEN_LIST_FIRST(&ctx->deaths->deaths);
    xc_domaininfo_t infos[BATCH];
    int wanted, got;

    while (death) {
        if (death->death_told) {
            death = XEN_LIST_NEXT(death, entry);
            continue;
        }
        wanted = XEN_LIST_NEXT(death, entry) ? BATCH : 1;
        got = xc_domain_getinfolist(ctx->xch, death->domid, wanted, infos);
        if (got < 0) {
            libxl__error_errno(ctx, "cannot ask Xen for domain %u",
                               death->domid);
            return ERROR_FAIL;
        }
        death = look_in(ctx, death, infos, got, got < wanted);
    }
    return 0;
}

#define NAME_PATH_SIZE 64

static void name_path(char path[NAME_PATH_SIZE], uint32_t domid)
{
    snprintf(path, NAME_PATH_SIZE, "/local/domain/%" PRIu32 "/name", domid);
}

/* The new watch fires at once, and has the name read. */
static void begin_name(libxl_ctx *ctx, evgen *death)
{
    libxl__deaths *watch = ctx->deaths;
    char path[NAME_PATH_SIZE], token[16];
    xc_domaininfo_t info;

    if (watch->names_fd < 0 ||
        xc_domain_getinfolist(ctx->xch, death->domid, 1, &info) != 1 ||
        info.domain != death->domid)
        return;
    name_path(path, death->domid);
    snprintf(token, sizeof(token), "%" PRIu32, death->domid);
    /* It fails where another evgen of this domain keeps the name already. */
    if (!xs_watch(watch->xsh, path, token))
        return;
    memcpy(death->uuid, info.handle, sizeof(death->uuid));
    death->keeps_name =
        libxl__kept_names_begin(watch->names_fd, death->domid, death->uuid);
    if (!death->keeps_name)
        xs_unwatch(watch->xsh, path, token);
}

static void end_name(libxl_ctx *ctx, evgen *death)
{
    libxl__deaths *watch = ctx->deaths;
    char path[NAME_PATH_SIZE], token[16];

    if (!death->keeps_name)
        return;
    libxl__kept_names_end(watch->names_fd, death->domid);
    name_path(path, death->domid);
    snprintf(token, sizeof(token), "%" PRIu32, death->domid);
    xs_unwatch(watch->xsh, path, token);
}

static void read_name(libxl_ctx *ctx, uint32_t domid)
{
    libxl__deaths *watch = ctx->deaths;
    char path[NAME_PATH_SIZE];
    unsigned int length;
    evgen *death;
    char *name;

    XEN_LIST_FOREACH (death, &watch->deaths, entry)
        if (death->domid == domid && death->keeps_name)
            break;
    if (!death)
        return;
    name_path(path, domid);
    name = xs_read(watch->xsh, XBT_NULL, path, &length);
    libxl__kept_names_set(watch->names_fd, domid, death->uuid, name);
    free(name);
}

int libxl__death_add(libxl_ctx *ctx, uint32_t domid, libxl_ev_user user,
                     libxl_evgen_domain_death **evgen_r)
{
    libxl__deaths *watch = ctx->deaths;
    evgen *death, *other, *before = NULL;
    int rc;

    death = libxl__zalloc_nogc(sizeof(*death));
    death->domid = domid;
    death->user = user;
    death->shutdown_told = -1;

    XEN_LIST_FOREACH (other, &watch->deaths, entry) {
        if (other->domid >= domid)
            break;
        before = other;
    }
    if (before)
        XEN_LIST_INSERT_AFTER(before, death, entry);
    else
        XEN_LIST_INSERT_HEAD(&watch->deaths, death, entry);

    rc = connect_watch(ctx);
    if (rc)
        goto out;
    /* It may have ended before the watch was there. */
    rc = look(ctx);
    if (rc)
        goto out;
    begin_name(ctx, death);
    *evgen_r = death;
    return 0;

out:
    libxl__death_remove(ctx, death);
    return rc;
}

void libxl__death_remove(libxl_ctx *ctx, libxl_evgen_domain_death *death)
{
    XEN_LIST_REMOVE(death, entry);
    /* The end of the connection is the end of all its watches. */
    if (XEN_LIST_EMPTY(&ctx->deaths->deaths))
        disconnect(ctx);
    else
        end_name(ctx, death);
    free(death);
}

/* A descriptor that others polled may have been closed since, and be ours. */
static bool is_broken(int fd)
{
    struct pollfd now = { .fd = fd };

    return poll(&now, 1, 0) != 0;
}

static void take_news(libxl_ctx *ctx, short revents)
{
    libxl__deaths *watch = ctx->deaths;
    bool news = false;
    char **event;
    int error;

    while ((event = xs_check_watch(watch->xsh))) {
        if (strcmp(event[XS_WATCH_TOKEN], END))
            read_name(ctx, strtoul(event[XS_WATCH_TOKEN], NULL, 10));
        else
            news = true;
        free(event);
    }
    error = errno;
    if (error == EAGAIN && revents & ~POLLIN &&
        is_broken(xs_fileno(watch->xsh)))
        error = EPIPE;
    if (error != EAGAIN) {
        disconnect(ctx);
        libxl__disaster(ctx, 0, error, "the connection to xenstored broke");
        return;
    }
    if (news && look(ctx))
        libxl__disaster(ctx, 0, -1, "cannot tell which domains ended");
}

void libxl__death_ready(libxl_ctx *ctx, const struct pollfd *fds, int count)
{
    const libxl__osfd *own = &ctx->osevents->fds[LIBXL__OSFD_WATCH];
    int i;

    for (i = 0; i < count; i++) {
        if (own->fd >= 0 && fds[i].fd == own->fd && fds[i].revents)
            take_news(ctx, fds[i].revents);
    }
}
