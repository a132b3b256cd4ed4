/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * What the tests of the guest machine room share: cmocka with what it needs,
 * and one plain guest to start from.
 */
#ifndef ARM_TEST_H
#define ARM_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "arm/guest.h"
#include "arm/tree.h"

#define MIB              (UINT64_C(1) << 20)
#define GIB              (UINT64_C(1) << 30)
#define COUNT(array)     (sizeof(array) / sizeof((array)[0]))
#define MIB_PAGES(mib)   ((uint64_t)(mib) << (20 - ARM_PAGE_SHIFT))
#define assert_ok(error) assert_string_equal((error).message, "")
#define assert_says(error, words)                                              \
    assert_non_null(strstr((error).message, words))

/* One CPU, 128 MiB, GICv3, 44 bits, Xen 4.17, nothing else. */
static inline struct arm_guest plain_guest(void)
{
    return (struct arm_guest) {
        .xen_major = 4,
        .xen_minor = 17,
        .gpaddr_bits = 44,
        .gic = ARM_GIC_V3,
        .is_64bit = true,
        .vcpus = 1,
        .ram_pages = MIB_PAGES(128),
        .has_rng_seed = true,
    };
}

#endif
