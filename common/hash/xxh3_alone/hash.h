/* hash.h (xxh3_alone) - XXH3 with 64 bits (Yann Collet), written anew: it needs no library.
 *
 * For programs that take a map home as one file (tools/single.py).  The numbers are those of
 * HASH=xxh3, and what is said there of their quality and of keys that collide holds here.  Keys of
 * more than 240 bytes libxxhash takes by vector instructions of its own, which this leaves to the
 * compiler; what the two cost was not compared.
 *
 * Source: the description in libxxhash, doc/xxhash_spec.md, whose names the steps have here. */
#ifndef HASH_H
#define HASH_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "xxh3_inverse.h"

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "words are read as they lie");

#define HASH_KEYED      0
#define HASH_INVERTIBLE /* of integers: hash_u64_inverse */

#define XXH3_PRIME32_1 UINT64_C(0x9e3779b1)
#define XXH3_PRIME32_2 UINT64_C(0x85ebca77)
#define XXH3_PRIME32_3 UINT64_C(0xc2b2ae3d)
#define XXH3_PRIME64_1 UINT64_C(0x9e3779b185ebca87)
#define XXH3_PRIME64_2 UINT64_C(0xc2b2ae3d27d4eb4f)
#define XXH3_PRIME64_3 UINT64_C(0x165667b19e3779f9)
#define XXH3_PRIME64_4 UINT64_C(0x85ebca77c2b2ae63)
#define XXH3_PRIME64_5 UINT64_C(0x27d4eb2f165667c5)
#define XXH3_PRIME_MX1 UINT64_C(0x165667919e3779f9)
#define XXH3_PRIME_MX2 UINT64_C(0x9fb21c651e98df25)

enum {
    XXH3_SECRET = 192, /* bytes */
    XXH3_STRIPE = 64,  /* bytes that the eight lanes take at once */
    XXH3_LANES = XXH3_STRIPE / 8,
    XXH3_STRIPES = (XXH3_SECRET - XXH3_STRIPE) / 8, /* to a block */
    XXH3_BLOCK = XXH3_STRIPES * XXH3_STRIPE,
};

static const uint64_t xxh3_secret[XXH3_SECRET / 8] = {
    UINT64_C(0xbe4ba423396cfeb8), UINT64_C(0x1cad21f72c81017c), UINT64_C(0xdb979083e96dd4de),
    UINT64_C(0x1f67b3b7a4a44072), UINT64_C(0x78e5c0cc4ee679cb), UINT64_C(0x2172ffcc7dd05a82),
    UINT64_C(0x8e2443f7744608b8), UINT64_C(0x4c263a81e69035e0), UINT64_C(0xcb00c391bb52283c),
    UINT64_C(0xa32e531b8b65d088), UINT64_C(0x4ef90da297486471), UINT64_C(0xd8acdea946ef1938),
    UINT64_C(0x3f349ce33f76faa8), UINT64_C(0x1d4f0bc7c7bbdcf9), UINT64_C(0x3159b4cd4be0518a),
    UINT64_C(0x647378d9c97e9fc8), UINT64_C(0xc3ebd33483acc5ea), UINT64_C(0xeb6313faffa081c5),
    UINT64_C(0x49daf0b751dd0d17), UINT64_C(0x9e68d429265516d3), UINT64_C(0xfca1477d58be162b),
    UINT64_C(0xce31d07ad1b8f88f), UINT64_C(0x280416958f3acb45), UINT64_C(0x7e404bbbcafbd7af),
};

static inline uint64_t xxh3_swap(uint64_t word) {
    return __builtin_bswap64(word);
}

static inline uint32_t xxh3_half(const unsigned char *at) {
    uint32_t word;
    memcpy(&word, at, sizeof word);
    return word;
}

static inline uint64_t xxh3_word(const void *at) {
    uint64_t word;
    memcpy(&word, at, sizeof word);
    return word;
}

/* Eight bytes of the secret, which begin at any of its bytes. */
static inline uint64_t xxh3_of_secret(size_t byte) {
    return xxh3_word((const unsigned char *)xxh3_secret + byte);
}

/* The two halves of the product, folded together. */
static inline uint64_t xxh3_fold(uint64_t a, uint64_t b) {
#ifdef __SIZEOF_INT128__
    __extension__ typedef unsigned __int128 product;
    product whole = (product)a * b;
    return (uint64_t)whole ^ (uint64_t)(whole >> 64);
#else
    uint64_t low = (a & UINT32_MAX) * (b & UINT32_MAX);
    uint64_t cross = (a >> 32) * (b & UINT32_MAX) + (low >> 32);
    uint64_t other = (a & UINT32_MAX) * (b >> 32) + (cross & UINT32_MAX);
    uint64_t high = (a >> 32) * (b >> 32) + (cross >> 32) + (other >> 32);
    return (other << 32 | (low & UINT32_MAX)) ^ high;
#endif
}

static inline uint64_t xxh3_avalanche(uint64_t hash) {
    hash = (hash ^ hash >> 37) * XXH3_PRIME_MX1;
    return hash ^ hash >> 32;
}

/* That of XXH64, for the shortest keys. */
static inline uint64_t xxh3_avalanche_short(uint64_t hash) {
    hash = (hash ^ hash >> 33) * XXH3_PRIME64_2;
    hash = (hash ^ hash >> 29) * XXH3_PRIME64_3;
    return hash ^ hash >> 32;
}

/* 0 to 3 bytes. */
static inline uint64_t xxh3_to_3(const unsigned char *at, size_t len, uint64_t seed) {
    if (len == 0)
        return xxh3_avalanche_short(seed ^ xxh3_of_secret(56) ^ xxh3_of_secret(64));
    uint64_t bytes =
        (uint64_t)at[0] << 16 | (uint64_t)at[len / 2] << 24 | at[len - 1] | (uint64_t)len << 8;
    uint64_t secret = xxh3_of_secret(0);
    return xxh3_avalanche_short(bytes ^ (((secret ^ secret >> 32) & UINT32_MAX) + seed));
}

/* What the secret and the seed add to 4 to 8 bytes. */
static inline uint64_t xxh3_flip(uint64_t seed) {
    seed ^= (uint64_t)__builtin_bswap32((uint32_t)seed) << 32;
    return (xxh3_of_secret(8) ^ xxh3_of_secret(16)) - seed;
}

/* 4 to 8 bytes, the last four of them in the low half of `word`. */
static inline uint64_t xxh3_to_8(uint64_t word, size_t len, uint64_t seed) {
    uint64_t hash = word ^ xxh3_flip(seed);
    hash ^= xxh3_rotate(hash, 49) ^ xxh3_rotate(hash, 24);
    hash *= XXH3_PRIME_MX2;
    hash ^= (hash >> 35) + len;
    hash *= XXH3_PRIME_MX2;
    return hash ^ hash >> 28;
}

/* 9 to 16 bytes. */
static inline uint64_t xxh3_to_16(const unsigned char *at, size_t len, uint64_t seed) {
    uint64_t low = xxh3_word(at) ^ ((xxh3_of_secret(24) ^ xxh3_of_secret(32)) + seed);
    uint64_t high = xxh3_word(at + len - 8) ^ ((xxh3_of_secret(40) ^ xxh3_of_secret(48)) - seed);
    return xxh3_avalanche(len + xxh3_swap(low) + high + xxh3_fold(low, high));
}

/* Sixteen bytes of the key by sixteen of the secret. */
static inline uint64_t xxh3_mix(const unsigned char *at, size_t secret, uint64_t seed) {
    return xxh3_fold(xxh3_word(at) ^ (xxh3_of_secret(secret) + seed),
                     xxh3_word(at + 8) ^ (xxh3_of_secret(secret + 8) - seed));
}

/* 17 to 128 bytes: from both ends to the middle. */
static inline uint64_t xxh3_to_128(const unsigned char *at, size_t len, uint64_t seed) {
    uint64_t hash = len * XXH3_PRIME64_1;
    for (size_t i = (len - 1) / 32 + 1; i-- > 0;) {
        hash += xxh3_mix(at + 16 * i, 32 * i, seed);
        hash += xxh3_mix(at + len - 16 * (i + 1), 32 * i + 16, seed);
    }
    return xxh3_avalanche(hash);
}

/* 129 to 240 bytes. */
static inline uint64_t xxh3_to_240(const unsigned char *at, size_t len, uint64_t seed) {
    uint64_t hash = len * XXH3_PRIME64_1;
    for (size_t i = 0; i < 8; i++)
        hash += xxh3_mix(at + 16 * i, 16 * i, seed);
    hash = xxh3_avalanche(hash);
    for (size_t i = 8; i < len / 16; i++)
        hash += xxh3_mix(at + 16 * i, 16 * (i - 8) + 3, seed);
    return xxh3_avalanche(hash + xxh3_mix(at + len - 16, 119, seed));
}

/* Each lane takes a word of the stripe, and its neighbour's product. */
static inline void xxh3_stripe(uint64_t *lanes, const unsigned char *at,
                               const unsigned char *secret) {
    for (size_t i = 0; i < XXH3_LANES; i++) {
        uint64_t word = xxh3_word(at + 8 * i), keyed = word ^ xxh3_word(secret + 8 * i);
        lanes[i ^ 1] += word;
        lanes[i] += (keyed & UINT32_MAX) * (keyed >> 32);
    }
}

/* More than 240 bytes. */
static inline uint64_t xxh3_beyond(const unsigned char *at, size_t len, uint64_t seed) {
    uint64_t lanes[XXH3_LANES] = {XXH3_PRIME32_3, XXH3_PRIME64_1, XXH3_PRIME64_2, XXH3_PRIME64_3,
                                  XXH3_PRIME64_4, XXH3_PRIME32_2, XXH3_PRIME64_5, XXH3_PRIME32_1};
    uint64_t seeded[XXH3_SECRET / 8];
    const unsigned char *secret = (const unsigned char *)seeded;
    const unsigned char *last = secret + XXH3_SECRET - XXH3_STRIPE;
    for (size_t i = 0; i < XXH3_SECRET / 8; i++)
        seeded[i] = i % 2 == 0 ? xxh3_secret[i] + seed : xxh3_secret[i] - seed;
    size_t stripes = (len - 1) / XXH3_STRIPE;
    for (size_t i = 0; i < stripes; i++) {
        xxh3_stripe(lanes, at + i * XXH3_STRIPE, secret + i % XXH3_STRIPES * 8);
        for (size_t lane = 0; i % XXH3_STRIPES == XXH3_STRIPES - 1 && lane < XXH3_LANES; lane++)
            lanes[lane] =
                (lanes[lane] ^ lanes[lane] >> 47 ^ xxh3_word(last + 8 * lane)) * XXH3_PRIME32_1;
    }
    xxh3_stripe(lanes, at + len - XXH3_STRIPE, last - 7);
    uint64_t hash = len * XXH3_PRIME64_1;
    for (size_t i = 0; i < XXH3_LANES; i += 2)
        hash += xxh3_fold(lanes[i] ^ xxh3_word(secret + 11 + 8 * i),
                          lanes[i + 1] ^ xxh3_word(secret + 19 + 8 * i));
    return xxh3_avalanche(hash);
}

/* The hash of `len` bytes.  `bytes` is not NULL, even if there are none. */
static inline uint64_t hash_bytes(const void *bytes, size_t len, uint64_t seed) {
    const unsigned char *at = (const unsigned char *)bytes;
    if (len <= 3)
        return xxh3_to_3(at, len, seed);
    if (len <= 8)
        return xxh3_to_8((uint64_t)xxh3_half(at) << 32 | xxh3_half(at + len - 4), len, seed);
    if (len <= 16)
        return xxh3_to_16(at, len, seed);
    if (len <= 128)
        return xxh3_to_128(at, len, seed);
    return len <= 240 ? xxh3_to_240(at, len, seed) : xxh3_beyond(at, len, seed);
}

/* The hash of an integer: that of its eight bytes. */
static inline uint64_t hash_u64(uint64_t key, uint64_t seed) {
    return xxh3_to_8(xxh3_rotate(key, 32), sizeof key, seed);
}

/* The integer that has this hash. */
static inline uint64_t hash_u64_inverse(uint64_t hash, uint64_t seed) {
    return xxh3_inverse(hash, xxh3_flip(seed));
}

#endif
