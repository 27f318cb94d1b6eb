/* splitmix.h - SplitMix64 (Steele, Lea and Flood, OOPSLA 2014): the numbers that traces are drawn
 * from.  The same seed gives the same numbers everywhere. */
#ifndef SPLITMIX_H
#define SPLITMIX_H

#include <stddef.h>
#include <stdint.h>

#define SPLITMIX_GOLDEN UINT64_C(0x9e3779b97f4a7c15)

/* Its finalizer: a bijection, so that distinct inputs give distinct outputs. */
static inline uint64_t splitmix(uint64_t x) {
    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

static inline uint64_t splitmix_next(uint64_t *state) {
    return splitmix(*state += SPLITMIX_GOLDEN);
}

/* A number in [0, limit), limit <= 2^32, all nearly equally likely. */
static inline size_t splitmix_below(uint64_t *state, size_t limit) {
    return (size_t)((splitmix_next(state) >> 32) * limit >> 32);
}

#endif
