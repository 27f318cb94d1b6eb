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

#include "xxh3_inverse.h"

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

/* The integer that has this hash. */
static inline uint64_t hash_u64_inverse(uint64_t hash, uint64_t seed) {
    seed ^= (uint64_t)XXH_swap32((uint32_t)seed) << 32;
    uint64_t secret = XXH_readLE64(XXH3_kSecret + 8) ^ XXH_readLE64(XXH3_kSecret + 16);
    return xxh3_inverse(hash, secret - seed);
}

#endif
