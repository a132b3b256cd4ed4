/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Reads what --policy names, from wherever a shell takes it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "memmap/file.h"
#include "memmap/policy.h"

static int read_named(const char *path, const char *guest,
                      struct arm_policy *policy_r, struct arm_error *error)
{
    size_t size;
    char *text = memmap_file_read(path, ARM_POLICY_MAX_SIZE, &size);
    int rc;

    if (!text && errno == EFBIG)
        return arm_error_set(error, ARM_FAULT_CONFIG,
                             "%.150s: larger than %d bytes", path,
                             ARM_POLICY_MAX_SIZE);
    if (!text)
        return arm_error_set(error, ARM_FAULT_CONFIG,
                             "%.150s: cannot read it: %s", path,
                             strerror(errno));
    rc = arm_policy_parse(path, text, size, guest, policy_r, error);
    free(text);
    return rc;
}

int memmap_policy_read(const char *path, const char *guest,
                       struct arm_policy *policy_r, struct arm_error *error)
{
    return path ? read_named(path, guest, policy_r, error)
                : arm_policy_read(ARM_POLICY_FILE, guest, policy_r, error);
}

bool memmap_policy_matters(const struct arm_policy *policy)
{
    return policy->restricts || policy->max_size || policy->overlap_warns ||
           policy->map_budget;
}
