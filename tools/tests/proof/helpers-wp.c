/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Contracts of the planner's helpers, for Frama-C: `make prove`.  What they
 * promise is proven for every input, and that no unsigned number wraps.  The
 * sweep over windows and claims is not proven; tests show that.
 */
#include "arm/regions.h"

/*@ requires \valid_read(window);
  @ requires window->size > 0;
  @ requires window->base + (window->size - 1) <= 0xffffffffffffffff;
  @ assigns \nothing;
  @ ensures \result == window->base + (window->size - 1);
  @ ensures \result >= window->base;
  @*/
static uint64_t window_last(const struct region_window *window);

/*@ requires \valid_read(a) && \valid_read(b);
  @ assigns \nothing;
  @ ensures \result != 0 <==> a->size < b->size ||
  @         (a->size == b->size && a->base > b->base);
  @*/
static _Bool sooner_dropped(const struct region *a, const struct region *b);

/*@ requires \valid_read(claim) && \valid_read(window);
  @ requires window->size > 0;
  @ requires window->base + (window->size - 1) <= 0xffffffffffffffff;
  @ assigns \nothing;
  @ ensures \result != 0 <==> claim->first > window->base &&
  @         claim->last < window->base + (window->size - 1);
  @*/
static _Bool splits(const struct claim *claim,
                    const struct region_window *window);

#include "arm/regions.c"
