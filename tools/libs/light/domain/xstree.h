/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The xenstore nodes of a domain, with who may do what with them.
 *
 * They are written without a transaction: whoever is told of the domain is
 * told when all are there, and a transaction would cost xenstored a third
 * more and keep all on one connection.
 */
#ifndef LIBXL_DOMAIN_XSTREE_H
#define LIBXL_DOMAIN_XSTREE_H

#include <stdbool.h>

#include <libxl.h>

#include "base/memory.h"
#include "base/xs_batch.h"

/*
 * A node that dom0 made inherits its parent's permissions; only where they
 * change does a node say so.
 */
enum libxl__xs_access {
    XS_INHERIT,
    XS_GUEST_READS, /* dom0 owns it, the guest may read it */
    XS_GUEST_OWNS,  /* the guest may write it */
    XS_GUEST_SHOWS, /* the guest owns it, dom0 may read it */
};

struct libxl__xs_tree {
    struct libxl__xs_batch *batch;
    uint32_t domid;
    /* Nodes are added in any order: each has its parent already. */
    bool unordered;
};

/* A node without a value, and nothing of what stood there before. */
void libxl__xs_tree_renew(struct libxl__xs_tree *tree,
                          enum libxl__xs_access access, const char *path);

void libxl__xs_tree_add(struct libxl__xs_tree *tree,
                        enum libxl__xs_access access, const char *directory,
                        const char *name, const char *value);
void libxl__xs_tree_addf(struct libxl__xs_tree *tree,
                         enum libxl__xs_access access, const char *directory,
                         const char *name, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* Changes who may do what with a node that was added before. */
void libxl__xs_tree_access(struct libxl__xs_tree *tree,
                           enum libxl__xs_access access, const char *path);

#endif
