/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Programs that outlive the process that started them.
 *
 * A file that all processes share has two bytes for each number.  The process
 * that runs a program for this number locks the one, the program itself the
 * other.  The kernel drops the locks when they end, however they end: if only
 * the program's byte is locked, nobody waits for this program any more.
 *
 * If the file cannot be opened or locked, no claim is made, and programs run
 * all the same.
 */
#ifndef LIBXL_EVENT_CLAIM_H
#define LIBXL_EVENT_CLAIM_H

#include <stdint.h>
#include <sys/types.h>

struct libxl__claim {
    const char *file;
    uint64_t number; /* less than 2^62 */
};

/* For the process that runs a program.  Close the result to end the claim. */
int libxl__claim_open(const struct libxl__claim *claim);

/*
 * For the program, between fork and exec: it makes only system calls.  What the
 * program starts does not share its claim.
 */
void libxl__claim_keep(const struct libxl__claim *claim);

/* Returns the process of a program that nobody waits for, or 0. */
pid_t libxl__claim_stray(const struct libxl__claim *claim);

#endif
