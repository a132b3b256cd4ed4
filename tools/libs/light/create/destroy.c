/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The end of a domain: everything that creating it made is taken away, also
 * when part of it is gone already.
 */
#include "create/destroy.h"

#include <errno.h>
#include <inttypes.h>

#include "base/ctx.h"
#include "base/log.h"
#include "base/xenstore.h"
#include "device/qemu.h"
#include "domain/info.h"
#include "domain/paths.h"
#include "domain/userdata.h"
#include "event/wait.h"

/*
 * How long xenconsoled may take to notice that a domain is gone.  It takes
 * longer only if somebody else keeps the domain's memory, which is none of our
 * business.
 */
#define GONE_TIMEOUT_MS  500
#define GONE_INTERVAL_MS 5

static int check_gone(libxl__gc *gc, void *domid)
{
    xc_domaininfo_t info;

    return libxl__domain_find(gc->ctx, *(uint32_t *)domid, &info)
               ? 0
               : ERROR_NOT_READY;
}

/*
 * @releaseDomain does not help: xenstored sends it when the domain begins to
 * die, and does not look at it any more.  The wait goes on when the operation
 * is aborted, as undoing a creation must remove the nodes as well.
 */
static void wait_until_gone(libxl__gc *gc, uint32_t domid)
{
    libxl__deadline deadline = libxl__deadline_in(GONE_TIMEOUT_MS);

    libxl__wait_poll(gc, GONE_INTERVAL_MS, &deadline, false, check_gone,
                     &domid);
}

static int kill_domain(libxl__gc *gc, uint32_t domid)
{
    /* Somebody else may have destroyed it meanwhile. */
    if (xc_domain_destroy(gc->ctx->xch, domid) && errno != ESRCH)
        return libxl__fail_errno(gc->ctx, ERROR_FAIL,
                                 "cannot destroy domain %" PRIu32, domid);
    return 0;
}

int libxl__domain_end(libxl__gc *gc, uint32_t domid)
{
    int rc = kill_domain(gc, domid);

    if (rc)
        return rc;
    wait_until_gone(gc, domid);
    return libxl__xs_rm(gc, XBT_NULL, libxl__xs_domain_path(gc, domid));
}

static int find_node(libxl__gc *gc, uint32_t domid, const char *name,
                     const char **value_r)
{
    return libxl__xs_find(
        gc, XBT_NULL,
        libxl__sprintf(gc, "%s/%s", libxl__xs_domain_path(gc, domid), name),
        value_r);
}

/*
 * Check that xenconsoled has written the tty of each console that it serves: it
 * writes nothing more for the domain then.
 */
static int check_consoles(libxl__gc *gc, uint32_t domid, bool *are_open_r)
{
    const char *tty, *vuart, *vuart_tty = NULL;
    int rc = find_node(gc, domid, "console/tty", &tty);

    if (!rc)
        rc = find_node(gc, domid, "vuart", &vuart);
    if (!rc && vuart)
        rc = find_node(gc, domid, "vuart/0/tty", &vuart_tty);
    *are_open_r = !rc && tty && *tty && (!vuart || (vuart_tty && *vuart_tty));
    return rc;
}

/* Check that xenstore has nodes of a domain that the hypervisor has not. */
static int is_left_over(libxl__gc *gc, xs_transaction_t t, void *opaque)
{
    uint32_t domid = *(uint32_t *)opaque;
    xc_domaininfo_t info;

    if (libxl__domain_find(gc->ctx, domid, &info) != ERROR_DOMAIN_NOTFOUND)
        return ERROR_FAIL;
    if (libxl__xs_read(gc, t, libxl__xs_domain_path(gc, domid)) ||
        libxl__xs_read(gc, t, libxl__path_libxl(gc, domid)))
        return 0;
    return ERROR_DOMAIN_NOTFOUND;
}

/*
 * A destroy that was killed when the domain was gone already, before its last
 * step, leaves what xenconsoled wrote meanwhile.
 */
static int destroy_left_over(libxl__gc *gc, uint32_t domid)
{
    int rc = libxl__paths_remove(gc, domid, NULL, is_left_over);

    if (rc == ERROR_DOMAIN_NOTFOUND)
        libxl__error(gc->ctx, "there is no domain %" PRIu32, domid);
    return rc;
}

/* A device that does not let go is removed all the same. */
static int remove_devices(libxl__gc *gc, uint32_t domid)
{
    struct libxl__devices devices, others;
    int rc = libxl__devices_find(gc, domid, NULL, &devices);

    if (rc)
        return rc;
    /* Nobody answers for the devices of a QEMU that has ended. */
    rc = libxl__qemu_stop(gc, domid);
    if (rc)
        return rc;
    others = libxl__devices_select(&devices, libxl__device_is_not_of_qemu);
    libxl__devices_disconnect(&others, DETACH_FORCED);
    return libxl__devices_erase_elsewhere(&devices);
}

int libxl__domain_destroy(libxl__gc *gc, uint32_t domid)
{
    xc_interface *xch = gc->ctx->xch;
    xc_domaininfo_t info;
    bool consoles_are_open;
    const char *uuid;
    int rc, this_rc;

    rc = libxl__domain_find(gc->ctx, domid, &info);
    if (rc == ERROR_DOMAIN_NOTFOUND)
        return destroy_left_over(gc, domid);
    if (rc)
        return rc;
    uuid = libxl__uuid_text(gc, info.handle);

    /* No vCPU may run while its devices go.  None does if it is dying. */
    if (xc_domain_pause(xch, domid) && errno != ESRCH) {
        libxl__error_errno(gc->ctx, "cannot pause domain %" PRIu32, domid);
        /* It is the one that we run in: nothing of it may be taken away. */
        if (errno == EINVAL)
            return ERROR_FAIL;
    }
    rc = remove_devices(gc, domid);
    if (rc)
        return rc;
    rc = check_consoles(gc, domid, &consoles_are_open);
    if (rc)
        return rc;
    rc = libxl__userdata_destroy(gc, domid, uuid);
    this_rc = libxl__paths_remove(gc, domid, uuid, NULL);
    /* What is left can only be found while the domain is there. */
    if (rc || this_rc)
        return rc ? rc : this_rc;
    rc = consoles_are_open ? kill_domain(gc, domid)
                           : libxl__domain_end(gc, domid);
    /* What others stored until then. */
    this_rc = libxl__userdata_destroy(gc, domid, uuid);
    return rc ? rc : this_rc;
}
