/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The parts of the fuzzer of what guests write: guest-nodes.c has the guests
 * and what must be true in the end, guest-writes.c what the hostile guest does,
 * guest-calls.c what the toolstack does meanwhile.
 */
#ifndef FUZZ_GUEST_NODES_H
#define FUZZ_GUEST_NODES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <libxl.h>

/* What is left of the input. */
struct bytes {
    const uint8_t *data;
    size_t size;
};

/* The next byte; 0 at the end. */
uint8_t take(struct bytes *bytes);

/* A hostile guest, a bystander, and the toolstack's context. */
extern const uint32_t bystander, hostile;
extern libxl_ctx *ctx;

/* Prints what is not true, and ends the process. */
void must(bool holds, const char *what);

/* One step of the guest. */
void guest_act(struct bytes *bytes);

/* What the guest has still in mind it does not do any more. */
void guest_forget(void);

/* One call. */
void toolstack_act(struct bytes *bytes);

/* Before the first call, after the guest was created; after the last. */
void toolstack_begin(void);
void toolstack_end(void);

#endif
