/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Whether the extended regions in a finished device tree are safe.
 */
#ifndef MEMMAP_CHECK_H
#define MEMMAP_CHECK_H

#include "memmap/config.h"

/*
 * Checks the tree in that file; config may be NULL.  machine's address width
 * counts only if it is not assumed.  Prints a line for each fault, or one that
 * says that all is well.  Returns how many faults, or -1 with *error set when
 * the file is no device tree.
 */
int memmap_check(const char *path, struct memmap_config *config,
                 const struct memmap_machine *machine, struct arm_error *error);

#endif
