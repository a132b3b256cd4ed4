/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Writes ACPI tables one after the other into a buffer, from a window's start
 * on.  Owns byte order, lengths, checksums and the packages of AML (ACPI 6.4,
 * 5.2.6 and 20).  What the tables say, it does not know.
 */
#ifndef ARM_ACPI_WRITER_H
#define ARM_ACPI_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ACPI_HEADER_SIZE 36

struct acpi_writer {
    uint64_t base;  /* the guest address of bytes[0] */
    uint8_t *bytes; /* the caller's, zeroed */
    size_t room;
    size_t size;
    size_t table; /* where the open table begins */
    bool full;    /* something did not fit: every later call does nothing */
};

/* A field of a structure: its offset and size as the specification lists. */
struct acpi_field {
    uint16_t at;
    uint8_t size; /* 8 at most */
    uint64_t value;
};

/* Adds a structure of size bytes, which are 0 but for the fields. */
void acpi_add(struct acpi_writer *writer, size_t size,
              const struct acpi_field *fields, size_t count);

/*
 * Adds what follows the header of the open table, which is of size bytes so
 * far; the fields count from its beginning.
 */
void acpi_rest(struct acpi_writer *writer, size_t size,
               const struct acpi_field *fields, size_t count);

/* Adds bytes as they are. */
void acpi_add_bytes(struct acpi_writer *writer, const void *bytes, size_t size);

/*
 * Begins a table, at the next multiple of 8, with its header.  Returns its
 * guest address.
 */
uint64_t acpi_begin(struct acpi_writer *writer, const char *signature,
                    uint8_t revision);

/* Adds bytes of 0 up to the next multiple of 8. */
void acpi_align(struct acpi_writer *writer);

/* Ends the table: sets its length and its checksum. */
void acpi_end(struct acpi_writer *writer);

/* Sets the byte at, which is 0, so that size bytes from from on sum up to 0. */
void acpi_set_checksum(struct acpi_writer *writer, size_t from, size_t size,
                       size_t at);

/*
 * Begins an object of AML whose length is known at its end: op is its opcode, a
 * string.  Returns what aml_end() wants.
 */
size_t aml_begin(struct acpi_writer *writer, const char *op);
void aml_end(struct acpi_writer *writer, size_t begun);

/* Name(NAME, "text") and Name(NAME, value), with values below 256. */
void aml_name_text(struct acpi_writer *writer, const char *name,
                   const char *text);
void aml_name_number(struct acpi_writer *writer, const char *name,
                     uint8_t value);

#endif
