/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Phandles in one sorted list, to be looked up by those who name them.
 */
#include "arm/partial_refs.h"

#include <stdlib.h>

#include <libfdt.h>

/* False only for a property that is there and is not one cell. */
static bool read_cell(const void *fdt, int node, const char *name,
                      uint32_t *value_r, bool *found_r)
{
    int size;
    const fdt32_t *value = fdt_getprop(fdt, node, name, &size);

    *found_r = value && size == sizeof(*value);
    if (*found_r)
        *value_r = fdt32_ld(value);
    return !value || *found_r;
}

const char *partial_refs_note(struct partial_refs *refs, const void *fdt,
                              int node)
{
    static const char *const names[] = { "phandle", "linux,phandle" };
    struct partial_ref ref = { .node = node };
    bool found;

    for (int i = 0; i < 2; i++) {
        if (!read_cell(fdt, node, names[i], &ref.phandle, &found))
            return names[i];
        if (found)
            refs->given[refs->nr_given++] = ref;
    }
    if (!read_cell(fdt, node, "interrupt-parent", &ref.phandle, &found))
        return "interrupt-parent";
    if (found)
        refs->parents[refs->nr_parents++] = ref;
    return NULL;
}

static int compare_refs(const void *left, const void *right)
{
    const struct partial_ref *a = left, *b = right;

    if (a->phandle != b->phandle)
        return a->phandle < b->phandle ? -1 : 1;
    return (a->node > b->node) - (a->node < b->node);
}

void partial_refs_sort(struct partial_refs *refs)
{
    qsort(refs->given, refs->nr_given, sizeof(refs->given[0]), compare_refs);
}

static int compare_phandle(const void *key, const void *element)
{
    const uint32_t *phandle = key;
    const struct partial_ref *ref = element;

    return (*phandle > ref->phandle) - (*phandle < ref->phandle);
}

const struct partial_ref *partial_refs_find(const struct partial_refs *refs,
                                            uint32_t phandle)
{
    return bsearch(&phandle, refs->given, refs->nr_given,
                   sizeof(refs->given[0]), compare_phandle);
}

const struct partial_ref *partial_refs_twice(const struct partial_refs *refs)
{
    for (size_t i = 1; i < refs->nr_given; i++) {
        const struct partial_ref *ref = &refs->given[i - 1];

        if (ref[0].phandle == ref[1].phandle && ref[0].node != ref[1].node)
            return ref;
    }
    return NULL;
}

const struct partial_ref *partial_refs_lost(const struct partial_refs *refs,
                                            uint32_t known)
{
    for (size_t i = 0; i < refs->nr_parents; i++) {
        const struct partial_ref *ref = &refs->parents[i];

        if (ref->phandle != known && !partial_refs_find(refs, ref->phandle))
            return ref;
    }
    return NULL;
}
