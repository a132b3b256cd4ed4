/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Reads files of which neither size nor kind is known beforehand: device
 * trees under /sys and /proc have no size.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memmap/file.h"

#define FIRST_ROOM 65536

static char *read_all(FILE *file, size_t max, size_t *size_r)
{
    char *bytes = NULL;
    size_t size = 0, room = 0;

    for (;;) {
        char *more;
        size_t got;

        if (size == room) {
            room = room ? 2 * room : FIRST_ROOM;
            more = realloc(bytes, room + 1);
            if (!more)
                break;
            bytes = more;
        }
        got = fread(bytes + size, 1, room - size, file);
        size += got;
        if (size > max) {
            errno = EFBIG;
            break;
        }
        if (got == 0 && ferror(file))
            break;
        if (got == 0) {
            bytes[size] = '\0';
            *size_r = size;
            return bytes;
        }
    }
    free(bytes);
    return NULL;
}

void *memmap_file_read(const char *path, size_t max, size_t *size_r)
{
    FILE *file = fopen(path, "re");
    char *bytes;
    int error;

    if (!file)
        return NULL;
    bytes = read_all(file, max, size_r);
    error = errno;
    fclose(file);
    errno = error;
    return bytes;
}

char *memmap_printable(const char *text)
{
    char *copy = text ? strdup(text) : NULL;

    for (char *at = copy; at && *at; at++)
        if (*at < ' ' || *at > '~')
            *at = '?';
    return copy;
}
