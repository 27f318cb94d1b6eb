/* hash.h (identity) - no hash at all: an integer is its own, bytes are the first eight of them.
 *
 * It costs nothing and has no collisions among integers.  Dense integers fill a trie perfectly;
 * integers whose low bits agree all go the same way, and so do strings that begin alike.  There is
 * no seed. */
#ifndef HASH_H
#define HASH_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "words are read as they lie");

#define HASH_KEYED      0
#define HASH_INVERTIBLE /* of integers: hash_u64_inverse */

/* The first eight bytes as a little-endian number; missing ones count as 0.  `bytes` is not NULL,
 * even if there are none. */
static inline uint64_t hash_bytes(const void *bytes, size_t len, uint64_t seed) {
    (void)seed;
    uint64_t hash = 0;
    memcpy(&hash, bytes, len < sizeof hash ? len : sizeof hash);
    return hash;
}

/* The integer itself. */
static inline uint64_t hash_u64(uint64_t key, uint64_t seed) {
    (void)seed;
    return key;
}

static inline uint64_t hash_u64_inverse(uint64_t hash, uint64_t seed) {
    (void)seed;
    return hash;
}

#endif
