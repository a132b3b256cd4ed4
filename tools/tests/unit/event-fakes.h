/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * xenstored, the hypervisor and a logger, as far as the base room uses them,
 * all inside the test: contexts are real, what they are connected to is not.
 */
#ifndef EVENT_FAKES_H
#define EVENT_FAKES_H

#include <stdbool.h>
#include <stdint.h>

#include <libxl.h>

/* A context whose messages end up in last_message. */
libxl_ctx *fake_ctx(void);

/* Whether another thread can take the lock of the context, within 5 s. */
bool is_unlocked(libxl_ctx *ctx);

/* The last message logged; empty if there was none since the last call. */
const char *last_message(void);

/* What the hypervisor knows: up to 64 domains, by XEN_DOMINF_* flags. */
void fake_domain(uint32_t domid, uint32_t flags);
void fake_domain_gone(uint32_t domid);
void fake_domains_forget(void);

/* How often it was asked since the last call of this function. */
unsigned int fake_hypercalls(void);

/* Whether hypercalls fail. */
extern bool fake_xen_fails;

/* Something changed at path: every connection that watches it is told. */
void fake_change(const char *path);

/* Whether the first path watched changes again with each event taken. */
extern bool fake_guest_floods;

/* xenstored dies: whatever is connected sees the end. */
void fake_xenstored_dies(void);

/* How many connections to xenstored are open. */
unsigned int fake_connections(void);

/* How many descriptors the process has open. */
unsigned int open_descriptors(void);

#endif
