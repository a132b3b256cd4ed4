/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Fuzzes reading of every public type from JSON.  The first byte tells the
 * type, the rest is the text.  What can be read must come back the same when
 * it was written, read and written again, and so must its copy.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "types-test.h"
#include "must.h"

libxl_ctx *ctx;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size,
                               unsigned seed);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);

static unsigned type_count(void)
{
    unsigned count = 0;

    while (test_types[count].name)
        count++;
    return count;
}

static void round_trip(const struct test_type *type, void *p)
{
    void *again = calloc(1, type->size);
    void *copy = calloc(1, type->size);
    char *first = type->to_json(p);
    char *second, *third;

    must(first != NULL);
    must(!type->from_json(again, first));
    second = type->to_json(again);
    must(second && !strcmp(first, second));
    type->copy(copy, p);
    third = type->to_json(copy);
    must(third && !strcmp(first, third));

    free(first);
    free(second);
    free(third);
    type->dispose(again);
    type->dispose(copy);
    free(again);
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct test_type *type;
    char *text;
    void *p;

    if (!size)
        return 0;
    type = &test_types[data[0] % type_count()];

    text = strndup((const char *)data + 1, size - 1);
    p = malloc(type->size);
    memset(p, 0xa5, type->size);
    if (!type->from_json(p, text))
        round_trip(type, p);
    type->dispose(p);
    free(p);
    free(text);
    return 0;
}

static size_t store(uint8_t *data, size_t max_size, uint8_t type, char *text)
{
    size_t size = strlen(text) + 1;

    if (size > max_size)
        size = max_size;
    data[0] = type;
    memcpy(data + 1, text, size - 1);
    free(text);
    return size;
}

/* Starts from texts that the library writes, and damages them. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size,
                               unsigned seed)
{
    random_seed(seed);
    if (size < 2 || !random_below(16)) {
        uint8_t number = random_below(type_count());
        const struct test_type *type = &test_types[number];
        void *p = malloc(type->size);
        char *text;

        type->init(p);
        type->fill(p);
        text = type->to_json(p);
        type->dispose(p);
        free(p);
        return store(data, max_size, number, text);
    }
    if (random_below(2)) {
        char *text = strndup((const char *)data + 1, size - 1);
        char *damaged = *text ? mutate_json(text) : strdup("{}");

        free(text);
        return store(data, max_size, data[0], damaged);
    }
    return LLVMFuzzerMutate(data, size, max_size);
}
