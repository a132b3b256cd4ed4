/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Numbers in text that somebody else wrote.
 */
#ifndef LIBXL_BASE_NUMBER_H
#define LIBXL_BASE_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Parses text, which must be decimal digits and nothing else.  Returns false,
 * with *value_r untouched, if it is not or if it exceeds max.
 */
bool libxl__number_parse(const char *text, uint64_t max, uint64_t *value_r);

/* The same for 32 bits. */
bool libxl__number_parse_u32(const char *text, uint32_t *value_r);

#endif
