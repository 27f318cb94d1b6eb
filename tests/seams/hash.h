/* hash.h (tests) - a hash whose strength is chosen by the seed, so that one build of a map meets
 * every kind of trouble.  The kind is the seed's highest byte, see enum test_hash in strength.h. */
#ifndef HASH_H
#define HASH_H

#include "strength.h"

#include <stddef.h>
#include <stdint.h>

#define HASH_KEYED      0
#define HASH_INVERTIBLE /* of integers, by the kinds that are strong and plain */

static inline uint64_t hash_mix(uint64_t x) {
    x = (x ^ x >> 31) * UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ x >> 29) * UINT64_C(0xd6e8feb86659fd93);
    return x ^ x >> 32;
}

/* What undoes it. */
static inline uint64_t hash_unmix(uint64_t x) {
    x = (x ^ x >> 32) * UINT64_C(0xcfee444d8b59a89b);
    x = (x ^ x >> 29 ^ x >> 58) * UINT64_C(0xf1de83e19937733d);
    return x ^ x >> 31 ^ x >> 62;
}

static inline uint64_t hash_weaken(uint64_t strong, uint64_t seed) {
    switch ((enum test_hash)(seed >> TEST_HASH_SHIFT)) {
    case HASH_STRONG:
        return strong;
    case HASH_WEAK:
        return strong & 0xff;
    case HASH_CONSTANT:
        return 42;
    case HASH_LATE:
        return strong << 54;
    case HASH_BEYOND:
        return strong << 60;
    case HASH_PLAIN: /* see hash_u64 */
        break;
    }
    return 0;
}

static inline uint64_t hash_u64(uint64_t key, uint64_t seed) {
    if (seed >> TEST_HASH_SHIFT == HASH_PLAIN)
        return key;
    return hash_weaken(hash_mix(hash_mix(key + 1) ^ seed), seed);
}

static inline uint64_t hash_u64_inverse(uint64_t hash, uint64_t seed) {
    if (seed >> TEST_HASH_SHIFT == HASH_PLAIN)
        return hash;
    return hash_unmix(hash_unmix(hash) ^ seed) - 1;
}

static inline uint64_t hash_bytes(const void *bytes, size_t len, uint64_t seed) {
    uint64_t hash = seed ^ len;
    for (size_t i = 0; i < len; i++)
        hash = hash_mix(hash ^ (((const unsigned char *)bytes)[i] + UINT64_C(1)));
    return hash_weaken(hash_mix(hash), seed);
}

#endif
