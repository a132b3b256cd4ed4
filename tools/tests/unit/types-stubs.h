/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * What the types room asks of the base room, without Xen's libraries: the
 * last message is kept for tests to look at.
 */
#ifndef TYPES_STUBS_H
#define TYPES_STUBS_H

/* Empty if there was no message since the last call. */
const char *last_message(void);

#endif
