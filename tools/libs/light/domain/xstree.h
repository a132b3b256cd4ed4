/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Writing a set of xenstore nodes in one transaction, as data.
 */
#ifndef LIBXL_DOMAIN_XSTREE_H
#define LIBXL_DOMAIN_XSTREE_H

#include <libxl.h>

#include "base/memory.h"
#include "base/xs_batch.h"

/*
 * A node that dom0 made inherits its parent's permissions; only where they
 * change does a node say so.
 */
enum libxl__xs_access {
    XS_INHERIT,
    XS_HOST,        /* dom0 alone */
    XS_GUEST_READS, /* dom0 owns it, the guest may read it */
    XS_GUEST_OWNS,  /* the guest may write it */
    XS_GUEST_SHOWS, /* the guest owns it, dom0 may read it */
};

struct libxl__xs_node {
    const char *path;
    const char *value; /* NULL: the node is there, only its access changes */
    enum libxl__xs_access access;
};

struct libxl__xs_tree {
    libxl__gc *gc;
    struct libxl__xs_batch *batch;
    uint32_t domid;
    const char **remove; /* what is taken away first, with all below it */
    size_t nr_remove;
    struct libxl__xs_node *nodes;
    size_t count;
};

void libxl__xs_tree_remove(struct libxl__xs_tree *tree, const char *path);

/* Later nodes may stand below earlier ones.  The path and value are copied. */
void libxl__xs_tree_add(struct libxl__xs_tree *tree,
                        enum libxl__xs_access access, const char *directory,
                        const char *name, const char *value);
/* Changes who may do what with a node that was added before. */
void libxl__xs_tree_access(struct libxl__xs_tree *tree,
                           enum libxl__xs_access access, const char *directory,
                           const char *name);
void libxl__xs_tree_addf(struct libxl__xs_tree *tree,
                         enum libxl__xs_access access, const char *directory,
                         const char *name, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* All of it in one transaction, tried again when others got in between. */
int libxl__xs_tree_write(struct libxl__xs_tree *tree);

#endif
