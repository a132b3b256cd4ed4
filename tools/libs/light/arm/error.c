/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The error of the guest machine room.  Owns the text's truncation; what to
 * say is the business of those who find the fault.
 */
#include "arm/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Bytes kept of the start of a long name; the end matters more. */
#define NAME_START 36
#define NAME_END   (ARM_NAME_SIZE - 1 - NAME_START - strlen("..."))

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

const char *arm_name_text(const char *name, char text[ARM_NAME_SIZE])
{
    size_t length = strlen(name);

    if (length < ARM_NAME_SIZE)
        return name;
    snprintf(text, ARM_NAME_SIZE, "%.*s...%s", NAME_START, name,
             name + length - NAME_END);
    return text;
}
