/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * A second way to the extended regions, slow and plain: it marks every unit
 * of 2 MiB of every window in a map of bytes.  Tests hold the planner against
 * it.  It knows the rules of the document, and nothing of the planner.
 */
#ifndef ARM_MODEL_H
#define ARM_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#include "arm/regions.h"

#define MODEL_WINDOWS 4
#define MODEL_CLAIMS  1024
#define MODEL_UNITS   65536 /* in one window */

struct model_input {
    unsigned int gpaddr_bits;
    size_t nr_windows, nr_claims;
    struct region_window windows[MODEL_WINDOWS];
    struct claim claims[MODEL_CLAIMS];
};

/* What the rules give, by the map of bytes. */
void model_plan(const struct model_input *input, struct region_plan *plan_r);

/* NULL, or which rule the plan breaks; looks at nothing but the rules. */
const char *model_broken_rule(const struct model_input *input,
                              const struct region_plan *plan);

/*
 * NULL when the planner gives what the model gives and no rule is broken,
 * else what is wrong.
 */
const char *model_compare(const struct model_input *input,
                          struct region_plan *plan_r);

/* The input as people read it. */
void model_print(const struct model_input *input);

#endif
