/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Connects the devices of a new domain.  Their nodes were written before the
 * memory was populated, so the backends have had time to see them.
 */
#include "create/creation.h"

int libxl__connect_do(struct libxl__creation *creation)
{
    return libxl__devices_connect(&creation->devices);
}

void libxl__connect_undo(struct libxl__creation *creation)
{
    libxl__devices_disconnect(&creation->devices, true);
}
