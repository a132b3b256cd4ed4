/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Requests to xenstore, many at once, over several connections.
 */
#ifndef BENCH_WIRE_H
#define BENCH_WIRE_H

#include <stddef.h>
#include <stdint.h>

#include <xen/io/xs_wire.h>

enum { WIRE_MOST = 16 };

/* Each function ends the program, with a message, if something goes wrong. */
void wire_connect(int connections);

/* Appends a request of connection number to what wire_send sends. */
void wire_add(int number, enum xsd_sockmsg_type type, const char *data,
              size_t size);
void wire_send(void);

/* Waits for all answers; none may be an error. */
void wire_finish(void);

#endif
