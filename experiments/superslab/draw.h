/* draw.h - the random decisions of the workload: which slot, and how large a block.
 *
 * GENERATOR_LCG draws as the published benchmark does: s = s * 1664525 + 1013904223 modulo 2^32,
 * slot = s % slots.  The low bits of such a generator have short periods: if the number of slots is
 * a power of two, every run of that many draws visits each slot exactly once.  The program then
 * allocates everything, frees everything, and so on.  The size is taken from the high bits.
 *
 * GENERATOR_GOOD is SplitMix64 (splitmix.h): each draw is independent of
 * the others, and about half of the slots are occupied at any time. */
#ifndef DRAW_H
#define DRAW_H

#include "splitmix.h"

#include <stdint.h>

enum generator { GENERATOR_LCG, GENERATOR_GOOD };

struct draw {
    uint32_t slot;
    uint32_t size; /* bytes */
};

/* What one draw chooses from; size_span <= 2^16. */
struct range {
    uint32_t slots;
    uint32_t size_low, size_span; /* sizes are size_low .. size_low + size_span - 1 */
};

/* Always inlined, so that `generator` is a constant in the loop that draws. */
__attribute__((always_inline)) static inline struct draw
draw_next(uint64_t *state, const struct range *range, enum generator generator) {
    if (generator == GENERATOR_LCG) {
        uint32_t s = (uint32_t)*state * UINT32_C(1664525) + UINT32_C(1013904223);
        *state = s;
        return (struct draw){s % range->slots,
                             range->size_low +
                                 (uint32_t)((uint64_t)(s >> 16) * range->size_span >> 16)};
    }
    uint64_t z = splitmix_next(state);
    return (struct draw){(uint32_t)((z >> 32) * range->slots >> 32),
                         range->size_low + (uint32_t)((z & 0xFFFF) * range->size_span >> 16)};
}

#endif
