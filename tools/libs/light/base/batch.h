/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Threads that wait for xenstored without pushing it aside.
 *
 * xenstored wakes whoever it sends a message to.  On the same processor Linux
 * may run that thread at once, for each part of each message: with many guests
 * and a monitor for each, that is most of what an event costs.  A thread of
 * the policy SCHED_BATCH does not preempt another one when it wakes
 * (sched(7)), and then finds all that was sent.
 */
#ifndef LIBXL_BASE_BATCH_H
#define LIBXL_BASE_BATCH_H

#include <stdbool.h>

/*
 * Gives the calling thread that policy, unless the application has chosen
 * another one than SCHED_OTHER.  Returns what libxl__batch_end needs.
 */
bool libxl__batch_begin(void);

/* Gives the calling thread its policy back. */
void libxl__batch_end(bool begun);

#endif
