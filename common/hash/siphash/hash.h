/* hash.h (siphash) - SipHash-1-3 (Aumasson and Bernstein), a keyed hash.
 *
 * Four words of state, started from a 128-bit key, are stirred by additions, rotations and
 * exclusive ors: one round for each word of the message, three at the end.  To anyone who does not
 * know the key the result is meant to look random, so that keys cannot be chosen to collide.  The
 * authors propose SipHash-2-4; 1-3 is what the hash tables of Rust and of Python (3.11) use.
 *
 * The 128-bit key comes from the 64-bit seed: the seed, then the seed times 2^64 / phi (modulo
 * 2^64).  Different seeds give different keys, and seed 0 the key 0.  What protects the table is
 * then the 64 bits of the seed. */
#ifndef HASH_H
#define HASH_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "words are read as they lie");

#define HASH_KEYED 1

static inline uint64_t siphash_rotate(uint64_t word, int bits) {
    return word << bits | word >> (64 - bits);
}

static inline void siphash_rounds(uint64_t v[4], int rounds) {
/* The number of rounds is a constant where it is called, but gcc -O2 would keep the loop. */
#pragma GCC unroll 4
    for (; rounds > 0; rounds--) {
        v[0] += v[1];
        v[2] += v[3];
        v[1] = siphash_rotate(v[1], 13) ^ v[0];
        v[3] = siphash_rotate(v[3], 16) ^ v[2];
        v[0] = siphash_rotate(v[0], 32);
        v[2] += v[1];
        v[0] += v[3];
        v[1] = siphash_rotate(v[1], 17) ^ v[2];
        v[3] = siphash_rotate(v[3], 21) ^ v[0];
        v[2] = siphash_rotate(v[2], 32);
    }
}

/* SipHash-c-d of `len` bytes under the key k0, k1: c rounds for a word, d at the end. */
static inline uint64_t siphash(const void *bytes, size_t len, uint64_t k0, uint64_t k1, int c,
                               int d) {
    const unsigned char *at = bytes;
    uint64_t v[4] = {k0 ^ UINT64_C(0x736f6d6570736575), k1 ^ UINT64_C(0x646f72616e646f6d),
                     k0 ^ UINT64_C(0x6c7967656e657261), k1 ^ UINT64_C(0x7465646279746573)};
    for (size_t words = len / 8; words > 0; words--, at += 8) {
        uint64_t word;
        memcpy(&word, at, 8);
        v[3] ^= word;
        siphash_rounds(v, c);
        v[0] ^= word;
    }
    uint64_t last = 0; /* the bytes left over, and the length modulo 256 as the top one */
    size_t left = len % 8;
    if (len < 8) {
        for (size_t i = 0; i < len; i++)
            last |= (uint64_t)at[i] << 8 * i;
    } else if (left > 0) { /* the last eight bytes, less those already taken */
        memcpy(&last, at + left - 8, 8);
        last >>= 64 - 8 * left;
    }
    last |= (uint64_t)len << 56;
    v[3] ^= last;
    siphash_rounds(v, c);
    v[0] ^= last;
    v[2] ^= 0xff;
    siphash_rounds(v, d);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

/* The hash of `len` bytes.  `bytes` is not NULL, even if there are none. */
static inline uint64_t hash_bytes(const void *bytes, size_t len, uint64_t seed) {
    return siphash(bytes, len, seed, seed * UINT64_C(0x9e3779b97f4a7c15), 1, 3);
}

/* The hash of an integer: that of its eight bytes. */
static inline uint64_t hash_u64(uint64_t key, uint64_t seed) {
    return hash_bytes(&key, sizeof key, seed);
}

#endif
