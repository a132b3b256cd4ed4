/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * What a fuzzer checks: an input that breaks it ends the process, and is kept.
 */
#ifndef FUZZ_MUST_H
#define FUZZ_MUST_H

#include <stdbool.h>
#include <stdlib.h>

static inline void must(bool holds)
{
    if (!holds)
        abort();
}

#endif
