/* hash.h (xxh3) - XXH3 with 64 bits, from libxxhash (Yann Collet).
 *
 * Short keys are folded by a few wide multiplications, long ones by vector instructions.  It passes
 * SMHasher, and every bit of the result may be used.  It is not a keyed hash: under a known seed
 * keys that begin with a word of its secret collide, and that others do not under a seed that is
 * kept secret is not proved. */
#ifndef HASH_H
#define HASH_H

#define XXH_INLINE_ALL
#include <assert.h>
#include <xxhash.h>

#include <stddef.h>
#include <stdint.h>

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "integers are hashed as they lie");

#define HASH_KEYED      0
#define HASH_INVERTIBLE /* of integers: hash_u64_inverse */

/* The hash of `len` bytes.  `bytes` is not NULL, even if there are none. */
static inline uint64_t hash_bytes(const void *bytes, size_t len, uint64_t seed) {
    return XXH3_64bits_withSeed(bytes, len, seed);
}

/* The hash of an integer: that of its eight bytes. */
static inline uint64_t hash_u64(uint64_t key, uint64_t seed) {
    return hash_bytes(&key, sizeof key, seed);
}

/* The integer that has this hash: XXH3 of eight bytes is a bijection, made of steps that can each
 * be undone.  One is x ^ x<<<49 ^ x<<<24.  Done 64 times it changes nothing, so that doing it 63
 * times undoes it; and of 2, 4 .. 32 times each is again a step of three rotations, twice as far.
 */
static inline uint64_t hash_u64_inverse(uint64_t hash, uint64_t seed) {
    const uint64_t multiplier = UINT64_C(0x2ab9c720d1024ad); /* the inverse of XXH3's */
    hash ^= hash >> 28 ^ hash >> 56;
    hash *= multiplier;
    hash ^= (hash >> 35) + sizeof hash;
    hash *= multiplier;
    hash ^= XXH_rotl64(hash, 49) ^ XXH_rotl64(hash, 24);
    hash ^= XXH_rotl64(hash, 34) ^ XXH_rotl64(hash, 48);
    hash ^= XXH_rotl64(hash, 4) ^ XXH_rotl64(hash, 32);
    hash = XXH_rotl64(hash, 8 + 16 + 32); /* where one of two rotations is by nothing */
    seed ^= (uint64_t)XXH_swap32((uint32_t)seed) << 32;
    hash ^= (XXH_readLE64(XXH3_kSecret + 8) ^ XXH_readLE64(XXH3_kSecret + 16)) - seed;
    return XXH_rotl64(hash, 32);
}

#endif
