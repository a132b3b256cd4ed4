/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Every map of a small universe: six units, cut in halves, each half claimed
 * or free; every window and every two windows with edges on halves; at the
 * bottom of the addresses, at their end, and across the end of the guest's
 * address width.  Built with a smaller limit and a smaller least size.
 */
#include <inttypes.h>
#include <stdio.h>

#include "arm-model.h"

#define HALVES 12
#define HALF   (REGION_ALIGNMENT / 2)

struct place {
    uint64_t origin;
    unsigned int bits;
};

static uint64_t maps, regions, dropping;

/* Claims of the set bits: joined, or each half for itself. */
static void set_claims(struct model_input *input, uint64_t origin,
                       unsigned int halves, bool joined)
{
    input->nr_claims = 0;
    for (unsigned int i = 0; i < HALVES; i++) {
        uint64_t first = origin + i * HALF;

        if (!(halves & 1U << i))
            continue;
        if (joined && i > 0 && (halves & 1U << (i - 1))) {
            input->claims[input->nr_claims - 1].last += HALF;
            continue;
        }
        input->claims[input->nr_claims++] = (struct claim) {
            .first = first,
            .last = first + (HALF - 1),
        };
    }
}

static int check_windows(struct model_input *input, uint64_t origin)
{
    for (unsigned int halves = 0; halves < 1U << HALVES; halves++) {
        struct region_plan plan;
        const char *wrong;

        set_claims(input, origin, halves, maps % 2);
        wrong = model_compare(input, &plan);
        if (wrong) {
            printf("%s:\n", wrong);
            model_print(input);
            return -1;
        }
        maps++;
        regions += plan.count;
        dropping += plan.dropped > 0;
    }
    return 0;
}

static void set_window(struct model_input *input, size_t index, uint64_t origin,
                       unsigned int from, unsigned int to)
{
    input->windows[index] = (struct region_window) {
        .base = origin + from * HALF,
        .size = (to - from) * HALF,
    };
    input->nr_windows = index + 1;
}

/* One window from a to b, or two, the second from c to d. */
static int check_place(const struct place *place)
{
    static struct model_input input;
    uint64_t origin = place->origin;

    input.gpaddr_bits = place->bits;
    for (unsigned int a = 0; a < HALVES; a++)
        for (unsigned int b = a + 1; b <= HALVES; b++) {
            set_window(&input, 0, origin, a, b);
            if (check_windows(&input, origin))
                return -1;
            for (unsigned int c = b; c < HALVES; c++)
                for (unsigned int d = c + 1; d <= HALVES; d++) {
                    set_window(&input, 1, origin, c, d);
                    if (check_windows(&input, origin))
                        return -1;
                }
            input.nr_windows = 1;
        }
    return 0;
}

int main(void)
{
    const uint64_t size = HALVES * HALF;
    const struct place places[] = {
        { 0, 64 },
        { -size, 64 },
        { (UINT64_C(1) << 30) - size / 2, 30 },
        { (UINT64_C(1) << 30) - size / 2, 31 },
    };

    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
        if (check_place(&places[i]))
            return 1;
    printf("%" PRIu64 " maps, all there are of six units (at most %d regions "
           "of at least %" PRIu64 " MiB): as the model has them; %" PRIu64
           " regions, more than may be in %" PRIu64 " maps\n",
           maps, REGIONS_MAX, REGION_MIN_SIZE >> 20, regions, dropping);
    return 0;
}
