/* SPDX-License-Identifier: LGPL-2.1-only */
#ifndef STATE_NODES_H
#define STATE_NODES_H

#include "lines.h"

/*
 * Adds a line for each node of xenstore, 'PATH = "VALUE"   (PERMISSIONS)' as
 * `xenstore-ls -f -p` prints it.  Ends the program if xenstored cannot be
 * asked.
 */
void nodes_add(struct lines *lines);

#endif
