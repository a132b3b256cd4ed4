/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The planner against the reference model, on maps that the fuzzer makes of
 * bytes: it sees which branches a map takes, which random maps do not.
 *
 * Built with a smaller limit and a smaller least size, as the exhaustive test
 * is: then a short input has more regions than may be, and the model is fast.
 * Eight bytes a step: what to add, how many, how far on, and how large.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arm-model.h"

#define STEP_SIZE 8

struct bytes {
    const uint8_t *at;
    size_t left;
};

static uint64_t take(struct bytes *bytes, size_t count)
{
    uint64_t value = 0;

    for (size_t i = 0; i < count && bytes->left > 0; i++, bytes->left--)
        value = value << 8 | *bytes->at++;
    return value;
}

/* A length in units, of which a small universe has enough, give or take a few
 * bytes. */
static uint64_t length(struct bytes *bytes)
{
    static const uint64_t beside[] = { 0, 1, -1, 4096, -4096, 1 << 20 };
    uint64_t units = take(bytes, 2) % 512;
    uint64_t choice = take(bytes, 1);

    return units * REGION_ALIGNMENT +
           beside[choice % (sizeof(beside) / sizeof(beside[0]))];
}

static int compare_claims(const void *left, const void *right)
{
    const struct claim *a = left, *b = right;

    return (a->first > b->first) - (a->first < b->first);
}

/*
 * Windows ascend: the next begins at or behind the end of the last, and none
 * follows one that ends at the last address.
 */
static void add_window(struct model_input *input, uint64_t *end, uint64_t gap,
                       uint64_t size)
{
    uint64_t base = *end + gap;

    if (input->nr_windows == MODEL_WINDOWS || size == 0 || base < *end ||
        (input->nr_windows > 0 && *end == 0) || base + (size - 1) < base ||
        size / REGION_ALIGNMENT + 2 > MODEL_UNITS)
        return;

    input->windows[input->nr_windows++] = (struct region_window) { base, size };
    *end = base + size;
}

static void add_claim(struct model_input *input, uint64_t first, uint64_t size)
{
    uint64_t last = first + (size - 1);

    if (input->nr_claims == MODEL_CLAIMS || size == 0)
        return;

    input->claims[input->nr_claims++] = (struct claim) {
        .first = first,
        .last = last < first ? UINT64_MAX : last,
    };
}

/* A row of claims with the same gap between them: many with few bytes. */
static void add_fence(struct model_input *input, uint64_t from, uint64_t gap,
                      uint64_t count)
{
    for (uint64_t i = 0; i < count; i++, from += gap)
        add_claim(input, from, 4096 - i % 3);
}

static void make_map(struct model_input *input, struct bytes *bytes)
{
    uint64_t origin, end;

    input->nr_windows = input->nr_claims = 0;
    input->gpaddr_bits = 1 + take(bytes, 1) % 64;
    origin = take(bytes, 1) % 3 == 0 ? -length(bytes) : length(bytes) << 3;
    end = origin;

    while (bytes->left >= STEP_SIZE) {
        uint64_t what = take(bytes, 1), many = take(bytes, 1);
        uint64_t where = length(bytes), size = length(bytes);

        if (what % 4 == 0)
            add_window(input, &end, where, size);
        else if (what % 4 == 1)
            add_fence(input, origin + where, size, many * 2);
        else
            add_claim(input, origin + where, size);
    }
    qsort(input->claims, input->nr_claims, sizeof(input->claims[0]),
          compare_claims);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct model_input input;
    struct bytes bytes = { data, size };
    struct region_plan plan;
    const char *wrong;

    make_map(&input, &bytes);
    wrong = model_compare(&input, &plan);
    if (wrong) {
        printf("%s:\n", wrong);
        model_print(&input);
        fflush(stdout);
        abort();
    }
    return 0;
}
