/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Whether the extended regions of a finished device tree are safe: the rules
 * that regions.h keeps when it plans, held against what another toolstack has
 * written.
 */
#ifndef ARM_TREE_CHECK_H
#define ARM_TREE_CHECK_H

#include "arm/tree_view.h"

/*
 * Reports each fault as one line.  config holds claims that the tree does not
 * show (passed-through memory) and may be NULL; its RAM, GIC, grant table and
 * partial device tree are passed over, since the tree describes those.
 * gpaddr_bits of 0: not known, and not checked.
 */
void tree_check(const struct tree_view *view, const struct addrmap *config,
                unsigned int gpaddr_bits, struct tree_faults *faults);

#endif
