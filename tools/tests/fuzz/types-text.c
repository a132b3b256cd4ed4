/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Fuzzes the parsing of fields from the text of xenstore nodes.  The first two
 * bytes choose the type and the field, the rest is the text.  What is refused
 * changes nothing; what is taken prints as text that means the same.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <libxl.h>

#include "types-index.h"
#include "types/text.h"
#include "types/type.h"
#include "must.h"

static const unsigned int types[] = {
    LIBXL__TYPE_DEVICE_NIC, LIBXL__TYPE_DEVICE_DISK, LIBXL__TYPE_DEVICE_VTPM,
    LIBXL__TYPE_VNC_INFO,   LIBXL__TYPE_DEVICE_VKB,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool has_text(const struct libxl__field *field)
{
    const struct libxl__type *type = libxl__field_type(field);

    if (type->kind == LIBXL__KIND_BUILTIN)
        return type->u.builtin->parse_text;
    return field->shape == LIBXL__FIELD_VALUE && type->kind <= LIBXL__KIND_ENUM;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    LIBXL__GC(gc, NULL);

    if (size < 2)
        return 0;
    unsigned int number = types[data[0] % (sizeof(types) / sizeof(types[0]))];
    const struct libxl__type *type = &libxl__types[number];
    const struct libxl__field *field =
        &libxl__fields[type->first + data[1] % type->count];
    const char *text = libxl__strndup(gc, (const char *)data + 2, size - 2);
    void *p = libxl__zalloc(gc, type->size);
    void *before = libxl__zalloc(gc, type->size);
    const char *printed;

    if (!has_text(field))
        return 0;
    libxl__type_init(type, p);
    libxl__type_init(type, before);
    if (libxl__field_parse(gc, number, field->offset, p, text)) {
        must(!memcmp(p, before, type->size));
        return 0;
    }
    printed = libxl__field_text(gc, number, field->offset, p);
    must(!libxl__field_parse(gc, number, field->offset, before, printed));
    must(libxl__field_type(field)->kind == LIBXL__KIND_STRING
             ? !strcmp(printed, text)
             : !memcmp(p, before, type->size));
    libxl__type_dispose(type, p);
    libxl__type_dispose(type, before);
    return 0;
}
