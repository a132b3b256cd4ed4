/* SPDX-License-Identifier: LGPL-2.1-only */
#include "lines.h"

#include <err.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void lines_add(struct lines *lines, const char *format, ...)
{
    va_list arguments;
    char *line;

    va_start(arguments, format);
    if (vasprintf(&line, format, arguments) < 0)
        err(2, "a line");
    va_end(arguments);
    if (lines->count == lines->room) {
        lines->room = lines->room ? 2 * lines->room : 64;
        lines->list =
            reallocarray(lines->list, lines->room, sizeof(*lines->list));
        if (!lines->list)
            err(2, "%zu lines", lines->room);
    }
    lines->list[lines->count++] = line;
}

static int compare(const void *one, const void *other)
{
    return strcmp(*(char *const *)one, *(char *const *)other);
}

void lines_sort(struct lines *lines)
{
    if (lines->count)
        qsort(lines->list, lines->count, sizeof(*lines->list), compare);
}

void lines_free(struct lines *lines)
{
    size_t i;

    for (i = 0; i < lines->count; i++)
        free(lines->list[i]);
    free(lines->list);
    *lines = (struct lines) { 0 };
}

bool lines_equal(const struct lines *one, const struct lines *other)
{
    size_t i;

    if (one->count != other->count)
        return false;
    for (i = 0; i < one->count; i++)
        if (strcmp(one->list[i], other->list[i]))
            return false;
    return true;
}

void lines_print_difference(const char *kind, const struct lines *before,
                            const struct lines *after)
{
    size_t i = 0, j = 0;

    while (i < before->count || j < after->count) {
        int order = i == before->count ? 1
                    : j == after->count
                        ? -1
                        : strcmp(before->list[i], after->list[j]);

        if (order < 0)
            printf("%s: - %s\n", kind, before->list[i]);
        else if (order > 0)
            printf("%s: + %s\n", kind, after->list[j]);
        i += order <= 0;
        j += order >= 0;
    }
}

void lines_write(const struct lines *lines, const char *path)
{
    FILE *file = fopen(path, "w");
    size_t i;

    if (!file)
        err(2, "%s", path);
    for (i = 0; i < lines->count; i++)
        fprintf(file, "%s\n", lines->list[i]);
    if (fclose(file))
        err(2, "%s", path);
}

void lines_read(struct lines *lines, const char *path)
{
    FILE *file = fopen(path, "r");
    char *line = NULL;
    size_t room = 0;
    ssize_t size;

    if (!file)
        err(2, "%s", path);
    while ((size = getline(&line, &room, file)) > 0)
        lines_add(lines, "%.*s", (int)(size - (line[size - 1] == '\n')), line);
    free(line);
    fclose(file);
}
