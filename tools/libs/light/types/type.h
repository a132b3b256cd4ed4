/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Descriptors of the public types, and what is done with every type alike.
 *
 * descriptors.py writes one descriptor for each type of _libxl_types.h, and
 * the public functions of that type as calls of the functions below.  Types
 * that are not made of other types are "builtin": each has a row of
 * operations in builtin.h.
 *
 * Descriptors refer to each other and to names by number and not by pointer:
 * a shared library pays for each pointer with a relocation.
 */
#ifndef LIBXL_TYPES_TYPE_H
#define LIBXL_TYPES_TYPE_H

#include <stdbool.h>
#include <stdint.h>

#include <libxl.h>
#include <libxl_json.h>

#include "base/memory.h"

struct libxl__json;

enum libxl__kind {
    LIBXL__KIND_INT,      /* of size bytes, signed */
    LIBXL__KIND_UINT,     /* of size bytes */
    LIBXL__KIND_BOOL,     /* a C bool */
    LIBXL__KIND_STRING,   /* a char *, NULL is the default */
    LIBXL__KIND_ENUM,     /* an enum: u.strings names its values */
    LIBXL__KIND_STRUCT,   /* fields first to first + count - 1 */
    LIBXL__KIND_UNION,    /* the same; see key below */
    LIBXL__KIND_BUILTIN,  /* u.builtin does the work */
    LIBXL__KIND_INTERNAL, /* not the type's own: zeroed, never copied */
};

struct libxl__type {
    uint16_t name; /* in libxl__names */
    uint16_t size;
    uint16_t first;
    uint16_t count;
    uint16_t key_type; /* of a union: the enum that selects the member */
    uint16_t key_name; /* of a union: the field that holds the enum */
    enum libxl__kind kind : 8;
    union {
        const libxl_enum_string_table *strings;
        const struct libxl__builtin *builtin;
    } u;
};

enum libxl__shape {
    LIBXL__FIELD_VALUE,  /* one value of the type */
    LIBXL__FIELD_KEY,    /* the same; selects the member of a union */
    LIBXL__FIELD_COUNT,  /* the number of elements of an array */
    LIBXL__FIELD_ARRAY,  /* a pointer to elements; their number is at link */
    LIBXL__FIELD_UNION,  /* a keyed union; its key is at link */
    LIBXL__FIELD_MEMBER, /* of a union, there while the key equals value */
};

struct libxl__field {
    uint16_t name;
    uint16_t type;
    uint16_t offset;
    uint16_t link; /* offset of another field of this struct */
    int16_t value; /* what init stores in an integer; or see MEMBER */
    uint8_t shape;
};

/* A field that was replaced by one of the same name further out. */
struct libxl__moved {
    uint16_t name;
    uint16_t type;
    uint16_t from;
    uint16_t to;
    int16_t key;   /* from is there while the key of the union equals this */
    int16_t value; /* as in libxl__field */
};

struct libxl__builtin {
    void (*dispose)(void *p); /* NULL: nothing is allocated */
    void (*copy)(void *dst, const void *src);
    bool (*is_default)(const void *p);
    yajl_gen_status (*gen_json)(yajl_gen hand, const void *p);
    /* 0, an error or LIBXL__JSON_OTHER_KIND; *p is as init leaves it. */
    int (*parse_json)(const struct libxl__json *json, void *p);
    /* Of a value that is not the default, in gc.  NULL: there is no text. */
    const char *(*text)(libxl__gc *gc, const void *p);
    /* Returns false, with *p as it was, if text is no value of the type. */
    bool (*parse_text)(const char *text, void *p);
};

/* The generated tables. */
extern const char libxl__names[];
extern const struct libxl__type libxl__types[];
extern const struct libxl__field libxl__fields[];

/* Zeroes *p and stores the defaults that are not zero. */
void libxl__type_init(const struct libxl__type *type, void *p);

/* Frees what *p owns and zeroes it.  p may be NULL. */
void libxl__type_dispose(const struct libxl__type *type, void *p);

/* Disposes of and frees an array; list may be NULL if count is 0. */
void libxl__type_list_free(const struct libxl__type *type, void *list,
                           int count);

/* *dst need not be initialised; it owns its copy. */
void libxl__type_copy(const struct libxl__type *type, void *dst,
                      const void *src);

/* Whether *p, a field whose initial integer is value, is as init left it. */
bool libxl__type_is_default(const struct libxl__type *type, const void *p,
                            int value);

/*
 * Stores value in the key of the one union of *p and initialises the member
 * that belongs to it.  A member that was there before is disposed of.
 */
void libxl__type_init_key(const struct libxl__type *type, void *p, int value);

/*
 * Moves what was stored in the old field to the new one.  Both set is an
 * error, since the caller may mean either.
 */
int libxl__type_move(libxl_ctx *ctx, const struct libxl__type *type, void *p,
                     const struct libxl__moved *moved, int count);

yajl_gen_status libxl__type_gen_json(const struct libxl__type *type,
                                     yajl_gen hand, const void *p);

/* The text belongs to the caller; NULL, with a message, on failure. */
char *libxl__type_to_json(libxl_ctx *ctx, const struct libxl__type *type,
                          const void *p);

/*
 * Reads one JSON value into *p, which need not be initialised.  Keys that
 * the type does not have are ignored, as is a value of another JSON kind
 * than the field's: texts come from other versions of the library.  On
 * failure *p is as init leaves it (an enum: untouched).
 */
int libxl__type_from_json(libxl_ctx *ctx, const struct libxl__type *type,
                          void *p, const char *text);

/* NULL for a value that has no name. */
const char *libxl__enum_to_string(const struct libxl__type *type, int value);

/* Upper and lower case are the same.  ERROR_FAIL if there is no such name. */
int libxl__enum_from_string(const struct libxl__type *type, const char *s,
                            void *value_r);

/* The integer, enum or bool at p, whatever its size. */
int64_t libxl__type_get_int(const struct libxl__type *type, const void *p);
void libxl__type_set_int(const struct libxl__type *type, void *p,
                         int64_t value);

static inline const char *libxl__type_name(const struct libxl__type *type)
{
    return libxl__names + type->name;
}

static inline void *libxl__field_in(const struct libxl__field *field,
                                    const void *p)
{
    return (char *)p + field->offset;
}

/* The count of an array or the key of a union. */
static inline void *libxl__field_link(const struct libxl__field *field,
                                      const void *p)
{
    return (char *)p + field->link;
}

/* How many elements an array has; never negative. */
static inline int libxl__field_count(const struct libxl__field *field,
                                     const void *p)
{
    int count = *(const int *)libxl__field_link(field, p);

    return count > 0 && *(void **)libxl__field_in(field, p) ? count : 0;
}

static inline const struct libxl__type *
libxl__field_type(const struct libxl__field *field)
{
    return &libxl__types[field->type];
}

/*
 * The member of a union that is there for this key, or NULL.  Some keys have
 * no member of their own.
 */
const struct libxl__field *libxl__union_member(const struct libxl__type *type,
                                               int key);

#endif
