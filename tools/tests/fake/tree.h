/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * A tree of xenstore nodes, for the fake xenstored: paths in the order of
 * strcmp, values of any bytes, permissions inherited from the parent.
 */
#ifndef FAKE_TREE_H
#define FAKE_TREE_H

#include <stdbool.h>
#include <stddef.h>

#include <xenstore_lib.h>

#define FAKE_PERMS_MAX  8
#define FAKE_PERMS_TEXT (FAKE_PERMS_MAX * 16)

struct fake_node {
    char *path;
    void *value; /* ends in a zero byte that size does not count */
    size_t size;
    struct xs_permissions perms[FAKE_PERMS_MAX];
    unsigned int perm_count;
};

struct fake_tree {
    struct fake_node *nodes;
    size_t count, room;
};

/* A root that domain 0 owns. */
void fake_tree_init(struct fake_tree *tree);
void fake_tree_dispose(struct fake_tree *tree);
struct fake_tree fake_tree_copy(const struct fake_tree *tree);

/* NULL where there is no such path. */
struct fake_node *fake_tree_find(const struct fake_tree *tree,
                                 const char *path);

/* Makes the node, and its parents, where they are missing. */
void fake_tree_write(struct fake_tree *tree, const char *path,
                     const void *value, size_t size);

/* Removes path and all below it. */
void fake_tree_rm(struct fake_tree *tree, const char *path);

/* From and to the form of the protocol: a letter and a number, zero, and so on.
 */
bool fake_node_set_perms(struct fake_node *node, const char *texts,
                         size_t size);
size_t fake_node_perms(const struct fake_node *node,
                       char texts[FAKE_PERMS_TEXT]);

/* Whether a domain, other than dom0, may write the node. */
bool fake_node_may_write(const struct fake_node *node, unsigned int domid);

/* Whether path is top or stands below it. */
bool fake_path_is_below(const char *path, const char *top);

/*
 * Every node as "PATH = "VALUE" (PERMISSIONS)", a line each, in memory that
 * the caller frees.
 */
char *fake_tree_text(const struct fake_tree *tree);

#endif
