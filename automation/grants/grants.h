/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * What the grant programs agree on: how pages are written and how a list
 * of grant references is spelled.  Knows nothing of the devices.
 */
#ifndef GRANTS_H
#define GRANTS_H

#include <stddef.h>
#include <stdint.h>

#define GRANT_PAGE  4096u
#define GRANTS_MOST 4096u

/* The first word of page @index, by who wrote it. */
enum grant_word { GRANT_QUESTION = 0x51, GRANT_ANSWER = 0xa2 };

uint64_t grant_word(enum grant_word who, size_t index);

/* Spells references as "8-507,700-600,9": short enough for a console line.
 * The caller frees the text. */
char *grants_spell(const uint32_t *refs, size_t count);

/* Reads such a list into @refs_r, which has room for @most.  Returns how many
 * there are, or 0 when the text is no such list or holds more. */
size_t grants_read(const char *text, uint32_t *refs_r, size_t most);

/* Runs a command and waits for its end.  Returns its exit code, or 127 when
 * it could not be run. */
int grants_run(char *const command[]);

#endif
