/* hash.h (weak) - eight bits of XXH3 and nothing else: 256 values for all keys.
 *
 * For tests: collisions are plentiful, and yet the keys spread over the first levels of a trie. */
#ifndef HASH_H
#define HASH_H

#define XXH_INLINE_ALL
#include <assert.h>
#include <xxhash.h>

#include <stddef.h>
#include <stdint.h>

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "integers are hashed as they lie");

#define HASH_KEYED 0

/* The hash of `len` bytes, below 256.  `bytes` is not NULL, even if there are none. */
static inline uint64_t hash_bytes(const void *bytes, size_t len, uint64_t seed) {
    return XXH3_64bits_withSeed(bytes, len, seed) & 0xff;
}

/* The hash of an integer: that of its eight bytes. */
static inline uint64_t hash_u64(uint64_t key, uint64_t seed) {
    return hash_bytes(&key, sizeof key, seed);
}

#endif
