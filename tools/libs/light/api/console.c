/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * A domain's consoles: the terminal of each, and the client program that
 * connects to it.  Guests on Arm have no stub domain and no emulated serial
 * line, so the primary console is always PV console 0.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libxl.h>

#include "base/ctx.h"
#include "base/log.h"
#include "base/xenstore.h"
#include "base/xs_changes.h"
#include "device/kinds.h"
#include "domain/info.h"
#include "event/ao.h"

/*
 * The name of a console type in xenstore and for the client; NULL if unknown.
 */
static const char *name_of_type(libxl_console_type type)
{
    switch (type) {
    case LIBXL_CONSOLE_TYPE_PV:
        return "pv";
    case LIBXL_CONSOLE_TYPE_SERIAL:
        return "serial";
    case LIBXL_CONSOLE_TYPE_VUART:
        return "vuart";
    default:
        return NULL;
    }
}

/*
 * Returns only on failure. escape is the client's option; NULL for its default.
 */
static int exec_client(libxl_ctx *ctx, uint32_t domid, int cons_num,
                       libxl_console_type type, int notify_fd,
                       const char *escape)
{
    const char *client = LIBXL_PRIVATE_BINDIR "/xenconsole";
    const char *type_name = name_of_type(type);
    const char *arguments[16];
    char domid_text[16], num_text[16], fd_text[16];
    size_t n = 0;

    if (!type_name)
        return libxl__fail(ctx, ERROR_INVAL,
                           "domain %" PRIu32 " has no console of type %d",
                           domid, type);
    snprintf(domid_text, sizeof(domid_text), "%" PRIu32, domid);
    snprintf(num_text, sizeof(num_text), "%d", cons_num);
    arguments[n++] = client;
    arguments[n++] = domid_text;
    arguments[n++] = "--num";
    arguments[n++] = num_text;
    arguments[n++] = "--type";
    arguments[n++] = type_name;
    if (notify_fd != -1) {
        snprintf(fd_text, sizeof(fd_text), "%d", notify_fd);
        arguments[n++] = "--start-notify-fd";
        arguments[n++] = fd_text;
    }
    if (escape) {
        arguments[n++] = "--escape";
        arguments[n++] = escape;
    }
    arguments[n] = NULL;
    execv(client, (char **)arguments);
    return libxl__fail_errno(ctx, ERROR_FAIL, "cannot run '%s'", client);
}

#ifdef LIBXL_HAVE_CONSOLE_ESCAPE_CHARACTER
int libxl_console_exec(libxl_ctx *ctx, uint32_t domid, int cons_num,
                       libxl_console_type type, int notify_fd,
                       char *escape_character)
{
    return exec_client(ctx, domid, cons_num, type, notify_fd, escape_character);
}
#else
int libxl_console_exec(libxl_ctx *ctx, uint32_t domid, int cons_num,
                       libxl_console_type type, int notify_fd)
{
    return exec_client(ctx, domid, cons_num, type, notify_fd, NULL);
}
#endif

static int exec_primary(libxl_ctx *ctx, uint32_t domid, int notify_fd,
                        const char *escape)
{
    xc_domaininfo_t info;
    LIBXL__GC(gc, ctx);
    int rc;

    rc = libxl__domain_info(gc, domid, &info);
    if (rc)
        return rc;
    return exec_client(ctx, domid, 0, LIBXL_CONSOLE_TYPE_PV, notify_fd, escape);
}

#ifdef LIBXL_HAVE_CONSOLE_ESCAPE_CHARACTER
int libxl_primary_console_exec(libxl_ctx *ctx, uint32_t domid_vm, int notify_fd,
                               char *escape_character)
{
    return exec_primary(ctx, domid_vm, notify_fd, escape_character);
}
#else
int libxl_primary_console_exec(libxl_ctx *ctx, uint32_t domid_vm, int notify_fd)
{
    return exec_primary(ctx, domid_vm, notify_fd, NULL);
}
#endif

static const char *tty_path(libxl__gc *gc, uint32_t domid, int cons_num,
                            libxl_console_type type)
{
    const char *domain = libxl__xs_domain_path(gc, domid);

    switch (type) {
    case LIBXL_CONSOLE_TYPE_PV:
        if (cons_num == 0)
            return libxl__sprintf(gc, "%s/console/tty", domain);
        return libxl__sprintf(gc, "%s/device/console/%d/tty", domain, cons_num);
    case LIBXL_CONSOLE_TYPE_SERIAL:
        return libxl__sprintf(gc, "%s/serial/%d/tty", domain, cons_num);
    case LIBXL_CONSOLE_TYPE_VUART:
        return libxl__sprintf(gc, "%s/vuart/%d/tty", domain, cons_num);
    default:
        return NULL;
    }
}

int libxl_console_get_tty(libxl_ctx *ctx, uint32_t domid, int cons_num,
                          libxl_console_type type, char **path)
{
    const char *node, *tty;
    LIBXL__GC(gc, ctx);

    node = tty_path(gc, domid, cons_num, type);
    if (!node)
        return libxl__fail(ctx, ERROR_INVAL,
                           "domain %" PRIu32 " has no console of type %d",
                           domid, type);
    tty = libxl__xs_read(gc, XBT_NULL, node);
    if (!tty || !*tty)
        return libxl__fail(ctx, ERROR_FAIL,
                           "domain %" PRIu32 " has no terminal at '%s'", domid,
                           node);
    *path = libxl__strdup_nogc(tty);
    return 0;
}

int libxl_primary_console_get_tty(libxl_ctx *ctx, uint32_t domid_vm,
                                  char **path)
{
    return libxl_console_get_tty(ctx, domid_vm, 0, LIBXL_CONSOLE_TYPE_PV, path);
}

#ifdef LIBXL_HAVE_CONSOLE_ADD_XENSTORE
struct console_job {
    uint32_t domid, backend, port;
    unsigned long gfn;
};

/* The nodes of the console of a domain that this library has not created. */
static int console_add_work(libxl__gc *gc, void *opaque)
{
    const struct console_job *job = opaque;
    struct libxl__device console = {
        .kind = &libxl__kind_console,
        .label = "the console",
        .backend_domid = job->backend,
        .backend = libxl__kind_console.name,
    };
    struct libxl__devices devices = { .gc = gc, .list = &console, .count = 1 };
    struct libxl__xs_changes changes;
    xc_domaininfo_t info;

    if (libxl__domain_info(gc, job->domid, &info))
        return ERROR_FAIL;
    libxl__devices_place(&devices, job->domid);
    libxl__xs_changes_init(&changes, gc);
    libxl__devices_record_kept(&devices, &changes);
    libxl__devices_record_ends(&devices, &changes);
    libxl__xs_add(&changes, console.frontend_path, "tty", XS_INHERIT, "");
    libxl__xs_addf(&changes, console.frontend_path, "port", XS_INHERIT,
                   "%" PRIu32, job->port);
    libxl__xs_addf(&changes, console.frontend_path, "ring-ref", XS_INHERIT,
                   "%lu", job->gfn);
    return libxl__xs_commit(&changes,
                            libxl__sprintf(gc,
                                           "write the console of domain "
                                           "%" PRIu32 " to xenstore",
                                           job->domid),
                            NULL, NULL);
}

int libxl_console_add_xenstore(libxl_ctx *ctx, uint32_t domid, uint32_t backend,
                               unsigned int evtch, unsigned long gfn,
                               const libxl_asyncop_how *ao_how)
{
    struct console_job job = { domid, backend, evtch, gfn };

    return libxl__ao_run_now(ctx, domid, ao_how, console_add_work, &job,
                             sizeof(job));
}
#endif
