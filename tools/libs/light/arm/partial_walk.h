/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The one look at the nodes of a partial device tree.  Owns what may be in
 * them, and finds the addresses and interrupts that they speak of.
 */
#ifndef ARM_PARTIAL_WALK_H
#define ARM_PARTIAL_WALK_H

#include "arm/partial.h"

/*
 * Checks the nodes of *partial, whose blob is sound, and fills its ranges,
 * irqs, paths and warning.  What it has filled is arm_partial_dispose()'s even
 * when it fails.
 */
int partial_walk(const char *file, struct arm_partial *partial,
                 struct arm_error *error);

#endif
