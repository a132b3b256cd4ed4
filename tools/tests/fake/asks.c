/* SPDX-License-Identifier: LGPL-2.1-only */
#include "asks.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "store.h"
#include "tree.h"

/* As xenstore's documentation has it, docs/misc/xenstore.txt. */
static bool is_path(const char *path)
{
    static const char characters[] = "abcdefghijklmnopqrstuvwxyz"
                                     "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                     "0123456789-/_@";
    size_t length = strlen(path);

    return *path == '/' && length > 1 && length <= XENSTORE_ABS_PATH_MAX &&
           path[length - 1] != '/' && !strstr(path, "//") &&
           path[strspn(path, characters)] == '\0';
}

/* The node at path, or the one that it would be made below. */
static const struct fake_node *nearest(const struct fake_tree *tree,
                                       const char *path)
{
    char *part = strdup(path);
    const struct fake_node *node = fake_tree_find(tree, part);
    char *slash;

    while (!node) {
        slash = strrchr(part, '/');
        slash[slash == part] = '\0';
        node = fake_tree_find(tree, part);
    }
    free(part);
    return node;
}

/* A guest gives none of its nodes away. */
static int set_perms(struct fake_node *node, uint32_t domid, const char *texts,
                     size_t size)
{
    struct fake_node changed = *node;

    if (!fake_node_set_perms(&changed, texts, size) || !changed.perm_count)
        return EINVAL;
    if (node->perms[0].id != domid || changed.perms[0].id != domid)
        return EPERM;
    *node = changed;
    return 0;
}

static int ask(uint32_t domid, uint32_t type, const char *path,
               const void *value, size_t size)
{
    struct fake_tree *tree = fake_store_tree();
    struct fake_node *node;
    int error = 0;

    if (!is_path(path))
        return EINVAL;
    if (strlen(path) + 1 + size > XENSTORE_PAYLOAD_MAX)
        return E2BIG;
    if (!fake_node_may_write(nearest(tree, path), domid))
        return EACCES;
    node = fake_tree_find(tree, path);
    if (!node && (type == XS_RM || type == XS_SET_PERMS))
        return ENOENT;
    if (type == XS_WRITE)
        fake_tree_write(tree, path, value, size);
    else if (type == XS_MKDIR && !node)
        fake_tree_write(tree, path, "", 0);
    else if (type == XS_RM)
        fake_tree_rm(tree, path);
    else if (type == XS_SET_PERMS)
        error = set_perms(node, domid, value, size);
    if (!error)
        fake_store_changed(path, type == XS_RM);
    return error;
}

int fake_store_ask(uint32_t domid, uint32_t type, const char *path,
                   const void *value, size_t size)
{
    int error;

    pthread_mutex_lock(&fake_store_lock);
    error = ask(domid, type, path, value, size);
    pthread_mutex_unlock(&fake_store_lock);
    return error;
}

/* The n-th of them, or NULL, and how many there are up to it. */
static const struct fake_node *find_writable(uint32_t domid, unsigned int n,
                                             unsigned int *count_r)
{
    const struct fake_tree *tree = fake_store_tree();
    size_t i;

    *count_r = 0;
    for (i = 0; i < tree->count; i++)
        if (fake_node_may_write(&tree->nodes[i], domid) && (*count_r)++ == n)
            return &tree->nodes[i];
    return NULL;
}

char *fake_store_writable(uint32_t domid, unsigned int n)
{
    const struct fake_node *node;
    unsigned int count;
    char *path;

    pthread_mutex_lock(&fake_store_lock);
    node = find_writable(domid, n, &count);
    if (!node && count)
        node = find_writable(domid, n % count, &count);
    path = node ? strdup(node->path) : NULL;
    pthread_mutex_unlock(&fake_store_lock);
    return path;
}
