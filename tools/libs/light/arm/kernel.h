/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Is all of a kernel there?  The domain builder reads a kernel's header and
 * copies what the file has; of a file that was cut short it makes a guest that
 * dies without a word.
 */
#ifndef ARM_KERNEL_H
#define ARM_KERNEL_H

#include <stddef.h>

#include "arm/error.h"

/*
 * Checks the size bytes of an uncompressed kernel file against what its own
 * headers say: the sections of an arm64 Image with an EFI stub, the end of an
 * arm zImage.  Other kernels have no size in their headers and pass.
 */
int arm_kernel_check(const void *file, size_t size, struct arm_error *error);

#endif
