/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Changes to xenstore: recorded first, made later.
 *
 * A writer of nodes records what it wants.  The caller then chooses how the
 * changes are made: sent in flight over several connections, which is fast,
 * or committed in a transaction, which is atomic and can check first that the
 * domain still exists.  Tests print them instead.
 *
 * Changes of one chain are made in their order.  Chains have no order among
 * them: whatever must exist before is sent before.
 */
#ifndef LIBXL_BASE_XS_CHANGES_H
#define LIBXL_BASE_XS_CHANGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <libxl.h>

#include "base/memory.h"
#include "base/xenstore.h"

/*
 * Permissions of a node.  A node that dom0 creates inherits those of its
 * parent, so only where they change is a request spent on them.
 */
struct libxl__xs_access {
    enum { LIBXL__XS_INHERIT, LIBXL__XS_OWNED, LIBXL__XS_SHOWN } kind;
    uint32_t owner;
    uint32_t reader;
};

#define XS_INHERIT                                                             \
    (struct libxl__xs_access)                                                  \
    {                                                                          \
        .kind = LIBXL__XS_INHERIT                                              \
    }

/* Domain o owns the node; no other may read it. */
#define XS_OWNED(o)                                                            \
    (struct libxl__xs_access)                                                  \
    {                                                                          \
        .kind = LIBXL__XS_OWNED, .owner = (o)                                  \
    }

/* Domain o owns the node; domain r may read it. */
#define XS_SHOWN(o, r)                                                         \
    (struct libxl__xs_access)                                                  \
    {                                                                          \
        .kind = LIBXL__XS_SHOWN, .owner = (o), .reader = (r)                   \
    }

/* A recorded change: the body of its request is within bytes. */
struct libxl__xs_change {
    uint32_t type; /* enum xsd_sockmsg_type */
    uint32_t chain;
    size_t start, size;
};

struct libxl__xs_lanes;

struct libxl__xs_changes {
    libxl__gc *gc;
    struct libxl__xs_change *list;
    size_t count, room;
    char *bytes;
    size_t size, bytes_room;
    uint32_t chains; /* at least 1 once a change is recorded */
    bool any_order;
    struct libxl__xs_lanes *lanes; /* connections, open between sends */
};

void libxl__xs_changes_init(struct libxl__xs_changes *changes, libxl__gc *gc);

/* Closes the connections and forgets what was not sent. */
void libxl__xs_changes_dispose(struct libxl__xs_changes *changes);

/* Begins a chain.  Without it, a change belongs to the current chain. */
void libxl__xs_chain(struct libxl__xs_changes *changes);

/* Makes each change from here on a chain of its own. */
void libxl__xs_any_order(struct libxl__xs_changes *changes);

/* Writes value to path, creates it where needed.  Strings are copied. */
void libxl__xs_put(struct libxl__xs_changes *changes, const char *path,
                   struct libxl__xs_access access, const char *value);

/* The same for the node name below directory. */
void libxl__xs_add(struct libxl__xs_changes *changes, const char *directory,
                   const char *name, struct libxl__xs_access access,
                   const char *value);
void libxl__xs_addf(struct libxl__xs_changes *changes, const char *directory,
                    const char *name, struct libxl__xs_access access,
                    const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* Begins a chain that makes path an empty node with nothing below it. */
void libxl__xs_renew(struct libxl__xs_changes *changes, const char *path,
                     struct libxl__xs_access access);

void libxl__xs_set_access(struct libxl__xs_changes *changes, const char *path,
                          struct libxl__xs_access access);

/* Removes path and everything below it.  A missing path is not an error. */
void libxl__xs_remove(struct libxl__xs_changes *changes, const char *path);

/* Introduces domain domid to xenstored.  Cannot be committed, only sent. */
void libxl__xs_introduce(struct libxl__xs_changes *changes, uint32_t domid,
                         uint64_t gfn, uint32_t port);

/*
 * Sends all changes over several connections, after those that were begun
 * before are made, and returns while xenstored works on them.  Returns
 * ERROR_INVAL, logged, with nothing sent, if a change is longer than xenstore
 * takes; else as libxl__xs_finish for those before.  In each case the record
 * is empty afterwards.
 */
int libxl__xs_begin(struct libxl__xs_changes *changes);

/*
 * Waits until all changes that were begun are made.  Returns ERROR_FAIL and
 * logs the first refused one unless all were made.
 */
int libxl__xs_finish(struct libxl__xs_changes *changes);

/* Begins and finishes. */
int libxl__xs_send(struct libxl__xs_changes *changes);

/*
 * Makes all changes in one transaction, after check (may be NULL) has
 * succeeded in it.  check may record more changes; when another client
 * interferes, those are dropped, and check runs again.  Returns what check
 * returns, or ERROR_FAIL, logged as "cannot" and what.  In each case the
 * record is empty afterwards.
 */
int libxl__xs_commit(struct libxl__xs_changes *changes, const char *what,
                     libxl__xs_body *check, void *opaque);

/* Prints all changes, one a line, an empty line between chains. */
void libxl__xs_print(const struct libxl__xs_changes *changes, FILE *file);

#endif
