/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The store of the fake xenstored: nodes, watches, transactions and which
 * domains were introduced.
 */
#include "store.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backends.h"
#include "tree.h"
#include "xen.h"

#define WATCHES 1024
#define DOMAINS 128
#define CHANGES 512

struct watch {
    int fd;
    char *path, *token;
};

struct transaction {
    uint32_t id;
    int fd;
    uint64_t started; /* the generation that it has seen */
    struct fake_tree tree;
    char *changes[CHANGES];
    unsigned int change_count;
};

pthread_mutex_t fake_store_lock = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
bool fake_consoled;

static struct fake_tree tree;
static uint64_t generation;
static struct watch watches[WATCHES];
static unsigned int watch_count;
static struct transaction *transactions[FAKE_CONNECTIONS];
static uint32_t next_transaction;
static uint32_t introduced[DOMAINS];
static unsigned int introduced_count;

static void send_event(const struct watch *watch, const char *path)
{
    size_t length = strlen(path) + 1, token = strlen(watch->token) + 1;
    char body[length + token];

    memcpy(body, path, length);
    memcpy(body + length, watch->token, token);
    fake_message_send(watch->fd, XS_WATCH_EVENT, 0, 0, body, sizeof(body));
}

/* What changed is path, or, with all below it gone, removed. */
static void fire(const char *path, bool removed)
{
    unsigned int i;

    for (i = 0; i < watch_count; i++) {
        if (fake_path_is_below(path, watches[i].path))
            send_event(&watches[i], path);
        else if (removed && fake_path_is_below(watches[i].path, path))
            send_event(&watches[i], watches[i].path);
    }
    if (!removed)
        fake_backends_notice(path);
}

struct fake_tree *fake_store_tree(void)
{
    return &tree;
}

void fake_store_changed(const char *path, bool removed)
{
    generation++;
    fire(path, removed);
}

static struct transaction **transaction_of(int fd, uint32_t id)
{
    unsigned int i;

    for (i = 0; i < FAKE_CONNECTIONS; i++)
        if (transactions[i] && transactions[i]->fd == fd &&
            transactions[i]->id == id)
            return &transactions[i];
    return NULL;
}

static void end_transaction(struct transaction **link)
{
    struct transaction *t = *link;

    while (t->change_count)
        free(t->changes[--t->change_count]);
    fake_tree_dispose(&t->tree);
    free(t);
    *link = NULL;
}

static const char *argument(const struct request *request, unsigned int n)
{
    const char *at = request->body;

    while (n-- && at < request->body + request->header.len)
        at += strlen(at) + 1;
    return at;
}

static void answer(const struct request *request, const void *body, size_t size)
{
    fake_message_send(request->fd, request->header.type, request->header.req_id,
                      request->header.tx_id, body, size);
}

static int ok(const struct request *request)
{
    answer(request, "OK", sizeof("OK"));
    return 0;
}

static void changed(const struct request *request, const char *path,
                    bool removed)
{
    struct transaction *t;

    if (!request->transaction) {
        fake_store_changed(path, removed);
        return;
    }
    t = *request->transaction;
    if (t->change_count == CHANGES)
        abort();
    if (asprintf(&t->changes[t->change_count++], "%c%s", removed ? '-' : '+',
                 path) < 0)
        abort();
}

static int do_write(const struct request *request)
{
    size_t path_size = strlen(request->path) + 1;

    fake_tree_write(request->tree, request->path, request->body + path_size,
                    request->header.len - path_size);
    changed(request, request->path, false);
    return ok(request);
}

static int do_mkdir(const struct request *request)
{
    if (!fake_tree_find(request->tree, request->path)) {
        fake_tree_write(request->tree, request->path, "", 0);
        changed(request, request->path, false);
    }
    return ok(request);
}

static int do_rm(const struct request *request)
{
    if (!fake_tree_find(request->tree, request->path))
        return ENOENT;
    fake_tree_rm(request->tree, request->path);
    changed(request, request->path, true);
    return ok(request);
}

static int do_read(const struct request *request)
{
    const struct fake_node *node = fake_tree_find(request->tree, request->path);

    if (!node)
        return ENOENT;
    answer(request, node->value, node->size);
    return 0;
}

static int do_directory(const struct request *request)
{
    const struct fake_tree *in = request->tree;
    size_t i, stem = strlen(request->path), size = 0;
    char names[XENSTORE_PAYLOAD_MAX];

    if (!fake_tree_find(in, request->path))
        return ENOENT;
    if (request->path[stem - 1] != '/')
        stem++;
    for (i = 0; i < in->count; i++) {
        const char *path = in->nodes[i].path;

        if (strlen(path) <= stem || strchr(path + stem, '/') ||
            !fake_path_is_below(path, request->path))
            continue;
        if (size + strlen(path + stem) + 1 > sizeof(names))
            return E2BIG;
        strcpy(names + size, path + stem);
        size += strlen(path + stem) + 1;
    }
    answer(request, names, size);
    return 0;
}

static int do_set_perms(const struct request *request)
{
    struct fake_node *node = fake_tree_find(request->tree, request->path);
    const char *texts = argument(request, 1);

    if (!node)
        return ENOENT;
    if (!fake_node_set_perms(node, texts,
                             request->body + request->header.len - texts))
        return EINVAL;
    changed(request, request->path, false);
    return ok(request);
}

static int do_get_perms(const struct request *request)
{
    const struct fake_node *node = fake_tree_find(request->tree, request->path);
    char texts[FAKE_PERMS_TEXT];

    if (!node)
        return ENOENT;
    answer(request, texts, fake_node_perms(node, texts));
    return 0;
}

static bool is_watch(const struct watch *watch, const struct request *request,
                     const char *token)
{
    return watch->fd == request->fd && !strcmp(watch->path, request->path) &&
           !strcmp(watch->token, token);
}

static int do_watch(const struct request *request)
{
    const char *token = argument(request, 1);
    struct watch *watch = &watches[watch_count];
    unsigned int i;

    for (i = 0; i < watch_count; i++)
        if (is_watch(&watches[i], request, token))
            return EEXIST;
    if (watch_count == WATCHES)
        return ENOSPC;
    *watch =
        (struct watch) { request->fd, strdup(request->path), strdup(token) };
    watch_count++;
    ok(request);
    send_event(watch, request->path);
    return 0;
}

static void remove_watch(unsigned int i)
{
    free(watches[i].path);
    free(watches[i].token);
    watches[i] = watches[--watch_count];
}

static int do_unwatch(const struct request *request)
{
    const char *token = argument(request, 1);
    unsigned int i;

    for (i = 0; i < watch_count && !is_watch(&watches[i], request, token); i++)
        ;
    if (i == watch_count)
        return ENOENT;
    remove_watch(i);
    return ok(request);
}

static int do_start(const struct request *request)
{
    struct transaction *t = calloc(1, sizeof(*t));
    unsigned int i;
    char id[16];

    *t = (struct transaction) {
        .id = ++next_transaction,
        .fd = request->fd,
        .started = generation,
        .tree = fake_tree_copy(&tree),
    };
    for (i = 0; transactions[i]; i++)
        if (i == FAKE_CONNECTIONS - 1)
            abort();
    transactions[i] = t;
    answer(request, id, 1 + sprintf(id, "%" PRIu32, t->id));
    return 0;
}

static int do_end(const struct request *request)
{
    struct transaction *t = *request->transaction;
    bool commit = !strcmp(request->path, "T");
    unsigned int i;

    if (commit && t->change_count && t->started != generation) {
        end_transaction(request->transaction);
        return EAGAIN;
    }
    if (commit && t->change_count) {
        fake_tree_dispose(&tree);
        tree = t->tree;
        t->tree = (struct fake_tree) { 0 };
        generation++;
        for (i = 0; i < t->change_count; i++)
            fire(t->changes[i] + 1, t->changes[i][0] == '-');
    }
    end_transaction(request->transaction);
    return ok(request);
}

static unsigned int place_of(uint32_t domid)
{
    unsigned int i;

    for (i = 0; i < introduced_count && introduced[i] != domid; i++)
        ;
    return i;
}

/* As xenconsoled does, for each console that the domain has. */
static void open_terminals(uint32_t domid)
{
    static const char *const consoles[] = { "console", "vuart/0" };
    char path[64];
    size_t i;

    for (i = 0; i < 2; i++) {
        snprintf(path, sizeof(path), "/local/domain/%" PRIu32 "/%s", domid,
                 consoles[i]);
        if (fake_tree_find(&tree, path))
            fake_store_write(strcat(path, "/tty"), "/dev/pts/7");
    }
}

static int do_introduce(const struct request *request)
{
    uint32_t domid = strtoul(request->path, NULL, 10);

    if (!fake_domain(domid))
        return EINVAL;
    if (place_of(domid) == introduced_count)
        introduced[introduced_count++] = domid;
    ok(request);
    fire("@introduceDomain", false);
    if (fake_consoled)
        open_terminals(domid);
    return 0;
}

static int do_is_introduced(const struct request *request)
{
    uint32_t domid = atoi(request->path);

    answer(request, fake_store_is_introduced(domid) ? "T" : "F", 2);
    return 0;
}

static int do_release(const struct request *request)
{
    fake_store_release(atoi(request->path));
    return ok(request);
}

static int do_domain_path(const struct request *request)
{
    char path[64];
    int length =
        snprintf(path, sizeof(path), "/local/domain/%s", request->path);

    answer(request, path, length + 1);
    return 0;
}

static int (*const handlers[XS_TYPE_COUNT])(const struct request *) = {
    [XS_DIRECTORY] = do_directory,
    [XS_READ] = do_read,
    [XS_GET_PERMS] = do_get_perms,
    [XS_WATCH] = do_watch,
    [XS_UNWATCH] = do_unwatch,
    [XS_TRANSACTION_START] = do_start,
    [XS_TRANSACTION_END] = do_end,
    [XS_INTRODUCE] = do_introduce,
    [XS_RELEASE] = do_release,
    [XS_GET_DOMAIN_PATH] = do_domain_path,
    [XS_WRITE] = do_write,
    [XS_MKDIR] = do_mkdir,
    [XS_RM] = do_rm,
    [XS_SET_PERMS] = do_set_perms,
    [XS_IS_DOMAIN_INTRODUCED] = do_is_introduced,
};

void fake_request_begin(struct request *request)
{
    request->transaction = transaction_of(request->fd, request->header.tx_id);
    request->tree =
        request->transaction ? &(*request->transaction)->tree : &tree;
}

int fake_request_do(const struct request *request)
{
    uint32_t type = request->header.type;

    if (type >= XS_TYPE_COUNT || !handlers[type])
        return ENOSYS;
    if ((request->header.tx_id || type == XS_TRANSACTION_END) &&
        !request->transaction)
        return ENOENT;
    return handlers[type](request);
}

void fake_request_drop(const struct request *request)
{
    if (request->header.type == XS_TRANSACTION_END && request->transaction)
        end_transaction(request->transaction);
}

void fake_store_disconnect(int fd)
{
    unsigned int i;

    for (i = watch_count; i-- > 0;)
        if (watches[i].fd == fd)
            remove_watch(i);
    for (i = 0; i < FAKE_CONNECTIONS; i++)
        if (transactions[i] && transactions[i]->fd == fd)
            end_transaction(&transactions[i]);
}

void fake_store_init(void)
{
    introduced_count = 0;
    fake_consoled = false;
    fake_tree_init(&tree);
    fake_backends_reset();
}

void fake_store_dispose(void)
{
    fake_tree_dispose(&tree);
}

char *fake_store_text(void)
{
    char *text;

    pthread_mutex_lock(&fake_store_lock);
    text = fake_tree_text(&tree);
    pthread_mutex_unlock(&fake_store_lock);
    return text;
}

char *fake_store_read(const char *path)
{
    const struct fake_node *node;
    char *value;

    pthread_mutex_lock(&fake_store_lock);
    node = fake_tree_find(&tree, path);
    value = node ? strdup(node->value) : NULL;
    pthread_mutex_unlock(&fake_store_lock);
    return value;
}

void fake_store_write(const char *path, const char *value)
{
    pthread_mutex_lock(&fake_store_lock);
    fake_tree_write(&tree, path, value, strlen(value));
    fake_store_changed(path, false);
    pthread_mutex_unlock(&fake_store_lock);
}

void fake_store_rm(const char *path)
{
    pthread_mutex_lock(&fake_store_lock);
    fake_tree_rm(&tree, path);
    fake_store_changed(path, true);
    pthread_mutex_unlock(&fake_store_lock);
}

void fake_store_release(uint32_t domid)
{
    unsigned int at;

    pthread_mutex_lock(&fake_store_lock);
    at = place_of(domid);
    if (at < introduced_count) {
        introduced[at] = introduced[--introduced_count];
        fire("@releaseDomain", false);
    }
    pthread_mutex_unlock(&fake_store_lock);
}

void fake_store_shut_down(uint32_t domid)
{
    pthread_mutex_lock(&fake_store_lock);
    if (place_of(domid) < introduced_count)
        fire("@releaseDomain", false);
    pthread_mutex_unlock(&fake_store_lock);
}

bool fake_store_is_introduced(uint32_t domid)
{
    bool is;

    pthread_mutex_lock(&fake_store_lock);
    is = place_of(domid) < introduced_count;
    pthread_mutex_unlock(&fake_store_lock);
    return is;
}
