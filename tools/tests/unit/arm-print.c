/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Prints device trees for tests.  As a program (-DPRINT_MAIN) it reads a blob
 * from standard input: so were the files in arm-trees/ made from the trees
 * that Debian's library writes for LIBXL_DEBUG_DUMP_DTB.
 */
#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <libfdt.h>

#include "arm-print.h"

/* One or more non-empty strings that end in the last byte. */
static bool is_text(const char *value, int size)
{
    if (size == 0 || value[size - 1] != '\0')
        return false;
    for (int i = 0; i < size; i++)
        if (value[i] == '\0' ? i == 0 || value[i - 1] == '\0'
                             : !isprint((unsigned char)value[i]))
            return false;
    return true;
}

static void print_value(const char *name, const char *value, int size, FILE *to)
{
    if (strcmp(name, "rng-seed") == 0)
        fprintf(to, " (%d bytes)", size);
    else if (is_text(value, size))
        for (int i = 0; i < size; i += strlen(value + i) + 1)
            fprintf(to, " \"%s\"", value + i);
    else
        for (int i = 0; i < size; i++)
            fprintf(to, "%s%02x", i % 4 ? "" : " ", (unsigned char)value[i]);
}

void print_tree(const void *fdt, FILE *to)
{
    int node, property, depth = 0;

    for (node = 0; node >= 0 && depth >= 0;
         node = fdt_next_node(fdt, node, &depth)) {
        char path[256];

        if (fdt_get_path(fdt, node, path, sizeof(path)))
            return;
        fprintf(to, "%s\n", path);
        fdt_for_each_property_offset(property, fdt, node)
        {
            const char *name, *value;
            int size;

            value = fdt_getprop_by_offset(fdt, property, &name, &size);
            fprintf(to, "    %s", name);
            print_value(name, value, size, to);
            fprintf(to, "\n");
        }
    }
}

#ifdef PRINT_MAIN
int main(void)
{
    static char fdt[1 << 20];
    size_t size = fread(fdt, 1, sizeof(fdt), stdin);

    if (size < sizeof(struct fdt_header) || fdt_check_header(fdt) ||
        fdt_totalsize(fdt) > size) {
        fprintf(stderr, "print: no device tree on standard input\n");
        return 1;
    }
    print_tree(fdt, stdout);
    return 0;
}
#endif
