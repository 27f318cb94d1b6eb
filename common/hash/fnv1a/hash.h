/* hash.h (fnv1a) - FNV-1a with 64 bits (Fowler, Noll and Vo).
 *
 * One exclusive or and one multiplication for each byte.  Simple, slow on long keys, and weak: a
 * multiplication carries only upwards, so the low k bits of the result depend on nothing but the
 * low k bits of each byte, and a trie reads the low bits first.  The seed is folded into the offset
 * basis; seed 0 gives FNV-1a as published.  Whoever knows the lowest byte of the seed can choose
 * keys that collide. */
#ifndef HASH_H
#define HASH_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "integers are hashed as they lie");

#define HASH_KEYED 0

/* The hash of `len` bytes. */
static inline uint64_t hash_bytes(const void *bytes, size_t len, uint64_t seed) {
    const unsigned char *at = bytes;
    uint64_t hash = UINT64_C(0xcbf29ce484222325) ^ seed;
    for (size_t i = 0; i < len; i++)
        hash = (hash ^ at[i]) * UINT64_C(0x100000001b3);
    return hash;
}

/* The hash of an integer: that of its eight bytes. */
static inline uint64_t hash_u64(uint64_t key, uint64_t seed) {
    return hash_bytes(&key, sizeof key, seed);
}

#endif
