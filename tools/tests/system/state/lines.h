/* SPDX-License-Identifier: LGPL-2.1-only */
/* A list of lines of text, and what two such lists do not share. */
#ifndef STATE_LINES_H
#define STATE_LINES_H

#include <stdbool.h>
#include <stddef.h>

struct lines {
    char **list; /* the list owns them */
    size_t count, room;
};

__attribute__((format(printf, 2, 3))) void lines_add(struct lines *lines,
                                                     const char *format, ...);
void lines_sort(struct lines *lines);
void lines_free(struct lines *lines);
bool lines_equal(const struct lines *one, const struct lines *other);

/* Both must be sorted.  Prints 'KIND: - LINE' or '+' for each that one lacks.
 */
void lines_print_difference(const char *kind, const struct lines *before,
                            const struct lines *after);

/* Each ends the program if the file cannot be written or read. */
void lines_write(const struct lines *lines, const char *path);
void lines_read(struct lines *lines, const char *path);

#endif
