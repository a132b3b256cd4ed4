/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Domain shutdown and death events.
 */
#include "event/death.h"

#include <errno.h>
#include <inttypes.h>
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

/* Number of domains to query at once. */
#define BATCH 32

/*
 * Token of the @releaseDomain watch.  The token of a name's watch is the domid.
 */
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
    libxl__watch_disconnect(ctx, LIBXL__OSFD_WATCH, &watch->xsh);
}

static int connect_watch(libxl_ctx *ctx)
{
    libxl__deaths *watch = ctx->deaths;
    int rc;

    if (watch->xsh)
        return 0;
    rc = libxl__watch_connect(ctx, LIBXL__OSFD_WATCH, "domains that end",
                              &watch->xsh);
    if (rc)
        return rc;
    watch->names_fd = libxl__kept_names_open(true);
    if (libxl__xs_watch(watch->xsh, "@releaseDomain", END))
        return 0;
    rc = libxl__fail_errno(ctx, ERROR_FAIL,
                           "cannot watch @releaseDomain in xenstore");
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

/* info is NULL if the domain no longer exists. */
static void look_at(libxl_ctx *ctx, evgen *death, const xc_domaininfo_t *info)
{
    libxl_event *event;
    int reason;

    if (!info || info->flags & XEN_DOMINF_dying) {
        /*
         * It is being destroyed: report its death only, not how it shut down
         * before.
         */
        death->reported_death = true;
        libxl__event_post(ctx, libxl__event_new(LIBXL_EVENT_TYPE_DOMAIN_DEATH,
                                                death->domid, death->user));
        return;
    }
    if (!(info->flags & XEN_DOMINF_shutdown)) {
        death->reported_shutdown = -1;
        return;
    }
    reason =
        (info->flags >> XEN_DOMINF_shutdownshift) & XEN_DOMINF_shutdownmask;
    /* It may have been resumed since, and have shut down for another reason. */
    if (reason == death->reported_shutdown)
        return;
    death->reported_shutdown = reason;
    event = libxl__event_new(LIBXL_EVENT_TYPE_DOMAIN_SHUTDOWN, death->domid,
                             death->user);
    event->u.domain_shutdown.shutdown_reason = reason;
    libxl__event_post(ctx, event);
}

/*
 * Match the watched domains, starting at death, against infos: count entries
 * sorted by domid.  If all is set, no domain exists beyond the last entry.
 * Return the first watched domain that infos does not cover.
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
        if (!death->reported_death)
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
        if (death->reported_death) {
            death = XEN_LIST_NEXT(death, entry);
            continue;
        }
        wanted = XEN_LIST_NEXT(death, entry) ? BATCH : 1;
        got = xc_domain_getinfolist(ctx->xch, death->domid, wanted, infos);
        if (got < 0)
            return libxl__fail_errno(ctx, ERROR_FAIL, "cannot query domain %u",
                                     death->domid);
        death = look_in(ctx, death, infos, got, got < wanted);
    }
    return 0;
}

#define NAME_PATH_SIZE 64

static void name_path(char path[NAME_PATH_SIZE], uint32_t domid)
{
    snprintf(path, NAME_PATH_SIZE, "/local/domain/%" PRIu32 "/name", domid);
}

/* A new watch fires immediately, and then the name is read. */
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
    /* This fails if another evgen of the domain keeps the name already. */
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
    death->reported_shutdown = -1;

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
    /* The domain may have ended before the watch was set. */
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
    /* Closing the connection removes all its watches. */
    if (XEN_LIST_EMPTY(&ctx->deaths->deaths))
        disconnect(ctx);
    else
        end_name(ctx, death);
    free(death);
}

static void take_news(libxl_ctx *ctx, short revents)
{
    libxl__deaths *watch = ctx->deaths;
    bool news = false;
    char **event;
    int error;

    while ((event = libxl__xs_watch_next(watch->xsh, revents))) {
        if (strcmp(event[XS_WATCH_TOKEN], END))
            read_name(ctx, strtoul(event[XS_WATCH_TOKEN], NULL, 10));
        else
            news = true;
        free(event);
    }
    error = errno;
    if (error != EAGAIN) {
        disconnect(ctx);
        libxl__disaster(ctx, 0, error, "the connection to xenstored broke");
        return;
    }
    if (news && look(ctx))
        libxl__disaster(ctx, 0, -1, "cannot find out which domains ended");
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
