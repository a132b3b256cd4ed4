/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * A set of xenstore nodes, collected first and written together.
 */
#include "domain/xstree.h"

void libxl__xs_tree_remove(struct libxl__xs_tree *tree, const char *path)
{
    tree->remove = libxl__realloc(
        tree->gc, tree->remove, (tree->nr_remove + 1) * sizeof(*tree->remove));
    tree->remove[tree->nr_remove++] = libxl__strdup(tree->gc, path);
}

void libxl__xs_tree_add(struct libxl__xs_tree *tree,
                        enum libxl__xs_access access, const char *directory,
                        const char *name, const char *value)
{
    tree->nodes = libxl__realloc(tree->gc, tree->nodes,
                                 (tree->count + 1) * sizeof(*tree->nodes));
    tree->nodes[tree->count++] = (struct libxl__xs_node) {
        .path = *name ? libxl__sprintf(tree->gc, "%s/%s", directory, name)
                      : libxl__strdup(tree->gc, directory),
        .value = value ? libxl__strdup(tree->gc, value) : NULL,
        .access = access,
    };
}

void libxl__xs_tree_access(struct libxl__xs_tree *tree,
                           enum libxl__xs_access access, const char *directory,
                           const char *name)
{
    libxl__xs_tree_add(tree, access, directory, name, NULL);
}

void libxl__xs_tree_addf(struct libxl__xs_tree *tree,
                         enum libxl__xs_access access, const char *directory,
                         const char *name, const char *format, ...)
{
    const char *value;
    va_list ap;

    va_start(ap, format);
    value = libxl__vsprintf(tree->gc, format, ap);
    va_end(ap);
    libxl__xs_tree_add(tree, access, directory, name, value);
}

/* xenstore's first entry is the owner, and what everybody else may do. */
static void set_access(struct libxl__xs_tree *tree, xs_transaction_t t,
                       const struct libxl__xs_node *node)
{
    struct xs_permissions host = { .id = 0, .perms = XS_PERM_NONE };
    struct xs_permissions guest = { .id = tree->domid, .perms = XS_PERM_NONE };
    struct xs_permissions perms[2] = { host, guest };
    unsigned int count = 2;

    switch (node->access) {
    case XS_INHERIT:
        return;
    case XS_HOST:
        count = 1;
        break;
    case XS_GUEST_READS:
        perms[1].perms = XS_PERM_READ;
        break;
    case XS_GUEST_OWNS:
        perms[0] = guest;
        count = 1;
        break;
    case XS_GUEST_SHOWS:
        perms[0] = guest;
        perms[1] = host;
        perms[1].perms = XS_PERM_READ;
        break;
    }
    libxl__xs_batch_set_permissions(tree->batch, t, node->path, perms, count);
}

static int write_nodes(struct libxl__xs_tree *tree, xs_transaction_t t)
{
    size_t i;

    for (i = 0; i < tree->nr_remove; i++)
        libxl__xs_batch_rm(tree->batch, t, tree->remove[i]);
    for (i = 0; i < tree->count; i++) {
        if (tree->nodes[i].value)
            libxl__xs_batch_write(tree->batch, t, tree->nodes[i].path,
                                  tree->nodes[i].value);
        set_access(tree, t, &tree->nodes[i]);
    }
    return libxl__xs_batch_send(tree->batch);
}

int libxl__xs_tree_write(struct libxl__xs_tree *tree)
{
    xs_transaction_t t;
    int rc;

    rc = libxl__xs_batch_open(tree->batch);
    if (rc)
        return rc;
    do {
        rc = libxl__xs_batch_start(tree->batch, &t);
        if (rc)
            return rc;
        rc = write_nodes(tree, t);
        if (rc) {
            if (tree->batch->fd >= 0)
                libxl__xs_batch_end(tree->batch, t, false);
            return rc;
        }
        rc = libxl__xs_batch_end(tree->batch, t, true);
    } while (rc == ERROR_NOT_READY);
    return rc;
}
