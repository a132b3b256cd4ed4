/* SPDX-License-Identifier: LGPL-2.1-only */
#include "tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void fake_tree_init(struct fake_tree *tree)
{
    *tree = (struct fake_tree) { .nodes = calloc(1, sizeof(*tree->nodes)) };
    tree->count = tree->room = 1;
    tree->nodes[0].path = strdup("/");
    tree->nodes[0].value = calloc(1, 1);
    tree->nodes[0].perm_count = 1;
}

static void dispose_node(struct fake_node *node)
{
    free(node->path);
    free(node->value);
}

void fake_tree_dispose(struct fake_tree *tree)
{
    size_t i;

    for (i = 0; i < tree->count; i++)
        dispose_node(&tree->nodes[i]);
    free(tree->nodes);
    *tree = (struct fake_tree) { 0 };
}

static void set_value(struct fake_node *node, const void *value, size_t size)
{
    char *copy = calloc(1, size + 1);

    memcpy(copy, value, size);
    free(node->value);
    node->value = copy;
    node->size = size;
}

struct fake_tree fake_tree_copy(const struct fake_tree *tree)
{
    struct fake_tree copy = {
        .nodes = calloc(tree->count, sizeof(*copy.nodes)),
        .count = tree->count,
        .room = tree->count,
    };
    size_t i;

    for (i = 0; i < tree->count; i++) {
        copy.nodes[i] = tree->nodes[i];
        copy.nodes[i].path = strdup(tree->nodes[i].path);
        copy.nodes[i].value = NULL;
        set_value(&copy.nodes[i], tree->nodes[i].value, tree->nodes[i].size);
    }
    return copy;
}

/* The place of path, or where it would be. */
static size_t place_of(const struct fake_tree *tree, const char *path)
{
    size_t low = 0, high = tree->count;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (strcmp(tree->nodes[middle].path, path) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct fake_node *fake_tree_find(const struct fake_tree *tree, const char *path)
{
    size_t at = place_of(tree, path);

    return at < tree->count && !strcmp(tree->nodes[at].path, path)
               ? &tree->nodes[at]
               : NULL;
}

static struct fake_node *parent_of(struct fake_tree *tree, const char *path)
{
    const char *slash = strrchr(path, '/');
    char *parent = strndup(path, slash == path ? 1 : slash - path);
    struct fake_node *node = fake_tree_find(tree, parent);

    if (!node) {
        fake_tree_write(tree, parent, "", 0);
        node = fake_tree_find(tree, parent);
    }
    free(parent);
    return node;
}

static void make_room(struct fake_tree *tree)
{
    if (tree->count < tree->room)
        return;
    tree->room += tree->room / 2 + 16;
    tree->nodes = realloc(tree->nodes, tree->room * sizeof(*tree->nodes));
}

void fake_tree_write(struct fake_tree *tree, const char *path,
                     const void *value, size_t size)
{
    struct fake_node *node = fake_tree_find(tree, path), fresh = { 0 };
    size_t at;

    if (!node) {
        fresh = *parent_of(tree, path);
        fresh.path = strdup(path);
        fresh.value = NULL;
        at = place_of(tree, path);
        make_room(tree);
        memmove(&tree->nodes[at + 1], &tree->nodes[at],
                (tree->count - at) * sizeof(*tree->nodes));
        tree->count++;
        node = &tree->nodes[at];
        *node = fresh;
    }
    set_value(node, value, size);
}

bool fake_path_is_below(const char *path, const char *top)
{
    size_t length = strlen(top);

    return !strcmp(top, "/") || (!strncmp(path, top, length) &&
                                 (!path[length] || path[length] == '/'));
}

void fake_tree_rm(struct fake_tree *tree, const char *path)
{
    size_t i, kept = 0;

    for (i = 0; i < tree->count; i++) {
        if (fake_path_is_below(tree->nodes[i].path, path))
            dispose_node(&tree->nodes[i]);
        else
            tree->nodes[kept++] = tree->nodes[i];
    }
    tree->count = kept;
}

static const char letters[] = "nrwb"; /* by the bits of enum xs_perm_type */

bool fake_node_set_perms(struct fake_node *node, const char *texts, size_t size)
{
    const char *end = texts + size, *letter;

    node->perm_count = 0;
    for (; texts < end; texts += strlen(texts) + 1) {
        letter = strchr(letters, *texts);
        if (node->perm_count == FAKE_PERMS_MAX || !letter)
            return false;
        node->perms[node->perm_count++] = (struct xs_permissions) {
            .id = atoi(texts + 1),
            .perms = letter - letters,
        };
    }
    return node->perm_count;
}

size_t fake_node_perms(const struct fake_node *node,
                       char texts[FAKE_PERMS_TEXT])
{
    unsigned int i;
    size_t size = 0;

    for (i = 0; i < node->perm_count; i++)
        size += 1 + sprintf(texts + size, "%c%u", letters[node->perms[i].perms],
                            node->perms[i].id);
    return size;
}

/* The first owns the node, and says what those have that no other names. */
bool fake_node_may_write(const struct fake_node *node, unsigned int domid)
{
    unsigned int i;

    if (node->perms[0].id == domid)
        return true;
    for (i = 1; i < node->perm_count; i++)
        if (node->perms[i].id == domid)
            return node->perms[i].perms & XS_PERM_WRITE;
    return node->perms[0].perms & XS_PERM_WRITE;
}

char *fake_tree_text(const struct fake_tree *tree)
{
    size_t i, size;
    unsigned int p;
    char *text;
    FILE *to = open_memstream(&text, &size);

    for (i = 0; i < tree->count; i++) {
        const struct fake_node *node = &tree->nodes[i];

        fprintf(to, "%s = \"%s\" (", node->path, (const char *)node->value);
        for (p = 0; p < node->perm_count; p++)
            fprintf(to, "%s%c%u", p ? "," : "", letters[node->perms[p].perms],
                    node->perms[p].id);
        fprintf(to, ")\n");
    }
    fclose(to);
    return text;
}
