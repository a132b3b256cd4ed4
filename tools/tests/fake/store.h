/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * What the two halves of the fake xenstored know of each other: the store,
 * which answers requests, and the server, which carries messages.
 */
#ifndef FAKE_XENSTORED_STORE_H
#define FAKE_XENSTORED_STORE_H

#include <errno.h> /* for the errors of xs_wire.h */
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <xen/io/xs_wire.h>

#include "xenstored.h"

#define FAKE_CONNECTIONS 256

struct fake_tree;
struct transaction;

/* Guards all of both halves; it is recursive. */
extern pthread_mutex_t fake_store_lock;

struct request {
    struct xsd_sockmsg header;
    int fd;
    char body[XENSTORE_PAYLOAD_MAX + 1];
    const char *path;
    struct transaction **transaction; /* NULL for none */
    struct fake_tree *tree;           /* the transaction's, or the store's */
};

/* Empty. */
void fake_store_init(void);
void fake_store_dispose(void);

/*
 * What is there outside of transactions, for whoever holds the lock; and that
 * path there has changed, or was removed with all below it.
 */
struct fake_tree *fake_store_tree(void);
void fake_store_changed(const char *path, bool removed);

/* Finds the transaction of a request that was read. */
void fake_request_begin(struct request *request);

/* Does and answers it; an errno value, with nothing sent, if it is refused. */
int fake_request_do(const struct request *request);

/* What is refused to be committed is not kept either. */
void fake_request_drop(const struct request *request);

/* The connection has ended, and with it its watches and transactions. */
void fake_store_disconnect(int fd);

/*
 * Of the server: puts a message at the end of those that wait to be sent.  An
 * event like one that waits is dropped.
 */
void fake_message_send(int fd, uint32_t type, uint32_t req_id, uint32_t tx_id,
                       const void *body, size_t size);

#endif
