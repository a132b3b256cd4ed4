/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The record of changes, committing and printing it.  A change is kept as the
 * body of its request in the wire protocol: arguments that end in a zero
 * byte, the path first; only the value of a write ends without one.
 */
#include "base/xs_changes.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <xen/io/xs_wire.h>
#include <xenstore.h>

#include "base/ctx.h"
#include "base/log.h"
#include "base/xs_lanes.h"

void libxl__xs_changes_init(struct libxl__xs_changes *changes, libxl__gc *gc)
{
    *changes = (struct libxl__xs_changes) { .gc = gc };
}

/* The memory and the connections stay. */
static void forget(struct libxl__xs_changes *changes)
{
    changes->count = changes->size = changes->chains = 0;
    changes->any_order = false;
}

void libxl__xs_changes_dispose(struct libxl__xs_changes *changes)
{
    if (changes->lanes)
        libxl__xs_lanes_close(changes->lanes);
    changes->lanes = NULL;
    forget(changes);
}

void libxl__xs_chain(struct libxl__xs_changes *changes)
{
    changes->chains++;
    changes->any_order = false;
}

void libxl__xs_any_order(struct libxl__xs_changes *changes)
{
    changes->any_order = true;
}

/* Makes room for one more where room is needed: twice as much as before. */
static void *grow(libxl__gc *gc, void *array, size_t *room, size_t needed,
                  size_t size)
{
    if (needed <= *room)
        return array;
    *room = 2 * needed;
    return libxl__realloc(gc, array, *room * size);
}

static void begin(struct libxl__xs_changes *changes, enum xsd_sockmsg_type type)
{
    if (!changes->chains)
        changes->chains = 1;
    changes->list = grow(changes->gc, changes->list, &changes->room,
                         changes->count + 1, sizeof(*changes->list));
    changes->list[changes->count++] = (struct libxl__xs_change) {
        .type = type,
        .chain = changes->chains - 1,
        .start = changes->size,
    };
}

static void append(struct libxl__xs_changes *changes, const char *data,
                   size_t size)
{
    changes->bytes = grow(changes->gc, changes->bytes, &changes->bytes_room,
                          changes->size + size, 1);
    memcpy(changes->bytes + changes->size, data, size);
    changes->size += size;
    changes->list[changes->count - 1].size += size;
}

static void argument(struct libxl__xs_changes *changes, const char *text)
{
    append(changes, text, strlen(text) + 1);
}

static void begin_put(struct libxl__xs_changes *changes)
{
    if (changes->any_order)
        changes->chains++;
}

static void write_node(struct libxl__xs_changes *changes, const char *path,
                       const char *value)
{
    begin(changes, XS_WRITE);
    argument(changes, path);
    append(changes, value, strlen(value));
}

void libxl__xs_put(struct libxl__xs_changes *changes, const char *path,
                   struct libxl__xs_access access, const char *value)
{
    begin_put(changes);
    write_node(changes, path, value);
    libxl__xs_set_access(changes, path, access);
}

void libxl__xs_add(struct libxl__xs_changes *changes, const char *directory,
                   const char *name, struct libxl__xs_access access,
                   const char *value)
{
    libxl__xs_put(changes,
                  libxl__sprintf(changes->gc, "%s/%s", directory, name), access,
                  value);
}

void libxl__xs_addf(struct libxl__xs_changes *changes, const char *directory,
                    const char *name, struct libxl__xs_access access,
                    const char *format, ...)
{
    const char *value;
    va_list ap;

    va_start(ap, format);
    value = libxl__vsprintf(changes->gc, format, ap);
    va_end(ap);
    libxl__xs_add(changes, directory, name, access, value);
}

void libxl__xs_renew(struct libxl__xs_changes *changes, const char *path,
                     struct libxl__xs_access access)
{
    libxl__xs_chain(changes);
    libxl__xs_remove(changes, path);
    write_node(changes, path, "");
    libxl__xs_set_access(changes, path, access);
}

/*
 * The first entry is the owner, with the rights of all domains that are not
 * listed.
 */
void libxl__xs_set_access(struct libxl__xs_changes *changes, const char *path,
                          struct libxl__xs_access access)
{
    libxl__gc *gc = changes->gc;

    if (access.kind == LIBXL__XS_INHERIT)
        return;
    begin(changes, XS_SET_PERMS);
    argument(changes, path);
    argument(changes, libxl__sprintf(gc, "n%" PRIu32, access.owner));
    if (access.kind == LIBXL__XS_SHOWN)
        argument(changes, libxl__sprintf(gc, "r%" PRIu32, access.reader));
}

void libxl__xs_remove(struct libxl__xs_changes *changes, const char *path)
{
    begin_put(changes);
    begin(changes, XS_RM);
    argument(changes, path);
}

void libxl__xs_introduce(struct libxl__xs_changes *changes, uint32_t domid,
                         uint64_t gfn, uint32_t port)
{
    libxl__gc *gc = changes->gc;

    begin(changes, XS_INTRODUCE);
    argument(changes, libxl__sprintf(gc, "%" PRIu32, domid));
    argument(changes, libxl__sprintf(gc, "%" PRIu64, gfn));
    argument(changes, libxl__sprintf(gc, "%" PRIu32, port));
}

static int check_sizes(const struct libxl__xs_changes *changes)
{
    size_t i;

    for (i = 0; i < changes->count; i++)
        if (changes->list[i].size > XENSTORE_PAYLOAD_MAX)
            return libxl__fail(changes->gc->ctx, ERROR_INVAL,
                               "xenstore takes no more than %d bytes at once: "
                               "'%.64s' with its value has more",
                               XENSTORE_PAYLOAD_MAX,
                               changes->bytes + changes->list[i].start);
    return 0;
}

int libxl__xs_begin(struct libxl__xs_changes *changes)
{
    int rc = check_sizes(changes);

    if (!rc && changes->count) {
        if (!changes->lanes)
            changes->lanes = libxl__xs_lanes_new(changes->gc);
        rc = libxl__xs_lanes_begin(changes->lanes, changes);
    }
    forget(changes);
    return rc;
}

int libxl__xs_finish(struct libxl__xs_changes *changes)
{
    return changes->lanes
               ? libxl__xs_lanes_finish(changes->lanes, changes->gc->ctx)
               : 0;
}

int libxl__xs_send(struct libxl__xs_changes *changes)
{
    int rc = libxl__xs_begin(changes);

    return rc ? rc : libxl__xs_finish(changes);
}

static bool set_permissions(struct xs_handle *xsh, xs_transaction_t t,
                            const char *path, const char *text, const char *end)
{
    struct xs_permissions perms[2];
    unsigned int count = 0;

    for (; text < end; text += strlen(text) + 1) {
        assert(count < sizeof(perms) / sizeof(perms[0]));
        perms[count++] = (struct xs_permissions) {
            .id = strtoul(text + 1, NULL, 10),
            .perms = *text == 'r' ? XS_PERM_READ : XS_PERM_NONE,
        };
    }
    return xs_set_permissions(xsh, t, path, perms, count);
}

static bool make(const struct libxl__xs_changes *changes,
                 const struct libxl__xs_change *change, xs_transaction_t t)
{
    struct xs_handle *xsh = changes->gc->ctx->xsh;
    const char *path = changes->bytes + change->start;
    const char *value = path + strlen(path) + 1;
    const char *end = path + change->size;

    switch (change->type) {
    case XS_WRITE:
        return xs_write(xsh, t, path, value, end - value);
    case XS_RM:
        return xs_rm(xsh, t, path) || errno == ENOENT;
    case XS_SET_PERMS:
        return set_permissions(xsh, t, path, value, end);
    default:
        assert(!"a change that no transaction has");
        return false;
    }
}

struct commit {
    struct libxl__xs_changes *changes;
    libxl__xs_body *check;
    void *opaque;
    struct libxl__xs_changes recorded; /* before check was called */
    bool checked_again;
};

/*
 * xenstored refuses permissions for a domain that has just ended with EINVAL: a
 * second check says so in better words.
 */
static bool is_worth_another(struct commit *commit, int error)
{
    if (libxl__xs_is_interference(error))
        return true;
    if (error != EINVAL || !commit->check || commit->checked_again)
        return false;
    commit->checked_again = true;
    return true;
}

static int commit_within(libxl__gc *gc, xs_transaction_t t, void *opaque)
{
    struct commit *commit = opaque;
    struct libxl__xs_changes *changes = commit->changes;
    int rc = 0;
    size_t i;

    changes->count = commit->recorded.count;
    changes->size = commit->recorded.size;
    changes->chains = commit->recorded.chains;
    changes->any_order = commit->recorded.any_order;
    if (commit->check)
        rc = commit->check(gc, t, commit->opaque);
    if (!rc)
        rc = check_sizes(changes);
    for (i = 0; i < changes->count && !rc; i++) {
        if (make(changes, &changes->list[i], t))
            continue;
        if (is_worth_another(commit, errno))
            return LIBXL__XS_INTERFERED;
        rc = libxl__fail_errno(gc->ctx, ERROR_FAIL,
                               "cannot change '%s' in xenstore",
                               changes->bytes + changes->list[i].start);
    }
    return rc;
}

int libxl__xs_commit(struct libxl__xs_changes *changes, const char *what,
                     libxl__xs_body *check, void *opaque)
{
    struct commit commit = {
        .changes = changes,
        .check = check,
        .opaque = opaque,
        .recorded = *changes,
    };
    int rc = libxl__xs_transaction(changes->gc, what, commit_within, &commit);

    forget(changes);
    return rc;
}

static void print_change(const struct libxl__xs_changes *changes,
                         const struct libxl__xs_change *change, FILE *file)
{
    static const char *const verbs[] = {
        [XS_WRITE] = "write",
        [XS_RM] = "remove",
        [XS_SET_PERMS] = "permissions",
        [XS_INTRODUCE] = "introduce",
    };
    const char *text = changes->bytes + change->start;
    const char *end = text + change->size;

    fprintf(file, "%s %s", verbs[change->type], text);
    text += strlen(text) + 1;
    if (change->type == XS_WRITE)
        fprintf(file, " \"%.*s\"", (int)(end - text), text);
    else
        for (; text < end; text += strlen(text) + 1)
            fprintf(file, " %s", text);
    fputc('\n', file);
}

void libxl__xs_print(const struct libxl__xs_changes *changes, FILE *file)
{
    size_t i;

    for (i = 0; i < changes->count; i++) {
        if (i && changes->list[i].chain != changes->list[i - 1].chain)
            fputc('\n', file);
        print_change(changes, &changes->list[i], file);
    }
}
