/* SPDX-License-Identifier: LGPL-2.1-only */
#include "base/batch.h"

#include <sched.h>

static int set_policy(int policy)
{
    const struct sched_param none = { 0 };

    return sched_setscheduler(0, policy, &none);
}

bool libxl__batch_begin(void)
{
    return sched_getscheduler(0) == SCHED_OTHER && !set_policy(SCHED_BATCH);
}

void libxl__batch_end(bool begun)
{
    if (begun)
        set_policy(SCHED_OTHER);
}
