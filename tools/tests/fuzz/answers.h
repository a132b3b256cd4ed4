/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Shared by the fuzzers of the answers of programs that the library runs.  They
 * create guests with such a program, on the fake hypervisor and xenstored.
 */
#ifndef FUZZ_ANSWERS_H
#define FUZZ_ANSWERS_H

#include <libxl.h>

/*
 * Call with a context of its own.  The call must log an error if it returns
 * one, without control characters, and must leave the host as it was.  Returns
 * what the call returns.
 */
int answers_try(int (*call)(libxl_ctx *ctx, void *opaque), void *opaque);

/* Such a call: create the guest of a libxl_domain_config, and destroy it. */
int answers_create(libxl_ctx *ctx, void *config);

#endif
