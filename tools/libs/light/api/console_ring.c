/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Reads the hypervisor's message ring in pieces.
 */
#include <stdlib.h>

#include <libxl.h>

#include "base/ctx.h"
#include "base/log.h"
#include "base/memory.h"

struct libxl__xen_console_reader {
    int clear;
    uint32_t index; /* position in the ring of the next piece */
    char piece[16 * 1024 + 1];
};

libxl_xen_console_reader *libxl_xen_console_read_start(libxl_ctx *ctx,
                                                       int clear)
{
    libxl_xen_console_reader *reader = libxl__zalloc_nogc(sizeof(*reader));

    reader->clear = clear;
    return reader;
}

/*
 * Returns 1 with the next piece, zero-terminated and valid until the next call;
 * 0 at the end of the ring.
 */
int libxl_xen_console_read_line(libxl_ctx *ctx, libxl_xen_console_reader *cr,
                                char **line_r)
{
    unsigned int length = sizeof(cr->piece) - 1;

    if (xc_readconsolering(ctx->xch, cr->piece, &length, cr->clear, 1,
                           &cr->index))
        return libxl__fail_errno(ctx, ERROR_FAIL,
                                 "cannot read the hypervisor's messages");
    cr->piece[length] = 0;
    *line_r = length ? cr->piece : NULL;
    return length ? 1 : 0;
}

void libxl_xen_console_read_finish(libxl_ctx *ctx, libxl_xen_console_reader *cr)
{
    free(cr);
}
