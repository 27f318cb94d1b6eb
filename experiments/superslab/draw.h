/* draw.h - the random decisions of the workload: which slot, and how large a block.
 *
 * GENERATOR_LCG draws as the published benchmark does: s = s * 1664525 + 1013904223 modulo 2^32,
 * slot = s % slots.  The low bits of such a generator have short periods: if the number of slots is
 * a power of two, every run of that many draws visits each slot exactly once.  The program then
 * allocates everything, frees everything, and so on.  The size is taken from the high bits.
 *
 * GENERATOR_GOOD is SplitMix64 (Steele, Lea and Flood, OOPSLA 2014): each draw is independent of
 * the others, and about half of the slots are occupied at any time. */
#ifndef DRAW_H
#define DRAW_H

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
    uint64_t z = *state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    z ^= z >> 31;
    return (struct draw){(uint32_t)((z >> 32) * range->slots >> 32),
                         range->size_low + (uint32_t)((z & 0xFFFF) * range->size_span >> 16)};
}

#endif
