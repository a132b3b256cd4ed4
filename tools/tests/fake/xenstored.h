/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * A xenstored of the test's own: a thread that listens on a socket and speaks
 * the protocol of xen/io/xs_wire.h with everyone who connects, as domain 0.
 *
 * It serves one request of each connection in a round, as xenstored does, and
 * an event like one that waits to be sent is dropped.  A transaction fails to
 * commit if anything has changed since its start.
 */
#ifndef FAKE_XENSTORED_H
#define FAKE_XENSTORED_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* Makes the socket at path, and an empty tree. */
void fake_xenstored_start(const char *path);
void fake_xenstored_stop(void);

/* How many descriptors this process has besides those of the daemon. */
unsigned int fake_descriptors(void);

/* All nodes, as fake_tree_text; the caller frees it. */
char *fake_store_text(void);

/* What stands at path, for the caller to free; NULL for nothing. */
char *fake_store_read(const char *path);
void fake_store_write(const char *path, const char *value);
void fake_store_rm(const char *path);

/*
 * A domain is gone: ends its introduction and fires @releaseDomain.  xenstored
 * notices only domains that were introduced.
 */
void fake_store_release(uint32_t domid);

/* A domain has shut down: fires @releaseDomain. */
void fake_store_shut_down(uint32_t domid);

/* Whether xenstored was told of this domain's ring. */
bool fake_store_is_introduced(uint32_t domid);

/* Who is introduced gets a terminal for its console, as by xenconsoled. */
extern bool fake_consoled;

/*
 * Called before each request, from the daemon's thread, with the path or
 * whatever comes first; it may call the functions of this file.
 */
extern void (*fake_store_hook)(uint32_t type, const char *path);

enum fake_failure {
    FAKE_REFUSE,      /* the request is answered by an error, EACCES */
    FAKE_REFUSE_FROM, /* and all after it */
    FAKE_CLOSE,       /* its connection is closed, and others become slow */
};

/*
 * The n-th request from now on fails, counted from 1; none if n is 0.  It
 * begins to count the requests.
 */
void fake_store_fail(unsigned int n, enum fake_failure failure);

/*
 * With fake_kill, the failure that is planned next is the caller's end: no
 * hypercall and no request does anything any more, until fake_kill is cleared.
 */
extern atomic_bool fake_kill, fake_killed;

/* The requests since fake_store_fail. */
unsigned int fake_store_requests(void);

/* What failed, as "TYPE PATH", or "" if nothing did. */
const char *fake_store_failed(void);

#endif
