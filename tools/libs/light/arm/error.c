/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The error of the guest machine room.  Owns the text's truncation; what to
 * say is the business of those who find the fault.
 */
#include <stdarg.h>
#include <stdio.h>

#include "arm/error.h"

int arm_error_set(struct arm_error *error, enum arm_fault fault,
                  const char *format, ...)
{
    va_list args;

    if (error->fault != ARM_FAULT_NONE)
        return -1;

    error->fault = fault;
    va_start(args, format);
    vsnprintf(error->message, sizeof(error->message), format, args);
    va_end(args);
    return -1;
}
