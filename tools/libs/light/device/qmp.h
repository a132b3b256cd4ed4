/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Talking to the QEMU of a domain, as QEMU's QMP specification has it.  QEMU
 * may hang or be compromised by its guest: every wait has an end, and what it
 * sends is bounded.
 */
#ifndef LIBXL_DEVICE_QMP_H
#define LIBXL_DEVICE_QMP_H

#include "base/memory.h"
#include "event/wait.h"
#include "types/json.h"

/* Where the QEMU of a domain listens; NAME is "libxl" or "libxenstat". */
char *libxl__qmp_path(libxl__gc *gc, const char *name, uint32_t domid);

struct libxl__qmp {
    libxl__gc *gc;
    uint32_t domid;
    int fd;
    libxl__deadline deadline; /* of all that is said */
    char *bytes;              /* received and not read yet */
    size_t count, total;
    unsigned int id; /* of the last command */
};

/*
 * Connects to the QEMU of a domain and agrees on its capabilities.  Returns
 * ERROR_NOTFOUND, logged, if no QEMU listens; ERROR_TIMEDOUT and
 * ERROR_PROTOCOL_ERROR_QMP, logged.  libxl__qmp_close must follow if it
 * returns 0.
 */
int libxl__qmp_open(libxl__gc *gc, uint32_t domid, struct libxl__qmp *qmp_r);

/*
 * Runs a command with one argument, a string; or none if argument is NULL.
 * *result_r (may be NULL) is what the command returns, in the memory of gc.
 * Returns an ERROR_QMP_…, logged, if QEMU refuses, and as libxl__qmp_open.
 */
int libxl__qmp_run(struct libxl__qmp *qmp, const char *command,
                   const char *argument, const char *value,
                   const struct libxl__json **result_r);

void libxl__qmp_close(struct libxl__qmp *qmp);

#endif
