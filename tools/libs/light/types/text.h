/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The text of one field of a public type, as a xenstore node holds it.
 *
 *   integers       decimal, with a '-' where the type has a sign
 *   bool, defbool  "0" or "1"
 *   enums          the name of the value
 *   strings        themselves
 *   libxl_mac      "00:16:3e:12:34:56"
 *   libxl_uuid     "5b9cb5f4-0b6f-4bd2-9ba4-4f24a3a4a0a2"
 *
 * A string that is NULL, a defbool that is default, a MAC address of zeroes and
 * a nil UUID have no text: it is NULL.
 *
 * type is a LIBXL__TYPE_ of types-index.h, p one of that type, and offset that
 * of a field, which may be one of an inner struct.  Arrays and unions have no
 * text.
 */
#ifndef LIBXL_TYPES_TEXT_H
#define LIBXL_TYPES_TEXT_H

#include <stddef.h>

#include "base/memory.h"

/*
 * Returns the text, or NULL for a field that has none at present, such as an
 * enum of a value without a name.  The text may be that of the field itself.
 */
const char *libxl__field_text(libxl__gc *gc, unsigned int type, size_t offset,
                              const void *p);

/*
 * Stores what text says in a field of *p, which must be initialised.  A string
 * that was there is freed; the new one is a copy.  NULL stores what has no text
 * (see above).  The field must not be the key of a union.
 *
 * Returns ERROR_INVAL, logs nothing and leaves the field as it was if text is
 * no value of the field, since text may come from a guest.
 */
int libxl__field_parse(libxl__gc *gc, unsigned int type, size_t offset, void *p,
                       const char *text);

#endif
