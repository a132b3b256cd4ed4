/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The device tree writer.  Every call of libfdt is made again with a larger
 * buffer as long as it has too little room; it changes nothing until it has
 * enough.
 */
#include "arm/dt_writer.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libfdt.h>

#define FIRST_ROOM 4096
#define MOST_ROOM  ((size_t)64 << 20)

static void fail(struct dt_writer *writer, int res, const char *where)
{
    writer->res = res;
    snprintf(writer->where, sizeof(writer->where), "%s", where);
}

/*
 * Tells whether to make a call again: libfdt ran out of room and now has
 * more.  Any other failure is kept.
 */
static bool again(struct dt_writer *writer, int res, const char *where)
{
    size_t room = 2 * writer->room;
    void *fdt;

    if (res == 0)
        return false;
    if (res != -FDT_ERR_NOSPACE || room > MOST_ROOM) {
        fail(writer, res, where);
        return false;
    }

    fdt = realloc(writer->fdt, room);
    if (fdt) {
        writer->fdt = fdt;
        writer->room = room;
        res = fdt_resize(fdt, fdt, room);
    }
    if (!fdt || res)
        fail(writer, fdt ? res : -FDT_ERR_NOSPACE, where);
    return !writer->res;
}

/* Room for a property's value, or NULL; only valid until the next call. */
static void *value(struct dt_writer *writer, const char *name, size_t size)
{
    void *bytes = NULL;
    int res;

    if (writer->res)
        return NULL;
    if (writer->depth == 0 || size > MOST_ROOM) {
        fail(writer, writer->depth ? -FDT_ERR_NOSPACE : -FDT_ERR_BADSTATE,
             name);
        return NULL;
    }

    do {
        res = fdt_property_placeholder(writer->fdt, name, size, &bytes);
    } while (again(writer, res, name));
    return writer->res ? NULL : bytes;
}

void dt_writer_init(struct dt_writer *writer)
{
    int res;

    *writer = (struct dt_writer) { .room = FIRST_ROOM };
    writer->fdt = malloc(writer->room);
    if (!writer->fdt) {
        fail(writer, -FDT_ERR_NOSPACE, "/");
        return;
    }

    res = fdt_create(writer->fdt, writer->room);
    if (!res)
        res = fdt_finish_reservemap(writer->fdt);
    if (res)
        fail(writer, res, "/");
}

void dt_writer_dispose(struct dt_writer *writer)
{
    if (!writer)
        return;

    free(writer->fdt);
    *writer = (struct dt_writer) { .res = -FDT_ERR_BADSTATE };
}

int dt_writer_finish(struct dt_writer *writer, void **fdt_r, size_t *size_r,
                     struct arm_error *error)
{
    int rc = -1, res;

    if (!writer->res && writer->depth > 0)
        fail(writer, -FDT_ERR_BADSTATE, "the end");
    if (!writer->res)
        do {
            res = fdt_finish(writer->fdt);
        } while (again(writer, res, "the end"));

    if (writer->res) {
        bool nomem = writer->res == -FDT_ERR_NOSPACE;

        arm_error_set(error, nomem ? ARM_FAULT_NOMEM : ARM_FAULT_BUG,
                      "writing the device tree at '%s': %s", writer->where,
                      nomem ? "out of memory" : fdt_strerror(writer->res));
        goto out;
    }

    *fdt_r = writer->fdt;
    *size_r = fdt_totalsize(writer->fdt);
    writer->fdt = NULL;
    rc = 0;

out:
    dt_writer_dispose(writer);
    return rc;
}

void dt_writer_begin(struct dt_writer *writer, const char *node)
{
    int res;

    if (writer->res)
        return;
    do {
        res = fdt_begin_node(writer->fdt, node);
    } while (again(writer, res, node));
    writer->depth++;
}

void dt_writer_end(struct dt_writer *writer)
{
    int res;

    if (writer->res)
        return;
    /* libfdt itself does not count. */
    if (writer->depth == 0) {
        fail(writer, -FDT_ERR_BADSTATE, "end of a node");
        return;
    }
    do {
        res = fdt_end_node(writer->fdt);
    } while (again(writer, res, "end of a node"));
    writer->depth--;
}

void dt_writer_bytes(struct dt_writer *writer, const char *name,
                     const void *bytes, size_t size)
{
    void *to = value(writer, name, size);

    if (to && size > 0)
        memcpy(to, bytes, size);
}

void dt_writer_empty(struct dt_writer *writer, const char *name)
{
    dt_writer_bytes(writer, name, NULL, 0);
}

void dt_writer_u32(struct dt_writer *writer, const char *name, uint32_t number)
{
    fdt32_t cell = cpu_to_fdt32(number);

    dt_writer_bytes(writer, name, &cell, sizeof(cell));
}

void dt_writer_u64(struct dt_writer *writer, const char *name, uint64_t number)
{
    fdt64_t cells = cpu_to_fdt64(number);

    dt_writer_bytes(writer, name, &cells, sizeof(cells));
}

void dt_writer_string(struct dt_writer *writer, const char *name,
                      const char *text)
{
    dt_writer_bytes(writer, name, text, strlen(text) + 1);
}

void dt_writer_strings(struct dt_writer *writer, const char *name,
                       const char *const *texts, size_t count)
{
    size_t size = 0;
    char *to;

    for (size_t i = 0; i < count; i++)
        size += strlen(texts[i]) + 1;

    to = value(writer, name, size);
    for (size_t i = 0; to && i < count; i++)
        to = stpcpy(to, texts[i]) + 1;
}

void dt_writer_interrupts(struct dt_writer *writer,
                          const struct dt_interrupt *interrupts, size_t count)
{
    fdt32_t *to = value(writer, "interrupts", 3 * count * sizeof(*to));

    for (size_t i = 0; to && i < count; i++) {
        *to++ = cpu_to_fdt32(interrupts[i].type);
        *to++ = cpu_to_fdt32(interrupts[i].number);
        *to++ = cpu_to_fdt32(interrupts[i].flags);
    }
}

void dt_writer_reg(struct dt_writer *writer, const struct dt_range *ranges,
                   size_t count)
{
    char *to = value(writer, "reg", count * sizeof(*ranges));

    for (size_t i = 0; to && i < count; i++) {
        fdt64_t cells[2] = {
            cpu_to_fdt64(ranges[i].base),
            cpu_to_fdt64(ranges[i].size),
        };

        memcpy(to, cells, sizeof(cells));
        to += sizeof(cells);
    }
}

void fdt_property_reg_placeholder(struct dt_writer *writer, size_t ranges)
{
    void *to = value(writer, "reg", ranges * sizeof(struct dt_range));

    if (to)
        memset(to, 0, ranges * sizeof(struct dt_range));
}
