/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Becomes the program that shows a domain's display, as xl(1) has it of
 * `xl vncviewer`.  Where the display is, the toolstack has written to xenstore:
 * device/qemu.c.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <libxl.h>

#include "base/log.h"
#include "base/number.h"
#include "base/xenstore.h"

#define FIRST_PORT 5900
#define LAST_PORT  65535

static const char *read_node(libxl__gc *gc, uint32_t domid, const char *name)
{
    return libxl__xs_readf(gc, XBT_NULL, "%s/console/%s",
                           libxl__xs_domain_path(gc, domid), name);
}

/* HOST:DISPLAY, in which an address of IPv6 has brackets. */
static const char *address_of(libxl__gc *gc, uint32_t domid)
{
    const char *text = read_node(gc, domid, "vnc-port");
    const char *host = read_node(gc, domid, "vnc-listen");
    bool bare = host && strchr(host, ':') && *host != '[';
    uint32_t port;

    if (!text || !libxl__number_parse_u32(text, &port) || port < FIRST_PORT ||
        port > LAST_PORT)
        return NULL;
    return libxl__sprintf(gc, bare ? "[%s]:%" PRIu32 : "%s:%" PRIu32,
                          host ? host : "localhost", port - FIRST_PORT);
}

/* A file that only its reader sees; -1, logged, if there is none. */
static int password_file(libxl_ctx *ctx, const char *password)
{
    size_t size = strlen(password);
    int fd = memfd_create("password", MFD_CLOEXEC);

    if (fd >= 0 && write(fd, password, size) == (ssize_t)size &&
        !lseek(fd, 0, SEEK_SET))
        return fd;
    libxl__error_errno(ctx, "cannot pass the VNC password on");
    if (fd >= 0)
        close(fd);
    return -1;
}

/* Returns only on failure; password NULL: the viewer asks for it. */
static int exec_viewer(libxl_ctx *ctx, const char *address,
                       const char *password)
{
    const char *viewer = getenv("VNCVIEWER");
    const char *const arguments[] = {
        viewer && *viewer ? viewer : "vncviewer",
        address,
        password ? "-autopass" : NULL,
        NULL,
    };
    int fd = password ? password_file(ctx, password) : -1, stdin_fd = -1;

    if (password && fd < 0)
        return ERROR_FAIL;
    if (password) {
        stdin_fd = dup(STDIN_FILENO);
        dup2(fd, STDIN_FILENO);
        close(fd);
    }
    execvp(arguments[0], (char **)arguments);
    libxl__error_errno(ctx,
                       "cannot run '%s': install a VNC viewer, or set the "
                       "variable VNCVIEWER to one",
                       arguments[0]);
    if (stdin_fd >= 0) {
        dup2(stdin_fd, STDIN_FILENO);
        close(stdin_fd);
    }
    return ERROR_FAIL;
}

int libxl_vncviewer_exec(libxl_ctx *ctx, uint32_t domid, int autopass)
{
    const char *address;
    LIBXL__GC(gc, ctx);

    address = address_of(gc, domid);
    if (!address)
        return libxl__fail(ctx, ERROR_FAIL,
                           "domain %" PRIu32 " has no display that VNC shows: "
                           "give it a 'vfb' with 'vnc'",
                           domid);
    return exec_viewer(ctx, address,
                       autopass ? read_node(gc, domid, "vnc-pass") : NULL);
}
