/* xxh3_inverse.h - back from XXH3 of eight bytes to the integer that they are: for the hashes that
 * give it, from libxxhash (common/hash/xxh3) or without (common/hash/xxh3_alone).
 *
 * It is a bijection, made of steps that can each be undone.  One is x ^ x<<<49 ^ x<<<24.  Done 64
 * times it changes nothing, so that doing it 63 times undoes it; and of 2, 4 .. 32 times each is
 * again a step of three rotations, twice as far. */
#ifndef XXH3_INVERSE_H
#define XXH3_INVERSE_H

#include <stdint.h>

static inline uint64_t xxh3_rotate(uint64_t word, int bits) {
    return word << bits | word >> (64 - bits);
}

/* The integer that has this hash; `flip` is what the secret and the seed add to it first. */
static inline uint64_t xxh3_inverse(uint64_t hash, uint64_t flip) {
    const uint64_t multiplier = UINT64_C(0x2ab9c720d1024ad); /* the inverse of XXH3's */
    hash ^= hash >> 28 ^ hash >> 56;
    hash *= multiplier;
    hash ^= (hash >> 35) + sizeof hash;
    hash *= multiplier;
    hash ^= xxh3_rotate(hash, 49) ^ xxh3_rotate(hash, 24);
    hash ^= xxh3_rotate(hash, 34) ^ xxh3_rotate(hash, 48);
    hash ^= xxh3_rotate(hash, 4) ^ xxh3_rotate(hash, 32);
    hash = xxh3_rotate(hash, 8 + 16 + 32); /* where one of two rotations is by nothing */
    return xxh3_rotate(hash ^ flip, 32);
}

#endif
