/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Waits until a new domain's console can be used: xenconsoled has opened a
 * terminal for it.
 */
#include "event/ao.h"
#include "base/log.h"
#include "event/wait.h"
#include "base/xenstore.h"
#include "create/creation.h"

/*
 * xenconsoled normally answers within milliseconds; the timeout is for when it
 * is not running.
 */
#define CONSOLE_TIMEOUT_MS 10000

static int tty_there(libxl__gc *gc, void *path)
{
    const char *tty;
    int rc = libxl__xs_find(gc, XBT_NULL, path, &tty);

    if (rc)
        return rc;
    return tty && *tty ? 0 : ERROR_NOT_READY;
}

/* Wait only if the caller asked for a report. */
int libxl__console_do(struct libxl__creation *creation)
{
    libxl__gc *gc = creation->gc;
    const char *domain = libxl__xs_domain_path(gc, creation->domid);
    char *path = libxl__sprintf(gc, "%s/console/tty", domain);
    const char *const paths[] = { path };
    int rc;

    if (!creation->console_how)
        return 0;
    rc =
        libxl__wait_xenstore(gc, paths, 1, CONSOLE_TIMEOUT_MS, tty_there, path);
    if (rc) {
        libxl__error(creation->ctx,
                     "domain '%s' has no console yet: is xenconsoled running?",
                     creation->config.c_info.name);
        return rc;
    }
    libxl__ao_progress(creation->ctx, creation->console_how, creation->domid,
                       LIBXL_EVENT_TYPE_DOMAIN_CREATE_CONSOLE_AVAILABLE);
    return 0;
}
