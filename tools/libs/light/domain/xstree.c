/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * xenstore nodes and their permissions, as requests of a batch.
 */
#include "domain/xstree.h"

void libxl__xs_tree_renew(struct libxl__xs_tree *tree,
                          enum libxl__xs_access access, const char *path)
{
    libxl__xs_batch_chain(tree->batch);
    libxl__xs_batch_rm(tree->batch, path);
    libxl__xs_batch_write(tree->batch, path, "");
    libxl__xs_tree_access(tree, access, path);
}

void libxl__xs_tree_add(struct libxl__xs_tree *tree,
                        enum libxl__xs_access access, const char *directory,
                        const char *name, const char *value)
{
    const char *path =
        libxl__sprintf(tree->batch->gc, "%s/%s", directory, name);

    if (tree->unordered)
        libxl__xs_batch_chain(tree->batch);
    libxl__xs_batch_write(tree->batch, path, value);
    libxl__xs_tree_access(tree, access, path);
}

void libxl__xs_tree_addf(struct libxl__xs_tree *tree,
                         enum libxl__xs_access access, const char *directory,
                         const char *name, const char *format, ...)
{
    const char *value;
    va_list ap;

    va_start(ap, format);
    value = libxl__vsprintf(tree->batch->gc, format, ap);
    va_end(ap);
    libxl__xs_tree_add(tree, access, directory, name, value);
}

/* xenstore's first entry is the owner, and what everybody else may do. */
void libxl__xs_tree_access(struct libxl__xs_tree *tree,
                           enum libxl__xs_access access, const char *path)
{
    struct xs_permissions host = { .id = 0, .perms = XS_PERM_NONE };
    struct xs_permissions guest = { .id = tree->domid, .perms = XS_PERM_NONE };
    struct xs_permissions perms[2] = { host, guest };
    unsigned int count = 2;

    switch (access) {
    case XS_INHERIT:
        return;
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
    libxl__xs_batch_set_permissions(tree->batch, path, perms, count);
}
