/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The guest address map: claims in one growing array, sorted once, checked
 * once.  Owns the wording of a conflict; which ranges a guest has is given
 * by others.
 */
#include "arm/addrmap.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#define FIRST_ROOM 32

void addrmap_dispose(struct addrmap *map)
{
    if (!map)
        return;

    free(map->claims);
    *map = (struct addrmap) { 0 };
}

static int reserve(struct addrmap *map, struct arm_error *error)
{
    size_t room = map->room ? 2 * map->room : FIRST_ROOM;
    struct claim *claims;

    if (map->count < map->room)
        return 0;

    claims = reallocarray(map->claims, room, sizeof(*claims));
    if (!claims)
        return arm_error_set(error, ARM_FAULT_NOMEM,
                             "no memory for %zu ranges of the guest's address "
                             "map",
                             room);
    map->claims = claims;
    map->room = room;
    return 0;
}

int gpaddr_last(unsigned int gpaddr_bits, uint64_t *last_r,
                struct arm_error *error)
{
    if (gpaddr_bits == 0 || gpaddr_bits > 64)
        return arm_error_set(error, ARM_FAULT_CONFIG,
                             "the hypervisor reports guest addresses of %u "
                             "bits; 1 to 64 make sense",
                             gpaddr_bits);

    *last_r = UINT64_MAX >> (64 - gpaddr_bits);
    return 0;
}

const char *claim_source(const struct claim *claim, char *text, size_t size)
{
    if (claim->index == CLAIM_NO_INDEX)
        snprintf(text, size, "%s", claim->origin);
    else
        snprintf(text, size, "%s[%d]", claim->origin, claim->index);
    return text;
}

int addrmap_add(struct addrmap *map, uint64_t base, uint64_t size,
                enum claim_kind kind, const char *name, const char *origin,
                int index, struct arm_error *error)
{
    struct claim claim = {
        .first = base,
        .last = base + (size - 1),
        .name = name,
        .origin = origin,
        .index = index,
        .kind = kind,
    };
    char source[CLAIM_SOURCE_SIZE];

    if (size == 0)
        return arm_error_set(error, ARM_FAULT_CONFIG,
                             "%s (%s) at %#" PRIx64 " has a size of 0: give it "
                             "a size or leave it out",
                             name, claim_source(&claim, source, sizeof(source)),
                             base);
    if (claim.last < claim.first)
        return arm_error_set(error, ARM_FAULT_CONFIG,
                             "%s (%s): %#" PRIx64 " bytes at %#" PRIx64
                             " pass the end of the 64-bit address space",
                             name, claim_source(&claim, source, sizeof(source)),
                             size, base);
    if (reserve(map, error))
        return -1;

    map->claims[map->count++] = claim;
    return 0;
}

static int order(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

/* A total order, so that the same map always names the same two claims. */
static int compare_claims(const void *left, const void *right)
{
    const struct claim *a = left, *b = right;
    int result = order(a->first, b->first);

    result = result ?: order(a->last, b->last);
    result = result ?: order(a->kind, b->kind);
    return result ?: order(a->index, b->index);
}

static void refuse_overlap(const struct claim *a, const struct claim *b,
                           struct arm_error *error)
{
    char source_a[CLAIM_SOURCE_SIZE], source_b[CLAIM_SOURCE_SIZE];
    char name_a[ARM_NAME_SIZE], name_b[ARM_NAME_SIZE];
    bool iomem = a->kind == CLAIM_IOMEM || b->kind == CLAIM_IOMEM;

    arm_error_set(
        error, ARM_FAULT_CONFIG,
        "two things at the same guest addresses: %s (%s) at "
        "%#" PRIx64 "-%#" PRIx64 " and %s (%s) at %#" PRIx64 "-%#" PRIx64
        "; %s",
        arm_name_text(a->name, name_a),
        claim_source(a, source_a, sizeof(source_a)), a->first, a->last,
        arm_name_text(b->name, name_b),
        claim_source(b, source_b, sizeof(source_b)), b->first, b->last,
        iomem ? "give the iomem entry other guest frames (START,NUM@GFN)"
              : "move or remove one of them");
}

/* Claims of one lane must not overlap, nor must those of most two lanes. */
enum lane { LANE_GUEST, LANE_IOMEM, LANE_PARTIAL, LANES };

static enum lane lane_of(const struct claim *claim)
{
    return claim->kind == CLAIM_IOMEM     ? LANE_IOMEM
           : claim->kind == CLAIM_PARTIAL ? LANE_PARTIAL
                                          : LANE_GUEST;
}

/* A partial tree describes what iomem maps for the guest. */
static bool may_overlap(enum lane a, enum lane b)
{
    return a != b && a != LANE_GUEST && b != LANE_GUEST;
}

size_t addrmap_overlaps(const struct addrmap *map, struct arm_error *error)
{
    const struct claim *furthest[LANES] = { NULL };
    size_t count = 0;

    for (size_t i = 0; i < map->count; i++) {
        const struct claim *claim = &map->claims[i];
        enum lane lane = lane_of(claim), other;

        for (other = 0; other < LANES; other++)
            if (furthest[other] && claim->first <= furthest[other]->last &&
                !may_overlap(lane, other)) {
                refuse_overlap(furthest[other], claim, error);
                count++;
                break;
            }
        if (!furthest[lane] || claim->last > furthest[lane]->last)
            furthest[lane] = claim;
    }
    return count;
}

int addrmap_finish(struct addrmap *map, struct arm_error *error)
{
    if (map->count == 0)
        return 0;

    qsort(map->claims, map->count, sizeof(*map->claims), compare_claims);
    return addrmap_overlaps(map, error) ? -1 : 0;
}

const struct claim *addrmap_find(const struct addrmap *map,
                                 enum claim_kind kind)
{
    for (size_t i = 0; i < map->count; i++)
        if (map->claims[i].kind == kind)
            return &map->claims[i];
    return NULL;
}
