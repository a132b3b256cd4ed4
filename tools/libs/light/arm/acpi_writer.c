/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The writer of ACPI tables.
 */
#include "arm/acpi_writer.h"

#include <string.h>

/* Of the header: ACPI 6.4, table 5.4. */
#define LENGTH_AT   4
#define CHECKSUM_AT 9

/*
 * Who made the tables, as in those of Debian's library.  The revisions of the
 * OEM and of the creator are 0.
 */
#define REVISION_AT 8
#define OEM_AT      10
#define TABLE_ID_AT 16
#define CREATOR_AT  28

/* Opcodes and data objects of AML: ACPI 6.4, 20.3. */
#define AML_NAME        0x08
#define AML_BYTE_PREFIX 0x0a
#define AML_TEXT_PREFIX 0x0d
#define AML_LENGTH_MOST 3

/* Room for size more bytes, or NULL. */
static uint8_t *take(struct acpi_writer *writer, size_t size)
{
    uint8_t *bytes = writer->bytes + writer->size;

    if (writer->full || size > writer->room - writer->size) {
        writer->full = true;
        return NULL;
    }
    writer->size += size;
    return bytes;
}

static void put(uint8_t *bytes, uint64_t value, size_t size)
{
    for (size_t i = 0; i < size; i++)
        bytes[i] = value >> 8 * i;
}

static void put_fields(uint8_t *bytes, const struct acpi_field *fields,
                       size_t count)
{
    for (size_t i = 0; i < count; i++)
        put(bytes + fields[i].at, fields[i].value, fields[i].size);
}

void acpi_add(struct acpi_writer *writer, size_t size,
              const struct acpi_field *fields, size_t count)
{
    uint8_t *bytes = take(writer, size);

    if (bytes)
        put_fields(bytes, fields, count);
}

void acpi_rest(struct acpi_writer *writer, size_t size,
               const struct acpi_field *fields, size_t count)
{
    if (take(writer, size - ACPI_HEADER_SIZE))
        put_fields(writer->bytes + writer->table, fields, count);
}

void acpi_add_bytes(struct acpi_writer *writer, const void *bytes, size_t size)
{
    uint8_t *to = take(writer, size);

    if (to)
        memcpy(to, bytes, size);
}

void acpi_align(struct acpi_writer *writer)
{
    take(writer, -writer->size % 8);
}

uint64_t acpi_begin(struct acpi_writer *writer, const char *signature,
                    uint8_t revision)
{
    uint8_t *header;

    acpi_align(writer);
    writer->table = writer->size;
    header = take(writer, ACPI_HEADER_SIZE);
    if (header) {
        memcpy(header, signature, 4);
        header[REVISION_AT] = revision;
        memcpy(header + OEM_AT, "Xen", 3);
        memcpy(header + TABLE_ID_AT, "ARM", 3);
        memcpy(header + CREATOR_AT, "XL", 2);
    }
    return writer->base + writer->table;
}

void acpi_end(struct acpi_writer *writer)
{
    size_t size = writer->size - writer->table;

    if (writer->full)
        return;
    put(writer->bytes + writer->table + LENGTH_AT, size, 4);
    acpi_set_checksum(writer, writer->table, size, writer->table + CHECKSUM_AT);
}

void acpi_set_checksum(struct acpi_writer *writer, size_t from, size_t size,
                       size_t at)
{
    uint8_t sum = 0;

    if (writer->full)
        return;
    for (size_t i = from; i < from + size; i++)
        sum += writer->bytes[i];
    writer->bytes[at] -= sum;
}

size_t aml_begin(struct acpi_writer *writer, const char *op)
{
    acpi_add_bytes(writer, op, strlen(op));
    return writer->size;
}

/* PkgLength (20.2.4): it counts itself, in one to four bytes. */
void aml_end(struct acpi_writer *writer, size_t begun)
{
    size_t content = writer->size - begun, bytes, length;
    uint8_t *at;

    for (bytes = 1; bytes < AML_LENGTH_MOST; bytes++)
        if (content + bytes < (bytes == 1 ? 0x40u : 1u << (8 * bytes - 4)))
            break;
    if (!take(writer, bytes))
        return;
    at = writer->bytes + begun;
    memmove(at + bytes, at, content);
    length = content + bytes;
    if (bytes == 1) {
        *at = length;
        return;
    }
    *at = (bytes - 1) << 6 | (length & 0xf);
    put(at + 1, length >> 4, bytes - 1);
}

static void add_name(struct acpi_writer *writer, const char *name)
{
    const uint8_t op = AML_NAME;

    acpi_add_bytes(writer, &op, 1);
    acpi_add_bytes(writer, name, 4);
}

void aml_name_text(struct acpi_writer *writer, const char *name,
                   const char *text)
{
    const uint8_t prefix = AML_TEXT_PREFIX;

    add_name(writer, name);
    acpi_add_bytes(writer, &prefix, 1);
    acpi_add_bytes(writer, text, strlen(text) + 1);
}

void aml_name_number(struct acpi_writer *writer, const char *name,
                     uint8_t value)
{
    /* Zero and One are opcodes of their own, 0 and 1. */
    const uint8_t coded[] = { AML_BYTE_PREFIX, value };

    add_name(writer, name);
    if (value <= 1)
        acpi_add_bytes(writer, &value, 1);
    else
        acpi_add_bytes(writer, coded, sizeof(coded));
}
