/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The common part of the grant programs: page contents, lists of grant
 * references, running a command.  See grants.h.
 */
#include "grants.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

uint64_t grant_word(enum grant_word who, size_t index)
{
    return (uint64_t)who << 56 | (uint64_t)(index + 1) * 0x10001;
}

/* The last of the references from @first on that follow each other, by
 * @step: 1 upwards, or -1 as the kernel hands out those that were freed. */
static size_t end_of_run(const uint32_t *refs, size_t count, size_t first,
                         uint32_t step)
{
    while (first + 1 < count && refs[first + 1] == refs[first] + step)
        first++;
    return first;
}

char *grants_spell(const uint32_t *refs, size_t count)
{
    char *text = NULL;
    size_t size, first, last;
    FILE *out = open_memstream(&text, &size);

    if (!out)
        return NULL;
    for (first = 0; first < count; first = last + 1) {
        last = end_of_run(refs, count, first, 1);
        if (last == first)
            last = end_of_run(refs, count, first, (uint32_t)-1);
        fprintf(out, "%s%u", first ? "," : "", refs[first]);
        if (last > first)
            fprintf(out, "-%u", refs[last]);
    }
    fclose(out);
    return text;
}

size_t grants_read(const char *text, uint32_t *refs_r, size_t most)
{
    size_t i, length, count = 0;

    for (;;) {
        char *end;
        unsigned long first = strtoul(text, &end, 10), last = first;

        if (end == text)
            return 0;
        if (*end == '-')
            last = strtoul(end + 1, &end, 10);
        if (first > UINT32_MAX || last > UINT32_MAX)
            return 0;
        length = last < first ? first - last : last - first;
        if (length >= most - count)
            return 0;
        for (i = 0; i <= length; i++)
            refs_r[count++] = (uint32_t)(last < first ? first - i : first + i);
        if (!*end)
            return count;
        if (*end != ',')
            return 0;
        text = end + 1;
    }
}

int grants_run(char *const command[])
{
    int status;
    pid_t child = fork();

    if (child < 0)
        return 127;
    if (!child) {
        execvp(command[0], command);
        perror(command[0]);
        _exit(127);
    }
    if (waitpid(child, &status, 0) != child || !WIFEXITED(status))
        return 127;
    return WEXITSTATUS(status);
}
