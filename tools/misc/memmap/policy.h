/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The administrator's file as creation would read it, or another in its
 * place.  Owns which file that is; arm/policy.h parses it.
 */
#ifndef MEMMAP_POLICY_H
#define MEMMAP_POLICY_H

#include "arm/error.h"
#include "arm/policy.h"

/*
 * For the guest of that name.  path of NULL: the host's own, and the defaults
 * where there is none.  Any other file must be there; it may be a device or a
 * pipe.
 */
int memmap_policy_read(const char *path, const char *guest,
                       struct arm_policy *policy_r, struct arm_error *error);

/* False where a guest gets what it would get without a file. */
bool memmap_policy_matters(const struct arm_policy *policy);

#endif
