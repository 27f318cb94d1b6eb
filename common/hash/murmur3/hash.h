/* hash.h (murmur3) - MurmurHash3_x64_128 (Austin Appleby), the first 64 bits of its result.
 *
 * Two 64-bit lanes take sixteen bytes of the key a step, by multiplications and rotations, and are
 * mixed into each other.  Its avalanche is good and every bit of the result may be used, but the
 * seed is no defence: keys can be chosen that collide under all seeds (Aumasson, Bernstein and
 * Bosslet, 2012).  Both lanes start from the seed, as in the original; it has 32 bits there and 64
 * here. */
#ifndef HASH_H
#define HASH_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "words are read as they lie");

#define HASH_KEYED 0

/* The 128 bits of the result: `low` is its first eight bytes. */
struct murmur3 {
    uint64_t low, high;
};

static inline uint64_t murmur3_rotate(uint64_t word, int bits) {
    return word << bits | word >> (64 - bits);
}

/* What becomes of the first and of the second word of a step before they enter their lanes. */
static inline uint64_t murmur3_first(uint64_t word) {
    return murmur3_rotate(word * UINT64_C(0x87c37b91114253d5), 31) * UINT64_C(0x4cf5ad432745937f);
}

static inline uint64_t murmur3_second(uint64_t word) {
    return murmur3_rotate(word * UINT64_C(0x4cf5ad432745937f), 33) * UINT64_C(0x87c37b91114253d5);
}

/* Lets every bit of a lane act on every other one. */
static inline uint64_t murmur3_avalanche(uint64_t lane) {
    lane = (lane ^ lane >> 33) * UINT64_C(0xff51afd7ed558ccd);
    lane = (lane ^ lane >> 33) * UINT64_C(0xc4ceb9fe1a85ec53);
    return lane ^ lane >> 33;
}

/* The number whose little-endian bytes are the n <= 8 at `at`. */
static inline uint64_t murmur3_load(const unsigned char *at, size_t n) {
    if (n >= 4) { /* two halves; below eight bytes they overlap, and agree where they do */
        uint32_t head, tail;
        memcpy(&head, at, 4);
        memcpy(&tail, at + n - 4, 4);
        return head | (uint64_t)tail << 8 * (n - 4);
    }
    if (n == 0)
        return 0;
    return at[0] | (uint64_t)at[n / 2] << 8 * (n / 2) | (uint64_t)at[n - 1] << 8 * (n - 1);
}

static inline struct murmur3 murmur3_x64_128(const void *bytes, size_t len, uint64_t seed) {
    const unsigned char *at = bytes;
    uint64_t low = seed, high = seed;
    for (size_t steps = len / 16; steps > 0; steps--, at += 16) {
        low = murmur3_rotate(low ^ murmur3_first(murmur3_load(at, 8)), 27) + high;
        low = low * 5 + 0x52dce729;
        high = murmur3_rotate(high ^ murmur3_second(murmur3_load(at + 8, 8)), 31) + low;
        high = high * 5 + 0x38495ab5;
    }
    size_t left = len % 16; /* bytes left over; a word of zeros would change nothing */
    low ^= murmur3_first(murmur3_load(at, left < 8 ? left : 8)) ^ len;
    high ^= murmur3_second(left > 8 ? murmur3_load(at + 8, left - 8) : 0) ^ len;
    low += high;
    high += low;
    low = murmur3_avalanche(low);
    high = murmur3_avalanche(high);
    low += high;
    return (struct murmur3){.low = low, .high = high + low};
}

/* The hash of `len` bytes.  `bytes` is not NULL, even if there are none. */
static inline uint64_t hash_bytes(const void *bytes, size_t len, uint64_t seed) {
    return murmur3_x64_128(bytes, len, seed).low;
}

/* The hash of an integer: that of its eight bytes. */
static inline uint64_t hash_u64(uint64_t key, uint64_t seed) {
    return hash_bytes(&key, sizeof key, seed);
}

#endif
