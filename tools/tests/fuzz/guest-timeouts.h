/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Included before each file of the library: how long it waits for guests and
 * backends.  The guest that is created may take its time, on a busy machine,
 * and nobody waits long for it once it is hostile.
 */
#ifndef FUZZ_GUEST_TIMEOUTS_H
#define FUZZ_GUEST_TIMEOUTS_H

extern int fuzz_timeout_ms;

#define STATE_TIMEOUT_MS fuzz_timeout_ms
#define TAKEN_TIMEOUT_MS fuzz_timeout_ms

#endif
