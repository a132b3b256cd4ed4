/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Prints a finished device tree, one line for each property, in the tree's
 * own order: what tests compare, and what the files in arm-trees/ hold.
 */
#ifndef ARM_PRINT_H
#define ARM_PRINT_H

#include <stdio.h>

/* The rng-seed differs by nature: only its size is printed. */
void print_tree(const void *fdt, FILE *to);

#endif
